"""Between how many readers a cluster may be scaled, by which metric, and how fast."""

from typing import Final, Literal, get_args

from aurora_serverless.rules.alarms import MOST_PARAMETER_CONNECTIONS as MOST_CONNECTIONS
from aurora_serverless.rules.instances import MOST_READERS
from aurora_serverless.rules.violation import LARGEST_EXACT_INTEGER, check_range, refuse

ReadScalingMetric = Literal["capacity", "connections", "cpu"]

METRICS: Final = get_args(ReadScalingMetric)
DEFAULT_METRIC: Final[ReadScalingMetric] = "capacity"
DEFAULT_TARGET_PERCENT: Final = 70
DEFAULT_COOLDOWN_SECONDS: Final = 300
"""What Application Auto Scaling itself waits for RDS, in both directions."""


def read_scaling_warnings(metric: ReadScalingMetric) -> list[str]:
    """Return what AWS says of scaling the number of readers, and of the metric.

    Source: Amazon Aurora User Guide, "Requirements and limitations for Aurora serverless".
    """
    warnings = [
        "instances.read_scaling: AWS does not support Aurora Auto Scaling for serverless instances, though its API "
        "takes it; AWS advises readers that are made beforehand and stay at a low capacity until they are needed: "
        "write more instances.readers, and leave it out"
    ]
    if metric == "cpu":
        warnings.append(
            'instances.read_scaling.metric = "cpu": in AWS\'s words not meaningful for serverless instances, whose '
            f'capacity follows the load; write "{DEFAULT_METRIC}"'
        )
    return warnings


def scaling_policy_name(cluster_identifier: str, metric: ReadScalingMetric) -> str:
    """Return the name of the scaling policy of a cluster's readers."""
    return f"{cluster_identifier}-readers-{metric}"


def check_scaled_readers(minimum: int, maximum: int) -> None:
    """Raise `RuleViolation` unless Aurora can have between `minimum` and `maximum` readers."""
    check_range("minimum_readers", minimum, 0, MOST_READERS, "readers")
    check_range("maximum_readers", maximum, 1, MOST_READERS, "readers")
    if minimum > maximum:
        refuse(
            "minimum_readers",
            minimum,
            f"must not be above maximum_readers ({maximum})",
            "lower the first or raise the second",
        )


def check_metric(
    metric: str, target_value: float | None, *, argument: str = "metric", target_argument: str = "target_value"
) -> None:
    """Raise `RuleViolation` unless readers can be scaled by `metric` near `target_value`."""
    if metric not in METRICS:
        refuse(argument, metric, f"readers are scaled by {', '.join(METRICS)}", f'write "{DEFAULT_METRIC}"')
    if metric == "connections":
        if target_value is None or not 0 < target_value <= MOST_CONNECTIONS:
            refuse(
                target_argument,
                target_value,
                f"must be a number of connections above 0, at most {MOST_CONNECTIONS}: how many a reader takes depends "
                "on its largest capacity",
                "write about 70 percent of max_connections",
            )
    elif target_value is not None:
        check_range(target_argument, target_value, 1, 100, "percent")


def check_cooldown(seconds: int, *, argument: str = "cooldown_seconds") -> None:
    """Raise `RuleViolation` unless `seconds` is a time."""
    check_range(argument, seconds, 0, LARGEST_EXACT_INTEGER, "seconds")
