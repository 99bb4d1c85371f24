"""What `aurora-serverless check` finds of each part, also where only a real AWS can be so."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from operations.aws.session import AwsSession
from operations.checks import answers, capacity, cluster, network, pending, role, secret
from operations.checks.check import Check, Look, Outcome, Subject, guarded
from stacks.environment import Environment
from stacks.environment_files import read_environment
from tests.conftest import ROOT
from tests.deployed.deployment import PASSWORD
from tests.deployed.stubs import (
    SECRET_ARN,
    TARGET,
    add_cluster,
    described_cluster,
    described_instances,
    one_number,
    stubbed,
)

Answering = Callable[[str, Any], None]
ROLE_ARN = "arn:aws:iam::123456789012:role/alex-role"


def look(what: Look, **target: Any) -> list[Check]:
    return list(guarded("it", what, Subject(replace(TARGET, **target))))


def one(what: Look, **target: Any) -> Check:
    [found] = look(what, **target)
    return found


def with_cluster(answering: Answering, *arguments: Any, **more: Any) -> None:
    client, stubber = stubbed("rds")
    add_cluster(stubber, *arguments, **more)
    answering("rds", client)


def test_credentials_of_another_account_fail(answering: Answering) -> None:
    client, stubber = stubbed("sts")
    stubber.add_response("get_caller_identity", {"Account": "999999999999", "Arn": "arn:aws:iam::999999999999:user/x"})
    answering("sts", client)
    found = one(cluster.credentials)
    assert found.outcome is Outcome.FAILED
    assert "of another account than the cluster's, 123456789012" in found.detail


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("available", Outcome.PASSED),
        ("backing-up", Outcome.PASSED),
        ("modifying", Outcome.FAILED),
        ("failed", Outcome.FAILED),
    ],
)
def test_the_clusters_status_counts(answering: Answering, status: str, outcome: Outcome) -> None:
    with_cluster(answering, status)
    assert one(cluster.cluster).outcome is outcome


@pytest.mark.parametrize(
    ("instance", "more", "detail"),
    [
        (None, {"DBClusterMembers": []}, "the cluster has none"),
        ("incompatible-network", {}, "alex-0 (writer) incompatible-network"),
        (None, {}, "alex-0 (writer) not there"),
        (
            "available",
            {"DBClusterMembers": [{"DBInstanceIdentifier": "alex-0", "IsClusterWriter": False}]},
            "none is the writer",
        ),
    ],
)
def test_wrong_instances_fail(answering: Answering, instance: str | None, more: dict[str, Any], detail: str) -> None:
    with_cluster(answering, "available", instance, **more)
    found = one(cluster.instances)
    assert found.outcome is Outcome.FAILED
    assert detail in found.detail
    assert found.remedy


def test_an_endpoint_that_is_not_the_output_fails(answering: Answering) -> None:
    with_cluster(answering)
    [_, found] = look(cluster.endpoint, endpoint="old.example")
    assert found.outcome is Outcome.FAILED
    assert "alex.example" in found.detail
    assert "old.example" in found.detail


@pytest.mark.parametrize(("wanted", "outcome"), [(True, Outcome.FAILED), (False, Outcome.PASSED)])
def test_a_data_api_that_is_off_fails_unless_the_environment_says_so(
    answering: Answering, wanted: bool, outcome: Outcome
) -> None:
    with_cluster(answering, HttpEndpointEnabled=False)
    [found, _] = look(cluster.endpoint, data_api_enabled=wanted)
    assert found.outcome is outcome


@pytest.mark.parametrize(
    ("text", "detail"),
    [
        ("{}", "username, password missing or empty"),
        (json.dumps({"username": "x", "password": ""}), "password missing or empty"),
        (json.dumps({"password": PASSWORD}), "username missing or empty"),
        (PASSWORD, "its value is not a JSON object"),
        (json.dumps([PASSWORD]), "its value is not a JSON object"),
    ],
)
def test_a_secret_without_what_the_data_api_needs_fails(answering: Answering, text: str, detail: str) -> None:
    client, stubber = stubbed("secretsmanager")
    stubber.add_response("get_secret_value", {"SecretString": text})
    answering("secretsmanager", client)
    found = one(secret.secret)
    assert (found.outcome, detail in found.detail) == (Outcome.FAILED, True)
    assert PASSWORD not in f"{found.detail} {found.remedy}"


@pytest.mark.parametrize(
    ("code", "outcome", "words"),
    [
        ("ResourceNotFoundException", Outcome.FAILED, f"there is no secret {SECRET_ARN}"),
        ("InvalidRequestException", Outcome.FAILED, "marked for deletion"),
        ("AccessDeniedException", Outcome.UNKNOWN, "must be allowed the action secretsmanager:GetSecretValue"),
        ("ThrottlingException", Outcome.UNKNOWN, "throttles"),
    ],
)
def test_a_secret_that_cannot_be_read(answering: Answering, code: str, outcome: Outcome, words: str) -> None:
    client, stubber = stubbed("secretsmanager")
    message = "User: arn:aws:iam::1:user/x is not authorized to perform: secretsmanager:GetSecretValue on resource: y"
    stubber.add_client_error("get_secret_value", code, message)
    answering("secretsmanager", client)
    found = one(secret.secret)
    assert (found.outcome, words in found.detail) == (outcome, True)


def iam_with(answering: Answering, *decisions: list[tuple[str, str]], service: str = "lambda.amazonaws.com") -> None:
    client, stubber = stubbed("iam")
    described = {
        "Path": "/",
        "RoleName": "alex-role",
        "RoleId": "AROA0000000000000000",
        "Arn": ROLE_ARN,
        "CreateDate": "2026-01-01T00:00:00Z",
        "AssumeRolePolicyDocument": json.dumps({"Statement": [{"Principal": {"Service": service}}]}),
    }
    stubber.add_response("get_role", {"Role": described})
    for results in decisions:
        answer = [{"EvalActionName": action, "EvalDecision": decision} for action, decision in results]
        stubber.add_response("simulate_principal_policy", {"EvaluationResults": answer})
    answering("iam", client)


def test_a_role_that_may_all_passes(answering: Answering) -> None:
    iam_with(answering, [("rds-data:ExecuteStatement", "allowed")], [("secretsmanager:GetSecretValue", "allowed")])
    [trusted, permitted] = look(role.role, lambda_role_arn=ROLE_ARN)
    assert (trusted.outcome, permitted.outcome) == (Outcome.PASSED, Outcome.PASSED)
    assert permitted.detail == "2 actions allowed"


def test_a_role_that_is_denied_an_action_fails_and_names_it(answering: Answering) -> None:
    iam_with(
        answering,
        [("rds-data:ExecuteStatement", "implicitDeny"), ("rds-data:BeginTransaction", "allowed")],
        [("secretsmanager:GetSecretValue", "explicitDeny")],
    )
    [_, permitted] = look(role.role, lambda_role_arn=ROLE_ARN)
    assert permitted.outcome is Outcome.FAILED
    assert permitted.detail == "denied: rds-data:ExecuteStatement, secretsmanager:GetSecretValue"


def test_a_role_that_lambda_may_not_take_fails(answering: Answering) -> None:
    iam_with(answering, [], [], service="ec2.amazonaws.com")
    assert look(role.role, lambda_role_arn=ROLE_ARN)[0].outcome is Outcome.FAILED


def test_a_role_that_is_gone_fails(answering: Answering) -> None:
    client, stubber = stubbed("iam")
    stubber.add_client_error("get_role", "NoSuchEntity")
    answering("iam", client)
    found = one(role.role, lambda_role_arn=ROLE_ARN)
    assert (found.outcome, found.detail) == (Outcome.FAILED, f"there is no role {ROLE_ARN}")


def test_without_the_right_to_ask_iam_the_permissions_are_unknown(answering: Answering) -> None:
    client, stubber = stubbed("iam")
    stubber.add_client_error(
        "get_role", "AccessDenied", "User: x is not authorized to perform: iam:GetRole on resource: role alex-role"
    )
    answering("iam", client)
    found = one(role.role, lambda_role_arn=ROLE_ARN)
    assert (found.outcome, "iam:GetRole" in found.detail) == (Outcome.UNKNOWN, True)


def subnet_group(*zones: str, status: str = "Active") -> dict[str, Any]:
    subnets = [
        {"SubnetIdentifier": f"subnet-{zone}", "SubnetAvailabilityZone": {"Name": zone}, "SubnetStatus": status}
        for zone in zones
    ]
    return {"DBSubnetGroups": [{"VpcId": "vpc-1", "Subnets": subnets}]}


@pytest.mark.parametrize(
    ("group", "outcome"),
    [
        (subnet_group("a", "b"), Outcome.PASSED),
        (subnet_group("a", "a"), Outcome.FAILED),
        (subnet_group("a", "b", status="Inactive"), Outcome.FAILED),
    ],
)
def test_subnets_lie_in_two_zones(answering: Answering, group: dict[str, Any], outcome: Outcome) -> None:
    client, stubber = stubbed("rds")
    add_cluster(stubber, DBSubnetGroup="alex")
    stubber.add_response("describe_db_subnet_groups", group)
    answering("rds", client)
    assert one(network.subnets).outcome is outcome


@pytest.mark.parametrize(
    ("rule", "outcome", "words"),
    [
        ({"IpRanges": [{"CidrIp": "10.0.0.0/16"}]}, Outcome.PASSED, "10.0.0.0/16"),
        ({"UserIdGroupPairs": [{"GroupId": "sg-2"}]}, Outcome.PASSED, "sg-2"),
        ({"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, Outcome.FAILED, "0.0.0.0/0"),
        ({"Ipv6Ranges": [{"CidrIpv6": "::/0"}]}, Outcome.FAILED, "::/0"),
        ({"IpRanges": [{"CidrIp": "0.0.0.0/0"}], "FromPort": 443, "ToPort": 443}, Outcome.PASSED, "nobody"),
        ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, Outcome.FAILED, "0.0.0.0/0"),
    ],
)
@pytest.mark.parametrize("port", [5432, 5433])
def test_nobody_outside_may_connect(
    answering: Answering, rule: dict[str, Any], outcome: Outcome, words: str, port: int
) -> None:
    with_cluster(answering, Port=port, VpcSecurityGroups=[{"VpcSecurityGroupId": "sg-1", "Status": "active"}])
    client, stubber = stubbed("ec2")
    permission = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port} | rule
    stubber.add_response("describe_security_groups", {"SecurityGroups": [{"IpPermissions": [permission]}]})
    answering("ec2", client)
    found = one(network.security_groups)
    assert (found.outcome, words in found.detail) == (outcome, True)


@pytest.mark.parametrize(
    ("running", "file_version", "outcome", "words"),
    [
        ("17.7", "17.7", Outcome.PASSED, "as environments/dev.toml says"),
        ("17.9", "17", Outcome.PASSED, "as environments/dev.toml says"),
        ("17.9", "17.7", Outcome.FAILED, "downgrade"),
        ("17.4", "17.7", Outcome.FAILED, "says 17.7"),
        ("18.3", "17", Outcome.FAILED, "downgrade"),
        ("16.8", "17.7", Outcome.FAILED, "says 17.7"),
        ("12.4", "17.7", Outcome.UNKNOWN, "not known here"),
        ("15.4", "15.4", Outcome.PASSED, "as environments/dev.toml says"),
    ],
)
def test_the_engine_is_what_the_file_asks_for(
    answering: Answering, tmp_path: Path, running: str, file_version: str, outcome: Outcome, words: str
) -> None:
    text = (ROOT / "environments/dev.toml").read_text().replace('"17.7"', f'"{file_version}"')
    (tmp_path / "dev.toml").write_text(
        text.replace("minimum_acu = 0\n", "minimum_acu = 0.5\n").replace("auto_pause", "# ")
    )
    with_cluster(answering, EngineVersion=running)
    found = one(answers.engine, environment=read_environment(tmp_path / "dev.toml"))
    assert (found.outcome, words in found.detail) == (outcome, True)


def scaling(minimum: float, maximum: float, seconds: int | None = None) -> dict[str, Any]:
    """Return what RDS says of a cluster's capacity."""
    pause = {} if seconds is None else {"SecondsUntilAutoPause": seconds}
    return {"ServerlessV2ScalingConfiguration": {"MinCapacity": minimum, "MaxCapacity": maximum, **pause}}


@pytest.mark.parametrize(
    ("described", "in_file", "outcome", "words"),
    [
        (scaling(0, 1, 300), "", Outcome.PASSED, "0 to 1 ACU, paused after 5 min, as environments/dev.toml says"),
        (scaling(0, 1, 600), "", Outcome.FAILED, "paused after 10 min, but environments/dev.toml says 0 to 1 ACU"),
        (scaling(0, 1, 600), "auto_pause_seconds = 600", Outcome.PASSED, "paused after 10 min"),
        (scaling(0, 4, 300), "", Outcome.FAILED, "0 to 4 ACU, paused after 5 min, but environments/dev.toml says"),
        (scaling(0.5, 1), "", Outcome.FAILED, "0.5 to 1 ACU, but environments/dev.toml says 0 to 1 ACU, paused"),
        (scaling(0.5, 1, 300), "minimum_acu = 0.5", Outcome.PASSED, "0.5 to 1 ACU, as environments/dev.toml says"),
        ({"ServerlessV2ScalingConfiguration": {}}, "", Outcome.FAILED, "no Serverless v2 capacity"),
    ],
)
def test_the_capacity_is_what_the_file_asks_for(
    answering: Answering, tmp_path: Path, described: dict[str, Any], in_file: str, outcome: Outcome, words: str
) -> None:
    lines = "minimum_acu = 0\n" if "minimum_acu" not in in_file else ""
    (tmp_path / "dev.toml").write_text(
        f'name_prefix = "alex"\nregion = "us-east-1"\n[engine]\nversion = "17.7"\n[capacity]\n{lines}{in_file}\n'
    )
    with_cluster(answering, **described)
    found = one(capacity.capacity, environment=read_environment(tmp_path / "dev.toml"))
    assert (found.outcome, words in found.detail) == (outcome, True), found.detail
    assert (found.remedy is None) == (outcome is Outcome.PASSED)


def test_without_a_file_the_capacity_is_shown_and_unknown(answering: Answering) -> None:
    with_cluster(answering)
    found = one(capacity.capacity)
    assert (found.outcome, found.detail) == (
        Outcome.UNKNOWN,
        "0 to 1 ACU, paused after 5 min, and no file to compare it with",
    )


@pytest.mark.parametrize(("waiting", "outcome"), [("17.7", Outcome.PASSED), ("17.6", Outcome.FAILED)])
def test_an_upgrade_that_waits_for_its_window_passes(answering: Answering, waiting: str, outcome: Outcome) -> None:
    with_cluster(answering, EngineVersion="17.5", PendingModifiedValues={"EngineVersion": waiting})
    found = one(answers.engine, environment=read_environment(ROOT / "environments/dev.toml"))
    assert found.outcome is outcome
    assert ("17.7 waits for the maintenance window" in found.detail) == (outcome is Outcome.PASSED)


def waiting(
    answering: Answering,
    status: str = "in-sync",
    *,
    scaling: tuple[float, float] = (0, 1),
    connections: int | None = None,
    parameters: tuple[str, ...] = (),
    **more: Any,
) -> Check:
    """Return what is found of a cluster whose writer has this status of its parameters."""
    client, stubber = stubbed("rds")
    member = {"DBInstanceIdentifier": "alex-0", "IsClusterWriter": True, "DBClusterParameterGroupStatus": status}
    described = described_cluster(
        DBClusterMembers=[member],
        DBClusterParameterGroup="mine",
        ServerlessV2ScalingConfiguration={"MinCapacity": scaling[0], "MaxCapacity": scaling[1]},
        **more,
    )
    stubber.add_response("describe_db_clusters", described)
    stubber.add_response("describe_db_instances", described_instances(DBInstanceClass="db.serverless"))
    if connections is not None:
        found = {"Parameters": [{"ParameterName": name} for name in parameters]}
        stubber.add_response("describe_db_cluster_parameters", found)
        data, data_stubber = stubbed("rds-data")
        data_stubber.add_response("execute_statement", one_number(connections))
        answering("rds-data", data)
    for _ in range(2):
        stubber.add_response("describe_pending_maintenance_actions", {"PendingMaintenanceActions": []})
    answering("rds", client)
    return one(pending.pending, **({"secret_arn": None} if connections is None else {}))


def test_parameters_that_wait_for_a_reboot_fail_with_the_command(answering: Answering) -> None:
    found = waiting(answering, "pending-reboot")
    assert found.outcome is Outcome.FAILED
    assert "alex-0 waits for one (cluster parameters)" in found.detail
    assert found.remedy == f"./aurora-serverless restart --cluster-arn {TARGET.cluster_arn}"


def test_what_waits_for_the_window_passes_and_is_told(answering: Answering) -> None:
    values = {"IAMDatabaseAuthenticationEnabled": True}
    found = waiting(answering, PreferredMaintenanceWindow="sun:04:00-sun:05:00", PendingModifiedValues=values)
    assert found.outcome is Outcome.PASSED
    assert "IAMDatabaseAuthenticationEnabled = True of alex, in its window sun:04:00-sun:05:00 UTC" in found.detail


@pytest.mark.parametrize(
    ("connections", "scaling", "parameters", "outcome"),
    [
        (189, (0, 1), (), Outcome.PASSED),
        (189, (2, 16), (), Outcome.FAILED),
        (3360, (0.5, 16), (), Outcome.FAILED),
        (189, (2, 16), ("max_connections",), Outcome.PASSED),
        (195, (0, 1), ("work_mem",), Outcome.PASSED),
    ],
)
def test_a_limit_of_connections_that_the_capacity_does_not_give_fails(
    answering: Answering,
    monkeypatch: pytest.MonkeyPatch,
    connections: int,
    scaling: tuple[float, float],
    parameters: tuple[str, ...],
    outcome: Outcome,
) -> None:
    monkeypatch.setattr(AwsSession, "check_credentials", lambda _: None)
    found = waiting(answering, connections=connections, scaling=scaling, parameters=parameters)
    assert found.outcome is outcome
    if outcome is Outcome.FAILED:
        assert f"max_connections is {connections:,}, and the capacity gives about" in found.detail
        assert found.remedy is not None
        assert found.remedy.endswith(" --force")


@pytest.mark.parametrize(
    ("described", "outcomes"),
    [
        ({"OwningService": "rds", "RotationEnabled": True}, []),
        ({"OwningService": "rds"}, [Outcome.WARNED]),
        ({}, []),
    ],
)
def test_a_managed_secret_that_nothing_rotates_is_a_warning(
    answering: Answering, described: dict[str, Any], outcomes: list[Outcome]
) -> None:
    client, stubber = stubbed("secretsmanager")
    stubber.add_response("describe_secret", described)
    answering("secretsmanager", client)
    managed = Environment.model_validate(
        {"name": "x", "name_prefix": "x", "engine": {"version": "17.7"}, "credentials": {"mode": "managed"}}
    )
    assert [found.outcome for found in look(secret.rotation, environment=managed)] == outcomes
    assert look(secret.rotation) == []
