"""Which events RDS tells of a cluster and its instances, and where to.

The categories are those in which Aurora PostgreSQL has events by itself: `backtrack` is of Aurora MySQL.
"""

from typing import Final

from aurora_serverless.facts.valid_values import valid_values
from aurora_serverless.rules.arns import parse_arn
from aurora_serverless.rules.violation import refuse

CLUSTER_CATEGORIES: Final = valid_values("rds_cluster_event_category")
INSTANCE_CATEGORIES: Final = valid_values("rds_instance_event_category")

# Source: Amazon Aurora User Guide, "Granting permissions to publish notifications to an Amazon SNS topic".
EVENT_SERVICE: Final = "events.rds.amazonaws.com"


def cluster_subscription_name(cluster_identifier: str) -> str:
    """Return the name of the subscription to events of a cluster."""
    return f"{cluster_identifier}-cluster-events"


def instance_subscription_name(cluster_identifier: str) -> str:
    """Return the name of the subscription to events of a cluster's instances."""
    return f"{cluster_identifier}-instance-events"


def check_cluster_category(category: str, *, argument: str = "cluster_categories") -> None:
    """Raise `RuleViolation` unless RDS has events of clusters in that category."""
    _check_category(category, CLUSTER_CATEGORIES, "clusters", argument)


def check_instance_category(category: str, *, argument: str = "instance_categories") -> None:
    """Raise `RuleViolation` unless RDS has events of instances in that category."""
    _check_category(category, INSTANCE_CATEGORIES, "instances", argument)


def _check_category(category: str, known: tuple[str, ...], what: str, argument: str) -> None:
    if category not in known:
        refuse(argument, category, f"RDS has no events of {what} in that category", f"write {' or '.join(known)}")


def check_event_topic(topic_arn: str, *, argument: str = "topic_arn") -> None:
    """Raise `RuleViolation` for a FIFO topic. Source: Amazon RDS API, CreateEventSubscription, SnsTopicArn."""
    arn = parse_arn(topic_arn)
    if arn is not None and arn.resource.endswith(".fifo"):
        refuse(
            argument, topic_arn, "RDS sends no events to a FIFO topic", "name a standard topic, or ask for no events"
        )
