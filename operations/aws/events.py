"""RDS events of a cluster and its instances: what AWS did, and when. Asking for them wakes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from aurora_serverless.facts.limits import limit
from operations.aws.cluster import Cluster

# Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DescribeEvents.html: events of the past 14 days
LONGEST_HOURS: Final = limit("rds_events_longest")


class PauseEvent(StrEnum):
    """What an event says of pausing."""

    PAUSING = "pausing"
    STAYED_AWAKE = "stayed awake"
    PAUSED = "paused"
    RESUMING = "resuming"
    RESUMED = "resumed"


# Source: "Amazon RDS event categories and event messages for Aurora", RDS-EVENT-0370 to 0374, which are events of an
# instance. DescribeEvents answers messages and no numbers.
_PAUSE_MESSAGES: Final = (
    ("initiated pause", PauseEvent.PAUSING),
    ("pause was cancel", PauseEvent.STAYED_AWAKE),
    ("successfully paused", PauseEvent.PAUSED),
    ("initiated resume", PauseEvent.RESUMING),
    ("successfully resumed", PauseEvent.RESUMED),
)


@dataclass(frozen=True)
class Event:
    """One event; `pause` is None where it is about something else."""

    moment: datetime
    source: str
    message: str

    @property
    def pause(self) -> PauseEvent | None:
        """What it says of pausing."""
        message = self.message.lower()
        return next((kind for words, kind in _PAUSE_MESSAGES if words in message), None)


def read_events(cluster: Cluster, rds: Any, *, hours: float) -> list[Event]:
    """Return the events of the past `hours`, at most 336, of the cluster and its instances, oldest first."""
    minutes = int(min(hours, LONGEST_HOURS) * 60)
    events = _events_of(rds, cluster.identifier, "db-cluster", minutes)
    for instance in cluster.instances:
        events += _events_of(rds, instance.identifier, "db-instance", minutes)
    return sorted(events, key=lambda event: event.moment)


def _events_of(rds: Any, identifier: str, source_type: str, minutes: int) -> list[Event]:
    pages = rds.get_paginator("describe_events").paginate(
        SourceIdentifier=identifier, SourceType=source_type, Duration=minutes
    )
    return [Event(event["Date"], identifier, event["Message"]) for page in pages for event in page["Events"]]


def last_pause_event(events: Sequence[Event]) -> Event | None:
    """Return the newest event that says whether an instance is paused or awake."""
    telling = {PauseEvent.PAUSED, PauseEvent.RESUMED}
    return next((event for event in reversed(events) if event.pause in telling), None)
