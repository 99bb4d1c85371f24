"""The metrics that CloudWatch has of a database, and alarms on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from constructs import Construct

from aurora_serverless.rules.alarms import METRICS, Comparison, Statistic

CLUSTER_DIMENSION: Final = "DBClusterIdentifier"

if TYPE_CHECKING:
    from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm


@dataclass(frozen=True)
class Metric:
    """A metric of one cluster.

    `name` is CloudWatch's, `dimensions` say of what, `statistic` how many values become one, `period_seconds` for how
    long: 60 at least, as RDS sends them. An alarm that is made of it belongs to `scope`.
    """

    scope: Construct
    name: str
    dimensions: Mapping[str, str]
    statistic: Statistic = "Average"
    period_seconds: int = 60
    tags: Mapping[str, str] | None = field(default=None, repr=False)

    def create_alarm(
        self,
        id_: str,
        *,
        alarm_name: str,
        threshold: float,
        comparison: Comparison = "GreaterThanThreshold",
        evaluation_periods: int = 5,
        datapoints_to_alarm: int | None = None,
        description: str | None = None,
        action_arns: Sequence[str] = (),
    ) -> CloudwatchMetricAlarm:
        """Make an alarm on the metric; values that are missing, as while the cluster is paused, are no breach.

        Args:
            id_: Its id, unique in `scope`.
            alarm_name: Its name, one of its kind in the account and Region.
            threshold: What the values are compared with, in the metric's unit.
            comparison: How, in CloudWatch's words.
            evaluation_periods: How many of the last periods count.
            datapoints_to_alarm: How many of those must be beyond the threshold; all by default.
            description: What a person reads; none by default.
            action_arns: ARNs of what is told when it rings and when it is over, such as an SNS topic; none by default.
        """
        from cdktf_cdktf_provider_aws.cloudwatch_metric_alarm import CloudwatchMetricAlarm

        return CloudwatchMetricAlarm(
            self.scope,
            id_,
            alarm_name=alarm_name,
            alarm_description=description,
            namespace=METRICS,
            metric_name=self.name,
            dimensions=dict(self.dimensions),
            statistic=self.statistic,
            period=self.period_seconds,
            comparison_operator=comparison,
            threshold=threshold,
            evaluation_periods=evaluation_periods,
            datapoints_to_alarm=datapoints_to_alarm,
            treat_missing_data="notBreaching",
            alarm_actions=list(action_arns) or None,
            ok_actions=list(action_arns) or None,
            tags=self.tags,
        )
