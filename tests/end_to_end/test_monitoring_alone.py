"""Alarms and dashboard in a stack of their own, by the real provider: applied, planned again, destroyed.

Also what only Terraform can compute: the thresholds where the capacity comes from `-var`.
"""

import json
from typing import Any

import pytest
from cdktf import App, LocalBackend, TerraformOutput, TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.provider import AwsProvider
from constructs import Construct

from aurora_serverless.alarms import DatabaseAlarms, default_max_connections
from aurora_serverless.dashboard import DatabaseDashboard
from local_aws.process import LocalAws
from tests.end_to_end.terraform import Terraform
from tests.terraform_json import synthesize_alone
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("monitoring")

REGION = "us-east-1"
CAPACITY = {"min_capacity": 0.5, "max_capacity": 16}
CAPACITIES = [(0, 1), (0.5, 2.5), (1, 16), (2, 2), (8, 256)]


def monitoring(app: App) -> TerraformStack:
    """Make a stack with all that the two constructs can make, around two variables."""
    stack = TerraformStack(app, "monitoring")
    LocalBackend(stack, path="../../../terraform.monitoring.tfstate")
    AwsProvider(stack, "aws", region=REGION)
    minimum = TerraformVariable(stack, "min_capacity", type="number").number_value
    maximum = TerraformVariable(stack, "max_capacity", type="number").number_value
    alarms = DatabaseAlarms(
        stack,
        "alarms",
        cluster_identifier="shop",
        minimum_acu=minimum,
        maximum_acu=maximum,
        has_readers=True,
        email_addresses=["a@example.com", "b@example.com"],
        kms_key_arn=KmsKey(stack, "key", enable_key_rotation=True).arn,
        tags={"Project": "shop"},
        fixed_addresses=True,
    )
    DatabaseDashboard(
        stack,
        "dashboard",
        cluster_identifier="shop",
        region=REGION,
        minimum_acu=minimum,
        maximum_acu=maximum,
        has_readers=True,
        alarm_arns=alarms.alarm_arns,
        fixed_addresses=True,
    )
    TerraformOutput(stack, "topic_arn", value=alarms.topic_arn)
    TerraformOutput(stack, "alarm_arns", value=alarms.alarm_arns)
    return stack


@pytest.fixture(scope="module")
def terraform(aws: LocalAws, providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    folder = tmp_path_factory.mktemp("monitoring")
    app = App(outdir=str(folder / "cdktf.out"))
    monitoring(app)
    app.synth()
    terraform = Terraform(folder / "cdktf.out" / "stacks" / "monitoring", aws, providers, CAPACITY)
    terraform.init()
    return terraform


def python_thresholds(minimum: float, maximum: float) -> dict[str, float]:
    """Return the thresholds as Python computes them from plain numbers."""

    def build(stack: Construct) -> None:
        DatabaseAlarms(
            stack,
            "alarms",
            cluster_identifier="shop",
            minimum_acu=minimum,
            maximum_acu=maximum,
            has_readers=True,
            fixed_addresses=True,
        )

    alarms = synthesize_alone(build)["resource"]["aws_cloudwatch_metric_alarm"]
    return {name: block["threshold"] for name, block in alarms.items()}


@pytest.mark.parametrize(("minimum", "maximum"), CAPACITIES)
def test_terraform_computes_the_thresholds_that_python_computes(
    terraform: Terraform, minimum: float, maximum: float
) -> None:
    plan = terraform.plan(min_capacity=minimum, max_capacity=maximum)
    assert plan.exit_status != 1, plan.text
    planned = {
        address.rpartition(".")[2]: change["after"]["threshold"]
        for address, change in plan.changes.items()
        if address.startswith("aws_cloudwatch_metric_alarm.")
    }
    assert len(planned) == 7
    assert planned == python_thresholds(minimum, maximum)


@pytest.fixture(scope="module")
def applied(terraform: Terraform) -> Terraform:
    terraform.apply()
    return terraform


def test_the_second_plan_is_empty(applied: Terraform) -> None:
    plan = applied.plan()
    assert plan.exit_status == 0, plan.text


def test_the_alarms_are_there_with_their_thresholds(applied: Terraform, aws: LocalAws) -> None:
    found = aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    topic = applied.outputs()["topic_arn"]
    thresholds = {alarm["AlarmName"].removeprefix("shop-").replace("-", "_"): alarm["Threshold"] for alarm in found}
    assert thresholds == python_thresholds(**{f"{name[:3]}imum": value for name, value in CAPACITY.items()})
    assert thresholds["connections"] == default_max_connections(0.5, 16) * 0.8 == 1600
    for alarm in found:
        assert alarm["Namespace"] == "AWS/RDS"
        assert alarm["Dimensions"] == [{"Name": "DBClusterIdentifier", "Value": "shop"}]
        assert alarm["TreatMissingData"] == "notBreaching"
        assert alarm["AlarmActions"] == alarm["OKActions"] == [topic]
    assert sorted(alarm["AlarmArn"] for alarm in found) == sorted(applied.outputs()["alarm_arns"])


def test_the_topic_is_encrypted_lets_the_alarms_in_and_has_its_mailboxes(applied: Terraform, aws: LocalAws) -> None:
    sns, topic = aws.client("sns"), applied.outputs()["topic_arn"]
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    account = topic.split(":")[4]
    assert topic.endswith(":shop-alarms")
    assert ":key/" in attributes["KmsMasterKeyId"]
    (statement,) = json.loads(attributes["Policy"])["Statement"]
    assert statement["Resource"] == topic
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": account}
    assert statement["Condition"]["ArnLike"] == {"aws:SourceArn": f"arn:*:cloudwatch:*:{account}:alarm:shop-*"}
    subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert sorted((item["Protocol"], item["Endpoint"]) for item in subscriptions) == [
        ("email", "a@example.com"),
        ("email", "b@example.com"),
    ]


def test_the_dashboard_shows_the_capacity_that_terraform_was_given(applied: Terraform, aws: LocalAws) -> None:
    body = json.loads(aws.client("cloudwatch").get_dashboard(DashboardName="shop")["DashboardBody"])
    alarms, *graphs = (widget["properties"] for widget in body["widgets"])
    assert sorted(alarms["alarms"]) == sorted(applied.outputs()["alarm_arns"])
    (capacity,) = (graph for graph in graphs if graph["title"] == "Capacity (ACU)")
    lines: list[dict[str, Any]] = capacity["annotations"]["horizontal"]
    assert {line["label"]: line["value"] for line in lines} == {"minimum": 0.5, "maximum": 16}


def test_another_capacity_changes_thresholds_and_dashboard_in_place(applied: Terraform) -> None:
    plan = applied.plan(max_capacity=32, min_capacity=1)
    assert plan.actions == {
        "aws_cloudwatch_metric_alarm.connections": ["update"],
        "aws_cloudwatch_metric_alarm.free_memory": ["update"],
        "aws_cloudwatch_dashboard.aurora": ["update"],
    }
    for address in plan.actions:
        assert plan.changed_arguments(address) <= {"threshold", "dashboard_body"}


def test_taking_a_mailbox_out_touches_no_other(applied: Terraform) -> None:
    file = applied.folder / "cdk.tf.json"
    before = file.read_text()
    assert '"a@example.com\\", ' in before
    file.write_text(before.replace('\\"a@example.com\\", ', ""))
    try:
        plan = applied.plan()
    finally:
        file.write_text(before)
    assert plan.actions == {'aws_sns_topic_subscription.alarms["a@example.com"]': ["delete"]}


def test_destroy_leaves_nothing(applied: Terraform, aws: LocalAws) -> None:
    applied.destroy()
    assert applied.managed() == []
    assert aws.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    assert aws.client("sns").list_topics()["Topics"] == []
