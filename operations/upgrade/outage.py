"""How long the database was away during an upgrade, as RDS's events of the writer tell it."""

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
    """From when to when the writer could not be asked."""

    begin: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """How long it was."""
        return (self.end - self.begin).total_seconds()


def last_outage(events: Sequence[Event], writer: str) -> Outage | None:
    """Return the last outage of the writer; None where the events do not tell both its ends. Oldest event first."""
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
    """Return what the events say of upgrades, oldest first."""
    return [event.message for event in events if _UPGRADE in event.message.lower()]
