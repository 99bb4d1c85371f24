"""Subscriptions to events on local AWS: changed one thing after another, and refused where AWS refuses."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import CreateCluster, unique


@pytest.fixture(scope="module")
def topic(aws: LocalAws) -> str:
    """Return a topic with SNS's own policy, under which RDS publishes."""
    arn: str = aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    return arn


def subscribe(rds: Any, topic: str, cluster: str, **arguments: Any) -> str:
    name = unique("events")
    defaults = {"SubscriptionName": name, "SnsTopicArn": topic, "SourceType": "db-cluster", "SourceIds": [cluster]}
    rds.create_event_subscription(**{**defaults, "EventCategories": ["failure"], **arguments})
    return name


def test_categories_and_sources_change(rds: Any, create_cluster: CreateCluster, topic: str) -> None:
    one, other = (create_cluster()["DBClusterIdentifier"] for _ in range(2))
    name = subscribe(rds, topic, one)
    rds.modify_event_subscription(SubscriptionName=name, EventCategories=["failover", "maintenance"], Enabled=False)
    rds.add_source_identifier_to_subscription(SubscriptionName=name, SourceIdentifier=other)
    rds.remove_source_identifier_from_subscription(SubscriptionName=name, SourceIdentifier=one)
    [found] = rds.describe_event_subscriptions(SubscriptionName=name)["EventSubscriptionsList"]
    assert found["EventCategoriesList"] == ["failover", "maintenance"]
    assert (found["SourceIdsList"], found["Enabled"]) == ([other], False)
    assert found["EventSubscriptionArn"].endswith(f":es:{name}")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"EventCategories": ["low storage"]}, "SubscriptionCategoryNotFound"),
        ({"SourceIds": ["none"]}, "SourceNotFound"),
        ({"SnsTopicArn": "arn:aws:sns:us-east-1:123456789012:none"}, "SNSTopicArnNotFound"),
    ],
)
def test_what_is_not_there_is_refused(
    rds: Any, create_cluster: CreateCluster, topic: str, arguments: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as error:
        subscribe(rds, topic, create_cluster()["DBClusterIdentifier"], **arguments)
    assert error.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(("service", "is_allowed"), [("events.rds.amazonaws.com", True), ("s3.amazonaws.com", False)])
def test_a_topic_s_policy_must_let_rds_publish(
    aws: LocalAws, rds: Any, create_cluster: CreateCluster, service: str, is_allowed: bool
) -> None:
    sns, cluster = aws.client("sns"), create_cluster()["DBClusterIdentifier"]
    arn = sns.create_topic(Name=unique("topic"))["TopicArn"]
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sns:Publish", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    if is_allowed:
        subscribe(rds, arn, cluster)
        return
    with pytest.raises(ClientError, match="SNSNoAuthorization"):
        subscribe(rds, arn, cluster)
