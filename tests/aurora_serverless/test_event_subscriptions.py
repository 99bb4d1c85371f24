import json
from typing import Any

import pytest
from cdktf import TerraformVariable
from constructs import Construct

from aurora_serverless.alarms import DatabaseAlarms
from aurora_serverless.event_subscriptions import EventSubscriptions
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone

TOPIC = "arn:aws:sns:eu-west-1:123456789012:oncall"


def subscriptions(scope: Construct, id_: str = "events", **arguments: Any) -> EventSubscriptions:
    return EventSubscriptions(
        scope,
        id_,
        **{
            "cluster_identifier": "shop",
            "instance_identifiers": ["shop-0", "shop-1"],
            "topic_arn": TOPIC,
            "fixed_addresses": True,
            **arguments,
        },
    )


def made(**arguments: Any) -> TerraformJson:
    return synthesize_alone(lambda stack: subscriptions(stack, **arguments))


def test_events_of_the_cluster_and_of_its_instances_are_sent_to_the_topic() -> None:
    found = blocks(made(cluster_categories=["failover"], instance_categories=["failure"], tags={"Project": "shop"}))
    common = {"sns_topic": TOPIC, "tags": {"Project": "shop"}}
    assert found == {
        "aws_db_event_subscription.cluster": {
            **common,
            "name": "shop-cluster-events",
            "source_type": "db-cluster",
            "source_ids": ["shop"],
            "event_categories": ["failover"],
        },
        "aws_db_event_subscription.instances": {
            **common,
            "name": "shop-instance-events",
            "source_type": "db-instance",
            "source_ids": ["shop-0", "shop-1"],
            "event_categories": ["failure"],
        },
    }


def test_without_a_category_nobody_is_subscribed() -> None:
    assert set(blocks(made(cluster_categories=["failure"]))) == {"aws_db_event_subscription.cluster"}
    assert set(blocks(made(instance_categories=["failure"]))) == {"aws_db_event_subscription.instances"}


def test_cluster_and_topic_may_be_tokens() -> None:
    def build(stack: Construct) -> None:
        cluster, topic = (TerraformVariable(stack, name, type="string").string_value for name in ("cluster", "topic"))
        subscriptions(stack, cluster_identifier=cluster, topic_arn=topic, cluster_categories=["failure"])

    found = only(synthesize_alone(build), "aws_db_event_subscription")
    assert (found["name"], found["sns_topic"]) == ("${var.cluster}-cluster-events", "${var.topic}")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"cluster_categories": ["low storage"]}, "cluster_categories"),
        ({"instance_categories": ["failover"]}, "instance_categories"),
        ({"topic_arn": f"{TOPIC}.fifo"}, "topic_arn"),
        ({"cluster_identifier": "-"}, "cluster_identifier"),
    ],
)
def test_what_rds_would_refuse_is_refused(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(RuleViolation) as error:
        made(**arguments)
    assert error.value.argument == named


def test_rds_may_publish_to_a_topic_of_alarms_where_it_is_asked_for_only() -> None:
    def services(**arguments: Any) -> set[str]:
        def build(stack: Construct) -> None:
            DatabaseAlarms(stack, "alarms", cluster_identifier="shop", minimum_acu=1, maximum_acu=4, **arguments)

        policy = only(synthesize_alone(build), "aws_sns_topic_policy")["policy"]
        return {statement["Principal"]["Service"] for statement in json.loads(policy)["Statement"]}

    assert services() == {"cloudwatch.amazonaws.com"}
    assert services(database_events=True) == {"cloudwatch.amazonaws.com", "events.rds.amazonaws.com"}
