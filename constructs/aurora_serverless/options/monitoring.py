"""`[monitoring]`: alarms, dashboard, insights, enhanced monitoring and logs."""

from collections.abc import Iterator, Sequence, Set
from typing import Annotated, ClassVar, Literal

from aurora_serverless.options.section import Change, Listed, Rule, Section, checked_by, option, told
from aurora_serverless.options.told_prices import dollars
from aurora_serverless.rules.alarms import check_email_address, check_topic_arn
from aurora_serverless.rules.events import (
    CLUSTER_CATEGORIES,
    INSTANCE_CATEGORIES,
    check_cluster_category,
    check_event_topic,
    check_instance_category,
)
from aurora_serverless.rules.insights import (
    ENHANCED_MONITORING_SECONDS,
    RECOMMENDED_MINIMUM_ACU,
    STANDARD_RETENTION_DAYS,
    check_enhanced_monitoring_interval,
    check_monitoring_role_arn,
)
from aurora_serverless.rules.log_group import (
    LOG_TYPE,
    MORE_LOG_TYPES,
    RETENTION_DAYS,
    LogClass,
    check_log_retention,
    check_more_log_type,
)
from aurora_serverless.rules.violation import RuleViolation, check_different


def _check_log_retention(value: int) -> None:
    if value != 0:  # not exported
        check_log_retention(value)


def _check_interval(value: int) -> None:
    check_enhanced_monitoring_interval(value, role_is_given=True)  # the stack makes it


class Monitoring(Section):
    """What is watched, and who is told."""

    token_keys: ClassVar[Set[str]] = frozenset({"alarm_topic_arn"})

    alarms: bool = option(
        "Whether alarms on ACU utilization, CPU, connections, free memory, replica lag, transaction ids and deadlocks "
        "are made, with thresholds from the capacity. They rest while the cluster is paused.",
        default=False,
        makes="`aws_cloudwatch_metric_alarm.*` and, without alarm_topic_arn, `aws_sns_topic.alarms`",
        costs=f"{dollars('alarm_month')} a month an alarm",
        example=True,
    )
    alarm_topic_arn: Annotated[str, checked_by(check_topic_arn)] | None = option(
        "ARN of the SNS topic for the alarms. With alarms only.",
        default=None,
        unset="a topic made here",
        allowed="the ARN of a topic in the deployment's Region",
        makes="`alarm_actions` and `ok_actions` of the alarms",
        example="arn:aws:sns:us-east-1:123456789012:pager",
    )
    alarm_email_addresses: Listed[Annotated[str, checked_by(check_email_address)]] = option(
        "Addresses subscribed to the topic created here; each must confirm. With alarms only.",
        default=(),
        unset="none",
        allowed="addresses of mailboxes",
        makes="`aws_sns_topic_subscription.*`",
        example=("database-team@example.com",),
    )
    cluster_events: Listed[Annotated[str, checked_by(check_cluster_category)]] = option(
        "Categories of events of the cluster that are sent to the topic of the alarms. With alarms only.",
        default=(),
        unset="none",
        makes="`aws_db_event_subscription.cluster`",
        example=("failover", "failure", "maintenance"),
        schema={"items": {"type": "string", "enum": [*CLUSTER_CATEGORIES]}, "uniqueItems": True},
    )
    instance_events: Listed[Annotated[str, checked_by(check_instance_category)]] = option(
        "Categories of events of the instances created here that are sent to the alarm topic. An instance that "
        "pauses sends a notification of each pause and each start; those that Application Auto Scaling makes are not "
        "watched. With alarms only.",
        default=(),
        unset="none",
        makes="`aws_db_event_subscription.instances`",
        example=("availability", "configuration change", "failure", "low storage", "maintenance"),
        schema={"items": {"type": "string", "enum": [*INSTANCE_CATEGORIES]}, "uniqueItems": True},
    )
    dashboard: bool = option(
        "Whether a dashboard of capacity, utilization, CPU, connections, latency, I/O and storage is made.",
        default=False,
        makes="`aws_cloudwatch_dashboard.aurora`",
        costs=f"{dollars('dashboard_month')} a month",
        example=True,
    )
    insights: Literal["off", "standard", "advanced"] = option(
        f"The mode of Database Insights: standard keeps {STANDARD_RETENTION_DAYS} days, advanced 15 months. AWS turns "
        "standard on by default, here it is off unless asked for; AWS recommends a minimum capacity of "
        f"{RECOMMENDED_MINIMUM_ACU} ACU with it. What it shows is in CloudWatch: the Performance Insights console "
        "ended in July 2026.",
        default="off",
        makes="`database_insights_mode`, `performance_insights_enabled` and their retention on the cluster",
        costs="advanced is billed by the ACU-hour; standard is free",
        example="standard",
    )
    enhanced_monitoring_seconds: Annotated[int, checked_by(_check_interval)] = option(
        "Interval of enhanced monitoring, the metrics of the operating system; 0 is off.",
        default=0,
        makes="`monitoring_interval` of the instances, and `aws_iam_role.rds_monitoring`",
        costs="CloudWatch Logs, the more the shorter the interval",
        example=60,
        schema={"enum": list(ENHANCED_MONITORING_SECONDS)},
    )
    enhanced_monitoring_role_arn: Annotated[str, checked_by(check_monitoring_role_arn)] | None = option(
        "ARN of an existing role for enhanced monitoring. With enhanced_monitoring_seconds only.",
        default=None,
        unset="a role made here",
        allowed="a role of the deployment's account that monitoring.rds.amazonaws.com may assume: the plan checks it",
        makes="`data.aws_iam_role.rds_monitoring`, `monitoring_role_arn` of the instances",
        example="arn:aws:iam::123456789012:role/rds-monitoring",
    )
    log_retention_days: Annotated[int, checked_by(_check_log_retention)] = option(
        "Days for which the PostgreSQL log is kept in CloudWatch Logs; 0 does not export it.",
        default=0,
        makes="`enabled_cloudwatch_logs_exports` of the cluster, and `aws_cloudwatch_log_group.postgresql` before it",
        costs=f"about {dollars('log_ingestion_gb')} a GB taken in, "
        f"{dollars('log_storage_gb_month')} a GB and month kept",
        example=90,
        schema={"enum": [0, *RETENTION_DAYS]},
    )
    import_log_group: bool = option(
        "Whether the log group already exists, such as one that RDS created, and is imported into the state with its "
        "events. With log_retention_days only; the plan refuses if it does not exist. The key may be removed "
        "afterwards.",
        default=False,
        makes="an `import` block for `aws_cloudwatch_log_group.postgresql`",
        change=Change.AT_CREATION,
        example=True,
    )

    more_logs: Listed[Annotated[str, checked_by(check_more_log_type)]] = option(
        "Logs that are exported beside the PostgreSQL log: instance is what Aurora says of each instance, "
        "iam-db-auth-error why a login with an IAM token failed, and needs access.iam_authentication. With "
        "log_retention_days only.",
        default=(),
        unset="none",
        makes="`enabled_cloudwatch_logs_exports` of the cluster, and `aws_cloudwatch_log_group.instance`, "
        "`aws_cloudwatch_log_group.iam_db_auth_error`",
        costs=f"about {dollars('log_ingestion_gb')} a GB taken in, as the PostgreSQL log",
        example=("instance",),
        schema={"items": {"type": "string", "enum": [*MORE_LOG_TYPES]}, "uniqueItems": True},
    )
    # Source: Amazon CloudWatch Logs User Guide, "Log classes".
    log_class: LogClass | None = option(
        "Class of the log groups. INFREQUENT_ACCESS takes lines in for less, and has no metric filters, "
        "subscriptions and live tail. AWS never changes the class of a log group: the plan refuses it. With "
        "log_retention_days only.",
        default=None,
        unset="STANDARD, or what a log group that is there has",
        makes="`log_group_class` of the log groups",
        change=Change.REFUSED,
        example="INFREQUENT_ACCESS",
    )
    keep_logs: bool = option(
        "Whether the log groups stay in AWS when Terraform destroys them, with the deployment or because a log is no "
        "longer exported. The next deployment of that name imports them first: aurora-serverless check has the "
        "commands. To count, a change must be deployed before. With log_retention_days only.",
        default=False,
        makes="`skip_destroy` of the log groups",
        costs="storage of the lines, until they are as old as log_retention_days says",
        example=True,
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """There are alarms where somebody is told of them, in one way and once."""
        return (
            self._topic_suits_alarms,
            self._topic_suits_events,
            self._what_exists_is_used,
            lambda: check_different("alarm_email_addresses", self.alarm_email_addresses),
            self._logs_are_exported,
            lambda: check_different("more_logs", self.more_logs),
            lambda: check_different("cluster_events", self.cluster_events),
            lambda: check_different("instance_events", self.instance_events),
        )

    def _logs_are_exported(self) -> Iterator[RuleViolation]:
        of_logs = {"more_logs": self.more_logs, "log_class": self.log_class, "keep_logs": self.keep_logs}
        for key, value in of_logs.items():
            if value and self.log_retention_days == 0:
                yield RuleViolation(key, value, "no log is exported", "leave it out, or write log_retention_days = 30")

    @property
    def exported_logs(self) -> tuple[str, ...]:
        """The logs that go to CloudWatch Logs."""
        return () if self.log_retention_days == 0 else (LOG_TYPE, *self.more_logs)

    @property
    def has_events(self) -> bool:
        """Whether events of the database are sent to the topic of the alarms."""
        return bool(self.cluster_events or self.instance_events)

    def _topic_suits_events(self) -> Iterator[RuleViolation]:
        for key, value in {"cluster_events": self.cluster_events, "instance_events": self.instance_events}.items():
            if value and not self.alarms:
                rule = "events go to the topic of the alarms, and there are none"
                yield RuleViolation(key, value, rule, "leave it out, or write alarms = true")
        if self.has_events and self.alarm_topic_arn is not None:
            yield from told(check_event_topic, self.alarm_topic_arn, argument="alarm_topic_arn")

    def _what_exists_is_used(self) -> Iterator[RuleViolation]:
        if self.enhanced_monitoring_role_arn is not None and self.enhanced_monitoring_seconds == 0:
            yield RuleViolation(
                "enhanced_monitoring_role_arn",
                self.enhanced_monitoring_role_arn,
                "enhanced monitoring is off",
                "leave it out, or write enhanced_monitoring_seconds = 60",
            )
        if self.import_log_group and self.log_retention_days == 0:
            yield RuleViolation(
                "import_log_group", True, "no log is exported", "leave it out, or write log_retention_days = 30"
            )

    def _topic_suits_alarms(self) -> Iterator[RuleViolation]:
        topic = {"alarm_topic_arn": self.alarm_topic_arn, "alarm_email_addresses": self.alarm_email_addresses}
        for key, value in topic.items():
            if value and not self.alarms:
                yield RuleViolation(key, value, "there are no alarms to send", "leave it out, or write alarms = true")
        if self.alarm_topic_arn and self.alarm_email_addresses:
            yield RuleViolation(
                "alarm_email_addresses",
                self.alarm_email_addresses,
                "they are subscribed to a topic made here, and alarm_topic_arn names another",
                "leave one of the two out",
            )
