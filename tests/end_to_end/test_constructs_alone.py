"""The constructs beside the cluster, each alone in somebody else's stack: real Terraform takes and keeps them.

One stack holds each of them twice, with fixed addresses and with addresses of its own.
"""

import json
from typing import Any

import pytest

from aurora_serverless.rules.read_scaling import ReadScalingMetric
from local_aws.process import LocalAws
from tests.end_to_end.terraform import Terraform
from tests.terraform_json import synthesize_alone
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("constructs")

REGION = "us-east-1"
ACCOUNT_ID = "123456789012"
METRICS: dict[str, ReadScalingMetric] = {"orders": "capacity", "reports": "connections"}

FIXED = {
    "aws_appautoscaling_policy.readers",
    "aws_appautoscaling_target.readers",
    "aws_cloudwatch_log_group.postgresql",
    "aws_db_parameter_group.aurora",
    "aws_iam_role.rds_monitoring",
    "aws_iam_role_policy_attachment.rds_monitoring",
    "aws_kms_alias.aurora",
    "aws_kms_key.aurora",
    "aws_rds_cluster_parameter_group.aurora",
}


def build(stack: Any) -> None:
    """Fill a stack with what two databases need beside the cluster."""
    add_provider(stack)
    for name in ("orders", "reports"):
        build_for(stack, name, fixed_addresses=name == "orders")


def add_provider(stack: Any) -> None:
    """Let the stack have a provider."""
    from cdktf_cdktf_provider_aws.provider import AwsProvider  # noqa: PLC0415

    AwsProvider(stack, "aws", region=REGION)


def build_for(stack: Any, name: str, *, fixed_addresses: bool) -> None:
    """Put one of each into the stack, for a database called `name`."""
    from aurora_serverless.encryption_key import EncryptionKey  # noqa: PLC0415
    from aurora_serverless.log_group import PostgresqlLogGroup  # noqa: PLC0415
    from aurora_serverless.monitoring_role import EnhancedMonitoringRole  # noqa: PLC0415
    from aurora_serverless.parameter_groups import ParameterGroups  # noqa: PLC0415
    from aurora_serverless.read_scaling import ReadScaling  # noqa: PLC0415

    shared: dict[str, Any] = {"tags": {"Team": name}, "fixed_addresses": fixed_addresses}
    key = EncryptionKey(
        stack,
        f"{name}-key",
        alias_name=name,
        description=f"Encrypts the database {name}",
        region=REGION,
        account_id=ACCOUNT_ID,
        log_group_arn_pattern=f"arn:aws:logs:{REGION}:{ACCOUNT_ID}:log-group:/aws/rds/cluster/{name}/*",
        alarm_topic=True,
        deletion_window_days=7,
        **shared,
    )
    ParameterGroups(
        stack,
        f"{name}-parameters",
        name_prefix=name,
        major_version=17,
        cluster_parameters={"rds.force_ssl": "1", "track_activity_query_size": "8192"},
        instance_parameters={"work_mem": "65536", "max_connections": "500"},
        pgaudit=True,
        log_statement="ddl",
        log_min_duration_milliseconds=1000,
        **shared,
    )
    PostgresqlLogGroup(stack, f"{name}-log", cluster_identifier=name, retention_days=365, kms_key_arn=key.arn, **shared)
    ReadScaling(
        stack,
        f"{name}-readers",
        cluster_identifier=name,
        minimum_readers=1,
        maximum_readers=4,
        metric=METRICS[name],
        target_value=80,
        **shared,
    )
    EnhancedMonitoringRole(stack, f"{name}-monitoring", role_name=f"{name}-monitoring", account_id=ACCOUNT_ID, **shared)


@pytest.fixture(scope="module")
def terraform(aws: LocalAws, providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    folder = tmp_path_factory.mktemp("constructs")
    (folder / "cdk.tf.json").write_text(json.dumps(synthesize_alone(build)))
    terraform = Terraform(folder, aws, providers)
    terraform.init()
    terraform.apply()
    return terraform


def test_all_are_made_and_the_fixed_addresses_are_among_them(terraform: Terraform) -> None:
    managed = set(terraform.managed())
    assert managed >= FIXED
    assert len(managed) == 2 * len(FIXED)


def test_the_second_plan_is_empty(terraform: Terraform) -> None:
    plan = terraform.plan()
    assert plan.exit_status == 0, plan.text


def test_aws_has_what_was_asked_for(terraform: Terraform, aws: LocalAws) -> None:
    assert len(terraform.managed()) == 2 * len(FIXED)
    (log_group,) = aws.client("logs").describe_log_groups(logGroupNamePrefix="/aws/rds/cluster/orders/")["logGroups"]
    assert log_group["retentionInDays"] == 365
    kms = aws.client("kms")
    assert kms.get_key_rotation_status(KeyId=log_group["kmsKeyId"])["KeyRotationEnabled"]
    assert "alias/orders" in {alias["AliasName"] for alias in kms.list_aliases()["Aliases"]}
    parameters = aws.client("rds").describe_db_cluster_parameters(
        DBClusterParameterGroupName=aws.client("rds").describe_db_cluster_parameter_groups()[
            "DBClusterParameterGroups"
        ][0]["DBClusterParameterGroupName"]
    )["Parameters"]
    assert {"pgaudit.log": "ddl,role", "log_statement": "ddl"}.items() <= {
        parameter["ParameterName"]: parameter["ParameterValue"] for parameter in parameters
    }.items()


def test_all_are_destroyed(terraform: Terraform, aws: LocalAws) -> None:
    terraform.destroy()
    assert terraform.managed() == []
    assert aws.client("logs").describe_log_groups(logGroupNamePrefix="/aws/rds/cluster/")["logGroups"] == []
