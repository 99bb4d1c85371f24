"""A database of its own for each test, on the one cluster of these tests, and a folder of files to migrate it with."""

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from aurora_serverless_data_api import DataApiClient, Timeout
from local_aws import process
from local_aws.data_api.settings import DataApiSettings
from operations.migrations.connection import connect
from operations.target.where import Where
from tests.deployed.deployment import Deployment, Done, deploy, run

_numbers = itertools.count(1)


@dataclass
class Migrated:
    """A database and the folder of its migrations; `aurora-serverless` runs a command on both."""

    deployment: Deployment
    database: str
    folder: Path
    capsys: pytest.CaptureFixture[str]
    client: DataApiClient = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.connect(self.database)

    def connect(self, database: str) -> DataApiClient:
        where = Where("dev", local=True, project=self.deployment.project, database=database)
        return connect(where.find(), deadline_seconds=20)

    def write(self, **files: str) -> None:
        """Write files: `_0001_tables="CREATE …"` is 0001_tables.sql."""
        for name, text in files.items():
            (self.folder / f"{name.removeprefix('_')}.sql").write_text(text)

    def command(self, *line: str, folder: bool = True) -> Done:
        files = ["--folder", str(self.folder)] if folder else []
        return run(self.capsys, *line, *files, *self.where)

    @property
    def where(self) -> Sequence[str]:
        return ["--local", "--project", str(self.deployment.project), "--database", self.database]

    def migrate(self, *arguments: str) -> Done:
        return self.command("migrate", "dev", *arguments)

    def query(self, sql: str) -> list[dict[str, Any]]:
        return self.client.query(sql)

    def tables(self) -> set[str]:
        """Return the names of the tables, but for the ledger."""
        rows = self.query("SELECT tablename::text AS name FROM pg_tables WHERE schemaname = 'public'")
        return {row["name"] for row in rows} - {"schema_migrations"}

    def ledger(self) -> list[tuple[int, str, str]]:
        rows = self.query("SELECT version, name, state FROM schema_migrations ORDER BY version")
        return [(row["version"], row["name"], row["state"]) for row in rows]


@pytest.fixture
def empty(deployed: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Migrated:
    """Return an empty database and an empty folder."""
    return new_database(deployed, tmp_path, capsys)


@pytest.fixture(scope="session")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Return a deployment whose Data API waits a second for a statement."""
    with process.start(data_api=DataApiSettings(statement_seconds=1)) as aws:
        yield deploy(aws, tmp_path_factory.mktemp("project"))


@pytest.fixture
def slow(hasty: Deployment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Migrated:
    """Return an empty database of that deployment."""
    return new_database(hasty, tmp_path, capsys)


def new_database(deployed: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]) -> Migrated:
    made = Migrated(deployed, "alex", folder / "migrations", capsys)
    made.folder.mkdir()
    name = f"migrated_{next(_numbers)}"
    try:
        made.client.execute(f"CREATE DATABASE {name}", continue_after_timeout=True)
    except Timeout:  # a hasty Data API on a busy machine
        while not made.query(f"SELECT 1 AS one FROM pg_database WHERE datname = '{name}'"):  # noqa: S608
            time.sleep(0.1)
    return Migrated(deployed, name, made.folder, capsys)


Schema = Callable[[DataApiClient], list[Any]]
