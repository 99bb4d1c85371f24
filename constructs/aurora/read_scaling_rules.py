"""Between how many readers a cluster may be scaled, by which metric, and how fast."""

from typing import Final, Literal, get_args

from aurora.instances import MOST_READERS
from aurora.rules import check_range, refuse

ReadScalingMetric = Literal["cpu", "connections", "capacity"]

METRICS: Final = get_args(ReadScalingMetric)
DEFAULT_TARGET_PERCENT: Final = 70
DEFAULT_COOLDOWN_SECONDS: Final = 300
"""What Application Auto Scaling itself waits for RDS, in both directions."""


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
        refuse(argument, metric, f"readers are scaled by {', '.join(METRICS)}", f'write "{METRICS[0]}"')
    if metric == "connections":
        if target_value is None or target_value <= 0:
            refuse(
                target_argument,
                target_value,
                "must be a number of connections above 0: how many a reader takes depends on its largest capacity",
                "write about 70 percent of max_connections",
            )
    elif target_value is not None:
        check_range(target_argument, target_value, 1, 100, "percent")


def check_cooldown(seconds: int, *, argument: str) -> None:
    """Raise `RuleViolation` unless `seconds` is a time."""
    if seconds < 0:
        refuse(argument, seconds, "must be 0 seconds or more", f"write {DEFAULT_COOLDOWN_SECONDS}")
