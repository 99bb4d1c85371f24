r"""`\copy`: from CSV into a table, and out again."""
# ruff: noqa: S608  # tables of these tests

from pathlib import Path

import pytest

from aurora_serverless_data_api.splitting import split
from cli.shell.copying import Copy
from operations.errors import OperationsError
from operations.sql.database import Database
from operations.sql.session import Session
from tests.deployed.deployment import Deployment

pytestmark = pytest.mark.filterwarnings("error")


@pytest.fixture
def database(deployed: Deployment) -> Database:
    return Database(deployed.target())


@pytest.fixture
def session(database: Database) -> Session:
    return Session(database, write=True)


@pytest.fixture
def table(database: Database) -> str:
    database.query("DROP TABLE IF EXISTS copied")
    database.query(
        "CREATE TABLE copied (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text, amount numeric, "
        '"When" timestamptz, tags text[], data bytea, is_so boolean, json jsonb, '
        "twice numeric GENERATED ALWAYS AS (amount * 2) STORED)"
    )
    return "copied"


def copy(session: Session, line: str) -> int:
    return Copy.of(line).run(session)


def rows(database: Database, columns: str = "id, text") -> list[list[object]]:
    return [list(row) for row in database.query(f"SELECT {columns} FROM copied ORDER BY id").rows]


VALUES = r"""
('a,"b"' || chr(10) || 'c', 1234567890.123456789, '2026-01-02 03:04:05.678901+02',
 ARRAY['a', 'b c', NULL, 'null', '', '{"x": "\"}', 'd,e'], '\x00ff', true, '{"a": [1, null]}'),
('', NULL, NULL, NULL, NULL, false, 'null'), (NULL, 0, NULL, '{}', '', NULL, NULL)"""


def test_what_goes_out_comes_in_again(session: Session, database: Database, table: str, tmp_path: Path) -> None:
    database.query(f'INSERT INTO {table} (text, amount, "When", tags, data, is_so, json) VALUES {VALUES}')
    before = database.query(f"SELECT * FROM {table} ORDER BY id").rows
    assert copy(session, f"{table} TO '{tmp_path}/all.csv'") == 3
    assert "2026-01-02 01:04:05.678901+00" in (tmp_path / "all.csv").read_text()
    database.query(f"TRUNCATE {table}")
    assert copy(session, f"{table} FROM {tmp_path}/all.csv WITH (FORMAT csv, HEADER)") == 3
    assert database.query(f"SELECT * FROM {table} ORDER BY id").rows == before


def test_a_query_of_any_size_goes_out(session: Session, tmp_path: Path) -> None:
    query = "(SELECT number, repeat('x', (500 + 1)) AS from FROM generate_series(1, 3000) AS number)"
    assert copy(session, f"{query} to {tmp_path}/large.csv csv header") == 3000
    lines = (tmp_path / "large.csv").read_text().splitlines()
    assert (lines[0], len(lines), lines[3000]) == ("number,from", 3001, "3000," + "x" * 501)


def test_columns_are_those_of_the_first_line_or_of_the_command(
    session: Session, database: Database, table: str, tmp_path: Path
) -> None:
    file = tmp_path / "some.csv"
    file.write_text("text,id\na,7\n")
    copy(session, f"{table} FROM {file}")
    file.write_text("What,Which\nb,8\n")
    copy(session, f'{table} ("text", ID) FROM {file}')
    assert rows(database) == [[7, "a"], [8, "b"]]


def test_all_rows_come_in_or_none(session: Session, database: Database, table: str, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("text,amount\n" + "a,1\n" * 1500 + "b,two\n")
    with pytest.raises(OperationsError, match=r"bad.csv: row 1001, or one behind it: invalid input syntax.*22P02"):
        copy(session, f"{table} FROM {file}")
    file.write_text("text,amount\na,1\nb\n")
    with pytest.raises(OperationsError, match=r"bad.csv:3: 1 values for 2 columns"):
        copy(session, f"{table} FROM {file}")
    assert rows(database) == []


@pytest.mark.parametrize("bad", ["b,two\n", "b\n", "b,1,1\n"], ids=["value", "too few", "too many"])
def test_in_a_transaction_all_rows_come_in_or_none_and_it_goes_on(
    session: Session, database: Database, table: str, tmp_path: Path, bad: str
) -> None:
    file = tmp_path / "bad.csv"
    session.run(*split("BEGIN"))
    session.run(*split(f"INSERT INTO {table} (text) VALUES ('before')"))
    file.write_text("text,amount\n" + "a,1\n" * 1500 + bad)
    with pytest.raises(OperationsError, match=r"bad.csv"):
        copy(session, f"{table} FROM {file}")
    file.write_text("text\nafter\n")
    assert copy(session, f"{table} FROM {file}") == 1
    session.run(*split("COMMIT"))
    assert [row[0] for row in rows(database, "text")] == ["before", "after"]


@pytest.mark.parametrize("kind", ["varchar(3)", "char(3)", "bit(3)"])
def test_a_value_that_is_too_long_is_refused_and_not_cut(
    session: Session, database: Database, table: str, tmp_path: Path, kind: str
) -> None:
    database.query(f"ALTER TABLE {table} ADD COLUMN short {kind}")
    (tmp_path / "long.csv").write_text("short\n1010\n")
    with pytest.raises(OperationsError, match=r"too long|does not match"):
        copy(session, f"{table} FROM {tmp_path}/long.csv")
    (tmp_path / "long.csv").write_text("short\n101\n")
    assert copy(session, f"{table} FROM {tmp_path}/long.csv") == 1


def test_without_write_nothing_comes_in(database: Database, table: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("text\na\n")
    with pytest.raises(OperationsError, match="SQLSTATE 25006"):
        copy(Session(database, write=False), f"{table} FROM {tmp_path}/a.csv")
    assert copy(Session(database, write=False), f"{table} TO {tmp_path}/b.csv") == 0
    assert (tmp_path / "b.csv").read_text() == "id,text,amount,When,tags,data,is_so,json\n"


def test_a_file_that_was_there_stays_where_the_query_fails(session: Session, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("before")
    with pytest.raises(OperationsError, match="division by zero"):
        copy(session, f"(SELECT 1 / (3 - n) FROM generate_series(1, 5) AS n) TO {tmp_path}/a.csv")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a.csv": "before"}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "write "),
        ("copied", "write "),
        ("copied INTO a.csv", "write "),
        ("(SELECT 1) FROM a.csv", "write "),
        ("(SELECT 1 TO a.csv", "has no end"),
        ("(DELETE FROM copied RETURNING 1) TO a.csv", "takes a SELECT"),
        ("copied FROM a.csv WITH DELIMITER ';'", "leave DELIMITER out"),
        ("copied TO STDOUT", "sql --csv writes to standard output"),
        ("copied TO no-such-folder/a.csv", "no-such-folder/a.csv cannot be written"),
        ("no_such FROM {folder}/a.csv", "there is no table no_such"),
        ("copied FROM {folder}/no-such.csv", "no-such.csv cannot be read: No such file"),
        ("copied FROM {folder}/a.csv", "copied has no column nope: the first line names the columns"),
        ("copied (text) FROM {folder}/a.csv", "a.csv:1: 2 values for 1 columns"),
        ("copied FROM {folder}/latin.csv", "latin.csv is not UTF-8"),
        ("copied FROM {folder}/empty.csv", "copied has no column"),
    ],
)
@pytest.mark.usefixtures("table")
def test_what_is_wrong_is_one_line(session: Session, tmp_path: Path, line: str, words: str) -> None:
    (tmp_path / "a.csv").write_text("text,nope\na,b\n")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "latin.csv").write_bytes("text\nä\n".encode("latin-1"))
    with pytest.raises(OperationsError) as caught:
        copy(session, line.format(folder=tmp_path))
    assert words in str(caught.value)
