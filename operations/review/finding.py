"""What a reviewer should know of a change beyond what it does: something opens, loses protection or is kept shorter."""

from dataclasses import dataclass
from enum import IntEnum


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
