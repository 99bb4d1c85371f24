"""The subject of an upgrade: a cluster, its running and its target version, and its databases."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from aurora_serverless.rules.engine import EngineVersion
from operations.aws.cluster import describe_cluster
from operations.checks.check import Subject
from operations.errors import ErrorKind, OperationsError, failed
from operations.sql.database import Database
from operations.target.target import Target

if TYPE_CHECKING:
    from stacks.environment import Environment

Rows = Sequence[Mapping[str, Any]]

NOT_ASKED: Final = "not checked: the Data API is off, the cluster is a secondary, or no secret or database is known"
_VERSION: Final = re.compile(r"(\d+)\.(\d+)")

# rdsadmin is Aurora's own, and nobody else may connect to it. A session that the Data API keeps in template1 would
# refuse every CREATE DATABASE. -2 marks a database whose DROP DATABASE did not end.
_DATABASES: Final = """
SELECT datname FROM pg_catalog.pg_database
WHERE datallowconn AND datconnlimit <> -2 AND datname NOT IN ('rdsadmin', 'template1') ORDER BY 1
"""


def running_version(text: str) -> EngineVersion:
    """Return a version as RDS names one that runs. Raises OperationsError (FAILED)."""
    found = _VERSION.match(text)
    if found is None:
        raise failed(f"RDS says that the cluster runs {text}, which is not a version of Aurora PostgreSQL")
    return EngineVersion(int(found[1]), int(found[2]))


class UpgradeSubject(Subject):
    """A cluster and its target version; RDS is asked once.

    `again` is the command line that looks again. `on_waiting` is called while a paused cluster resumes.
    """

    def __init__(
        self, target: Target, to: EngineVersion, *, again: str = "", on_waiting: Callable[[], None] = lambda: None
    ) -> None:
        super().__init__(target)
        self.to = to
        self.again = again
        self._on_waiting = on_waiting
        self._clients: dict[str, Any] = {}
        self._databases: dict[str, Database] = {}

    def client(self, service: str) -> Any:
        """Return a client of the target's Region, one for all looks."""
        if service not in self._clients:
            self._clients[service] = super().client(service)
        return self._clients[service]

    @cached_property
    def described(self) -> Mapping[str, Any]:
        """The cluster as RDS describes it. Raises OperationsError where there is none, and what boto3 does."""
        return describe_cluster(self.target, self.client("rds"))

    @property
    def running(self) -> EngineVersion:
        """The version that runs, known here or not. Raises OperationsError (FAILED) where RDS names it otherwise."""
        return running_version(str(self.described["EngineVersion"]))

    @property
    def is_major(self) -> bool:
        """Whether the upgrade is to another major version."""
        return self.to.major > self.running.major

    @property
    def needs_permission(self) -> bool:
        """Whether the file must allow it: a member of a global database is upgraded by no deploy."""
        is_member = self.environment is not None and self.environment.global_database is not None
        return self.is_major and not is_member

    @property
    def is_reached(self) -> bool:
        """Whether the cluster runs the version, or where no minor is asked for, any of the major version."""
        return self.running.major == self.to.major and (self.to.any_minor or self.running.minor == self.to.minor)

    @property
    def is_behind(self) -> bool:
        """Whether the cluster already runs a higher version than the one asked for."""
        return not self.is_reached and self.running > self.to

    @property
    def environment(self) -> "Environment | None":
        """The environment, where one was named."""
        return self.target.environment

    @property
    def can_be_asked(self) -> bool:
        """Whether there is a Data API and a secret to ask SQL with; that of a global database's secondary is silent."""
        is_secondary = self.environment is not None and self.environment.is_secondary
        has_secret = self.target.secret_arn is not None and self.target.database is not None
        return bool(self.described.get("HttpEndpointEnabled")) and has_secret and not is_secondary

    @cached_property
    def databases(self) -> Sequence[str]:
        """Every database of the cluster that can be entered. Raises what `database` does."""
        return [row[0] for row in self.database(self.target.required_database()).query(_DATABASES).rows]

    def database(self, name: str) -> Database:
        """Return one database of the cluster. Raises OperationsError where SQL cannot be asked."""
        if not self.can_be_asked:
            raise OperationsError(NOT_ASKED, ErrorKind.NOT_DEPLOYED)
        if name not in self._databases:
            self._databases[name] = Database(replace(self.target, database=name), on_waiting=self._on_waiting)
        return self._databases[name]

    def ask(self, database: str, sql: str) -> Rows:
        """Return the rows of a query in one database, by the names of its columns. Raises OperationsError."""
        result = self.database(database).query(sql)
        return [{column.name: value for column, value in zip(result.columns, row, strict=True)} for row in result.rows]

    def forget(self) -> None:
        """Ask RDS again at the next look."""
        for name in ("described", "cluster"):
            self.__dict__.pop(name, None)
