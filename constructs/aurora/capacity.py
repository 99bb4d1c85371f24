"""Capacity of a Serverless v2 cluster in ACU: ranges, half steps, and when it may pause.

1 ACU is about 2 GiB of memory with the processor and network that go with it.
"""

from typing import Final

from aurora.engine import AUTO_PAUSE_SINCE, LARGEST_CAPACITY_SINCE, EngineVersion, first_minor_versions
from aurora.rules import check_range, refuse

# Source: Amazon RDS API, ServerlessV2ScalingConfiguration.
STEP_ACU: Final = 0.5
SMALLEST_RUNNING_ACU: Final = 0.5
"""What an instance has at least while it is awake, in a cluster whose minimum is 0."""
SMALLEST_MAXIMUM_ACU: Final = 1
SHORTEST_AUTO_PAUSE_SECONDS: Final = 300
LONGEST_AUTO_PAUSE_SECONDS: Final = 86_400
DEFAULT_AUTO_PAUSE_SECONDS: Final = 300


def check_capacity(
    engine: EngineVersion, *, minimum_acu: float | None, maximum_acu: float | None, auto_pause_seconds: int | None
) -> None:
    """Raise `RuleViolation` where `engine` cannot have this capacity.

    A capacity is `None` where only Terraform knows it, and `auto_pause_seconds` where nobody asked for a particular
    pause.
    """
    if minimum_acu is not None:
        _check_minimum(engine, minimum_acu)
    if maximum_acu is not None:
        _check_step("maximum_acu", maximum_acu)
        _check_largest(engine, "maximum_acu", maximum_acu, SMALLEST_MAXIMUM_ACU)
    if minimum_acu is not None and maximum_acu is not None and minimum_acu > maximum_acu:
        refuse(
            "minimum_acu",
            minimum_acu,
            f"must not be above maximum_acu, which is {maximum_acu:g}",
            f"write {maximum_acu:g} or less, or raise maximum_acu",
        )
    if auto_pause_seconds is not None:
        _check_auto_pause(minimum_acu, auto_pause_seconds)


def _check_minimum(engine: EngineVersion, minimum_acu: float) -> None:
    _check_step("minimum_acu", minimum_acu)
    if minimum_acu == 0 and not engine.supports_auto_pause:
        refuse(
            "minimum_acu",
            minimum_acu,
            f"Aurora PostgreSQL {engine} cannot pause, so the minimum is 0.5 (0 needs "
            f"{first_minor_versions(AUTO_PAUSE_SINCE)})",
            "write 0.5 or a newer engine version",
        )
    _check_largest(engine, "minimum_acu", minimum_acu, engine.smallest_capacity_acu)


def _check_step(argument: str, acu: float) -> None:
    if not (acu / STEP_ACU).is_integer():
        nearest = max(STEP_ACU, round(acu / STEP_ACU) * STEP_ACU) if acu == acu else STEP_ACU  # noqa: PLR0124 (NaN)
        refuse(argument, acu, "must be a multiple of 0.5 ACU", f"write {nearest:g}")


def _check_largest(engine: EngineVersion, argument: str, acu: float, smallest: float) -> None:
    largest = engine.largest_capacity_acu
    if acu > largest:
        refuse(
            argument,
            acu,
            f"the largest capacity of Aurora PostgreSQL {engine} is {largest} ACU (256 needs "
            f"{first_minor_versions(LARGEST_CAPACITY_SINCE)})",
            f"write {largest}",
        )
    check_range(argument, acu, smallest, largest, "ACU")


def _check_auto_pause(minimum_acu: float | None, auto_pause_seconds: int) -> None:
    if minimum_acu is not None and minimum_acu > 0:
        refuse(
            "auto_pause_seconds",
            auto_pause_seconds,
            f"a cluster pauses only while minimum_acu is 0, and it is {minimum_acu:g}",
            "leave it out, or write minimum_acu = 0",
        )
    check_range(
        "auto_pause_seconds", auto_pause_seconds, SHORTEST_AUTO_PAUSE_SECONDS, LONGEST_AUTO_PAUSE_SECONDS, "seconds"
    )
