import json
from typing import Any

import pytest
from cdktf import TerraformOutput, TerraformVariable
from constructs import Construct

from aurora_serverless.alarms import DatabaseAlarms, default_max_connections
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone

TOPIC = "arn:aws:sns:eu-west-1:123456789012:oncall"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def alarms(scope: Construct, id_: str = "alarms", **arguments: Any) -> DatabaseAlarms:
    return DatabaseAlarms(
        scope,
        id_,
        **{
            "cluster_identifier": "shop",
            "minimum_acu": 0.5,
            "maximum_acu": 4,
            "fixed_addresses": True,
            **arguments,
        },
    )


def synthesized(**arguments: Any) -> dict[str, dict[str, Any]]:
    """Return the resources by address."""
    return blocks(synthesize_alone(lambda stack: alarms(stack, **arguments)))


def alarm(name: str, **arguments: Any) -> dict[str, Any]:
    return synthesized(**arguments)[f"aws_cloudwatch_metric_alarm.{name}"]


def with_variables(*, minimum_acu: float | None = None, maximum_acu: float | None = None) -> dict[str, Any]:
    """Return the alarms' thresholds where a capacity that is not given comes from a Terraform variable."""

    def build(stack: Construct) -> None:
        minimum = TerraformVariable(stack, "min_capacity", type="number").number_value
        maximum = TerraformVariable(stack, "max_capacity", type="number").number_value
        alarms(
            stack,
            minimum_acu=minimum if minimum_acu is None else minimum_acu,
            maximum_acu=maximum if maximum_acu is None else maximum_acu,
        )

    found = synthesize_alone(build)["resource"]["aws_cloudwatch_metric_alarm"]
    return {name: block["threshold"] for name, block in found.items()}


@pytest.fixture(scope="module")
def document() -> TerraformJson:
    return synthesize_alone(lambda stack: alarms(stack, has_readers=True, tags={"Project": "shop"}))


@pytest.fixture(scope="module")
def resources(document: TerraformJson) -> dict[str, dict[str, Any]]:
    return blocks(document)


def test_the_addresses(resources: dict[str, dict[str, Any]]) -> None:
    assert set(resources) == {
        "aws_sns_topic.alarms",
        "aws_sns_topic_policy.alarms",
        "aws_cloudwatch_metric_alarm.acu_utilization",
        "aws_cloudwatch_metric_alarm.cpu",
        "aws_cloudwatch_metric_alarm.connections",
        "aws_cloudwatch_metric_alarm.free_memory",
        "aws_cloudwatch_metric_alarm.replica_lag",
        "aws_cloudwatch_metric_alarm.transaction_ids",
        "aws_cloudwatch_metric_alarm.deadlocks",
    }


def test_an_alarm_as_a_whole(resources: dict[str, dict[str, Any]]) -> None:
    found = dict(resources["aws_cloudwatch_metric_alarm.acu_utilization"])
    assert "max_capacity" in found.pop("alarm_description")
    assert found == {
        "alarm_name": "shop-acu-utilization",
        "namespace": "AWS/RDS",
        "metric_name": "ACUUtilization",
        "dimensions": {"DBClusterIdentifier": "shop"},
        "statistic": "Maximum",
        "period": 60,
        "evaluation_periods": 15,
        "datapoints_to_alarm": 15,
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "threshold": 90,
        "treat_missing_data": "notBreaching",
        "alarm_actions": ["${aws_sns_topic.alarms.arn}"],
        "ok_actions": ["${aws_sns_topic.alarms.arn}"],
        "tags": {"Project": "shop"},
    }


@pytest.mark.parametrize(
    ("name", "metric", "statistic", "comparison", "minutes", "threshold"),
    [
        ("acu_utilization", "ACUUtilization", "Maximum", "GreaterThanOrEqualToThreshold", 15, 90),
        ("cpu", "CPUUtilization", "Maximum", "GreaterThanOrEqualToThreshold", 15, 90),
        ("connections", "DatabaseConnections", "Maximum", "GreaterThanOrEqualToThreshold", 5, 658),
        ("free_memory", "FreeableMemory", "Minimum", "LessThanThreshold", 15, 858993459),
        ("replica_lag", "AuroraReplicaLagMaximum", "Maximum", "GreaterThanOrEqualToThreshold", 5, 1000),
        ("transaction_ids", "MaximumUsedTransactionIDs", "Maximum", "GreaterThanOrEqualToThreshold", 5, 1_000_000_000),
        ("deadlocks", "Deadlocks", "Maximum", "GreaterThanThreshold", 30, 0),
    ],
)
def test_each_alarm_watches_its_metric_for_its_time(
    resources: dict[str, dict[str, Any]],
    name: str,
    metric: str,
    statistic: str,
    comparison: str,
    minutes: int,
    threshold: float,
) -> None:
    found = resources[f"aws_cloudwatch_metric_alarm.{name}"]
    assert found["metric_name"] == metric
    assert found["statistic"] == statistic
    assert found["comparison_operator"] == comparison
    assert found["period"] * found["evaluation_periods"] == minutes * 60
    assert found["threshold"] == threshold
    assert found["alarm_name"] == f"shop-{name.replace('_', '-')}"


def test_every_alarm_rests_while_the_cluster_is_paused(document: TerraformJson) -> None:
    for found in document["resource"]["aws_cloudwatch_metric_alarm"].values():
        assert found["treat_missing_data"] == "notBreaching"
        # While paused, CPU and ACU utilization are sent as 0: that must be on the quiet side.
        if found["metric_name"] in {"CPUUtilization", "ACUUtilization"}:
            assert found["comparison_operator"].startswith("GreaterThan")
            assert found["threshold"] > 0


def test_every_alarm_is_of_the_cluster_in_a_namespace_that_exists(document: TerraformJson) -> None:
    for found in document["resource"]["aws_cloudwatch_metric_alarm"].values():
        assert found["namespace"] == "AWS/RDS"
        assert found["dimensions"] == {"DBClusterIdentifier": "shop"}


def test_every_description_says_what_to_do_and_fits(document: TerraformJson) -> None:
    for found in document["resource"]["aws_cloudwatch_metric_alarm"].values():
        description = found["alarm_description"]
        assert len(description) <= 1024
        assert description.isascii()
        assert ("Look for" in description) or ("Read" in description)


def test_a_single_deadlock_does_not_ring(resources: dict[str, dict[str, Any]]) -> None:
    found = resources["aws_cloudwatch_metric_alarm.deadlocks"]
    assert 1 < found["datapoints_to_alarm"] < found["evaluation_periods"]


def test_replica_lag_is_watched_only_with_readers() -> None:
    assert "aws_cloudwatch_metric_alarm.replica_lag" not in synthesized()


@pytest.mark.parametrize(
    ("name", "arguments", "threshold"),
    [
        ("acu_utilization", {"acu_utilization_percent": 75}, 75),
        ("cpu", {"cpu_percent": 70.5}, 70.5),
        ("connections", {"connections_percent": 50}, 411),
        ("connections", {"maximum_connections": 1000}, 800),
        ("connections", {"maximum_connections": 1000, "connections_percent": 90}, 900),
        ("free_memory", {"free_memory_percent": 25}, 2 * 1024**3),
        ("replica_lag", {"has_readers": True, "replica_lag_milliseconds": 250}, 250),
        ("transaction_ids", {"transaction_ids": 500_000_000}, 500_000_000),
        ("deadlocks", {"deadlocks_per_second": 0.5}, 0.5),
    ],
)
def test_a_threshold_can_be_another(name: str, arguments: dict[str, Any], threshold: float) -> None:
    assert alarm(name, **arguments)["threshold"] == threshold


@pytest.mark.parametrize(
    ("minimum", "maximum", "connections"),
    [
        # AWS's own table.
        (1, 1, 189),
        (1, 4, 823),
        (1, 8, 1669),
        (1, 16, 3360),
        (1, 32, 5000),
        (1, 64, 5000),
        (1, 256, 5000),
        # A minimum of 0 or 0.5 caps it.
        (0.5, 1, 189),
        (0, 8, 1669),
        (0, 16, 2000),
        (0.5, 16, 2000),
        (0.5, 256, 2000),
        # Between the rows.
        (0.5, 2, 400),
        (2, 2.5, 506),
    ],
)
def test_connections_are_those_of_aws_s_table(minimum: float, maximum: float, connections: int) -> None:
    assert default_max_connections(minimum, maximum) == connections
    found = alarm("connections", minimum_acu=minimum, maximum_acu=maximum)
    assert found["threshold"] == connections * 80 // 100


@pytest.mark.parametrize("maximum", [1, 1.5, 4, 128, 256])
def test_free_memory_is_a_share_of_the_maximum_so_that_it_rests_at_any_size(maximum: float) -> None:
    threshold = alarm("free_memory", maximum_acu=maximum)["threshold"]
    assert threshold == int(maximum * 2 * 1024**3 * 10 / 100)
    assert threshold < maximum * 2 * 1024**3


@pytest.mark.parametrize(
    ("minimum", "maximum", "threshold"),
    [(0, 1, 90), (0.5, 1, 90), (3.5, 4, 90), (4, 4, 101), (9, 10, 101), (8.5, 10, 90)],
)
def test_a_minimum_near_the_maximum_puts_acu_utilization_out_of_reach(
    minimum: float, maximum: float, threshold: int
) -> None:
    found = alarm("acu_utilization", minimum_acu=minimum, maximum_acu=maximum)
    assert found["threshold"] == threshold


def test_thresholds_follow_capacities_that_only_terraform_knows() -> None:
    assert with_variables() == {
        "acu_utilization": "${((var.min_capacity * 100) >= (var.max_capacity * 90)) ? 101 : 90}",
        "cpu": 90,
        "connections": (
            "${floor(((min((var.min_capacity < 1) ? 2000 : 5000, floor((((var.max_capacity * 2114) - 220) / 10))) "
            "* 80) / 100))}"
        ),
        "free_memory": "${floor((((var.max_capacity * 2147483648) * 10) / 100))}",
        "transaction_ids": 1_000_000_000,
        "deadlocks": 0,
    }


@pytest.mark.parametrize(
    ("arguments", "utilization", "connections"),
    [
        ({"minimum_acu": 0}, 90, "min(2000, floor((((var.max_capacity * 2114) - 220) / 10)))"),
        (
            {"minimum_acu": 2},
            "${((2 * 100) >= (var.max_capacity * 90)) ? 101 : 90}",
            "min(5000, floor((((var.max_capacity * 2114) - 220) / 10)))",
        ),
        (
            {"maximum_acu": 16},
            "${((var.min_capacity * 100) >= (16 * 90)) ? 101 : 90}",
            "min((var.min_capacity < 1) ? 2000 : 5000, 3360)",
        ),
    ],
)
def test_one_capacity_may_be_a_number_and_the_other_a_token(
    arguments: dict[str, float], utilization: object, connections: str
) -> None:
    thresholds = with_variables(**arguments)
    assert thresholds["acu_utilization"] == utilization
    assert thresholds["connections"] == f"${{floor((({connections} * 80) / 100))}}"
    assert "undefined" not in json.dumps(thresholds)


def test_a_topic_is_made_for_the_alarms_of_this_cluster_only() -> None:
    found = synthesized()
    assert found["aws_sns_topic.alarms"] == {"name": "shop-alarms"}
    policy = found["aws_sns_topic_policy.alarms"]
    assert policy["arn"] == "${aws_sns_topic.alarms.arn}"
    (statement,) = json.loads(policy["policy"])["Statement"]
    assert statement["Principal"] == {"Service": "cloudwatch.amazonaws.com"}
    assert statement["Action"] == "sns:Publish"
    assert statement["Resource"] == "${aws_sns_topic.alarms.arn}"
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": "${aws_sns_topic.alarms.owner}"},
        "ArnLike": {"aws:SourceArn": "arn:*:cloudwatch:*:${aws_sns_topic.alarms.owner}:alarm:shop-*"},
    }


def test_the_topic_has_another_name_and_a_customer_key() -> None:
    found = synthesized(topic_name="database-alarms", kms_key_arn=KEY, tags={"Project": "shop"})
    assert found["aws_sns_topic.alarms"] == {
        "name": "database-alarms",
        "kms_master_key_id": KEY,
        "tags": {"Project": "shop"},
    }


def test_each_mailbox_has_an_address_of_its_own() -> None:
    found = synthesized(email_addresses=["a@example.com", "b@example.com"])
    assert found["aws_sns_topic_subscription.alarms"] == {
        "for_each": '${toset(["a@example.com", "b@example.com"])}',
        "topic_arn": "${aws_sns_topic.alarms.arn}",
        "protocol": "email",
        "endpoint": "${each.value}",
    }


def test_nobody_is_subscribed_by_default() -> None:
    assert "aws_sns_topic_subscription.alarms" not in synthesized()


def test_a_given_topic_is_used_and_none_made() -> None:
    found = synthesized(topic_arn=TOPIC)
    assert not any(address.startswith("aws_sns") for address in found)
    for block in found.values():
        assert block["alarm_actions"] == block["ok_actions"] == [TOPIC]


def test_cluster_topic_and_key_may_be_tokens() -> None:
    def build(stack: Construct) -> None:
        cluster, topic, key = (
            TerraformVariable(stack, name, type="string").string_value for name in ("cluster", "topic", "key")
        )
        alarms(stack, cluster_identifier=cluster, topic_arn=topic)
        alarms(stack, "encrypted", topic_name=f"{cluster}-alarms", kms_key_arn=key, fixed_addresses=False)

    found = synthesize_alone(build)
    cpu = found["resource"]["aws_cloudwatch_metric_alarm"]["cpu"]
    assert cpu["alarm_name"] == "${var.cluster}-cpu"
    assert cpu["dimensions"] == {"DBClusterIdentifier": "${var.cluster}"}
    assert cpu["alarm_actions"] == ["${var.topic}"]
    assert only(found, "aws_sns_topic") == {"name": "${var.cluster}-alarms", "kms_master_key_id": "${var.key}"}


def test_properties_name_topic_and_alarms() -> None:
    def build(stack: Construct) -> None:
        made = alarms(stack)
        assert made.topic is not None
        TerraformOutput(stack, "topic_arn", value=made.topic_arn)
        TerraformOutput(stack, "alarm_arns", value=made.alarm_arns)
        given = alarms(stack, "given", topic_arn=TOPIC, fixed_addresses=False, has_readers=True)
        assert given.topic is given.topic_policy is given.subscriptions is None
        assert given.topic_arn == TOPIC
        assert list(given.alarms)[-1] == "replica-lag"

    output = synthesize_alone(build)["output"]
    assert output["topic_arn"]["value"] == "${aws_sns_topic.alarms.arn}"
    assert output["alarm_arns"]["value"] == [
        f"${{aws_cloudwatch_metric_alarm.{name}.arn}}"
        for name in ("acu_utilization", "cpu", "connections", "free_memory", "transaction_ids", "deadlocks")
    ]


def test_two_clusters_in_a_stack_have_alarms_of_their_own() -> None:
    document = synthesize_alone(
        lambda stack: [alarms(stack, name, cluster_identifier=name, fixed_addresses=False) for name in ("one", "two")]
    )
    assert len(document["resource"]["aws_cloudwatch_metric_alarm"]) == 12
    assert len(document["resource"]["aws_sns_topic"]) == 2


def test_a_topic_alone_is_not_encrypted_because_cloudwatch_cannot_use_aws_s_key() -> None:
    document = synthesize_alone(alarms)
    assert "kms_master_key_id" not in only(document, "aws_sns_topic")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"minimum_acu": 8}, "minimum_acu"),
        ({"minimum_acu": -1}, "minimum_acu"),
        ({"maximum_acu": 0.5}, "maximum_acu"),
        ({"maximum_acu": 300}, "maximum_acu"),
        ({"acu_utilization_percent": 0}, "acu_utilization_percent"),
        ({"acu_utilization_percent": 101}, "acu_utilization_percent"),
        ({"cpu_percent": 0}, "cpu_percent"),
        ({"cpu_percent": 120}, "cpu_percent"),
        ({"cpu_percent": float("nan")}, "cpu_percent"),
        ({"connections_percent": 0.8}, "connections_percent"),
        ({"free_memory_percent": 101}, "free_memory_percent"),
        ({"maximum_connections": 5}, "maximum_connections"),
        ({"maximum_connections": 262_144}, "maximum_connections"),
        ({"replica_lag_milliseconds": 0}, "replica_lag_milliseconds"),
        ({"transaction_ids": 2_146_483_649}, "transaction_ids"),
        ({"deadlocks_per_second": -1}, "deadlocks_per_second"),
        ({"topic_name": "database alarms"}, "topic_name"),
        ({"topic_name": ""}, "topic_name"),
        ({"topic_arn": "oncall"}, "topic_arn"),
        ({"topic_arn": ""}, "topic_arn"),
        ({"topic_arn": "arn:aws:sqs:eu-west-1:123456789012:oncall"}, "topic_arn"),
        ({"topic_arn": TOPIC, "topic_name": "alarms"}, "topic_name"),
        ({"topic_arn": TOPIC, "email_addresses": ["a@example.com"]}, "email_addresses"),
        ({"topic_arn": TOPIC, "kms_key_arn": KEY}, "kms_key_arn"),
        ({"email_addresses": ["a@example.com", "nobody"]}, "email_addresses"),
        ({"kms_key_arn": "alias/aws/sns"}, "kms_key_arn"),
        ({"kms_key_arn": "arn:aws:kms:eu-west-1:123456789012:alias/aws/sns"}, "kms_key_arn"),
        ({"kms_key_arn": "1234abcd"}, "kms_key_arn"),
    ],
)
def test_what_cannot_work_is_refused(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        synthesized(**arguments)
    assert refusal.value.argument == named


def test_the_refusal_of_aws_s_key_says_why() -> None:
    with pytest.raises(RuleViolation, match="CloudWatch cannot publish to a topic encrypted with an AWS managed key"):
        synthesized(kms_key_arn="alias/aws/sns")
