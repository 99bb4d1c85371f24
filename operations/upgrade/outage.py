"""How long the database was unavailable during an upgrade, from the writer's RDS events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from operations.aws.events import Event

# Source: "Amazon RDS event categories and event messages for Aurora": RDS-EVENT-0004 and 0006 of an instance, and the
# events of a cluster whose engine is upgraded. DescribeEvents answers messages and no numbers.
_SHUT_DOWN: Final = "shutdown"
_RESTARTED: Final = "restarted"
_UPGRADE: Final = "upgrade"


@dataclass(frozen=True)
class Outage:
    """The time during which the writer was unavailable."""

    begin: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """How long it was."""
        return (self.end - self.begin).total_seconds()


def last_outage(events: Sequence[Event], writer: str) -> Outage | None:
    """Return the writer's last outage; None if the events do not show its start and end. Oldest event first."""
    begin: datetime | None = None
    found: Outage | None = None
    for event in events:
        if event.source != writer:
            continue
        message = event.message.lower()
        if _SHUT_DOWN in message:
            begin = event.moment
        elif _RESTARTED in message and begin is not None:
            found, begin = Outage(begin, event.moment), None
    return found


def upgrade_messages(events: Sequence[Event]) -> list[str]:
    """Return the messages of the upgrade events, oldest first."""
    return [event.message for event in events if _UPGRADE in event.message.lower()]
