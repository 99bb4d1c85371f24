"""`[database]`: the first database and its master user."""

from typing import Annotated

from aurora.names import check_database_name, check_master_username
from stacks.sections.section import Change, Section, checked_by, option


class Database(Section):
    """The first database and its master user. Another name of either means a new cluster."""

    name: Annotated[str, checked_by(check_database_name)] | None = option(
        "Name of the database.",
        default=None,
        unset="`name_prefix` up to its first hyphen",
        allowed="1 to 63 letters, digits and underscores, first a letter; no reserved word",
        makes="`database_name` of the cluster",
        change=Change.REPLACES_CLUSTER,
        example="alex",
    )
    master_username: Annotated[str, checked_by(check_master_username)] | None = option(
        "Name of the master user.",
        default=None,
        unset="`<database name>admin`",
        allowed="1 to 63 letters, digits and underscores, first a letter; no reserved word",
        makes="`master_username` of the cluster, and `username` in the secret",
        change=Change.REPLACES_CLUSTER,
        example="alexadmin",
    )
