"""What a reviewer should know of a change beyond what it does to resources: what opens, and what the database feels."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Severity(IntEnum):
    """How bad it is if nobody looks."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """Its name, as people write it."""
        return self.name.lower()


@dataclass(frozen=True)
class Finding:
    """Something that opens at a resource, and why it matters, each in a line without a full stop."""

    severity: Severity
    address: str
    what: str
    why: str


class EffectKind(StrEnum):
    """What a change does to a running database and its clients, worst first; the value is its word."""

    DOWNGRADE = "downgrade"
    LOCK_OUT = "lock-out"
    NEW_ENDPOINT = "new-endpoint"
    MAJOR_UPGRADE = "major-upgrade"
    RESTART = "restart"
    PENDING_REBOOT = "pending-reboot"
    PENDING_WINDOW = "pending-window"
    END_OF_SUPPORT = "end-of-support"


@dataclass(frozen=True)
class Effect(Finding):
    """What a change does to a running database, and why; `restarts` is whether the deploy itself restarts it."""

    kind: EffectKind
    restarts: bool = False
