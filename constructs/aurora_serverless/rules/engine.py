"""What each Aurora PostgreSQL engine version can do, and until when AWS supports it, from `facts/engine_*.csv`.

Capabilities belong to the version, not to the cluster, so that capacity, Data API and auto-pause ask one place.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, Self

from aurora_serverless.facts.engine_versions import (
    MajorFact,
    VersionFact,
    capabilities,
    engine_majors,
    engine_versions,
    first_minor_versions,
    released_minors,
)
from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.violation import refuse

ENGINE: Final = "aurora-postgresql"
"""The value of `engine` on cluster and instances."""

LARGEST_CAPACITY_ACU: Final = limit("rds_max_capacity_acu")
LARGEST_CAPACITY_BEFORE_ACU: Final = limit("rds_max_capacity_older_acu")
"""The largest `max_capacity` of the versions that do not have the capability `capacity_256`."""

EXTENDED_SUPPORT_ON: Final = "open-source-rds-extended-support"
EXTENDED_SUPPORT_OFF: Final = "open-source-rds-extended-support-disabled"
"""The values of `engine_lifecycle_support`; AWS takes the first where nothing is said."""

WARNED_AHEAD: Final = timedelta(days=180)
"""How long before its end of support a version is warned of: an upgrade of production takes a quarter to plan."""

STATISTICS_KEPT_SINCE: Final = 18
"""From this major version on pg_upgrade takes the planner's statistics along. Source: PostgreSQL 18, release notes."""

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

        Raises `RuleViolation` for any other form, for a minor version that Aurora skipped or that is older than
        Serverless v2, and for a major version this project knows nothing about: what such a version can do could not be
        checked. A minor version that is newer than those known here may exist, and `warnings` tells of it.
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
        minors = released_minors().get(major)
        if minors is None:
            refuse(
                argument,
                text,
                f"Aurora PostgreSQL on Serverless v2 with the Data API is known for {min(released_minors())} to "
                f"{max(released_minors())}",
                f'write a version such as "{DEFAULT_VERSION}"',
            )
        if match[2] is None:
            return cls(major, minors[-1], any_minor=True)
        minor = int(match[2])
        if minor < minors[-1] and minor not in minors:
            nearest = min(released for released in minors if released > minor)
            refuse(argument, text, "is a version that Aurora PostgreSQL never had", f'write "{major}.{nearest}"')
        version = cls(major, minor)
        if not version.has("serverless_v2"):
            refuse(
                argument,
                text,
                f"is older than Aurora Serverless v2, which needs {versions_with('serverless_v2')}",
                f'write a version such as "{DEFAULT_VERSION}"',
            )
        return version

    def __str__(self) -> str:
        return str(self.major) if self.any_minor else f"{self.major}.{self.minor}"

    @property
    def supports_data_api(self) -> bool:
        """Whether a Serverless v2 cluster of this version can have the Data API."""
        return self.has("data_api")

    @property
    def supports_auto_pause(self) -> bool:
        """Whether the minimum capacity may be 0, so that the cluster pauses when idle."""
        return self.has("auto_pause")

    @property
    def smallest_capacity_acu(self) -> float:
        """The smallest minimum capacity, in ACU: 0 with auto-pause, else 0.5."""
        return 0 if self.supports_auto_pause else 0.5

    @property
    def largest_capacity_acu(self) -> int:
        """The largest maximum capacity, in ACU."""
        return LARGEST_CAPACITY_ACU if self.has("capacity_256") else LARGEST_CAPACITY_BEFORE_ACU

    def has(self, capability: str) -> bool:
        """Whether this version has a capability of `facts/engine_capabilities.csv`."""
        since = first_minor_versions(capability).get(self.major)
        return since is not None and self.minor >= since

    @property
    def is_newer_than_known(self) -> bool:
        """Whether it is newer than every version of its major version that is known here."""
        return self.minor > released_minors()[self.major][-1]

    @property
    def is_long_term_support(self) -> bool:
        """Whether AWS keeps this minor version for years instead of about one."""
        return self._fact is not None and self._fact.long_term_support

    @property
    def end_of_standard_support(self) -> date | None:
        """The last day of standard support of the minor version, or of a major version alone; None where not known."""
        if self.any_minor:
            return self._of_major.end_of_standard_support
        return None if self._fact is None else self._fact.end_of_standard_support

    def is_retired(self, today: date) -> bool:
        """Whether AWS makes no new cluster on it on the day `today`, as far as it is known."""
        if self._fact is None:
            return False
        end = self._fact.end_of_standard_support
        return not self._fact.creatable or (end is not None and end < today)

    def is_confirmed(self, capability: str) -> bool:
        """Whether AWS says that this version has a capability that it has here."""
        rows = [row for row in capabilities() if (row.capability, row.major) == (capability, self.major)]
        return all(row.certainty != "unconfirmed" for row in rows)

    def upgrade_to(self, today: date) -> Self:
        """Return the version to go to from one whose support ends: of the same major version while that is supported.

        A long-term support version, where there is a later one, else the newest of the major version that has one. AWS
        upgrades to no version that was released before the one that runs.
        """
        released = (self._fact and self._fact.released) or date.min
        later = [
            row
            for key, row in sorted(engine_versions().items())
            if key > (self.major, self.minor)
            and row.creatable
            and (row.released or date.max) >= released
            and not _ends_soon(row.end_of_standard_support, today)
        ]
        if not _ends_soon(self._of_major.end_of_standard_support, today):
            later = [row for row in later if row.major == self.major] or later
        best = max(
            later,
            key=lambda row: (row.long_term_support, row.major == DEFAULT_VERSION.major, row.major, row.minor),
            default=None,
        )
        return self if best is None else type(self)(best.major, best.minor)

    def warnings(self, today: date) -> list[str]:
        """Return what a person should know before deploying this version on the day `today`."""
        name, end = f"Aurora PostgreSQL {self}", self.end_of_standard_support
        if self.is_newer_than_known:
            newest = released_minors()[self.major][-1]
            return [
                f"{name} is newer than {self.major}.{newest}, the newest known here; AWS decides at apply whether it "
                "exists"
            ]
        warnings = []
        if self.is_retired(today):
            why = f"ended standard support on {end}" if end and end < today else "is no longer offered"
            warnings.append(
                f"{name} {why}: AWS creates no new cluster on it, existing ones keep running; for a new cluster write "
                f"{DEFAULT_VERSION}"
            )
        elif end is not None and not self.any_minor and _ends_soon(end, today):
            warnings.append(
                f"standard support of {name} ends on {end}, {_in_days(end - today)}: upgrade to "
                f"{self.upgrade_to(today)} before it (docs/upgrading.md)"
            )
        return [*warnings, *self._warnings_of_major(today)]

    def _warnings_of_major(self, today: date) -> list[str]:
        """Return what there is to know of the end of the major version."""
        fact = self._of_major
        end, target = fact.end_of_standard_support, self.upgrade_to(today)
        if end < today:
            return [
                f"Aurora PostgreSQL {self.major} is in Extended Support since {fact.extended_support_since}, which AWS "
                f"bills by the ACU-hour, until {fact.end_of_extended_support}; upgrade to {target} "
                "(docs/upgrading.md)"
            ]
        if _ends_soon(end, today):
            return [
                f"standard support of Aurora PostgreSQL {self.major} ends on {end}, {_in_days(end - today)}: AWS then "
                f"bills Extended Support by the ACU-hour; upgrade to {target} before it (docs/upgrading.md)"
            ]
        return []

    @property
    def _fact(self) -> VersionFact | None:
        """What is known of the minor version; None of a newer one, and where AWS chooses it."""
        return None if self.any_minor else engine_versions().get((self.major, self.minor))

    @property
    def _of_major(self) -> MajorFact:
        return engine_majors()[self.major]


def long_term_support_versions() -> tuple[EngineVersion, ...]:
    """Return the versions with long-term support, the newest first."""
    return tuple(
        EngineVersion(*key) for key, row in sorted(engine_versions().items(), reverse=True) if row.long_term_support
    )


DEFAULT_VERSION: Final = long_term_support_versions()[0]
"""The newest long-term support version."""


def versions_with(capability: str) -> str:
    """Return the versions that have a capability as a sentence part: `15.7+, 16.3+, 17.0+`, for error messages."""
    return ", ".join(f"{major}.{minor}+" for major, minor in sorted(first_minor_versions(capability).items()))


def lifecycle_support(extended_support: bool | None) -> str | None:
    """Return the value of `engine_lifecycle_support`; None leaves it to AWS, which turns Extended Support on."""
    if extended_support is None:
        return None
    return EXTENDED_SUPPORT_ON if extended_support else EXTENDED_SUPPORT_OFF


def check_write_forwarding(
    engine: EngineVersion, enabled: bool | None, *, kind: Literal["local", "global"], argument: str
) -> None:
    """Raise `RuleViolation` if write forwarding is asked of a version that has none.

    AWS's pages name no version of the newest major versions for the local one: those pass, with a warning.
    """
    capability = f"{kind}_write_forwarding"
    if enabled and not engine.has(capability) and engine.major <= max(first_minor_versions(capability)):
        refuse(
            argument,
            enabled,
            f"Aurora PostgreSQL {engine} has no {kind} write forwarding (it needs {versions_with(capability)})",
            "leave it out, or write a later engine version",
        )


def check_data_api(engine: EngineVersion, enabled: bool, *, argument: str = "data_api_enabled") -> None:
    """Raise `RuleViolation` if the Data API is asked of a version that has none."""
    if enabled and not engine.supports_data_api:
        refuse(
            argument,
            enabled,
            f"Aurora PostgreSQL {engine} has no Data API on Serverless v2 (it needs {versions_with('data_api')})",
            f"write a version such as {DEFAULT_VERSION}",
        )


def _ends_soon(end: date | None, today: date) -> bool:
    return end is not None and end - today <= WARNED_AHEAD


def _in_days(left: timedelta) -> str:
    return f"in {left.days} day{'' if left.days == 1 else 's'}" if left.days else "today"
