"""What security groups let through that they did not before."""

from typing import Any

import pytest

from analysis.review.finding import Severity
from tests.analysis.review.stacks import opened, told

GROUP = "aws_security_group.aurora"
RULE = "aws_vpc_security_group_ingress_rule.a"
EGRESS = "aws_vpc_security_group_egress_rule.a"


def ingress(cidr: str = "", first: Any = 5432, last: Any = 5432, **more: Any) -> dict[str, Any]:
    source = {"cidr_ipv6": cidr} if ":" in cidr else {"cidr_ipv4": cidr} if cidr else {}
    group = {"security_group_id": "${aws_security_group.aurora.id}", "ip_protocol": "tcp"}
    return group | source | {"from_port": first, "to_port": last} | more


def inline(*cidrs: str, **more: Any) -> dict[str, Any]:
    return {"from_port": 5432, "to_port": 5432, "protocol": "tcp", "cidr_blocks": list(cidrs)} | more


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        (ingress("0.0.0.0/0"), Severity.CRITICAL),
        (ingress("::/0"), Severity.CRITICAL),
        (ingress("0.0.0.0/1"), Severity.HIGH),
        (ingress("203.0.113.0/24"), Severity.HIGH),
        (ingress("203.0.113.7/32"), Severity.HIGH),
        (ingress("10.0.0.0/8"), Severity.HIGH),
        (ingress("2001:db8::/32"), Severity.HIGH),
        (ingress("10.1.0.0/16", 0, 65535), Severity.HIGH),
        (ingress("10.1.0.0/16", None, None, ip_protocol="-1"), Severity.HIGH),
        (ingress("10.1.0.0/16"), Severity.MEDIUM),
        (ingress("100.64.0.0/16"), Severity.MEDIUM),
        (ingress("fd00:1::/56"), Severity.MEDIUM),
        (ingress("${data.aws_vpc.default.cidr_block}"), Severity.MEDIUM),
        (ingress(referenced_security_group_id="sg-1"), Severity.MEDIUM),
        (ingress(prefix_list_id="pl-1"), Severity.MEDIUM),
        (ingress(referenced_security_group_id="sg-1", ip_protocol="-1"), Severity.HIGH),
    ],
)
def test_whoever_is_let_in_is_told_by_how_many_that_are(rule: Any, severity: Severity) -> None:
    [finding] = opened({GROUP: {"name": "a"}}, {GROUP: {"name": "a"}, RULE: rule})
    assert (finding.severity, finding.address) == (severity, RULE)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({RULE: ingress("10.0.0.0/8")}, {RULE: ingress("10.1.0.0/16")}),
        ({RULE: ingress("10.0.0.0/8", 5000, 6000)}, {RULE: ingress("10.0.0.0/8")}),
        ({RULE: ingress("10.0.0.0/8", ip_protocol="-1")}, {RULE: ingress("10.0.0.0/8")}),
        ({RULE: ingress("10.0.0.0/16")}, {"aws_vpc_security_group_ingress_rule.b": ingress("10.0.0.0/16")}),
        ({RULE: ingress("::/0")}, {RULE: ingress("2001:db8::/32")}),
        ({GROUP: {"ingress": [inline("10.0.0.0/16")]}}, {GROUP: {}, RULE: ingress("10.0.0.0/16")}),
        ({GROUP: {}, RULE: ingress("10.0.0.0/16")}, {GROUP: {"ingress": [inline("10.0.0.0/16")]}}),
        ({RULE: ingress("10.0.0.0/16")}, {}),
        ({RULE: ingress(referenced_security_group_id="sg-1")}, {RULE: ingress(referenced_security_group_id="sg-1")}),
    ],
)
def test_what_was_let_in_before_opens_nothing(before: Any, after: Any) -> None:
    assert told(before, after) == []


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (
            ingress("10.1.0.0/16"),
            ingress("10.1.0.0/16", 5000, 6000),
            "10.1.0.0/16 may connect to ports 5000 to 6000/tcp",
        ),
        (ingress("10.1.0.0/16"), ingress("10.1.0.0/16", ip_protocol="udp"), "10.1.0.0/16 may connect to port 5432/udp"),
        (ingress("10.1.0.0/16"), ingress("10.0.0.0/15"), "10.0.0.0/15 may connect to port 5432/tcp"),
        (ingress("10.1.0.0/16"), ingress("10.1.0.0/16", ip_protocol="-1"), "10.1.0.0/16 may connect to every port"),
    ],
)
def test_a_wider_rule_is_told(before: Any, after: Any, words: str) -> None:
    [line] = told({RULE: before}, {RULE: after})
    assert line.endswith(words)


def test_inline_rules_are_read_too() -> None:
    sources = inline("10.1.0.0/16", ipv6_cidr_blocks=["::/0"], prefix_list_ids=["pl-1"], security_groups=["sg-1"])
    lines = told({GROUP: {"name": "a"}}, {GROUP: {"name": "a", "ingress": [sources, inline(self=True)]}})
    assert lines == [
        f"critical {GROUP}: ::/0 may connect to port 5432/tcp",
        f"medium {GROUP}: 10.1.0.0/16 may connect to port 5432/tcp",
        f"medium {GROUP}: pl-1 may connect to port 5432/tcp",
        f"medium {GROUP}: sg-1 may connect to port 5432/tcp",
        f"medium {GROUP}: the group itself may connect to port 5432/tcp",
    ]


def test_rules_of_the_old_resource_are_read_too() -> None:
    rule = {"type": "ingress", "security_group_id": "sg-9", "protocol": "tcp", "from_port": 1, "to_port": 1}
    [line] = told({}, {"aws_security_group_rule.a": rule | {"cidr_blocks": ["0.0.0.0/0"]}})
    assert line == "critical aws_security_group_rule.a: 0.0.0.0/0 may connect to port 1/tcp"


def test_a_new_group_opens_less_than_one_that_is_used() -> None:
    bodies = {GROUP: {"name": "a"}, RULE: ingress("10.1.0.0/16"), EGRESS: ingress("0.0.0.0/0", ip_protocol="-1")}
    assert [finding.severity for finding in opened({}, bodies)] == [Severity.LOW, Severity.LOW]


@pytest.mark.parametrize(
    ("rule", "severity"),
    [(ingress("0.0.0.0/0", ip_protocol="-1"), Severity.MEDIUM), (ingress("10.0.0.0/8"), Severity.LOW)],
)
def test_where_it_may_connect_to_is_told(rule: Any, severity: Severity) -> None:
    [finding] = opened({GROUP: {}}, {GROUP: {}, EGRESS: rule})
    assert finding.severity is severity


def test_a_group_that_only_moved_opens_nothing() -> None:
    from analysis.review.comparison import Comparison  # noqa: PLC0415
    from analysis.review.findings import findings  # noqa: PLC0415
    from tests.analysis.review.stacks import stack  # noqa: PLC0415

    rule = ingress("10.1.0.0/16")
    before = stack({"aws_security_group.old": {}, RULE: rule | {"security_group_id": "${aws_security_group.old.id}"}})
    after = stack({GROUP: {}, RULE: rule}, moved=[{"from": "aws_security_group.old", "to": GROUP}])
    assert list(findings(Comparison("dev", before, after))) == []
