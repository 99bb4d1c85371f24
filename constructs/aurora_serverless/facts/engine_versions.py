"""The versions of Aurora PostgreSQL: what each can do, and until when AWS creates clusters on it and supports it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import ClassVar, Final

from aurora_serverless.facts.table import FOLDER, Fact, read_facts

VERSIONS_FILE: Final = FOLDER / "engine_versions.csv"
MAJORS_FILE: Final = FOLDER / "engine_majors.csv"
CAPABILITIES_FILE: Final = FOLDER / "engine_capabilities.csv"


def _major_and_minor(text: str) -> str:
    major, minor = (int(part) for part in text.split("."))
    if text != f"{major}.{minor}":
        raise ValueError(text)
    return text


@dataclass(frozen=True, kw_only=True)
class VersionFact(Fact):
    """A minor version that Aurora has had.

    `released` is the day of Aurora's release, None where it is not known. `creatable` is whether AWS makes new clusters
    on it; clusters that run on another one keep running, and can be restored. `end_of_standard_support` is the last
    day, None where AWS has not named it.
    """

    KEY: ClassVar = ("version",)

    version: str = field(metadata={"read": _major_and_minor, "what": "major.minor, as in 17.7"})
    released: date | None
    creatable: bool
    end_of_standard_support: date | None
    long_term_support: bool

    @property
    def major(self) -> int:
        """The major version, 17 of 17.7."""
        return int(self.version.partition(".")[0])

    @property
    def minor(self) -> int:
        """The minor version, 7 of 17.7."""
        return int(self.version.partition(".")[2])


@dataclass(frozen=True, kw_only=True)
class MajorFact(Fact):
    """A major version: the last day of its standard support, and the phases of Extended Support, which is billed."""

    KEY: ClassVar = ("major",)

    major: int
    end_of_standard_support: date
    extended_support_since: date
    extended_support_year_3_since: date
    end_of_extended_support: date


@dataclass(frozen=True, kw_only=True)
class CapabilityFact(Fact):
    """From which minor version on a major version can do something; one that has no row cannot."""

    KEY: ClassVar = ("capability", "major")

    capability: str
    major: int
    since_minor: int


@cache
def engine_versions() -> Mapping[tuple[int, int], VersionFact]:
    """Return all minor versions that Aurora has had, by major and minor version."""
    return {(row.major, row.minor): row for row in read_facts(VERSIONS_FILE, VersionFact)}


@cache
def engine_majors() -> Mapping[int, MajorFact]:
    """Return the major versions."""
    return {row.major: row for row in read_facts(MAJORS_FILE, MajorFact)}


@cache
def released_minors() -> Mapping[int, tuple[int, ...]]:
    """Return the minor versions of each major version, the oldest first."""
    versions = sorted(engine_versions())
    return {major: tuple(minor for other, minor in versions if other == major) for major in engine_majors()}


@cache
def first_minor_versions(capability: str) -> Mapping[int, int]:
    """Return from which minor version on each major version can do something."""
    return {row.major: row.since_minor for row in capabilities() if row.capability == capability}


@cache
def capabilities() -> tuple[CapabilityFact, ...]:
    """Return what versions can do."""
    return read_facts(CAPABILITIES_FILE, CapabilityFact)
