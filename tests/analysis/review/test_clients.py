"""What clients feel: who is let in no longer, and what applications must be given."""

from typing import Any

import pytest

from analysis.review.comparison import Comparison
from analysis.review.effects import effects
from analysis.review.finding import Effect, EffectKind, Severity
from tests.analysis.review.stacks import Bodies, allow, policy, stack

CLUSTER, GROUP = "aws_rds_cluster.aurora", "aws_security_group.aurora"
PROXY, SECRET, ROLE = "aws_db_proxy.p", "aws_secretsmanager_secret.s", "aws_iam_role.r"
BASTION = "aws_security_group.bastion"
HIGH, MEDIUM, LOW = Severity.HIGH, Severity.MEDIUM, Severity.LOW


def felt(before: Bodies, after: Bodies, **sections: Any) -> list[Effect]:
    found = effects(Comparison("dev", stack(before, **sections), stack(after, **sections)))
    return [one for one in found if one.kind in {EffectKind.LOCK_OUT, EffectKind.NEW_ENDPOINT}]


def said(before: Bodies, after: Bodies, **sections: Any) -> list[tuple[EffectKind, Severity, str, str]]:
    return [(one.kind, one.severity, one.address, one.what) for one in felt(before, after, **sections)]


def locked_out(before: Bodies, after: Bodies) -> list[tuple[Severity, str]]:
    found = felt(before, after)
    assert {one.kind for one in found} <= {EffectKind.LOCK_OUT}
    return [(one.severity, one.what) for one in found]


def rules(*sources: str, port: int = 5432, also: Bodies | None = None) -> dict[str, Any]:
    """Return a group with a rule for each source: a range of addresses, or the id of a security group."""
    found: dict[str, Any] = {GROUP: {"name": "g"}} | dict(also or {})
    for number, source in enumerate(sources):
        is_range = "/" in source or "cidr" in source
        argument = "cidr_ipv4" if is_range else "referenced_security_group_id"
        found[f"aws_vpc_security_group_ingress_rule.r{number}_{port}"] = {
            "security_group_id": f"${{{GROUP}.id}}",
            "ip_protocol": "tcp",
            "from_port": port,
            "to_port": port,
            argument: source,
        }
    return found


LOOK_UP: Bodies = {"data.aws_vpc.default": {}}
VPC = "${data.aws_vpc.default.cidr_block}"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (rules("10.1.0.0/16"), rules("10.1.0.0/16"), []),
        (rules("10.1.0.0/16"), rules("10.0.0.0/8"), []),
        (rules("10.1.0.0/16"), rules(), [(HIGH, "10.1.0.0/16 may no longer connect to port 5432/tcp")]),
        (
            rules("10.1.0.0/16", "10.2.0.0/16", "sg-1"),
            rules("10.3.0.0/16"),
            [(HIGH, "10.1.0.0/16, 10.2.0.0/16, sg-1 may no longer connect to port 5432/tcp")],
        ),
        (rules("10.1.0.0/16"), rules("10.1.2.0/24"), [(HIGH, "10.1.0.0/16 may no longer connect to port 5432/tcp")]),
        (
            rules(VPC, also=LOOK_UP),
            rules("10.0.0.0/8", also=LOOK_UP),
            [(MEDIUM, "data.aws_vpc.default.cidr_block perhaps may no longer connect to port 5432/tcp")],
        ),
        (
            rules("sg-1"),
            rules(VPC, also=LOOK_UP),
            [(HIGH, "sg-1 may no longer connect to port 5432/tcp")],
        ),
        (rules("10.1.0.0/16"), {}, []),
        (rules(f"${{{BASTION}.id}}", also={BASTION: {}}), rules(), []),
        (
            rules(f"${{{BASTION}.id}}", also={BASTION: {}}),
            rules(also={BASTION: {}}),
            [(HIGH, f"{BASTION}.id may no longer connect to port 5432/tcp")],
        ),
        (
            {GROUP: {"ingress": [{"from_port": 1, "to_port": 1, "protocol": "tcp", "cidr_blocks": ["10.0.0.0/8"]}]}},
            {GROUP: {"ingress": []}},
            [(HIGH, "10.0.0.0/8 may no longer connect to port 1/tcp")],
        ),
    ],
)
def test_whom_no_rule_lets_in_any_more_is_told(
    before: Bodies, after: Bodies, expected: list[tuple[Severity, str]]
) -> None:
    assert locked_out(before, after) == expected


def test_what_may_be_left_without_a_way_in_is_what_is_said_of_a_rule_on_another_port() -> None:
    ports = [{CLUSTER: {"port": port}} for port in (5432, 5433)]
    moved = said(rules("10.0.0.0/8") | ports[0], rules("10.0.0.0/8", port=5433) | ports[1])
    assert moved == [(EffectKind.NEW_ENDPOINT, HIGH, CLUSTER, "another port: 5432 → 5433")]
    stayed = locked_out(rules("10.0.0.0/8") | ports[0], rules("10.0.0.0/8", port=5433) | ports[0])
    assert stayed == [(HIGH, "10.0.0.0/8 may no longer connect to port 5432/tcp")]


@pytest.mark.parametrize(
    ("address", "before", "after", "severity"),
    [
        (CLUSTER, {"enable_http_endpoint": True}, {"enable_http_endpoint": False}, HIGH),
        (CLUSTER, {"enable_http_endpoint": True}, {}, HIGH),
        (CLUSTER, {"iam_database_authentication_enabled": True}, {}, HIGH),
        ("aws_rds_cluster_instance.i", {"publicly_accessible": True}, {"publicly_accessible": False}, HIGH),
        (PROXY, {"require_tls": False}, {"require_tls": True}, MEDIUM),
        (PROXY, {"auth": [{"iam_auth": "DISABLED"}]}, {"auth": [{"iam_auth": "REQUIRED"}]}, HIGH),
        (CLUSTER, {"vpc_security_group_ids": ["sg-1", "sg-2"]}, {"vpc_security_group_ids": ["sg-2"]}, MEDIUM),
        (
            "aws_rds_cluster_parameter_group.g",
            {"parameter": [{"name": "rds.force_ssl", "value": "0"}]},
            {"parameter": [{"name": "rds.force_ssl", "value": "1"}]},
            MEDIUM,
        ),
        (
            "aws_iam_role_policy.p",
            {"policy": policy(allow("rds-data:ExecuteStatement", "rds-data:BeginTransaction"))},
            {"policy": policy(allow("rds-data:BeginTransaction"))},
            MEDIUM,
        ),
        (
            ROLE,
            {"assume_role_policy": policy(allow("sts:AssumeRole", on="*", Principal={"Service": ["a", "b"]}))},
            {"assume_role_policy": policy(allow("sts:AssumeRole", on="*", Principal={"Service": "a"}))},
            MEDIUM,
        ),
    ],
)
def test_a_way_in_that_is_closed_is_told_and_one_that_opens_is_not(
    address: str, before: dict[str, Any], after: dict[str, Any], severity: Severity
) -> None:
    # Such that a change to another group or policy is no change to the network: nothing forces a replacement.
    assert [one for one, _ in locked_out({address: before}, {address: after})] == [severity]
    assert locked_out({address: after}, {address: before}) == []
    assert locked_out({}, {address: after}) == []


def test_a_policy_that_goes_with_its_role_locks_nobody_out() -> None:
    grant = {"aws_iam_role_policy.p": {"role": f"${{{ROLE}.id}}", "policy": policy(allow("s3:GetObject"))}}
    assert locked_out({ROLE: {}, **grant}, {}) == []
    assert locked_out({ROLE: {}, **grant}, {ROLE: {}}) == [(MEDIUM, "it may no longer call s3:GetObject on arn:x")]


@pytest.mark.parametrize(
    ("action", "resource", "before", "after"),
    [
        ("rds-data:ExecuteStatement", "*", {"enable_http_endpoint": True}, {"enable_http_endpoint": False}),
        (
            "secretsmanager:GetSecretValue",
            f"${{{CLUSTER}.master_user_secret[0].secret_arn}}",
            {"manage_master_user_password": True},
            {},
        ),
    ],
)
def test_what_is_lost_with_what_it_was_for_is_told_once(
    action: str, resource: str, before: dict[str, Any], after: dict[str, Any]
) -> None:
    grant = {"aws_iam_role_policy.p": {"policy": policy(allow("s3:GetObject"), allow(action, on=resource))}}
    less = {"aws_iam_role_policy.p": {"policy": policy(allow("s3:GetObject"))}}
    told = felt({CLUSTER: before} | grant, {CLUSTER: after} | less)
    assert [effect.address for effect in told] == [CLUSTER]
    kept = felt({CLUSTER: before} | grant, {CLUSTER: before} | less)
    assert [effect.address for effect in kept] == ["aws_iam_role_policy.p"]


def test_what_is_allowed_on_what_is_gone_is_lost_by_nobody() -> None:
    grant = {"aws_iam_role_policy.p": {"policy": policy(allow("kms:Decrypt", on="${aws_kms_key.k.arn}"))}}
    key: dict[str, Any] = {"aws_kms_key.k": {}}
    none = {"aws_iam_role_policy.p": {"policy": policy()}}
    assert locked_out(key | grant, none) == []
    assert len(locked_out(key | grant, key | none)) == 1


def test_what_is_allowed_by_another_statement_is_lost_by_nobody() -> None:
    sides = (allow("s3:GetObject"), allow("s3:*"))
    assert locked_out(*({"aws_iam_role_policy.p": {"policy": policy(side)}} for side in sides)) == []


@pytest.mark.parametrize(
    ("address", "what"),
    [
        (PROXY, "its endpoint is gone"),
        ("aws_rds_cluster_endpoint.reports", "its endpoint is gone"),
        ("aws_db_proxy_endpoint.read_only", "its endpoint is gone"),
        (SECRET, "its ARN is gone"),
    ],
)
def test_an_endpoint_that_is_gone_is_told(address: str, what: str) -> None:
    assert locked_out({address: {"name": "a"}}, {}) == [(HIGH, what)]


OUTPUTS = {
    "output": {
        "cluster_endpoint": {"value": f"${{{CLUSTER}.endpoint}}"},
        "cluster_arn": {"value": f"${{{CLUSTER}.arn}}"},
        "database_name": {"value": f"${{{CLUSTER}.database_name}}"},
        "role": {"value": f"${{{ROLE}.arn}}"},
        "setup_instructions": {"value": f"psql ${{{CLUSTER}.endpoint}}"},
    }
}


def test_another_identifier_is_another_endpoint_and_the_outputs_that_have_it_are_named() -> None:
    sides = ({CLUSTER: {"cluster_identifier": name, "manage_master_user_password": True}} for name in ("a", "b"))
    [effect] = felt(*sides, **OUTPUTS)
    assert (effect.kind, effect.severity) == (EffectKind.NEW_ENDPOINT, HIGH)
    assert effect.what == "another endpoint, reader endpoint, ARN and secret of the master user"
    assert effect.why == "applications must be given them: outputs cluster_endpoint, cluster_arn"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # The name of a host is made of the identifier: a cluster that is made again has the same.
        ({CLUSTER: {"database_name": "a"}}, {CLUSTER: {"database_name": "b"}}, []),
        (
            {CLUSTER: {"database_name": "a", "iam_database_authentication_enabled": True}},
            {CLUSTER: {"database_name": "b", "iam_database_authentication_enabled": True}},
            [(HIGH, CLUSTER, "another resource id")],
        ),
        (
            {CLUSTER: {}},
            {CLUSTER: {"manage_master_user_password": True}},
            [(HIGH, CLUSTER, "another secret of the master user")],
        ),
        ({SECRET: {"name": "a"}}, {SECRET: {"name": "b"}}, [(HIGH, SECRET, "another ARN")]),
        ({PROXY: {"name": "a"}}, {PROXY: {"name": "b"}}, [(HIGH, PROXY, "another endpoint")]),
        ({PROXY: {"name": "a", "vpc_subnet_ids": ["a"]}}, {PROXY: {"name": "a", "vpc_subnet_ids": ["b"]}}, []),
        ({ROLE: {"name": "a"}}, {ROLE: {"name": "b"}}, [(LOW, ROLE, "another ARN")]),
        ({"aws_iam_role.other": {"name": "a"}}, {"aws_iam_role.other": {"name": "b"}}, []),
        ({CLUSTER: {"port": 5432}}, {CLUSTER: {}}, []),
        ({CLUSTER: {}}, {CLUSTER: {"port": 5433}}, [(HIGH, CLUSTER, "another port: 5432 → 5433")]),
        ({}, {CLUSTER: {"cluster_identifier": "a"}, SECRET: {"name": "a"}}, []),
    ],
)
def test_what_applications_have_to_learn_is_told(
    before: Bodies, after: Bodies, expected: list[tuple[Severity, str, str]]
) -> None:
    found = said(before, after, **OUTPUTS)
    assert found == [(EffectKind.NEW_ENDPOINT, *one) for one in expected]


def test_what_may_be_replaced_may_have_another_endpoint() -> None:
    sides = ({CLUSTER: {"cluster_identifier": f"${{data.aws_ssm_parameter.{name}.value}}"}} for name in "ab")
    [effect] = felt(*sides)
    assert (effect.severity, effect.what) == (LOW, "perhaps another endpoint, reader endpoint and ARN")


def test_in_another_region_nobody_loses_a_permission_that_all_lose() -> None:
    def of(region: str) -> dict[str, Any]:
        return {
            "aws_iam_role_policy.p": {"policy": policy(allow("logs:PutLogEvents", on=f"arn:aws:logs:{region}:1:*"))}
        }

    before, after = (stack(of(region), provider={"aws": [{"region": region}]}) for region in ("us-east-1", "eu-west-1"))
    assert effects(Comparison("dev", before, after)) == ()
