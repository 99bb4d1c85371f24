"""Whether a cluster is paused or awake, and since when, from CloudWatch and RDS events: neither wakes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from operations.aws.cloudwatch import Series
from operations.aws.cluster import Cluster
from operations.aws.events import Event, PauseEvent, last_pause_event

STALE_AFTER: Final = timedelta(minutes=15)
"""CloudWatch's points come a few minutes late; an older one says nothing of now."""


class Activity(StrEnum):
    """What a cluster does; its status is `available` in each case."""

    PAUSED = "paused"
    AWAKE = "awake"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ActivityState:
    """What a cluster does, and since when. Where `is_exact` is false, it began at `since` or before."""

    activity: Activity
    since: datetime | None = None
    is_exact: bool = False


def activity_state(cluster: Cluster, capacity: Series, events: Sequence[Event], now: datetime) -> ActivityState:
    """Return what the newest of capacity and events say."""
    event = last_pause_event(events)
    point = capacity.last
    if point is not None and now - point.moment > STALE_AFTER:
        point = None
    if event is not None and (point is None or event.moment >= point.moment):
        return ActivityState(_of_event(event), event.moment, is_exact=True)
    if point is None:
        # Without a pause there is nothing that CloudWatch would have to tell.
        return ActivityState(Activity.UNKNOWN if cluster.may_pause else Activity.AWAKE)
    paused = point.value == 0
    activity = Activity.PAUSED if paused else Activity.AWAKE
    if event is not None and _of_event(event) is activity:
        return ActivityState(activity, event.moment, is_exact=True)
    before = [other.moment for other in capacity.points if (other.value == 0) is not paused]
    run = [other.moment for other in capacity.points if not before or other.moment > before[-1]]
    return ActivityState(activity, run[0], is_exact=bool(before))


def _of_event(event: Event) -> Activity:
    return Activity.PAUSED if event.pause is PauseEvent.PAUSED else Activity.AWAKE
