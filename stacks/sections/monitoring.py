"""`[monitoring]`: alarms, dashboard, insights, enhanced monitoring and logs."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aurora.alarm_rules import check_email_address, check_topic_arn
from aurora.log_group_rules import check_log_retention
from aurora.rules import refuse
from stacks.sections.section import Section, checked_by


class Monitoring(Section):
    """What is watched, and who is told."""

    alarms: bool = Field(
        default=False,
        description="Whether alarms on capacity, processor, connections, memory, replica lag, transaction ids and "
        "deadlocks are made, with thresholds from the capacity.",
    )
    alarm_topic_arn: Annotated[str, checked_by(check_topic_arn)] | None = Field(
        default=None, description="ARN of the SNS topic for the alarms; by default one is made here. With alarms only."
    )
    alarm_email_addresses: tuple[Annotated[str, checked_by(check_email_address)], ...] = Field(
        default=(), description="Addresses subscribed to the topic made here. With alarms only."
    )
    dashboard: bool = Field(default=False, description="Whether a CloudWatch dashboard is made.")
    insights: Literal["standard", "advanced"] | None = Field(
        default=None,
        description="Database Insights: standard keeps 7 days, advanced 15 months (billed); off by default.",
    )
    enhanced_monitoring_seconds: Literal[1, 5, 10, 15, 30, 60] | None = Field(
        default=None, description="Interval of enhanced monitoring in seconds; off by default."
    )
    log_retention_days: Annotated[int, checked_by(check_log_retention)] | None = Field(
        default=None,
        description="Days for which the PostgreSQL log is kept in CloudWatch Logs; by default it is not exported.",
    )

    @model_validator(mode="after")
    def _topic_fits_alarms(self) -> Self:
        topic = {"alarm_topic_arn": self.alarm_topic_arn, "alarm_email_addresses": self.alarm_email_addresses}
        for key, value in topic.items():
            if value and not self.alarms:
                refuse(key, value, "there are no alarms to send", "leave it out, or write alarms = true")
        if self.alarm_topic_arn and self.alarm_email_addresses:
            refuse(
                "alarm_email_addresses",
                self.alarm_email_addresses,
                "they are subscribed to a topic made here, and alarm_topic_arn names another",
                "leave one of the two out",
            )
        return self
