"""What a month brings that no JSON can say: load, data, calls; given, or a guess that says it is one."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analysis.errors import Field, UsageError

HOURS_A_MONTH: Final = Decimal(730)
HOURS_A_DAY: Final = Decimal(24)
SECONDS_AN_HOUR: Final = Decimal(3600)
DAYS_A_MONTH: Final = HOURS_A_MONTH / HOURS_A_DAY

# Three times on each of 22 working days, an hour each: a developer's database.
TYPICAL_WAKES: Final = Decimal(66)
TYPICAL_BUSY_SECONDS: Final = Decimal(3600)


@dataclass(frozen=True)
class Size:
    """What a database of a size holds and does in a month."""

    storage_gb: Decimal
    io_millions: Decimal
    data_api_millions: Decimal
    log_gb: Decimal


# Storage and I/O are those of the three documented examples: 0.5 to 1, 2 to 8 and 8 to 16 ACU.
_SMALL: Final = Size(Decimal(10), Decimal("0.1"), Decimal("0.1"), Decimal("0.5"))
_MEDIUM: Final = Size(Decimal(100), Decimal(10), Decimal(1), Decimal(5))
_LARGE: Final = Size(Decimal(500), Decimal(100), Decimal(10), Decimal(20))
_MOST_ACU_OF_SMALL: Final = 2
_MOST_ACU_OF_MEDIUM: Final = 8


def size_of(maximum_acu: Decimal | None) -> Size:
    """Return what is sensible for a cluster of a maximum capacity."""
    if maximum_acu is None or maximum_acu <= _MOST_ACU_OF_SMALL:
        return _SMALL
    return _MEDIUM if maximum_acu <= _MOST_ACU_OF_MEDIUM else _LARGE


@dataclass(frozen=True)
class Usage:
    """The typical month. What is None is chosen by the size of the cluster, or follows from the rest.

    `hours` is the length of the month. `average_acu` is the average capacity of an instance while it is awake, by
    default the middle between the least that it can have and the maximum; `reader_average_acu` that of the readers, by
    default the same. A cluster that pauses is awake for `hours_awake`, or for `wakes` x (`busy_seconds` + its own
    pause). `readers` is how many there are on average where auto scaling adds some. `daily_change_percent` of the
    storage is what backups keep for each day. `endpoint_zones` is in how many zones interface endpoints stand.
    """

    hours: Decimal = HOURS_A_MONTH
    average_acu: Decimal | None = None
    reader_average_acu: Decimal | None = None
    readers: Decimal | None = None
    hours_awake: Decimal | None = None
    wakes: Decimal | None = None
    busy_seconds: Decimal | None = None
    storage_gb: Decimal | None = None
    io_millions: Decimal | None = None
    daily_change_percent: Decimal = Decimal(2)
    data_api_millions: Decimal | None = None
    replicated_io_millions: Decimal | None = None
    secret_calls: Decimal = Decimal(10_000)
    key_requests: Decimal = Decimal(20_000)
    alarm_emails: Decimal = Decimal(100)
    log_gb: Decimal | None = None
    endpoint_gb: Decimal = Decimal(1)
    endpoint_zones: Decimal | None = None

    def __post_init__(self) -> None:
        """Check what can be checked without a cluster. Raises UsageError."""
        for name, value in vars(self).items():
            if value is not None and (not value.is_finite() or value < 0):
                raise UsageError(Field(name), f" {value}: must be a number of 0 or more")
        if self.hours == 0:
            raise UsageError(Field("hours"), " 0: a month has hours; leave it out for 730")
        if self.hours_awake is not None and (self.wakes is not None or self.busy_seconds is not None):
            awake, wakes, busy = map(Field, ("hours_awake", "wakes", "busy_seconds"))
            raise UsageError("give ", awake, ", or ", wakes, " and ", busy, ", not both")
        if self.hours_awake is not None and self.hours_awake > self.hours:
            raise UsageError(
                Field("hours_awake"), f" {self.hours_awake}: the month has {self.hours} hours; write fewer"
            )

    def awake(self, pause_seconds: Decimal) -> tuple[Decimal, str]:
        """Return for how many hours a cluster is awake that pauses after `pause_seconds`, and why."""
        if self.hours_awake is not None:
            return self.hours_awake, f"{self.hours_awake:f} h awake"
        wakes = TYPICAL_WAKES if self.wakes is None else self.wakes
        busy = TYPICAL_BUSY_SECONDS if self.busy_seconds is None else self.busy_seconds
        hours = wakes * (busy + pause_seconds) / SECONDS_AN_HOUR
        why = f"{wakes:f} wakes x ({busy:f} s busy + {pause_seconds:f} s until the pause) / 3600"
        return (self.hours, f"{why}, which is all the month") if hours > self.hours else (hours, why)
