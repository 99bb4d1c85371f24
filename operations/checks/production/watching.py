"""Lines about who learns of trouble: the alarms, those who are told, the log's end, and the capacity's ceiling."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from aurora_serverless.facts.limits import limit
from operations.aws.cloudwatch import NAMESPACE, Metric, read_series
from operations.checks.check import Check, Subject, failed, passed, unknown, warned
from operations.checks.production.line import DEPLOY_AGAIN
from operations.times import clock

if TYPE_CHECKING:
    from stacks.environment import Environment

_WATCHED: Final = {"ACUUtilization": "the capacity's ceiling", "DatabaseConnections": "connections"}
"""What an alarm must watch, by its metric: what a database runs out of."""
_HOURS: Final = limit("rds_events_longest")
_NEAR_CEILING_PERCENT: Final = 90
_MAKE: Final = "write alarms = true under [monitoring], and deploy"
_SUBSCRIBE: Final = "write alarm_email_addresses under [monitoring], deploy, and confirm the message that comes"
_CEILING: Final = Metric("ACUUtilization", "ACU utilization", "% of the maximum", statistic="Maximum")


def alarms(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether alarms ring before the database has no capacity or connection left."""
    if subject is None:
        is_on = environment is not None and environment.monitoring.alarms
        return passed("alarms", "made by the deploy") if is_on else failed("alarms", "there are none", _MAKE)
    found = {metric: list(_alarms_on(subject, metric)) for metric in _WATCHED}
    missing = [what for metric, what in _WATCHED.items() if not found[metric]]
    silent = [one["AlarmName"] for each in found.values() for one in each if not _tells(one)]
    if missing:
        is_on = environment is not None and environment.monitoring.alarms
        return failed("alarms", f"none watches {' or '.join(missing)}", DEPLOY_AGAIN if is_on else _MAKE)
    if silent:
        return failed("alarms", f"nobody is notified by {', '.join(silent)}", "give it a topic: deploy again")
    return passed("alarms", f"they watch {' and '.join(_WATCHED.values())}")


def told(environment: "Environment | None", subject: Subject | None) -> Check:
    """Whether somebody has subscribed to what the alarms say, and confirmed it."""
    name = "who is told"
    if subject is None:
        return _told_by_file(environment)
    topics = sorted({topic for metric in _WATCHED for one in _alarms_on(subject, metric) for topic in _topics(one)})
    if not topics:
        return failed(name, "no alarm has a topic", "see the line of the alarms")
    pages = subject.client("sns").get_paginator("list_subscriptions_by_topic")
    found = [one for topic in topics for page in pages.paginate(TopicArn=topic) for one in page["Subscriptions"]]
    confirmed = [one["Protocol"] for one in found if one["SubscriptionArn"].startswith("arn:")]
    pending = [one["Protocol"] for one in found if not one["SubscriptionArn"].startswith("arn:")]
    if not found:
        return failed(name, f"nobody is subscribed to {', '.join(topics)}", _SUBSCRIBE)
    if pending:
        detail = (
            f"{len(pending)} of {len(found)} subscriptions wait to be confirmed ({', '.join(sorted(set(pending)))})"
        )
        return failed(name, detail, "confirm the message that came; after three days deploy again for another one")
    return passed(name, f"{len(confirmed)} subscribed and confirmed ({', '.join(sorted(set(confirmed)))})")


def _told_by_file(environment: "Environment | None") -> Check:
    monitoring = None if environment is None else environment.monitoring
    if monitoring is not None and monitoring.alarm_email_addresses:
        return unknown("who is told", "nobody has confirmed yet", "deploy, and confirm the message that comes")
    if monitoring is not None and monitoring.alarm_topic_arn is not None:
        return unknown(
            "who is told", f"the subscribers of {monitoring.alarm_topic_arn}", "check again after the deploy"
        )
    return failed("who is told", "nobody is subscribed to the alarms", _SUBSCRIBE)


def log_retention(subject: Subject) -> Iterator[Check]:
    """Check that the log, where it is exported, has an end."""
    from aurora_serverless.rules.log_group import LOG_TYPE, log_group_name  # noqa: PLC0415

    if LOG_TYPE not in subject.cluster.log_exports:
        return  # the line of the log says it
    name = log_group_name(subject.cluster.identifier)
    groups = subject.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    group = next((group for group in groups if group["logGroupName"] == name), None)
    if group is None:
        yield unknown(
            "log retention", f"there is no log group {name} yet", "check again once the database has logged something"
        )
    elif group.get("retentionInDays") is None:
        command = f"aws logs put-retention-policy --log-group-name {name} --retention-in-days 90"
        words = "write log_retention_days under [monitoring], and deploy; or: "
        yield failed("log retention", f"{name} never expires, and is billed", words, (command,))
    else:
        yield passed("log retention", f"{group['retentionInDays']} days")


def ceiling(subject: Subject) -> Iterator[Check]:
    """Warn where the cluster has been near its maximum capacity."""
    name, cluster = "capacity's ceiling", subject.cluster
    [series] = read_series(subject.client("cloudwatch"), cluster.identifier, [_CEILING], hours=_HOURS)
    highest = max(series.points, key=lambda point: point.value, default=None)
    if highest is None:
        yield unknown(name, "CloudWatch has no ACU utilization of the last two weeks", "check again once it is used")
        return
    detail = f"at most {highest.value:.0f} % of the maximum in two weeks, on {clock(highest.moment)}"
    if highest.value >= _NEAR_CEILING_PERCENT:
        words = f"find out what needed it: {subject.target.command('activity')}; then raise maximum_acu"
        yield warned(name, detail, f"{words} under [capacity]")
    else:
        yield passed(name, detail)


def _alarms_on(subject: Subject, metric: str) -> Iterator[Mapping[str, Any]]:
    from aurora_serverless.metrics import CLUSTER_DIMENSION  # noqa: PLC0415

    dimensions = [{"Name": CLUSTER_DIMENSION, "Value": subject.cluster.identifier}]
    answer = subject.client("cloudwatch").describe_alarms_for_metric(
        MetricName=metric, Namespace=NAMESPACE, Dimensions=dimensions
    )
    yield from (alarm for alarm in answer["MetricAlarms"] if alarm.get("Dimensions") == dimensions)


def _tells(alarm: Mapping[str, Any]) -> bool:
    return bool(alarm.get("ActionsEnabled", True) and alarm.get("AlarmActions"))


def _topics(alarm: Mapping[str, Any]) -> list[str]:
    return [action for action in alarm.get("AlarmActions", ()) if ":sns:" in action]
