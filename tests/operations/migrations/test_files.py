"""Wrong files: each is one line, with its file and what to do, before anything is sent."""

from pathlib import Path

import pytest

from analysis.errors import FileError
from operations.errors import ErrorKind, OperationsError, known_error
from operations.migrations.files import read_migrations, read_sql_file

ONE = "CREATE TABLE one (a int)"


def write(folder: Path, files: dict[str, str]) -> Path:
    made = folder / "migrations"
    made.mkdir()
    for name, text in files.items():
        (made / name).write_bytes(text.encode("latin-1" if "latin" in name else "utf-8"))
    return made


def refusal(folder: Path, files: dict[str, str]) -> str:
    with pytest.raises((OperationsError, FileError)) as raised:
        read_migrations(write(folder, files))
    known = known_error(raised.value)
    assert known is not None
    assert known.kind is ErrorKind.WRONG_INPUT
    return str(raised.value)


WRONG = {
    "none": ({}, "has no migrations: the first one is called 0001"),
    "only a seed": ({"seed.sql": ONE}, "has no migrations"),
    "a missing number": ({"0001_a.sql": ONE, "0003_c.sql": ONE}, "has no migration 0002, and has 0003"),
    "a missing first number": ({"0002_a.sql": ONE}, "has no migration 0001, and has 0002"),
    "number zero": ({"0000_a.sql": ONE}, "has no migration 0001, and has 0000"),
    "a number twice": (
        {"0001_a.sql": ONE, "0001_b.sql": ONE},
        "migrations/0001_b.sql and 0001_a.sql have the same number: give the newer one the next number",
    ),
    "a name without a number": ({"tables.sql": ONE}, "migrations/tables.sql: a migration is named 0001_what_it_does"),
    "a short number": ({"1_a.sql": ONE}, "four digits"),
    "capitals": ({"0001_Tables.sql": ONE}, "small letters"),
    "no statement": ({"0001_a.sql": "-- later\n"}, "migrations/0001_a.sql has no statement"),
    "another encoding": ({"0001_latin.sql": "SELECT 'ü'"}, "migrations/0001_latin.sql is not UTF-8"),
    "a NUL": ({"0001_a.sql": "SELECT '\0'"}, "NUL character"),
    "an open string": ({"0001_a.sql": "SELECT 1;\nSELECT 'a"}, "migrations/0001_a.sql:2: a ' has no end: close it"),
    "a directive that is none": (
        {"0001_a.sql": "-- migrate: no-transactions\nVACUUM"},
        "migrations/0001_a.sql:1: -- migrate: no-transactions is not known: there is no-transaction only",
    ),
    "a directive below": (
        {"0001_a.sql": "SELECT 1;\n-- migrate: no-transaction\nVACUUM"},
        "migrations/0001_a.sql:2: -- migrate: no-transaction is for the whole file",
    ),
    "too long": ({"0001_a.sql": f"SELECT 1;\nSELECT '{'x' * 65_536}'"}, "0001_a.sql:2: the statement has 65,545"),
    "BEGIN": ({"0001_a.sql": "BEGIN; SELECT 1; COMMIT"}, "0001_a.sql:1: BEGIN has no place here"),
    "COMMIT": ({"0001_a.sql": "SELECT 1;\ncommit"}, "0001_a.sql:2: COMMIT has no place here"),
    "START TRANSACTION": ({"0001_a.sql": "START TRANSACTION"}, "START has no place here"),
    "ROLLBACK": ({"0001_a.sql": "ROLLBACK"}, "ROLLBACK has no place here"),
    "PREPARE TRANSACTION": ({"0001_a.sql": "PREPARE TRANSACTION 'a'"}, "PREPARE has no place here"),
    "COPY": ({"0001_a.sql": "COPY one FROM stdin"}, "COPY FROM STDIN does not exist in the Data API: write INSERT"),
    "psql": ({"0001_a.sql": "\\set a 1\nSELECT 1"}, "\\set is a command of psql"),
    "a slice": (
        {"0001_a.sql": "SELECT 1;\nSELECT\n  (array[1,2,3])[1:2]"},
        "0001_a.sql:3: the Data API takes :2 for a parameter: put spaces around the colon, as in [1 : 2]",
    ),
    "a parameter": ({"0001_a.sql": "SELECT :name"}, "the Data API takes :name for a parameter: write a space after"),
    "between dollar quotes": (
        {"0001_a.sql": "DO $$\nBEGIN\n  PERFORM a[x:y];\nEND $$"},
        "0001_a.sql:3: the Data API takes :y for a parameter, between dollar quotes too: write a space after the colon",
    ),
    "a slice between dollar quotes": ({"0001_a.sql": "DO $a$ BEGIN x := y[1:2]; END $a$"}, "as in [1 : 2]"),
    "dollar quotes in dollar quotes": ({"0001_a.sql": "DO $a$ BEGIN EXECUTE $b$ :c $b$; END $a$"}, "takes :c for a"),
}


@pytest.mark.parametrize(("files", "line"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_one_line(tmp_path: Path, files: dict[str, str], line: str) -> None:
    found = refusal(tmp_path, files)
    assert line in found
    assert "\n" not in found


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a::text FROM (VALUES (1)) AS v (a)",
        "SELECT ':name', E':\\':b', \":c\" FROM (VALUES (1)) AS v (\":c\") -- :d\n /* :e */",
        "SELECT (array[1,2,3])[1 : 2]",
        "DO $$ DECLARE a int := 1; BEGIN a := a + 1; RAISE NOTICE 'at 10:30'; -- :x\nEND $$",
        "SAVEPOINT a; ROLLBACK TO a; ROLLBACK WORK TO SAVEPOINT a; RELEASE a",
        "PREPARE transactions AS SELECT 1",
    ],
)
def test_what_the_data_api_leaves_alone_is_taken(tmp_path: Path, sql: str) -> None:
    [found] = read_migrations(write(tmp_path, {"0001_a.sql": sql}))
    assert found.statements


def test_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(OperationsError, match="there is no folder"):
        read_migrations(tmp_path / "none")


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="cannot be read: No such file"):
        read_sql_file(tmp_path / "seed.sql")


def test_a_file_that_never_ends_is_refused() -> None:
    with pytest.raises(FileError, match="it is a device"):
        read_sql_file(Path("/dev/zero"))


def test_the_end_of_lines_and_a_byte_order_mark_are_not_in_the_checksum(tmp_path: Path) -> None:
    unix, other = tmp_path / "unix", tmp_path / "other"
    unix.mkdir()
    other.mkdir()
    [first] = read_migrations(write(unix, {"0001_a.sql": "SELECT 1;\nSELECT 2;\n"}))
    [second] = read_migrations(write(other, {"0001_a.sql": "\ufeffSELECT 1;\r\nSELECT 2;\r\n"}))
    assert first.checksum == second.checksum


@pytest.mark.parametrize(
    "head", ["-- migrate: no-transaction", "--migrate:no-transaction", "-- why\n-- Migrate: NO-TRANSACTION"]
)
def test_a_file_can_be_without_a_transaction(tmp_path: Path, head: str) -> None:
    [found] = read_migrations(write(tmp_path, {"0001_a.sql": f"{head}\nVACUUM;"}))
    assert not found.in_transaction
