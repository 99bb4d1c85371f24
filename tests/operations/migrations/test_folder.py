"""The folder of migrations: what looks like a migration is applied, refused or named, and never passed over."""

import os
from pathlib import Path

import pytest

from analysis.errors import FileError
from operations.errors import ErrorKind, OperationsError
from operations.migrations.files import read_migrations
from tests.operations.migrations.conftest import Migrated

ONE = "CREATE TABLE one (a int)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with one migration."""
    made = tmp_path / "migrations"
    made.mkdir()
    (made / "0001_one.sql").write_text(ONE)
    return made


def read(folder: Path) -> tuple[list[int], list[str]]:
    """Return the numbers of the migrations, and what was told of the rest."""
    notes: list[str] = []
    return [migration.version for migration in read_migrations(folder, note=notes.append)], notes


@pytest.mark.parametrize(
    "name",
    [
        "0002_X.SQL",
        "0002_x.Sql",
        "0002_X.sql",
        "0002-x.sql",
        "2_x.sql",
        "00002_x.sql",
        "0002 x.sql",
        "0002_x.sql.txt",
        "0002_x.sql ",
        "0002_x",
        "0002-x",
        "V2__x.sql",
        "\u0660\u0660\u0660\u0662_x.sql",
        "tables.sql",
    ],
)
def test_a_name_that_looks_like_a_migration_is_refused(folder: Path, name: str) -> None:
    (folder / name).write_text(ONE)
    with pytest.raises(OperationsError, match=r"a migration is named 0001_what_it_does\.sql") as raised:
        read(folder)
    assert raised.value.kind is ErrorKind.WRONG_INPUT
    assert f"migrations/{name.strip()}" in str(raised.value)


@pytest.mark.parametrize("name", ["SEED.SQL", "Seed.sql"])
def test_sample_data_under_a_name_with_capitals_are_refused(folder: Path, name: str) -> None:
    (folder / name).write_text(ONE)
    with pytest.raises(OperationsError, match=r"the sample data are in seed\.sql, in small letters"):
        read(folder)


@pytest.mark.parametrize(
    "name", [".0002_x.sql.swp", "0002_x.sql~", "#0002_x.sql#", ".#0002_x.sql", "0002_x.sql.bak", "0002_x.sql.orig"]
)
def test_a_copy_is_left_out_and_named(folder: Path, name: str) -> None:
    (folder / name).write_text(ONE)
    assert read(folder) == ([1], [f"migrations/{name} is a copy by its name, and left out"])


def test_another_file_with_a_number_is_left_out_and_named(folder: Path) -> None:
    (folder / "0002_x.psql").write_text(ONE)
    assert read(folder) == ([1], ["migrations/0002_x.psql has a number and does not end in .sql: it is left out"])


@pytest.mark.parametrize("name", ["more", "0002_more"])
def test_a_folder_with_sql_is_left_out_and_named(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "0002_x.SQL").write_text(ONE)
    expected = f"migrations/{name}/ is a folder and left out, with 1 files of SQL: migrations lie in no subfolder"
    assert read(folder) == ([1], [expected])


@pytest.mark.parametrize("name", ["README.md", ".gitkeep", "schema.sqlite", "seed.sql", "notes"])
def test_what_does_not_look_like_one_is_not_mentioned(folder: Path, name: str) -> None:
    (folder / name).write_text(ONE)
    assert read(folder) == ([1], [])


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_the_name_of_a_migration_on_something_else_is_refused(folder: Path, kind: str) -> None:
    path = folder / "0002_x.sql"
    path.mkdir() if kind == "folder" else os.mkfifo(path)
    with pytest.raises(OperationsError, match=r"migrations/0002_x\.sql is not a regular file"):
        read(folder)


def test_a_link_to_nowhere_is_refused(folder: Path) -> None:
    (folder / "0002_x.sql").symlink_to("nowhere.sql")
    with pytest.raises(FileError, match=r"0002_x\.sql cannot be read"):
        read(folder)


def test_a_name_that_is_not_utf_8_is_told_in_characters_that_every_terminal_has(folder: Path) -> None:
    Path(os.fsdecode(os.fsencode(folder) + b"/0002_\xff.sql")).write_text(ONE)
    with pytest.raises(OperationsError) as raised:
        read(folder)
    assert "migrations/0002_\\udcff.sql: a migration is named" in str(raised.value)


def test_the_commands_say_it_too_and_json_stays_json(empty: Migrated) -> None:
    empty.write(_0001_one=ONE)
    (empty.folder / "0002_x.sql~").write_text(ONE)
    done = empty.migrate("--json")
    assert (done.status, [one["version"] for one in done.json["applied"]]) == (0, [1])
    assert done.errors == "note: migrations/0002_x.sql~ is a copy by its name, and left out\n"
    (empty.folder / "0002_X.SQL").write_text(ONE)
    for line in (["migrate", "dev"], ["migrate", "status", "dev"], ["migrate", "repair", "dev"]):
        done = empty.command(*line)
        assert (done.status, done.output) == (2, "")
        assert "migrations/0002_X.SQL: a migration is named" in done.errors
    assert empty.command("reset", "dev", "--migrate", "--yes-destroy", "dev").status == 2
    assert empty.tables() == {"one"}
