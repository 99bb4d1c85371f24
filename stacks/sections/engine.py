"""`[engine]`: which Aurora PostgreSQL runs."""

from typing import Annotated

from pydantic import Field

from aurora.engine import EngineVersion
from stacks.sections.section import Section, checked_by


def _check_version(value: str) -> None:
    EngineVersion.parse(value)


class Engine(Section):
    """The database engine, Aurora PostgreSQL."""

    version: Annotated[str, checked_by(_check_version)] = Field(
        description="Engine version, major.minor. No default: an upgrade is a line of a change, never a surprise."
    )
