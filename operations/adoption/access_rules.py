"""Who may connect to the module's database, read from its security group rules, of module versions 9 and 10."""

from collections.abc import Iterator
from dataclasses import dataclass

from aurora_serverless.rules.network import EVERYWHERE, check_cidr_block
from aurora_serverless.rules.violation import RuleViolation
from operations.adoption.module_state import Attributes, Found, ModuleState

_EVERYTHING = {"-1", "all"}


@dataclass(frozen=True)
class AccessRules:
    """The rules as `[network]` can express them, and the addresses of those it cannot, each with the reason."""

    cidr_blocks: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    lets_everything_out: bool
    described: tuple[str, ...]
    other: tuple[tuple[str, str], ...]


def access_rules(module: ModuleState, port: int) -> AccessRules:
    """Return what the module's rules allow: ingress to the database's port, and egress."""
    ranges: list[str] = []
    groups: list[str] = []
    described: list[str] = []
    other: list[tuple[str, str]] = []
    lets_everything_out = False
    for rule, goes_out in _rules(module):
        whole = _covers(rule.attributes, port, goes_out=goes_out)
        if not whole:
            other.append(
                (rule.address, "allows only some egress" if goes_out else f"allows something other than tcp {port}")
            )
        for source, is_group in _sources(rule.attributes):
            why = _why_not(source, is_group=is_group)
            if goes_out:
                lets_everything_out |= whole and source == EVERYWHERE
                why = "allows only some egress" if source != EVERYWHERE else ""
            elif not why and whole:
                (groups if is_group else ranges).append(source)
            if why and whole:
                other.append((rule.address, why))
        if rule.attributes.text("description"):
            described.append(rule.address)
    return AccessRules(
        cidr_blocks=tuple(dict.fromkeys(ranges)),
        security_group_ids=tuple(dict.fromkeys(groups)),
        lets_everything_out=lets_everything_out,
        described=tuple(described),
        other=tuple(dict.fromkeys(other)),
    )


def _rules(module: ModuleState) -> Iterator[tuple[Found, bool]]:
    """Yield the rules, and whether each is an egress rule."""
    for rule in module.all("aws_security_group_rule"):
        yield rule, rule.attributes.text("type") == "egress"
    for direction in ("ingress", "egress"):
        for rule in module.all(f"aws_vpc_security_group_{direction}_rule"):
            yield rule, direction == "egress"


def _covers(rule: Attributes, port: int, *, goes_out: bool) -> bool:
    protocol = rule.text("protocol") or rule.text("ip_protocol")
    if goes_out:
        return protocol in _EVERYTHING
    return protocol in {"tcp", "6"} and rule.whole("from_port") == rule.whole("to_port") == port


def _sources(rule: Attributes) -> Iterator[tuple[str, bool]]:
    """Yield each source of a rule, and whether it is a security group: version 9 has lists, version 10 one source."""
    for name in ("cidr_blocks", "ipv6_cidr_blocks", "prefix_list_ids"):
        yield from ((source, False) for source in rule.texts(name))
    for name in ("cidr_ipv4", "cidr_ipv6", "prefix_list_id"):
        if source := rule.text(name):
            yield source, False
    for name in ("source_security_group_id", "referenced_security_group_id"):
        if source := rule.text(name):
            # A group of another account is prefixed with the account; a rule's own group is written as "itself".
            itself = rule.text("security_group_id")
            yield ("itself" if source == itself else source), True
    if rule.flag("self"):
        yield "itself", True


def _why_not(source: str, *, is_group: bool) -> str:
    if is_group:
        return (
            "" if source.startswith("sg-") else f"allows {source}, but only groups of this account can be given, by id"
        )
    if source.startswith("pl-"):
        return f"allows the prefix list {source}, for which there is no key"
    try:
        check_cidr_block(source)
    except RuleViolation as violation:
        return f"allows {source}, which {violation.rule}"
    return ""
