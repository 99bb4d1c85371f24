"""A PostgreSQL of its own for what no master user may do, and the subject that asks it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from local_aws.data_api import postgresql
from local_aws.data_api.postgresql import ADMINISTRATOR, PostgresqlServer
from local_aws.data_api.temporary_folder import TemporaryFolder
from local_aws.process import LocalAws
from operations.sql.database import Database
from tests.deployed.deployment import Deployment, Done, deploy


class Server:
    """The server, and its database `shop`; what a test does in a transaction there is undone after it."""

    def __init__(self, server: PostgresqlServer) -> None:
        self._server = server
        self._transaction: psycopg.Connection[dict[str, Any]] | None = None

    def connect(self, database: str = "shop") -> "psycopg.Connection[dict[str, Any]]":
        """Return a session of the superuser, in which each statement counts at once."""
        return psycopg.connect(
            host=str(self._server.folder),
            user=ADMINISTRATOR,
            password=self._server._password,
            dbname=database,
            autocommit=True,
            row_factory=dict_row,
        )

    def run(self, *statements: str) -> None:
        """Run statements that count at once."""
        with self.connect() as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def try_out(self, *statements: str) -> None:
        """Run statements in the test's transaction, in which the checks ask from then on."""
        if self._transaction is None:
            self._transaction = self.connect()
            self._transaction.execute("BEGIN")
        for statement in statements:
            self._transaction.execute(statement.encode())

    def undo(self) -> None:
        """Roll the test's transaction back."""
        if self._transaction is not None:
            self._transaction.close()
            self._transaction = None

    @property
    def subject(self) -> Any:
        """What the checks ask."""
        target = SimpleNamespace(required_database=lambda: "shop")
        return SimpleNamespace(databases=["postgres", "shop"], target=target, ask=self._ask)

    def _ask(self, database: str, sql: str) -> list[dict[str, Any]]:
        if database == "shop" and self._transaction is not None:
            return self._transaction.execute(sql.encode()).fetchall()
        with self.connect(database) as connection:
            return connection.execute(sql.encode()).fetchall()


@pytest.fixture(scope="module")
def postgresql_server() -> Iterator[Server]:
    """Return a PostgreSQL with logical replication and prepared transactions, which Aurora can have."""
    with pytest.MonkeyPatch.context() as patch:
        wider = {"wal_level": "logical", "max_wal_senders": "4", "max_prepared_transactions": "4"}
        patch.setattr(postgresql, "_SETTINGS", postgresql._SETTINGS | wider)
        folder = TemporaryFolder()
        server = PostgresqlServer(lambda: folder.path / "1")
        server.start()
        found = Server(server)
        with found.connect("postgres") as connection:
            connection.execute("CREATE DATABASE shop")
        yield found
        server.remove()
        folder.remove()


@pytest.fixture
def server(postgresql_server: Server) -> Iterator[Server]:
    """Return that PostgreSQL, with nothing in its database `shop`."""
    yield postgresql_server
    postgresql_server.undo()


@dataclass
class Upgraded:
    """A deployment whose file is the test's own, and the command run on it."""

    deployment: Deployment
    capsys: pytest.CaptureFixture[str]

    @property
    def file(self) -> Path:
        """The environment's file."""
        return self.deployment.project / "environments" / "dev.toml"

    @property
    def rds(self) -> Any:
        """A client of RDS."""
        return self.deployment.aws.client("rds")

    def run(self, *arguments: str, to: str = "17.7") -> Done:
        """Run `aurora-serverless upgrade dev`."""
        return self.deployment.run(self.capsys, "upgrade", "--to", to, *arguments)

    def sql(self, *statements: str, database: str = "alex") -> None:
        """Run statements that count at once."""
        for statement in statements:
            words = ["--write", "--no-transaction", "--database", database, statement]
            done = self.deployment.run(self.capsys, "sql", *words)
            assert done.status == 0, done.errors

    def deploy(self, to: str = "17.7") -> None:
        """Do what Terraform does of a deploy, without waiting for its end."""
        self.rds.modify_db_cluster(
            DBClusterIdentifier=self.deployment.cluster,
            EngineVersion=to,
            AllowMajorVersionUpgrade=True,
            ApplyImmediately=True,
        )

    @contextmanager
    def transaction(self) -> Iterator[int]:
        """Keep a transaction open, and return its session's process."""
        with Database(self.deployment.target()).transaction(read_only=True) as transaction:
            [[pid]] = transaction.query("SELECT pg_backend_pid()").rows
            yield pid

    def failures(self, done: Done) -> dict[str, str]:
        """Return what failed, by the check's name."""
        return {check["name"]: check["detail"] for check in done.json["checks"] if check["outcome"] == "failed"}


def deployed(aws: LocalAws, project: Path, version: str, **more: Any) -> Deployment:
    """Return a deployment that runs a version, and whose file asks for it."""
    made = deploy(aws, project, EngineVersion=version, **more)
    file = project / "environments" / "dev.toml"
    text = file.read_text().replace('"17.7"', f'"{version}"  # chosen')
    for link in (project / "environments").iterdir():
        link.unlink()
    file.write_text(text)
    return made
