"""Values on their way to PostgreSQL and back; and those that are refused before anything is sent."""

# ruff: noqa: S608, DTZ  # the tests write their SQL themselves, and naive datetimes on purpose

import enum
import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from aurora_serverless_data_api import Array, DataApiClient, Json, UnsupportedResult, WithoutTimeZone
from tests.aurora_serverless_data_api.script import Script

NAIVE = datetime(2026, 3, 4, 5, 6, 7, 89)
KATHMANDU = timezone(timedelta(hours=5, minutes=45))
ID = UUID("6f2b1c2e-5f0a-4f6e-9a44-0d3b8c1f7a10")


class Colour(enum.StrEnum):
    RED = "red"


class Rank(enum.IntEnum):
    FIRST = 1


@pytest.mark.parametrize(
    ("value", "type_name"),
    [
        (None, "text"),
        (True, "boolean"),
        (2**63 - 1, "bigint"),
        (-(2**63), "bigint"),
        (0.1, "double precision"),
        (5e-324, "double precision"),
        (1.7976931348623157e308, "double precision"),
        (Decimal("1.50"), "numeric"),
        (Decimal("1E+30"), "numeric"),
        (Decimal("-0.000000000000000000000000000001"), "numeric"),
        (Decimal(10) ** 400, "numeric"),
        ("", "text"),
        ("[1,2]", "text"),
        ('{"a": 1}', "text"),
        ("null", "text"),
        ("true", "text"),
        ("2026-01-01", "text"),
        (str(ID), "text"),
        ("ä€🐘 'quoted' \"twice\" \\ :name \n\t\x01", "text"),
        (b"", "bytea"),
        (bytes(range(256)), "bytea"),
        (date(1, 1, 1), "date"),
        (date(9999, 12, 31), "date"),
        (time(23, 59, 59, 999999), "time"),
        (time(0, 0, 0, 1), "time"),
        (datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=UTC), "timestamptz"),
        (datetime(2026, 3, 4, 5, 6, 7, tzinfo=KATHMANDU), "timestamptz"),
        (datetime(1, 1, 1, tzinfo=UTC), "timestamptz"),
        (datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "timestamptz"),
        (ID, "uuid"),
        ({}, "jsonb"),
        ({"a": [1, 2.5, None, True, {"ä": '"\\'}], "b": "[1,2]"}, "jsonb"),
        ({"b": 1, "a": 2}, "json"),
        (Colour.RED, "text"),
        (Rank.FIRST, "bigint"),
    ],
    ids=repr,
)
def test_a_value_comes_back_as_it_went(client: DataApiClient, value: Any, type_name: str) -> None:
    row = client.query_one(f"SELECT :value::{type_name} AS value", {"value": value})

    assert row["value"] == value
    if value is not None and not isinstance(value, enum.Enum):
        assert type(row["value"]) is type(value)


@pytest.mark.parametrize(
    ("value", "type_name"),
    [
        (Decimal(1), "numeric"),
        (date(2026, 1, 1), "date"),
        (time(1), "time without time zone"),
        (datetime(2026, 1, 1, tzinfo=UTC), "timestamp with time zone"),
        (WithoutTimeZone(NAIVE), "timestamp without time zone"),
        (ID, "uuid"),
        ({}, "json"),
        (Json([]), "json"),
        (Array([], "text"), "text[]"),
    ],
    ids=repr,
)
def test_a_value_has_its_type_without_a_word_in_the_sql(client: DataApiClient, value: Any, type_name: str) -> None:
    assert client.query_one("SELECT pg_typeof(:value)::text AS type", {"value": value}) == {"type": type_name}


def test_a_naive_datetime_is_for_a_timestamp(client: DataApiClient) -> None:
    assert client.query_one("SELECT :at AS at", {"at": WithoutTimeZone(NAIVE)}) == {"at": NAIVE}


def test_a_datetime_is_the_same_moment_in_every_time_zone_of_the_session(client: DataApiClient) -> None:
    moment = datetime(2026, 3, 4, 5, 6, 7, 89, tzinfo=KATHMANDU)

    with client.transaction() as transaction:
        transaction.execute("SET LOCAL timezone = 'Pacific/Auckland'")
        row = transaction.query_one(
            "SELECT :at AS at, :at = TIMESTAMPTZ '2026-03-03 23:21:07.000089+00' AS same", {"at": moment}
        )

    assert row == {"at": moment, "same": True}
    assert row["at"].tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "came_back"),
    [
        (Json([1, "a", None]), [1, "a", None]),
        (Json("[1,2]"), "[1,2]"),
        (Json(None), None),
        (Json(10**30), 10**30),
        (Json({"a": {}}), {"a": {}}),
    ],
    ids=["list", "text", "null", "number", "dict"],
)
def test_json_comes_back_as_what_it_says(client: DataApiClient, value: Json, came_back: Any) -> None:
    assert client.query_one("SELECT :value::jsonb AS value", {"value": value}) == {"value": came_back}


@pytest.mark.parametrize(
    ("elements", "element_type"),
    [
        ([], "text"),
        ([None], "integer"),
        (["a", None, "", "NULL", "null", '"', "\\", "{a,b}", " ä ", "\n"], "text"),
        ([1, -(2**63), None], "bigint"),
        ([True, False, None], "boolean"),
        ([0.1, 1e300, -0.0], "double precision"),
        ([Decimal("1.50"), None], "numeric(10,2)"),
        ([date(2026, 1, 1)], "date"),
        ([time(1, 2, 3)], "time"),
        ([datetime(2026, 1, 1, 1, 2, 3, 4, tzinfo=UTC)], "timestamptz"),
        ([ID, None], "uuid"),
        ([{"a": '"'}, {}], "jsonb"),
    ],
    ids=repr,
)
def test_an_array_comes_back_as_it_went(client: DataApiClient, elements: list[Any], element_type: str) -> None:
    row = client.query_one("SELECT :value AS value", {"value": Array(elements, element_type)})

    assert row["value"] == elements


def test_an_array_of_bytes_and_of_naive_datetimes_arrives(client: DataApiClient) -> None:
    arrays = {"blobs": Array([b"\x00\\", None], "bytea"), "times": Array([WithoutTimeZone(NAIVE)], "timestamp")}

    row = client.query_one("SELECT (:blobs)[1] AS blob, (:times) AS times", arrays)

    assert row == {"blob": b"\x00\\", "times": [NAIVE]}


def test_an_array_finds_rows(client: DataApiClient, table: str) -> None:
    client.batch(f"INSERT INTO {table} VALUES (:number, :text)", [{"number": n, "text": f"t{n}"} for n in range(5)])

    rows = client.query(f"SELECT number FROM {table} WHERE text = ANY(:texts)", {"texts": Array(["t1", "t3"], "text")})

    assert rows == [{"number": 1}, {"number": 3}]


def test_two_characters_that_look_like_an_escaped_nul_are_none(client: DataApiClient) -> None:
    value = {"path": "C:\\u0000"}

    assert client.query_one("SELECT :value::jsonb AS value", {"value": value}) == {"value": value}


def test_a_large_value_that_fits_arrives(client: DataApiClient) -> None:
    sql = "SELECT length(:text) AS characters, octet_length(:blob) AS bytes"

    row = client.query_one(sql, {"text": "ä" * 300_000, "blob": b"a" * 1_500_000})

    assert row == {"characters": 300_000, "bytes": 1_500_000}


def test_names_in_strings_comments_and_casts_are_no_parameters(client: DataApiClient) -> None:
    sql = """SELECT ':a' AS "x:b", E'\\':c' AS c, -- :d
        /* :e /* :f */ :g */ :id::text AS id, :id AS again, $$ no colon $$ AS dollars"""

    row = client.query_one(sql, {"id": ID})

    assert row == {"x:b": ":a", "c": "':c", "id": str(ID), "again": ID, "dollars": " no colon "}


def test_values_that_the_statement_does_not_name_are_not_sent() -> None:
    script = Script({"numberOfRecordsUpdated": 0})

    script.client.execute("DELETE FROM notes WHERE id = :id", {"id": 1, "other": object()})

    assert [parameter["name"] for parameter in script.bodies[0]["parameters"]] == ["id"]


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("'[1,2]'::text", "[1,2]"),
        ("'a'::name", "a"),
        ("'10.0.0.1'::inet", "10.0.0.1"),
        ("1.5::real", 1.5),
        ("1::double precision", 1.0),
        ("count(*)", 1),
        ("NULL::uuid", None),
        ("'[1,2]'::jsonb", [1, 2]),
        ("'\"[1,2]\"'::jsonb", "[1,2]"),
        ("ARRAY['1', NULL]::numeric[]", [Decimal(1), None]),
        ("'{}'::uuid[]", []),
        ("'2026-01-01 01:00+01'::timestamptz", datetime(2026, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_value_is_read_by_the_type_of_its_column(client: DataApiClient, expression: str, value: Any) -> None:
    row = client.query_one(f"SELECT {expression} AS value")

    assert row == {"value": value}
    assert type(row["value"]) is type(value)


@pytest.mark.parametrize("expression", ["'0044-03-15 BC'::date", "'10000-01-01'::date"])
def test_a_value_that_python_does_not_have_is_named(client: DataApiClient, expression: str) -> None:
    with pytest.raises(UnsupportedResult, match=r"column value has a value .*cast the column to text"):
        client.query(f"SELECT {expression} AS value")


def test_a_type_that_the_data_api_does_not_return_is_named(client: DataApiClient) -> None:
    with pytest.raises(UnsupportedResult, match="cast the column to text"):
        client.query("SELECT '1 day'::interval AS value")


def test_json_keeps_the_order_of_its_keys_in_a_json_column(client: DataApiClient) -> None:
    row = client.query_one("SELECT :value AS value", {"value": {"b": 1, "a": 2}})

    assert json.dumps(row["value"]) == '{"b": 1, "a": 2}'
