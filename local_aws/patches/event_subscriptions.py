"""Subscriptions to events can be changed, and are of what is there.

Stock moto has none of the three operations that change a subscription, and takes any topic, category and source. AWS
refuses what it does not know, and a topic to which it may not publish: it sends a message when it is subscribed.
"""

import json
from collections.abc import Callable, Sequence
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.rds.exceptions import RDSClientError, SubscriptionNotFoundError
from moto.rds.models import EventSubscription, RDSBackend
from moto.rds.responses import RDSResponse
from moto.sns.models import sns_backends

from aurora_serverless.rules.events import CLUSTER_CATEGORIES, EVENT_SERVICE, INSTANCE_CATEGORIES
from local_aws.patches.replacing import adding, replacing

_SOURCES: Final = {"db-cluster": ("clusters", CLUSTER_CATEGORIES), "db-instance": ("databases", INSTANCE_CATEGORIES)}


def patch() -> None:
    """Check a new subscription as AWS does, and answer what changes one."""

    @replacing(RDSBackend, "create_event_subscription")
    def create_event_subscription(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        _refuse_topic(backend, kwargs["sns_topic_arn"])
        _refuse_categories(kwargs.get("source_type"), kwargs.get("event_categories") or ())
        for source in kwargs.get("source_ids") or ():
            _refuse_source(backend, kwargs.get("source_type"), source)
        return stock(backend, kwargs)

    @adding(RDSResponse, "modify_event_subscription")
    def modify_event_subscription(response: Any) -> ActionResult:
        found, params = _found(response), response.params
        topic = params.get("SnsTopicArn", found.sns_topic_arn)
        source_type = params.get("SourceType", found.source_type)
        categories = params.get("EventCategories", found.event_categories)
        _refuse_topic(response.backend, topic)
        _refuse_categories(source_type, categories)
        found.sns_topic_arn, found.source_type, found.event_categories = topic, source_type, categories
        found.enabled = params.get("Enabled", found.enabled)
        return ActionResult({"EventSubscription": found})

    @adding(RDSResponse, "add_source_identifier_to_subscription")
    def add_source_identifier_to_subscription(response: Any) -> ActionResult:
        found, source = _found(response), response.params["SourceIdentifier"]
        _refuse_source(response.backend, found.source_type, source)
        found.source_ids = sorted({*found.source_ids, source})
        return ActionResult({"EventSubscription": found})

    @adding(RDSResponse, "remove_source_identifier_from_subscription")
    def remove_source_identifier_from_subscription(response: Any) -> ActionResult:
        found, source = _found(response), response.params["SourceIdentifier"]
        if source not in found.source_ids:
            raise _no_source(source)
        found.source_ids = [one for one in found.source_ids if one != source]
        return ActionResult({"EventSubscription": found})


def _found(response: Any) -> EventSubscription:
    name = response.params["SubscriptionName"]
    if name not in response.backend.event_subscriptions:
        raise SubscriptionNotFoundError(name)
    found: EventSubscription = response.backend.event_subscriptions[name]
    return found


def _refuse_topic(backend: Any, arn: str) -> None:
    topic = sns_backends[backend.account_id][backend.region_name].topics.get(arn)
    if topic is None:
        raise RDSClientError("SNSTopicArnNotFound", f"The SNS topic {arn} does not exist.")
    if arn.endswith(".fifo"):
        raise RDSClientError("SNSInvalidTopic", f"{arn} is a FIFO topic.")
    if not any(_lets_publish(statement) for statement in json.loads(topic.policy)["Statement"]):
        raise RDSClientError("SNSNoAuthorization", f"RDS is not allowed to publish to {arn}.")


def _lets_publish(statement: dict[str, Any]) -> bool:
    """Return whether a statement names RDS, or is SNS's own, which lets all of the account publish."""
    principal = statement.get("Principal", {})
    named = principal.values() if isinstance(principal, dict) else [principal]
    names = [name for one in named for name in ([one] if isinstance(one, str) else one)]
    return statement["Effect"] == "Allow" and (EVENT_SERVICE in names or "*" in names)


def _refuse_categories(source_type: str | None, categories: Sequence[str]) -> None:
    _, known = _SOURCES.get(source_type or "", ("", categories))
    for category in categories:
        if category not in known:
            raise RDSClientError("SubscriptionCategoryNotFound", f"{source_type} has no category {category}.")


def _refuse_source(backend: Any, source_type: str | None, source: str) -> None:
    kind, _ = _SOURCES.get(source_type or "", ("", ()))
    if kind and source not in getattr(backend, kind):
        raise _no_source(source)


def _no_source(source: str) -> RDSClientError:
    return RDSClientError("SourceNotFound", f"There is no source {source}.")
