"""What a parameter becomes: each kind of value and each type hint has its own type."""

# ruff: noqa: S608  # the tests name their tables themselves

from typing import Any

import pytest

from tests.local_aws.conftest import unique
from tests.local_aws.data_api.database import Database, array, parameter, string

UUID = "6f2b1c2e-5f0a-4f6e-9a44-0d3b8c1f7a10"


@pytest.mark.parametrize(
    ("given", "type_name", "text"),
    [
        pytest.param(parameter("v", stringValue="a'b"), "text", "a'b", id="string"),
        pytest.param(parameter("v", stringValue=""), "text", "", id="empty-string"),
        pytest.param(parameter("v", longValue=2**40), "bigint", str(2**40), id="long"),
        pytest.param(parameter("v", doubleValue=0.1), "double precision", "0.1", id="double"),
        pytest.param(parameter("v", booleanValue=False), "boolean", "false", id="boolean"),
        pytest.param(parameter("v", blobValue=b"\x00\x01"), "bytea", r"\x0001", id="blob"),
        pytest.param(parameter("v", "UUID", stringValue=UUID), "uuid", UUID, id="uuid"),
        pytest.param(parameter("v", "DATE", stringValue="2024-02-29"), "date", "2024-02-29", id="date"),
        pytest.param(
            parameter("v", "TIME", stringValue="12:30:00.5"), "time without time zone", "12:30:00.5", id="time"
        ),
        pytest.param(
            parameter("v", "TIMESTAMP", stringValue="2024-01-15 12:00:00.123"),
            "timestamp without time zone",
            "2024-01-15 12:00:00.123",
            id="timestamp",
        ),
        pytest.param(parameter("v", "DECIMAL", stringValue="1.50"), "numeric", "1.50", id="decimal"),
        pytest.param(parameter("v", "JSON", stringValue='{"a": 1}'), "json", '{"a": 1}', id="json"),
    ],
)
def test_a_parameter_has_the_type(database: Database, given: dict[str, Any], type_name: str, text: str) -> None:
    assert database.value("SELECT pg_typeof(:v)::text", given) == string(type_name)
    assert database.value("SELECT (:v)::text", given) == string(text)


@pytest.mark.parametrize("hint", [None, "UUID", "DATE", "DECIMAL", "JSON"])
def test_null_fits_any_column(database: Database, hint: str | None) -> None:
    types = {None: "integer", "UUID": "uuid", "DATE": "date", "DECIMAL": "numeric", "JSON": "jsonb"}
    table = unique("nulls").replace("-", "_")
    database.execute(f"CREATE TABLE {table} (v {types[hint]})")

    database.execute(f"INSERT INTO {table} VALUES (:v)", parameter("v", hint, isNull=True))

    assert database.value(f"SELECT v FROM {table}") == {"isNull": True}


def test_text_is_no_uuid_without_a_hint_or_a_cast(database: Database) -> None:
    database.execute("CREATE TABLE IF NOT EXISTS identified (id uuid)")
    text, hinted = parameter("id", stringValue=UUID), parameter("id", "UUID", stringValue=UUID)

    assert database.error("SELECT * FROM identified WHERE id = :id", text)[1].endswith("SQLState: 42883")
    assert database.error("INSERT INTO identified VALUES (:id)", text)[1].endswith("SQLState: 42804")
    database.execute("INSERT INTO identified VALUES (:id::uuid)", text)
    database.execute("SELECT * FROM identified WHERE id = :id", hinted)


def test_an_array_goes_in_as_a_literal_with_a_cast(database: Database) -> None:
    given = parameter("v", stringValue='{"a,b",NULL}')

    assert database.value("SELECT :v::text[]", given) == array(stringValues=["a,b", None])


@pytest.mark.parametrize(
    ("given", "code"),
    [
        pytest.param(parameter("v", arrayValue={"longValues": [1]}), "ValidationException", id="array"),
        pytest.param(parameter("v", "UUID", stringValue="no"), "BadRequestException", id="no-uuid"),
        pytest.param(parameter("v", "DATE", stringValue="2024-02-29 00:00:00"), "BadRequestException", id="no-date"),
        pytest.param(
            parameter("v", "TIMESTAMP", stringValue="2024-02-29T00:00:00Z"), "BadRequestException", id="no-timestamp"
        ),
        pytest.param(parameter("v", "TIME", stringValue="noon"), "BadRequestException", id="no-time"),
        pytest.param(parameter("v", "DECIMAL", stringValue="1,5"), "BadRequestException", id="no-decimal"),
        pytest.param(parameter("v", "JSON", stringValue="{"), "BadRequestException", id="no-json"),
        pytest.param(parameter("v", "MONEY", stringValue="1"), "ValidationException", id="unknown-hint"),
        pytest.param({"name": "v"}, "BadRequestException", id="no-value"),
        pytest.param({"value": {"longValue": 1}}, "BadRequestException", id="no-name"),
        pytest.param(parameter("v", longValue=2**63), "SerializationException", id="too-long"),
    ],
)
def test_a_parameter_is_refused(database: Database, given: dict[str, Any], code: str) -> None:
    assert database.error("SELECT :v", given)[0] == code


def test_a_parameter_given_twice_is_refused(database: Database) -> None:
    assert (
        database.error("SELECT :v", parameter("v", longValue=1), parameter("v", longValue=2))[0]
        == "BadRequestException"
    )


def test_a_parameter_that_occurs_twice_is_bound_twice(database: Database) -> None:
    database.execute("CREATE TABLE bound_twice (number integer, word text, at timestamp)")
    day = parameter("unit", stringValue="day")
    sql = "SELECT date_trunc(:unit, at) FROM bound_twice GROUP BY date_trunc(:unit, at)"

    database.execute("INSERT INTO bound_twice VALUES (:v, :v)", parameter("v", isNull=True))

    assert database.error(sql, day)[1].endswith("SQLState: 42803")
    assert database.value("SELECT date_trunc(:unit, at) FROM bound_twice GROUP BY 1", day) == {"isNull": True}


def test_a_parameter_that_is_not_used_does_no_harm(database: Database) -> None:
    assert database.value("SELECT 1", parameter("v", longValue=1)) == {"longValue": 1}


def test_a_parameter_that_is_not_given_is_missed_by_postgresql(database: Database) -> None:
    code, message = database.error("SELECT :a::integer + :b::integer", parameter("a", longValue=1))

    assert code == "DatabaseErrorException"
    assert "bind message supplies 1 parameters" in message
    assert message.endswith("SQLState: 08P01")
