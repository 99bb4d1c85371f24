"""CloudWatch's data points of a cluster. Asking for them wakes nothing, not even a paused cluster."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aurora_serverless.facts.limits import limit

MINUTE: Final = 60
NAMESPACE: Final = "AWS/RDS"


@dataclass(frozen=True)
class Metric:
    """A metric of a cluster; `scale` turns CloudWatch's value into `unit`.

    `statistic` is over the instances and the period.
    """

    name: str
    label: str
    unit: str
    statistic: str = "Average"
    scale: float = 1.0


CAPACITY: Final = Metric("ServerlessDatabaseCapacity", "Capacity", "ACU")
CONNECTIONS: Final = Metric("DatabaseConnections", "Connections", "connections", "Maximum")

# Source: "Amazon CloudWatch metrics for Amazon Aurora" in the Aurora User Guide: CommitLatency is in milliseconds, the
# other latencies in seconds; SelectLatency and DMLLatency are Aurora MySQL's.
METRICS: Final = (
    Metric("CPUUtilization", "CPU", "% of the maximum"),
    Metric("ACUUtilization", "ACU utilization", "% of the maximum"),
    CAPACITY,
    CONNECTIONS,
    Metric("CommitLatency", "Commit latency", "ms"),
    Metric("ReadLatency", "Storage read latency", "ms", scale=1000),
    Metric("WriteLatency", "Storage write latency", "ms", scale=1000),
)

_DAYS_OF_PERIOD: Final = (
    (limit("cloudwatch_retention_1_minute"), MINUTE),
    (limit("cloudwatch_retention_5_minutes"), 5 * MINUTE),
    (limit("cloudwatch_retention_1_hour"), 60 * MINUTE),
)
LONGEST_HOURS: Final = limit("cloudwatch_retention_1_hour") * 24
_MOST_POINTS: Final = limit("cloudwatch_statistics_points")
_PERIODS: Final = (MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 6 * 60 * MINUTE, 24 * 60 * MINUTE)


@dataclass(frozen=True)
class Point:
    """The value of a metric over one period that began at `moment`."""

    moment: datetime
    value: float


@dataclass(frozen=True)
class Series:
    """A metric's points, oldest first; empty where CloudWatch has none."""

    metric: Metric
    period_seconds: int
    points: Sequence[Point]

    @property
    def values(self) -> list[float]:
        """The values alone."""
        return [point.value for point in self.points]

    @property
    def last(self) -> Point | None:
        """The newest point."""
        return self.points[-1] if self.points else None


def period_for(hours: float) -> int:
    """Return the shortest period in seconds for which CloudWatch still has points, and not more than one can see."""
    kept = next(period for days, period in _DAYS_OF_PERIOD if hours <= days * 24)
    return next(period for period in _PERIODS if period >= kept and hours * 3600 / period <= _MOST_POINTS)


def read_series(
    cloudwatch: Any,
    cluster_identifier: str,
    metrics: Sequence[Metric],
    *,
    hours: float,
    now: datetime | None = None,
    period_seconds: int | None = None,
) -> list[Series]:
    """Return each metric over the past `hours`, in the order asked."""
    period = period_seconds or period_for(hours)
    # On whole periods, as CloudWatch counts them.
    newest = (now or datetime.now(UTC)).timestamp() // period * period
    end = datetime.fromtimestamp(newest, UTC) + timedelta(seconds=period)
    points: dict[str, list[Point]] = {f"m{index}": [] for index in range(len(metrics))}
    pages = cloudwatch.get_paginator("get_metric_data").paginate(
        MetricDataQueries=_queries(cluster_identifier, metrics, period),
        StartTime=end - timedelta(hours=hours),
        EndTime=end,
        ScanBy="TimestampAscending",
    )
    for page in pages:
        for result in page["MetricDataResults"]:
            scale = metrics[int(result["Id"][1:])].scale
            found = zip(result["Timestamps"], result["Values"], strict=True)
            points[result["Id"]] += [Point(moment, value * scale) for moment, value in found]
    return [Series(metric, period, sorted(points[f"m{index}"], key=_moment)) for index, metric in enumerate(metrics)]


def _moment(point: Point) -> datetime:
    return point.moment


def _queries(cluster_identifier: str, metrics: Sequence[Metric], period: int) -> list[dict[str, Any]]:
    return [
        {
            "Id": f"m{index}",
            "MetricStat": {
                "Metric": {
                    "Namespace": NAMESPACE,
                    "MetricName": metric.name,
                    "Dimensions": [{"Name": "DBClusterIdentifier", "Value": cluster_identifier}],
                },
                "Period": period,
                "Stat": metric.statistic,
            },
        }
        for index, metric in enumerate(metrics)
    ]
