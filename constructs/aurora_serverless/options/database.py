"""`[database]`: the first database and its master user."""

from collections.abc import Sequence
from typing import Annotated

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.section import Change, Rule, Section, checked_by, option
from aurora_serverless.rules.names import check_database_name, check_existing_database_name, check_master_username

_LONGEST = limit("rds_database_name_longest")


class Database(Section):
    """The first database and its master user. Another name of either means a new cluster."""

    name: str | None = option(
        "Name of the database.",
        default=None,
        unset="`name_prefix` up to its first hyphen; postgres, which every cluster has, without an initial database",
        allowed=f"1 to {_LONGEST} letters, digits and underscores, first a letter; no reserved word",
        makes="`database_name` of the cluster, and the output `database_name`",
        change=Change.REPLACES_CLUSTER,
        example="alex",
    )
    initial_database: bool = option(
        "Whether AWS creates the database with the cluster. false is for a cluster that was created without an "
        "initial database and is restored or adopted: name is then a database that was created in it with CREATE "
        "DATABASE, which "
        "the outputs name and nothing creates.",
        default=True,
        makes="`database_name` of the cluster, which is left out with false",
        change=Change.REPLACES_CLUSTER,
        example=False,
    )
    master_username: Annotated[str, checked_by(check_master_username)] | None = option(
        "Name of the master user.",
        default=None,
        unset="`<database name>admin`; without an initial database `name_prefix` up to its first hyphen, and admin",
        allowed=f"1 to {_LONGEST} letters, digits and underscores, first a letter; no reserved word",
        makes="`master_username` of the cluster, and `username` in the secret",
        change=Change.REPLACES_CLUSTER,
        example="alexadmin",
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """The database has a name that AWS, or PostgreSQL where it is made by hand, takes."""
        return (self._name_is_taken,)

    def _name_is_taken(self) -> None:
        if self.name is not None:
            check = check_database_name if self.initial_database else check_existing_database_name
            check(self.name, argument="name")
