"""How a cluster's capacity went over time, and what is not known of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from operations.aws.cloudwatch import Series
from operations.aws.events import LONGEST_HOURS, Event


@dataclass(frozen=True)
class Change:
    """The capacity at the beginning of a period differs from that of the one before; in ACU."""

    moment: datetime
    before_acu: float
    after_acu: float


@dataclass(frozen=True)
class Summary:
    """Capacity over the whole time, in ACU; None where CloudWatch has no points.

    `known_percent` is the share of the time for which there are points, `paused_percent` that of the known time at
    0 ACU. `acu_hours` is of one average instance over the known time.
    """

    lowest_acu: float | None
    average_acu: float | None
    highest_acu: float | None
    acu_hours: float
    paused_percent: float | None
    known_percent: float


def changes(capacity: Series) -> list[Change]:
    """Return each change between two points; what was between them, CloudWatch does not tell."""
    pairs = zip(capacity.points, capacity.points[1:], strict=False)
    return [Change(after.moment, before.value, after.value) for before, after in pairs if before.value != after.value]


def summary(capacity: Series, hours: float) -> Summary:
    """Return the whole in figures."""
    values = capacity.values
    period_hours = capacity.period_seconds / 3600
    known = min(100.0, len(values) * period_hours / hours * 100)
    if not values:
        return Summary(None, None, None, 0.0, None, known)
    paused = sum(value == 0 for value in values) / len(values) * 100
    return Summary(min(values), sum(values) / len(values), max(values), sum(values) * period_hours, paused, known)


def unknowns(
    capacity: Series, events: Sequence[Event] | None, *, hours: float, created: datetime | None, metrics: str
) -> list[str]:
    """Return in sentences what this history does not say; `metrics` is the command that shows the load."""
    found = [f"why the capacity changed: AWS records no event of it; compare the load: {metrics}"]
    if events is not None and hours > LONGEST_HOURS:
        found.append(f"pauses and resumes before the last {LONGEST_HOURS // 24} days: RDS keeps events no longer")
    if events is not None and not events:
        found.append("whether events are missing: RDS sends them as well as it can, and not surely")
    known = summary(capacity, hours).known_percent
    if known < 95:  # noqa: PLR2004 (the newest points come late)
        since = f"; the cluster is there since {created:%Y-%m-%d %H:%M} UTC" if created is not None else ""
        found.append(f"the capacity in {100 - known:.0f} % of the time: CloudWatch has no points{since}")
    minutes = timedelta(seconds=capacity.period_seconds).total_seconds() / 60
    found.append(f"what happened within {minutes:.0f} min: a point is the average of that time")
    return found
