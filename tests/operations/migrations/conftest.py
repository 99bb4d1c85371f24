"""A database of its own for each test, on the one cluster of these tests, and a folder of files to migrate it with."""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from operations.data_api import DataApiClient
from operations.migrations.connection import connect
from operations.where import Where
from tests.operations.deployment import Deployment, Done, run

_numbers = itertools.count(1)


@dataclass
class Migrated:
    """A database and the folder of its migrations; `alexdb` runs a command on both."""

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

    def alexdb(self, *line: str, folder: bool = True) -> Done:
        files = ["--folder", str(self.folder)] if folder else []
        return run(self.capsys, *line, *files, *self.where)

    @property
    def where(self) -> Sequence[str]:
        return ["--local", "--project", str(self.deployment.project), "--database", self.database]

    def migrate(self, *arguments: str) -> Done:
        return self.alexdb("migrate", "dev", *arguments)

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


def new_database(deployed: Deployment, folder: Path, capsys: pytest.CaptureFixture[str]) -> Migrated:
    made = Migrated(deployed, "alex", folder / "migrations", capsys)
    made.folder.mkdir()
    name = f"migrated_{next(_numbers)}"
    made.client.execute(f"CREATE DATABASE {name}")
    return Migrated(deployed, name, made.folder, capsys)


Schema = Callable[[DataApiClient], list[Any]]
