"""Rules of security groups: that for a group keeps its description, each can be changed, and none is revoked twice.

Stock moto does not report the description of a rule whose source is a group, so that every plan would set it again. It
changes rules for IPv4 ranges only, and of those none for all protocols, as an imported egress rule is. A rule's id that
is gone it calls a permission that is gone: the provider takes only the id's own error for "deleted already". And it
describes no rule by its id.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.exceptions import InvalidSecurityGroupRuleIdNotFoundError
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups

from local_aws.patches.replacing import replacing, replacing_property

ALL_PROTOCOLS = "-1"


def patch() -> None:
    """Report the description, and change the rules that moto does not."""
    replacing_property(SecurityGroupRule, "description")(property(_description))

    @replacing(SecurityGroupBackend, "modify_security_group_rules")
    def modify_security_group_rules(
        stock: Callable[..., None], backend: Any, group_id: str, rules: Mapping[str, Mapping[str, Any]]
    ) -> None:
        group = backend.get_security_group_by_name_or_id(group_id)
        left = {}
        for rule_id, change in rules.items():
            rule = group and group.get_rule(rule_id)
            if rule is None or (change.get("CidrIpv4") and change.get("IpProtocol") != ALL_PROTOCOLS):
                left[rule_id] = change
            else:
                _change(rule, change)
        stock(backend, group_id, left)

    for direction in ("ingress", "egress"):
        replacing(SecurityGroupBackend, f"revoke_security_group_{direction}")(_revoke)
        replacing(SecurityGroups, f"update_security_group_rule_descriptions_{direction}")(_describe)


def _description(rule: Any) -> str | None:
    found: str | None = (rule.source_group or rule.ip_range).get("Description")
    return found


def _revoke(stock: Callable[..., None], backend: Any, **arguments: Any) -> None:
    _rules(backend, arguments["group_name_or_id"], arguments["security_rule_ids"] or ())
    stock(backend, **arguments)


def _describe(stock: Callable[..., Any], response: Any) -> Any:
    descriptions = response._get_param("SecurityGroupRuleDescriptions", [])
    if not descriptions:
        return stock(response)
    ids = [one["SecurityGroupRuleId"] for one in descriptions]
    for rule, one in zip(_rules(response.ec2_backend, response._get_param("GroupId"), ids), descriptions, strict=True):
        (rule.source_group or rule.ip_range)["Description"] = one.get("Description", "")
    return ActionResult({"Return": True})


def _rules(backend: Any, group_id: str, rule_ids: Iterable[str]) -> list[Any]:
    """Return the rules of a group that is there, by their ids."""
    group, found = backend.get_security_group_by_name_or_id(group_id), []
    for rule_id in rule_ids if group else ():
        if (rule := group.get_rule(rule_id)) is None:
            raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)
        found.append(rule)
    return found


def _change(rule: Any, change: Mapping[str, Any]) -> None:
    names = {"CidrIpv4": "CidrIp", "CidrIpv6": "CidrIpv6", "ReferencedGroupId": "GroupId", "Description": "Description"}
    source = rule.source_group or rule.ip_range
    source.update({name: change[argument] for argument, name in names.items() if change.get(argument) is not None})
    rule.ip_protocol = change["IpProtocol"]
    if rule.ip_protocol != ALL_PROTOCOLS:
        rule.from_port, rule.to_port = int(change["FromPort"]), int(change["ToPort"])
