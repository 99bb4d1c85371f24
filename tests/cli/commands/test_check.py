"""`aurora-serverless check` as a whole, on local AWS."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local_aws.process import LocalAws
from tests.deployed.deployment import PASSWORD, deploy
from tests.deployed.fixtures import CommandLine
from tests.deployed.stubs import CLUSTER_ARN

Answering = Callable[[str, Any], None]
NAMES = [
    "credentials",
    "deploy",
    "cluster",
    "instances",
    "Data API",
    "endpoint",
    "secret",
    "role",
    "role's permissions",
    "subnets",
    "security group",
    "SQL",
    "engine",
    "support",
    "facts",
    "capacity",
    "encryption",
    "pending",
]


def test_a_good_deployment_passes(command_line: CommandLine) -> None:
    done = command_line("check", "--json")
    assert done.status == 0
    assert [check["name"] for check in done.json["checks"]] == NAMES
    outcomes = {check["name"]: check["outcome"] for check in done.json["checks"]}
    assert outcomes.pop("role's permissions") == "unknown"
    assert set(outcomes.values()) == {"passed"}
    assert done.json["passed"] is True
    assert all(set(check) == {"name", "outcome", "detail", "remedy"} for check in done.json["checks"])


def test_for_people_each_is_a_line_and_unknown_has_its_reason(command_line: CommandLine) -> None:
    lines = command_line("check").output.splitlines()
    assert lines[0].startswith("✓ passed  credentials ")
    assert any("? unknown role's permissions  local AWS cannot tell" in line for line in lines)
    assert any(line.strip().startswith("→ ") for line in lines)
    assert lines[-1] == "dev: 17 passed, 1 unknown"


def test_of_the_secret_only_the_names_of_its_keys_are_shown(command_line: CommandLine) -> None:
    done = command_line("check")
    assert "keys password, username; of the master user" in done.output
    assert PASSWORD not in done.output


def test_one_failed_line_is_exit_status_1(aws: LocalAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deployment = deploy(aws, tmp_path, EngineVersion="17.9")
    done = deployment.run(capsys, "check", "--json")
    assert done.status == 1
    assert done.json["passed"] is False
    [failed] = [check for check in done.json["checks"] if check["outcome"] == "failed"]
    assert failed["name"] == "engine"
    assert "would be a downgrade" in failed["detail"]
    assert failed["remedy"] == 'write version = "17.9" under [engine]'


def test_a_cluster_that_is_gone_is_told_once(aws: LocalAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deployment = deploy(aws, tmp_path)
    rds = aws.client("rds")
    rds.delete_db_instance(DBInstanceIdentifier=f"{deployment.cluster}-0", SkipFinalSnapshot=True)
    rds.delete_db_cluster(DBClusterIdentifier=deployment.cluster, SkipFinalSnapshot=True)
    done = deployment.run(capsys, "check")
    assert done.status == 1
    assert done.output.count("it was deleted, or these are the credentials of another account") == 1
    assert "not checked: there is no cluster" in done.output


def test_without_credentials_nothing_else_is_looked_at(capsys: pytest.CaptureFixture[str]) -> None:
    from tests.deployed.deployment import run  # noqa: PLC0415

    done = run(capsys, "check", "--cluster-arn", CLUSTER_ARN, "--json")
    [first, *others] = done.json["checks"]
    assert (done.status, first["outcome"]) == (1, "failed")
    assert "there are no AWS credentials" in first["detail"]
    assert {check["outcome"] for check in others} == {"unknown"}


def test_sql_that_fails_is_failed_with_its_reason(aws: LocalAws, command_line: CommandLine) -> None:
    wrong = json.dumps({"username": "alexadmin", "password": "wrong"})
    arn = aws.client("secretsmanager").create_secret(Name="wrong-password", SecretString=wrong)["ARN"]
    checks = {check["name"]: check for check in command_line("check", "--secret-arn", arn, "--json").json["checks"]}
    assert checks["secret"]["outcome"] == "passed"
    assert checks["SQL"]["outcome"] == "failed"
    assert "password authentication failed" in checks["SQL"]["detail"]


def test_from_arns_alone_what_they_do_not_tell_is_unknown(command_line: CommandLine, deployed: Any) -> None:
    done = command_line("check", "--cluster-arn", deployed.outputs["aurora_cluster_arn"], "--json", where="")
    unknown = {check["name"] for check in done.json["checks"] if check["outcome"] == "unknown"}
    assert (done.status, unknown) == (0, {"deploy", "endpoint", "secret", "role", "SQL", "engine", "capacity"})


PRODUCTION = [
    "deletion",
    "final snapshot",
    "backups",
    "storage",
    "second instance",
    "minimum capacity",
    "maintenance",
    "network access",
    "TLS",
    "password",
    "insights",
    "log",
    "alarms",
    "who is told",
    "tags",
    "Terraform's state",
    "account",
    "point in time",
    "secret's rotation",
    "secret's policy",
    "capacity's ceiling",
]
ASKED = [
    "restore",
    "copy of backups",
    "failover",
    "load",
    "schema",
    "secret's readers",
    "connecting",
    "quiet hours",
    "budget",
    "looking again",
]


def test_a_production_checklist_follows_what_check_has_already(command_line: CommandLine) -> None:
    done = command_line("check", "--production", "--json")
    checks = {check["name"]: check for check in done.json["checks"]}
    assert [*checks] == [*NAMES, *PRODUCTION, *ASKED]
    assert (done.status, done.json["passed"]) == (1, False), "dev is no production"
    assert {name for name, check in checks.items() if check["outcome"] == "asked"} == set(ASKED)
    assert all(check["remedy"] for check in checks.values() if check["outcome"] != "passed")
    assert {name for name in PRODUCTION if checks[name]["outcome"] == "passed"} == {
        "storage",
        "TLS",
        "point in time",
        "secret's rotation",
        "secret's policy",
    }
    assert checks["password"]["detail"].startswith("in Terraform's state")


def test_a_checklist_from_arns_alone_says_what_an_environment_would_tell(
    command_line: CommandLine, deployed: Any
) -> None:
    arn = deployed.outputs["aurora_cluster_arn"]
    done = command_line("check", "--production", "--cluster-arn", arn, "--json", where="")
    checks = {check["name"]: check for check in done.json["checks"]}
    unknown = {name for name in PRODUCTION if checks[name]["remedy"] == "name an environment"}
    assert unknown == {"final snapshot", "maintenance", "network access", "password", "Terraform's state", "account"}
    assert checks["failover"]["remedy"].endswith(f"--db-cluster-identifier {deployed.cluster}")


def test_a_question_is_a_line_for_people_and_counted(command_line: CommandLine) -> None:
    lines = command_line("check", "--production").output.splitlines()
    assert any(line.startswith("☐ asked   restore             has a restore been tested") for line in lines)
    assert lines[-1].endswith(f", {len(ASKED)} asked")


def test_alarms_with_a_confirmed_subscriber_pass(
    aws: LocalAws, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deployment = deploy(aws, tmp_path, DeletionProtection=True)
    sns, cloudwatch = aws.client("sns"), aws.client("cloudwatch")
    topic = sns.create_topic(Name=f"{deployment.cluster}-alarms")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="team@example.com")
    for metric in ("ACUUtilization", "DatabaseConnections"):
        cloudwatch.put_metric_alarm(
            AlarmName=f"{deployment.cluster}-{metric}",
            Namespace="AWS/RDS",
            MetricName=metric,
            Dimensions=[{"Name": "DBClusterIdentifier", "Value": deployment.cluster}],
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=15,
            Threshold=90,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            AlarmActions=[topic],
        )
    checks = {
        check["name"]: check for check in deployment.run(capsys, "check", "--production", "--json").json["checks"]
    }
    assert checks["alarms"]["outcome"] == "passed"
    assert checks["who is told"]["detail"] == "1 subscribed and confirmed (email)"
    assert checks["deletion"]["detail"] == "AWS refuses to delete the cluster; the next deploy undoes that"
