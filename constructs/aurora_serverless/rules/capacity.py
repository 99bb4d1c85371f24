"""Capacity of a Serverless v2 cluster in ACU: ranges, half steps, when it may pause, and why it never does.

1 ACU is about 2 GiB of memory with the processor and network that go with it.
"""

import math
from typing import Final

from aurora_serverless.facts.limits import fractional_limit, limit
from aurora_serverless.rules.engine import EngineVersion, versions_with
from aurora_serverless.rules.violation import check_range, refuse

# Source: Amazon RDS API, ServerlessV2ScalingConfiguration.
STEP_ACU: Final = fractional_limit("rds_capacity_step_acu")
SMALLEST_RUNNING_ACU: Final = fractional_limit("rds_min_running_acu")
"""What an instance has at least while it is awake, in a cluster whose minimum is 0."""
SMALLEST_MAXIMUM_ACU: Final = limit("rds_min_maximum_acu")
SHORTEST_AUTO_PAUSE_SECONDS: Final = limit("rds_auto_pause_shortest")
LONGEST_AUTO_PAUSE_SECONDS: Final = limit("rds_auto_pause_longest")
DEFAULT_AUTO_PAUSE_SECONDS: Final = limit("rds_auto_pause_default")
USUAL_RESUME_SECONDS: Final = limit("rds_resume_usual")
LONGER_RESUME_SECONDS: Final = limit("rds_resume_after_long_pause")
LONG_PAUSE_HOURS: Final = limit("rds_long_pause")

# What keeps a cluster with a minimum capacity of 0 from ever pausing, without AWS saying so. Source: Amazon Aurora User
# Guide, "Scaling to Zero ACUs with automatic pause and resume for Aurora Serverless v2".
LOGICAL_REPLICATION: Final = "rds.logical_replication"
"""The cluster parameter that turns logical replication on, with the value 1."""

WITH_PROXY: Final = "the RDS Proxy keeps a connection open"
WITH_PROVISIONED_INSTANCE: Final = "one of its instances is not Serverless v2"
"""Readers of the tiers from 2 on pause all the same, as beside each reason but the proxy."""
WITH_LOGICAL_REPLICATION: Final = f"{LOGICAL_REPLICATION} is on"


def check_capacity(
    engine: EngineVersion, *, minimum_acu: float | None, maximum_acu: float | None, auto_pause_seconds: int | None
) -> None:
    """Raise `RuleViolation` where `engine` cannot have this capacity.

    A capacity is `None` where only Terraform knows it, and `auto_pause_seconds` where nobody asked for a particular
    pause.
    """
    if minimum_acu is not None:
        check_minimum(engine, minimum_acu)
    if maximum_acu is not None:
        check_maximum(engine, maximum_acu)
    if minimum_acu is not None and maximum_acu is not None:
        check_order(minimum_acu, maximum_acu)
    if auto_pause_seconds is not None:
        check_auto_pause(minimum_acu, auto_pause_seconds)


def check_minimum(engine: EngineVersion, minimum_acu: float) -> None:
    """Raise `RuleViolation` where `minimum_acu` cannot be the smallest capacity of `engine`."""
    _check_step("minimum_acu", minimum_acu)
    if minimum_acu == 0 and not engine.supports_auto_pause:
        refuse(
            "minimum_acu",
            minimum_acu,
            f"Aurora PostgreSQL {engine} cannot pause, so the minimum is 0.5 (0 needs {versions_with('auto_pause')})",
            "write 0.5 or a newer engine version",
        )
    _check_largest(engine, "minimum_acu", minimum_acu, engine.smallest_capacity_acu)


def check_maximum(engine: EngineVersion, maximum_acu: float) -> None:
    """Raise `RuleViolation` where `maximum_acu` cannot be the largest capacity of `engine`."""
    _check_step("maximum_acu", maximum_acu)
    _check_largest(engine, "maximum_acu", maximum_acu, SMALLEST_MAXIMUM_ACU)


def check_order(minimum_acu: float, maximum_acu: float) -> None:
    """Raise `RuleViolation` if the smallest capacity is above the largest."""
    if minimum_acu > maximum_acu:
        refuse(
            "minimum_acu",
            minimum_acu,
            f"must not be above maximum_acu, which is {maximum_acu:g}",
            f"write {maximum_acu:g} or less, or raise maximum_acu",
        )


def _check_step(argument: str, acu: float) -> None:
    if acu % STEP_ACU != 0:
        nearest = max(STEP_ACU, round(acu / STEP_ACU) * STEP_ACU) if math.isfinite(acu) else STEP_ACU
        refuse(argument, acu, "must be a multiple of 0.5 ACU", f"write {nearest:g}")


def _check_largest(engine: EngineVersion, argument: str, acu: float, smallest: float) -> None:
    largest = engine.largest_capacity_acu
    if acu > largest:
        refuse(
            argument,
            acu,
            f"the largest capacity of Aurora PostgreSQL {engine} is {largest} ACU (256 needs "
            f"{versions_with('capacity_256')})",
            f"write {largest}",
        )
    check_range(argument, acu, smallest, largest, "ACU")


def check_auto_pause(minimum_acu: float | None, auto_pause_seconds: int) -> None:
    """Raise `RuleViolation` unless a cluster may pause after `auto_pause_seconds`; None is a minimum not known yet."""
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


def in_global_database(role: str) -> str:
    """Return the reason of the `primary` or `secondary` of a global database."""
    return f"it is the {role} of a global database"


def never_pauses(what: str) -> str:
    """Return the warning for a cluster that shall pause and that `what` keeps awake, such as `the RDS Proxy`."""
    return f"capacity.minimum_acu = 0: the cluster never pauses, because {what}; it is billed while idle"
