"""What security groups let through that they did not before."""

import ipaddress
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from analysis.review.comparison import Comparison, Pair
from analysis.review.finding import Finding, Severity
from analysis.synthesized.group_rules import AddressRange, GroupRule, Other, rules_of
from analysis.synthesized.values import as_list

RULE_TYPES: Final = (
    "aws_security_group",
    "aws_security_group_rule",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
)
GROUPS_OF: Final = {
    "aws_rds_cluster": "vpc_security_group_ids",
    "aws_db_proxy": "vpc_security_group_ids",
    "aws_instance": "vpc_security_group_ids",
    "aws_vpc_endpoint": "security_group_ids",
}
_WIDE: Final = {4: 16, 6: 48}
"""The prefix length of the largest VPC: a shorter one is wider than any. Source: AWS's page "VPC CIDR blocks"."""
# Source: RFC 1918, RFC 6598 (carrier-grade NAT, which VPCs may use) and RFC 4193.
_PRIVATE: Final = tuple(
    ipaddress.IPv4Network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
_PRIVATE_6: Final = ipaddress.IPv6Network("fc00::/7")


def ingress(comparison: Comparison) -> Iterator[Finding]:
    """Whoever is let in now and was not before."""
    new_groups = _new_groups(comparison)
    for rule in _new_rules(comparison, is_ingress=True):
        severity, why = _judged(rule)
        if rule.group in new_groups and severity is Severity.MEDIUM:
            severity, why = Severity.LOW, "the security group is new"
        yield Finding(severity, rule.address, f"{named(rule.other)} may connect to {rule.ports}", why)


def egress(comparison: Comparison) -> Iterator[Finding]:
    """Wherever it may connect to now and could not before."""
    new_groups = _new_groups(comparison)
    for rule in _new_rules(comparison, is_ingress=False):
        is_everywhere = rule.network is not None and rule.network.prefixlen == 0
        yield Finding(
            Severity.MEDIUM if is_everywhere and rule.group not in new_groups else Severity.LOW,
            rule.address,
            f"it may connect to {named(rule.other)}, {rule.ports}",
            "what runs in it can send data anywhere" if is_everywhere else "data can go where it could not before",
        )


def attached_groups(comparison: Comparison) -> Iterator[Finding]:
    """Security groups of another stack that now stand before the database."""
    for type_, argument in GROUPS_OF.items():
        for pair in comparison.of_type(type_):
            was, now = ({str(group) for group in as_list(side)} for side in (pair.was(argument), pair.now(argument)))
            for group in sorted(now - was):
                if "aws_security_group." not in group:
                    what = f"the security group {named(group)} is attached to it"
                    yield Finding(
                        Severity.MEDIUM, pair.address, what, "its rules are of another stack, and not known here"
                    )


RULES: Final = (ingress, egress, attached_groups)


def _new_rules(comparison: Comparison, *, is_ingress: bool) -> Iterator[GroupRule]:
    pairs = list(comparison.of_type(*RULE_TYPES))
    old = [rule for pair in pairs for rule in rules_before(pair)]
    for pair in pairs:
        for rule in rules_of(pair.after):
            if rule.is_ingress is is_ingress and not any(one.covers(rule) for one in old):
                yield rule


def rules_before(pair: Pair) -> Iterator[GroupRule]:
    """Yield what a pair let through, by the address of the group after."""
    for rule in rules_of(pair.before):
        yield replace(rule, group=pair.address) if pair.type == "aws_security_group" else rule


def _new_groups(comparison: Comparison) -> set[str]:
    """Return the addresses of the security groups that are new; what they let in, nothing let in before."""
    return {pair.address for pair in comparison.of_type("aws_security_group") if pair.before is None}


def _judged(rule: GroupRule) -> tuple[Severity, str]:
    network = rule.network
    if network is None:
        severity = Severity.HIGH if rule.has_all_ports and rule.kind is not Other.ITSELF else Severity.MEDIUM
        is_range = rule.kind is Other.ADDRESSES
        return severity, "a range that only AWS knows" if is_range else "whoever is in it reaches what stands behind it"
    if network.prefixlen == 0:
        return Severity.CRITICAL, "that is the whole internet"
    if not _is_private(network):
        return Severity.HIGH, "that is a public range of addresses"
    if network.prefixlen < _WIDE[network.version]:
        return Severity.HIGH, f"a /{network.prefixlen} is wider than any VPC"
    if rule.has_all_ports:
        return Severity.HIGH, "every port is more than a database needs"
    return Severity.MEDIUM, "a private range that was not allowed before"


def _is_private(network: AddressRange) -> bool:
    if isinstance(network, ipaddress.IPv4Network):
        return any(network.subnet_of(private) for private in _PRIVATE)
    return network.subnet_of(_PRIVATE_6)


def named(other: str) -> str:
    """Return the other end of a rule for people."""
    return other.removeprefix("${").removesuffix("}") if other != "self" else "the group itself"
