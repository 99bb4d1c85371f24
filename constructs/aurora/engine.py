"""What each Aurora PostgreSQL engine version can do, and until when AWS supports it.

Capabilities belong to the version, not to the cluster, so that capacity, Data API and auto-pause ask one place.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

from aurora.rules import refuse

ENGINE: Final = "aurora-postgresql"
"""The value of `engine` on cluster and instances."""

# From which minor version on, by major version; a major version that is missing cannot do it in any minor.
# Source: AWS, "Aurora PostgreSQL: supported features by Region and engine", tables for the Data API and
# Aurora Serverless v2 (as of autumn 2026).
DATA_API_SINCE: Final = {13: 11, 14: 8, 15: 3, 16: 1, 17: 4, 18: 3}
AUTO_PAUSE_SINCE: Final = {13: 15, 14: 12, 15: 7, 16: 3, 17: 0, 18: 0}
LARGEST_CAPACITY_SINCE: Final = {13: 13, 14: 10, 15: 5, 16: 1, 17: 0, 18: 0}

LARGEST_CAPACITY_ACU: Final = 256
LARGEST_CAPACITY_BEFORE_ACU: Final = 128
"""The largest `max_capacity` of the versions before `LARGEST_CAPACITY_SINCE`."""

# Source: AWS, "Release calendars for Aurora PostgreSQL" (as of autumn 2026).
NEWEST_MINOR: Final = {13: 23, 14: 23, 15: 18, 16: 14, 17: 10, 18: 4}
LONG_TERM_SUPPORT_UNTIL: Final = {
    (15, 10): date(2028, 2, 29),
    (16, 8): date(2029, 2, 28),
    (17, 7): date(2030, 2, 28),
}
MINOR_SUPPORT_ENDED: Final = {
    (15, 3): date(2025, 9, 30),
    (15, 4): date(2025, 9, 30),
    (15, 5): date(2025, 9, 30),
}
MAJOR_SUPPORT_ENDED: Final = {13: date(2026, 2, 28)}

_NEWEST_MAJOR: Final = max(NEWEST_MINOR)
_VERSION: Final = re.compile(r"([1-9][0-9]?)(?:\.(0|[1-9][0-9]?))?")


@dataclass(frozen=True, order=True)
class EngineVersion:
    """One Aurora PostgreSQL version, such as 17.7, or a major version whose minor AWS chooses, such as 17.

    With `any_minor`, `minor` is the newest known one: AWS makes new clusters on a current one and upgrades old ones.
    """

    major: int
    minor: int
    any_minor: bool = False

    @classmethod
    def parse(cls, text: str, *, argument: str = "version") -> Self:
        """Read `text`, such as `"17.7"`, or `"17"` for any minor version of 17.

        Raises `RuleViolation` for any other form and for a major version this project knows nothing about: what
        such a version can do could not be checked.
        """
        match = _VERSION.fullmatch(text)
        if match is None:
            refuse(
                argument,
                text,
                "must be major.minor, as in 17.7, or a major version, as in 17",
                f'write a version such as "{DEFAULT_VERSION}"',
            )
        major = int(match[1])
        if major not in NEWEST_MINOR:
            refuse(
                argument,
                text,
                f"Aurora PostgreSQL on Serverless v2 with the Data API is known for {min(NEWEST_MINOR)} to "
                f"{_NEWEST_MAJOR}",
                f'write a version such as "{DEFAULT_VERSION}"',
            )
        if match[2] is None:
            return cls(major, NEWEST_MINOR[major], any_minor=True)
        return cls(major, int(match[2]))

    def __str__(self) -> str:
        return str(self.major) if self.any_minor else f"{self.major}.{self.minor}"

    @property
    def supports_data_api(self) -> bool:
        """Whether a Serverless v2 cluster of this version can have the Data API."""
        return self._is_since(DATA_API_SINCE)

    @property
    def supports_auto_pause(self) -> bool:
        """Whether the minimum capacity may be 0, so that the cluster pauses when idle."""
        return self._is_since(AUTO_PAUSE_SINCE)

    @property
    def smallest_capacity_acu(self) -> float:
        """The smallest minimum capacity, in ACU: 0 with auto-pause, else 0.5."""
        return 0 if self.supports_auto_pause else 0.5

    @property
    def largest_capacity_acu(self) -> int:
        """The largest maximum capacity, in ACU."""
        return LARGEST_CAPACITY_ACU if self._is_since(LARGEST_CAPACITY_SINCE) else LARGEST_CAPACITY_BEFORE_ACU

    @property
    def is_long_term_support(self) -> bool:
        """Whether AWS keeps this minor version for years instead of about one."""
        return (self.major, self.minor) in LONG_TERM_SUPPORT_UNTIL

    @property
    def end_of_standard_support(self) -> date | None:
        """The last day of standard support, where AWS has named it.

        After it AWS creates no new cluster on the version; existing ones keep running.
        """
        key = (self.major, self.minor)
        ends = (LONG_TERM_SUPPORT_UNTIL.get(key), MINOR_SUPPORT_ENDED.get(key), MAJOR_SUPPORT_ENDED.get(self.major))
        return min((end for end in ends if end is not None), default=None)

    def is_retired(self, today: date) -> bool:
        """Whether standard support ended before `today`."""
        end = self.end_of_standard_support
        return end is not None and end < today

    def warnings(self, today: date) -> list[str]:
        """Return what a person should know before deploying this version on the day `today`."""
        warnings = []
        if self.is_retired(today):
            warnings.append(
                f"Aurora PostgreSQL {self} ended standard support on {self.end_of_standard_support}: AWS creates no "
                f"new cluster on it, existing ones keep running; for a new cluster write {DEFAULT_VERSION}"
            )
        if self.minor > NEWEST_MINOR[self.major]:
            warnings.append(
                f"Aurora PostgreSQL {self} is newer than {self.major}.{NEWEST_MINOR[self.major]}, the newest known "
                f"here; AWS decides at apply whether it exists"
            )
        return warnings

    def _is_since(self, first_minor: dict[int, int]) -> bool:
        return self.major in first_minor and self.minor >= first_minor[self.major]


DEFAULT_VERSION: Final = EngineVersion(17, 7)
"""The newest long-term support version."""


def first_minor_versions(first_minor: dict[int, int]) -> str:
    """Return the table of a capability as a sentence part: `15.7+, 16.3+, 17.0+`, for error messages."""
    return ", ".join(f"{major}.{minor}+" for major, minor in sorted(first_minor.items()))


def lifecycle_support(extended_support: bool | None) -> str | None:
    """Return the value of `engine_lifecycle_support`; None leaves it to AWS, which turns Extended Support on."""
    if extended_support is None:
        return None
    return "open-source-rds-extended-support" if extended_support else "open-source-rds-extended-support-disabled"


def check_data_api(engine: EngineVersion, enabled: bool, *, argument: str = "data_api_enabled") -> None:
    """Raise `RuleViolation` if the Data API is asked of a version that has none."""
    if enabled and not engine.supports_data_api:
        refuse(
            argument,
            enabled,
            f"Aurora PostgreSQL {engine} has no Data API on Serverless v2 (it needs "
            f"{first_minor_versions(DATA_API_SINCE)})",
            f"write a version such as {DEFAULT_VERSION}",
        )
