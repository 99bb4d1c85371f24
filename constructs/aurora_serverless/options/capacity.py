"""`[capacity]`: how far the cluster scales."""

from aurora_serverless.options.section import Section, option
from aurora_serverless.options.told_prices import HOURS_A_MONTH, dollars
from aurora_serverless.rules.capacity import (
    DEFAULT_AUTO_PAUSE_SECONDS,
    LONG_PAUSE_HOURS,
    LONGER_RESUME_SECONDS,
    LONGEST_AUTO_PAUSE_SECONDS,
    SHORTEST_AUTO_PAUSE_SECONDS,
    SMALLEST_MAXIMUM_ACU,
    STEP_ACU,
    USUAL_RESUME_SECONDS,
)
from aurora_serverless.rules.engine import LARGEST_CAPACITY_ACU, LARGEST_CAPACITY_BEFORE_ACU, versions_with

_STEPS = {"maximum": LARGEST_CAPACITY_ACU, "multipleOf": STEP_ACU}


class Capacity(Section):
    """How far each instance scales, in ACU: about 2 GiB of memory, with the processor and network that go with it."""

    minimum_acu: float = option(
        f"Smallest capacity in ACU, in steps of {STEP_ACU}; 0 pauses the cluster when idle, which needs "
        f"{versions_with('auto_pause')}. A paused cluster resumes in about {USUAL_RESUME_SECONDS} seconds, or "
        f"{LONGER_RESUME_SECONDS} and more after {LONG_PAUSE_HOURS} hours of pause; while it is paused pg_cron "
        "runs none of its jobs, and a login resumes it, also one that fails. "
        "Default of the variable min_capacity.",
        default=0.5,
        makes="`serverlessv2_scaling_configuration.min_capacity` of the cluster",
        costs=f"the floor of the bill: {dollars('acu_hour_standard')} an ACU-hour for each instance, "
        f"{dollars('acu_hour_standard', HOURS_A_MONTH)} a month for 1 ACU; 0 is nothing while paused",
        example=0,
        schema={"minimum": 0, **_STEPS},
    )
    maximum_acu: float = option(
        f"Largest capacity in ACU, in steps of {STEP_ACU} and not below the minimum; above "
        f"{LARGEST_CAPACITY_BEFORE_ACU} it needs {versions_with('capacity_256')}. Default of the variable "
        "max_capacity. The limit max_connections, and with it what the alarm on connections should ring at, follows "
        "another maximum only when each instance is restarted: until then the alarm rings too late after a higher "
        "maximum, and too early after a lower one.",
        default=1,
        makes="`serverlessv2_scaling_configuration.max_capacity` of the cluster, and the thresholds of the alarms",
        costs="the ceiling of the bill, for each instance",
        example=16,
        schema={"minimum": SMALLEST_MAXIMUM_ACU, **_STEPS},
    )
    auto_pause_seconds: int | None = option(
        "Idle seconds before a cluster with a minimum of 0 pauses. With minimum_acu 0 only.",
        default=None,
        unset=f"{DEFAULT_AUTO_PAUSE_SECONDS}, while the minimum is 0",
        makes="`serverlessv2_scaling_configuration.seconds_until_auto_pause` of the cluster",
        example=1800,
        schema={"minimum": SHORTEST_AUTO_PAUSE_SECONDS, "maximum": LONGEST_AUTO_PAUSE_SECONDS},
    )
