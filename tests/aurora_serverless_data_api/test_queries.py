"""Rows: as dicts and as objects, one or none or many, and more than one answer can hold."""

# ruff: noqa: S608  # the tests name their tables themselves

import dataclasses
from typing import Any
from uuid import UUID

import pydantic
import pytest

from aurora_serverless_data_api import (
    DataApiClient,
    DataApiError,
    InvalidParameter,
    MoreRows,
    NoRow,
    ResultTooLarge,
    StatementError,
    UnfittingRow,
    UnsupportedResult,
)

ID = UUID("6f2b1c2e-5f0a-4f6e-9a44-0d3b8c1f7a10")
MEGABYTE = 1_048_576


@dataclasses.dataclass(frozen=True)
class Note:
    number: int
    text: str | None = None


class CheckedNote(pydantic.BaseModel):
    number: int
    text: str


def fill(client: DataApiClient, table: str, count: int, text: str = "'x'") -> None:
    client.execute(f"INSERT INTO {table} SELECT n, {text} FROM generate_series(1, :count) n", {"count": count})


def test_execute_returns_the_number_of_changed_rows(client: DataApiClient, table: str) -> None:
    assert client.execute(f"INSERT INTO {table} VALUES (1, 'a'), (2, 'b')") == 2
    assert client.execute(f"UPDATE {table} SET text = 'c'") == 2
    assert client.execute(f"DELETE FROM {table} WHERE number = :number", {"number": 3}) == 0
    assert client.execute(f"SELECT * FROM {table}") == 0


def test_query_returns_dicts_in_the_order_of_rows_and_columns(client: DataApiClient) -> None:
    rows = client.query("SELECT n AS b, n * 2 AS a FROM generate_series(1, 2) n ORDER BY n DESC")

    assert [list(row.items()) for row in rows] == [[("b", 2), ("a", 4)], [("b", 1), ("a", 2)]]


def test_returning_is_a_query(client: DataApiClient, table: str) -> None:
    assert client.query(f"INSERT INTO {table} VALUES (1, 'a') RETURNING number") == [{"number": 1}]


def test_no_row_is_an_empty_list(client: DataApiClient, table: str) -> None:
    assert client.query(f"SELECT * FROM {table}") == []
    assert client.query(f"SELECT * FROM {table}", into=Note) == []
    assert client.query(f"INSERT INTO {table} VALUES (1)") == []


def test_query_one_is_for_one_row(client: DataApiClient, table: str) -> None:
    fill(client, table, 2)
    sql = f"SELECT * FROM {table} WHERE number <= :number"

    assert client.query_one(sql, {"number": 1}) == {"number": 1, "text": "x"}
    assert client.query_one_or_none(sql, {"number": 1}) == {"number": 1, "text": "x"}
    assert client.query_one_or_none(sql, {"number": 0}) is None
    with pytest.raises(NoRow, match="there is no row"):
        client.query_one(sql, {"number": 0})
    with pytest.raises(MoreRows, match="there are 2 rows"):
        client.query_one(sql, {"number": 2})
    with pytest.raises(MoreRows, match="there are 2 rows"):
        client.query_one_or_none(sql, {"number": 2})


def test_rows_become_objects_of_a_dataclass(client: DataApiClient, table: str) -> None:
    fill(client, table, 2)

    assert client.query(f"SELECT * FROM {table} ORDER BY number", into=Note) == [Note(1, "x"), Note(2, "x")]
    assert client.query_one(f"SELECT number FROM {table} WHERE number = 1", into=Note) == Note(1, None)
    assert client.query_one_or_none(f"SELECT * FROM {table} WHERE number = 3", into=Note) is None
    assert list(client.stream(f"SELECT * FROM {table} ORDER BY number", into=Note)) == [Note(1, "x"), Note(2, "x")]


def test_rows_become_objects_of_a_pydantic_model(client: DataApiClient, table: str) -> None:
    fill(client, table, 1)

    assert client.query_one(f"SELECT * FROM {table}", into=CheckedNote) == CheckedNote(number=1, text="x")


@pytest.mark.parametrize(
    ("into", "columns", "reason"),
    [
        (Note, "'a' AS text", "no column number"),
        (Note, "1 AS number, 2 AS nubmer", "no field nubmer"),
        (Note, "1 AS n", "no column number, no field n"),
        (CheckedNote, "1 AS number", "text: missing"),
        (CheckedNote, "'s3cret' AS number, 'a' AS text", "number: int_parsing"),
        (dict, "1 AS number", "dict is neither a dataclass nor a pydantic model"),
    ],
)
def test_a_row_that_does_not_fit_is_named_without_its_values(
    client: DataApiClient, into: type[Any], columns: str, reason: str
) -> None:
    with pytest.raises(UnfittingRow, match=reason) as raised:
        client.query(f"SELECT {columns}", into=into)

    assert "s3cret" not in str(raised.value)


def test_two_columns_of_one_name_are_refused(client: DataApiClient) -> None:
    with pytest.raises(UnsupportedResult, match="more than one column is named id: name them with AS"):
        client.query("SELECT 1 AS id, 2 AS id, 3 AS other")


def test_a_result_that_is_too_large_says_what_to_do(client: DataApiClient) -> None:
    with pytest.raises(ResultTooLarge, match=r"read them with stream\(\)"):
        client.query("SELECT repeat('x', 100000) AS text FROM generate_series(1, 20)")


def test_a_stream_has_rows_of_any_number(client: DataApiClient) -> None:
    rows = client.stream("SELECT n FROM generate_series(1, :count) n ORDER BY n DESC", {"count": 30_000})

    assert [row["n"] for row in rows] == list(range(30_000, 0, -1))


def test_a_stream_has_rows_of_100_kilobytes(client: DataApiClient, table: str) -> None:
    fill(client, table, 50, "repeat(chr(65 + (n % 26)::integer), 100000)")

    rows = list(client.stream(f"SELECT * FROM {table} ORDER BY number"))

    assert rows == [{"number": n, "text": chr(65 + n % 26) * 100_000} for n in range(1, 51)]


@pytest.mark.parametrize("expensive", ["repeat('x', 1000000)", "repeat('ä', 500000)"])
def test_a_stream_has_rows_of_every_size_in_any_order(client: DataApiClient, table: str, expensive: str) -> None:
    """A page that is found by trying would be too large as soon as a large row follows many small ones."""
    fill(client, table, 2000, f"CASE WHEN n % 400 IN (0, 1) THEN {expensive} ELSE 'x' END")

    rows = list(client.stream(f"SELECT * FROM {table} ORDER BY number"))

    assert [row["number"] for row in rows] == list(range(1, 2001))
    assert sum(row["text"] != "x" for row in rows) == 10


def test_a_stream_has_bytes(client: DataApiClient) -> None:
    sql = "SELECT decode(repeat('ff', 200000), 'hex') AS blob FROM generate_series(1, 10)"

    assert list(client.stream(sql)) == [{"blob": b"\xff" * 200_000}] * 10


def test_a_single_row_that_is_too_large_for_a_stream_is_an_error(client: DataApiClient) -> None:
    with pytest.raises(ResultTooLarge, match="a single row"):
        list(client.stream("SELECT repeat('x', 1100000) AS text"))


@pytest.mark.parametrize("end", ["", ";", " ; ", " -- the end", "; -- the end", "; /* the end */"])
def test_a_stream_takes_a_statement_however_it_ends(client: DataApiClient, end: str) -> None:
    assert list(client.stream(f"SELECT 1 AS one{end}")) == [{"one": 1}]


@pytest.mark.parametrize("sql", ["VALUES (1)", "WITH one AS (SELECT 1 AS column1) SELECT * FROM one"])
def test_a_stream_takes_whatever_has_rows(client: DataApiClient, sql: str) -> None:
    assert list(client.stream(sql)) == [{"column1": 1}]


def test_an_empty_stream_is_empty(client: DataApiClient, table: str) -> None:
    assert list(client.stream(f"SELECT * FROM {table}")) == []


def test_a_stream_shows_one_moment(client: DataApiClient, table: str) -> None:
    fill(client, table, 30, "repeat('x', 100000)")

    rows = client.stream(f"SELECT * FROM {table} ORDER BY number")
    next(rows)
    client.execute(f"DELETE FROM {table}")

    assert len(list(rows)) == 29


def test_a_stream_can_only_read(client: DataApiClient, table: str) -> None:
    client.execute(
        f"CREATE FUNCTION write_{table}() RETURNS integer LANGUAGE sql AS 'INSERT INTO {table} VALUES (1); SELECT 1'"
    )

    with pytest.raises(StatementError, match="read-only transaction"):
        list(client.stream(f"SELECT write_{table}()"))


def test_a_stream_that_is_left_ends_its_transaction(client: DataApiClient, table: str) -> None:
    fill(client, table, 30, "repeat('x', 100000)")

    rows = client.stream(f"SELECT * FROM {table}")
    next(rows)
    rows.close()  # type: ignore[attr-defined]

    client.execute(f"DROP TABLE {table}")


def test_a_stream_in_a_transaction_sees_what_it_wrote(client: DataApiClient, table: str) -> None:
    with client.transaction() as transaction:
        transaction.execute(f"INSERT INTO {table} SELECT n, repeat('x', 100000) FROM generate_series(1, 20) n")
        assert len(list(transaction.stream(f"SELECT * FROM {table}"))) == 20
        assert len(list(transaction.stream(f"SELECT * FROM {table}", into=Note))) == 20

    assert client.query_one(f"SELECT count(*) FROM {table}") == {"count": 20}


def test_an_error_of_a_stream_has_its_place_in_the_callers_statement(client: DataApiClient) -> None:
    with pytest.raises(StatementError) as caught:
        list(client.stream("SELECT 1,\n  nope"))
    assert caught.value.position == len("SELECT 1,\n  n")


def test_a_wrong_stream_is_an_error_of_the_statement(client: DataApiClient) -> None:
    with pytest.raises(StatementError, match='"nowhere" does not exist'):
        list(client.stream("SELECT * FROM nowhere"))
    with pytest.raises(InvalidParameter):
        list(client.stream("SELECT :one"))
    with pytest.raises(DataApiError):
        list(client.stream(""))
