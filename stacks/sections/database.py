"""`[database]`: the first database and its master user."""

from typing import Annotated

from pydantic import Field

from aurora.names import check_database_name, check_master_username
from stacks.sections.section import Section, checked_by


class Database(Section):
    """The first database and its master user."""

    name: Annotated[str, checked_by(check_database_name)] | None = Field(
        default=None, description="Name of the database; by default name_prefix up to its first hyphen."
    )
    master_username: Annotated[str, checked_by(check_master_username)] | None = Field(
        default=None, description="Name of the master user; by default <database name>admin."
    )
