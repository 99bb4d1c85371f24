from typing import Any

import pytest

from analysis.synthesized.group_rules import GroupRule, Other, rules_of
from analysis.synthesized.stack import SynthesizedStack

GROUP = "${aws_security_group.aurora.id}"
POSTGRESQL = {"from_port": 5432, "to_port": 5432}


def rules(type_: str, **arguments: Any) -> list[GroupRule]:
    stack = SynthesizedStack("dev", {"resource": {type_: {"aurora": arguments}}})
    return list(rules_of(stack.blocks[f"{type_}.aurora"]))


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        ("cidr_ipv4", Other.ADDRESSES),
        ("cidr_ipv6", Other.ADDRESSES),
        ("referenced_security_group_id", Other.SECURITY_GROUP),
        ("prefix_list_id", Other.PREFIX_LIST),
    ],
)
@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_beside_its_group(direction: str, argument: str, kind: Other) -> None:
    type_ = f"aws_vpc_security_group_{direction}_rule"
    [rule] = rules(type_, security_group_id=GROUP, ip_protocol="tcp", **POSTGRESQL, **{argument: "x"})
    assert rule == GroupRule(
        f"{type_}.aurora", "aws_security_group.aurora", direction == "ingress", "tcp", 5432, 5432, kind, "x"
    )


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        ("cidr_blocks", Other.ADDRESSES),
        ("ipv6_cidr_blocks", Other.ADDRESSES),
        ("security_groups", Other.SECURITY_GROUP),
        ("prefix_list_ids", Other.PREFIX_LIST),
    ],
)
@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_inside_its_group(direction: str, argument: str, kind: Other) -> None:
    found = rules("aws_security_group", **{direction: [{"protocol": "tcp", **POSTGRESQL, argument: ["x", "y"]}]})
    address = "aws_security_group.aurora"
    assert found == [
        GroupRule(address, address, direction == "ingress", "tcp", 5432, 5432, kind, other) for other in ("x", "y")
    ]


@pytest.mark.parametrize(
    ("argument", "kind"),
    [
        ({"cidr_blocks": ["x"]}, Other.ADDRESSES),
        ({"source_security_group_id": "x"}, Other.SECURITY_GROUP),
        ({"prefix_list_ids": ["x"]}, Other.PREFIX_LIST),
    ],
)
@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_of_the_older_type(direction: str, argument: dict[str, Any], kind: Other) -> None:
    [rule] = rules("aws_security_group_rule", type=direction, security_group_id=GROUP, protocol="-1", **argument)
    assert (rule.group, rule.is_ingress, rule.kind, rule.other) == (
        "aws_security_group.aurora",
        direction == "ingress",
        kind,
        "x",
    )
    assert rule.has_all_ports


def test_a_group_may_let_in_itself() -> None:
    [rule] = rules("aws_security_group", ingress=[{"protocol": "tcp", **POSTGRESQL, "self": True}])
    assert (rule.kind, rule.other) == (Other.ITSELF, "self")
    assert rules("aws_security_group", ingress=[{"protocol": "tcp", **POSTGRESQL, "self": False}]) == []


def test_a_group_of_another_stack_is_known_by_its_id() -> None:
    [rule] = rules("aws_vpc_security_group_ingress_rule", security_group_id="sg-1", cidr_ipv4="10.0.0.0/16")
    assert rule.group == "sg-1"


def test_what_is_no_group_and_no_rule_lets_nothing_through() -> None:
    assert rules("aws_vpc", cidr_block="10.0.0.0/16") == []
    assert list(rules_of(None)) == []
