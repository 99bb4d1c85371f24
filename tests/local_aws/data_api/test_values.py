"""What boto3 gets for a value of each type, and for one that the Data API does not return."""

# ruff: noqa: S608  # the tests name their tables themselves

from typing import Any

import pytest

from tests.local_aws.data_api.database import Database, array, string

UUID = "6f2b1c2e-5f0a-4f6e-9a44-0d3b8c1f7a10"


@pytest.mark.parametrize(
    ("sql", "field"),
    [
        pytest.param("true", {"booleanValue": True}, id="bool"),
        pytest.param("1::smallint", {"longValue": 1}, id="smallint"),
        pytest.param("'-2147483648'::integer", {"longValue": -2147483648}, id="integer"),
        pytest.param("9223372036854775807::bigint", {"longValue": 2**63 - 1}, id="bigint"),
        pytest.param("42::oid", {"longValue": 42}, id="oid"),
        pytest.param("1.5::real", {"doubleValue": 1.5}, id="real"),
        pytest.param("0.1::double precision", {"doubleValue": 0.1}, id="double"),
        pytest.param("1.50::numeric", string("1.50"), id="numeric"),
        pytest.param("'ä€🐘'::text", string("ä€🐘"), id="text"),
        pytest.param("''", string(""), id="empty-text"),
        pytest.param("'a'::varchar(3)", string("a"), id="varchar"),
        pytest.param("'a'::char(3)", string("a  "), id="char"),
        pytest.param("'a'::name", string("a"), id="name"),
        pytest.param(r"'\x00ff'::bytea", {"blobValue": b"\x00\xff"}, id="bytea"),
        pytest.param(f"'{UUID}'::uuid", string(UUID), id="uuid"),
        pytest.param("""'{"b": 1,  "a": [1, 2.50]}'::json""", string('{"b": 1,  "a": [1, 2.50]}'), id="json-as-is"),
        pytest.param(
            """'{"b": "x, y", "a": [1, 2.50]}'::jsonb""", string('{"a":[1,2.50],"b":"x, y"}'), id="jsonb-compact"
        ),
        pytest.param("'2024-02-29'::date", string("2024-02-29"), id="date"),
        pytest.param("'12:30'::time", string("12:30:00"), id="time"),
        pytest.param("'12:30:00.5'::time", string("12:30:00.500"), id="time-milliseconds"),
        pytest.param("'2024-01-15 12:00'::timestamp", string("2024-01-15 12:00:00"), id="timestamp"),
        pytest.param(
            "'2024-01-15 12:00:00.12'::timestamp", string("2024-01-15 12:00:00.120"), id="timestamp-milliseconds"
        ),
        pytest.param(
            "'2024-01-15 12:00:00.123456'::timestamp", string("2024-01-15 12:00:00.123456"), id="timestamp-microseconds"
        ),
        pytest.param("'2024-01-15 12:34:56+09'::timestamptz", string("2024-01-15 03:34:56"), id="timestamptz-is-utc"),
        pytest.param("'10.0.0.1'::inet", string("10.0.0.1"), id="inet"),
        pytest.param("'[1,3]'::int4range", string("[1,4)"), id="int4range"),
        pytest.param("'(,1.5]'::numrange", string("(,1.5]"), id="numrange"),
        pytest.param("ARRAY[B'1', B'0', NULL]", array(stringValues=["1", "0", None]), id="bit-array"),
        pytest.param("ARRAY[B'101']", array(stringValues=["101"]), id="bits-array"),
        pytest.param("'10.0.0.0/8'::cidr", string("10.0.0.0/8"), id="cidr"),
        pytest.param("pg_advisory_xact_lock(1)", string(""), id="void"),
        pytest.param("NULL", {"isNull": True}, id="null"),
        pytest.param("NULL::integer", {"isNull": True}, id="typed-null"),
        pytest.param("ARRAY[true, NULL]", array(booleanValues=[True, None]), id="bool-array"),
        pytest.param("ARRAY[1, 2]", array(longValues=[1, 2]), id="integer-array"),
        pytest.param("ARRAY[1.5::real]", array(doubleValues=[1.5]), id="real-array"),
        pytest.param("ARRAY[1.50]", array(stringValues=["1.50"]), id="numeric-array"),
        pytest.param(
            """ARRAY['a,b', 'c"d', '{e}', 'NULL', '', 'f\\g', NULL]""",
            array(stringValues=["a,b", 'c"d', "{e}", "NULL", "", "f\\g", None]),
            id="text-array",
        ),
        pytest.param(f"ARRAY['{UUID}'::uuid]", array(stringValues=[UUID]), id="uuid-array"),
        pytest.param("'{}'::integer[]", array(longValues=[]), id="empty-integer-array"),
        pytest.param("'{}'::text[]", array(stringValues=[]), id="empty-text-array"),
        pytest.param("'[0:1]={1,2}'::integer[]", array(longValues=[1, 2]), id="array-from-zero"),
        pytest.param(
            "ARRAY['2024-01-15 12:00:00.5+01'::timestamptz]",
            array(stringValues=["2024-01-15 11:00:00.500"]),
            id="timestamptz-array",
        ),
    ],
)
def test_a_value_comes_back_as(database: Database, sql: str, field: dict[str, Any]) -> None:
    assert database.value(f"SELECT {sql}") == field


@pytest.mark.parametrize(
    ("setting", "sql", "field"),
    [
        pytest.param("bytea_output = 'escape'", r"'\x0041ff5c'::bytea", {"blobValue": b"\x00A\xff\\"}, id="escape"),
        pytest.param("timezone = 'Asia/Tokyo'", "'9999-12-31 23:59+00'::timestamptz", string("9999-12-31 23:59:00")),
        pytest.param(
            "timezone = 'Asia/Tokyo'", "'0001-12-31 23:00+00 BC'::timestamptz", string("0001-12-31 23:00:00 BC")
        ),
        pytest.param(
            "timezone = 'America/New_York'", "'0001-01-01 00:00+00'::timestamptz", string("0001-01-01 00:00:00")
        ),
    ],
)
def test_a_value_is_the_same_whatever_a_transaction_sets(
    database: Database, setting: str, sql: str, field: dict[str, Any]
) -> None:
    transaction_id = database.begin()
    database.execute(f"SET {setting}", transactionId=transaction_id)

    assert database.value(f"SELECT {sql}", transactionId=transaction_id) == field
    database.roll_back(transaction_id)


@pytest.mark.parametrize(
    ("setting", "reason"),
    [("client_encoding = 'LATIN1'", "reads UTF8 only"), ("datestyle = 'German'", "DateStyle ISO only")],
)
def test_a_setting_with_which_values_would_be_misread_is_refused(database: Database, setting: str, reason: str) -> None:
    name, _, value = setting.partition(" = ")

    code, message = database.error(f"SELECT set_config('{name}', {value}, false), current_date, chr(228)")

    assert code == "BadRequestException"
    assert reason in message
    assert database.value("SELECT chr(228)") == string("ä")


def test_an_enumeration_comes_back_as_text(database: Database) -> None:
    database.execute("CREATE TYPE mood AS ENUM ('calm', 'cross')")

    assert database.value("SELECT 'calm'::mood") == string("calm")
    assert database.value("SELECT ARRAY['calm', 'cross']::mood[]") == array(stringValues=["calm", "cross"])


def test_a_vector_comes_back_as_text(database: Database) -> None:
    database.execute("CREATE EXTENSION IF NOT EXISTS vector")

    assert database.value("SELECT '[1,2.5]'::vector") == string("[1,2.5]")


@pytest.mark.parametrize(
    ("sql", "label"),
    [
        pytest.param("'1 day'::interval", "INTERVAL", id="interval"),
        pytest.param("'12:00+01'::timetz", "TIMETZ", id="timetz"),
        pytest.param("'1'::money", "MONEY", id="money"),
        pytest.param("'(1,2)'::point", "POINT", id="point"),
        pytest.param("'08:00:2b:01:02:03'::macaddr", "MACADDR", id="macaddr"),
        pytest.param("'[1,2)'::int8range", "INT8RANGE", id="int8range"),
        pytest.param("'[2024-01-01,2024-01-02)'::daterange", "DATERANGE", id="daterange"),
        pytest.param("'empty'::tsrange", "TSRANGE", id="tsrange"),
        pytest.param("'empty'::tstzrange", "TSTZRANGE", id="tstzrange"),
        pytest.param("ARRAY['[1,2)'::int4range]", "INT4RANGE[]", id="int4range-array"),
        pytest.param("'{[1,2)}'::int4multirange", "int4multirange", id="multirange"),
        pytest.param("indkey FROM pg_index LIMIT 1", "int2vector", id="int2vector"),
        pytest.param("'1 2'::oidvector", "oidvector", id="oidvector"),
        pytest.param("B'101'", "BIT", id="bit"),
        pytest.param("relkind FROM pg_class LIMIT 1", '"CHAR"', id="single-char"),
        pytest.param("'pg_class'::regclass", "regclass", id="regclass"),
        pytest.param("'a'::tsvector", "tsvector", id="tsvector"),
        pytest.param("ARRAY['1 day'::interval]", "INTERVAL[]", id="interval-array"),
        pytest.param("ROW(1, 2)", "RECORD", id="record"),
    ],
)
def test_a_type_without_a_field_is_refused(database: Database, sql: str, label: str) -> None:
    assert database.error(f"SELECT {sql}") == (
        "UnsupportedResultException",
        f"The result contains the unsupported data type {label}.",
    )
    assert "records" in database.execute(f"SELECT * FROM (SELECT {sql}) AS none LIMIT 0")


@pytest.mark.parametrize(
    ("sql", "code", "message"),
    [
        pytest.param(
            "ARRAY[[1], [2]]", "UnsupportedResultException", "The result contains a multidimensional array.", id="2d"
        ),
        pytest.param(
            "'NaN'::float8", "UnsupportedResultException", "NaN and Infinity values are not supported", id="nan"
        ),
        pytest.param(
            "'NaN'::numeric",
            "UnsupportedResultException",
            "NaN and Infinity values are not supported",
            id="numeric-nan",
        ),
        pytest.param("'infinity'::timestamptz", "InternalFailure", "", id="infinite-timestamp"),
        pytest.param("'-infinity'::date", "InternalFailure", "", id="infinite-date"),
        pytest.param(
            "repeat('x', 1048571)",
            "UnsupportedResultException",
            "The result exceeds the size limit 1 MB.",
            id="too-large",
        ),
    ],
)
def test_a_value_without_a_field_is_refused(database: Database, sql: str, code: str, message: str) -> None:
    found, text = database.error(f"SELECT {sql}")

    assert found == code
    assert text.strip() in {message, "Unknown"}


def test_a_result_up_to_the_limit_is_returned(database: Database) -> None:
    field = database.value("SELECT repeat('x', 1048576 - 6)")

    assert len(field["stringValue"]) == 1_048_570


@pytest.mark.parametrize(
    ("options", "sql", "field"),
    [
        pytest.param({"decimalReturnType": "DOUBLE_OR_LONG"}, "1.50", {"doubleValue": 1.5}, id="decimal-double"),
        pytest.param({"decimalReturnType": "DOUBLE_OR_LONG"}, "7::numeric", {"longValue": 7}, id="decimal-long"),
        pytest.param({"decimalReturnType": "STRING"}, "1.50", string("1.50"), id="decimal-string"),
        pytest.param(
            {"decimalReturnType": "DOUBLE_OR_LONG"}, "1e300::numeric", {"doubleValue": 1e300}, id="decimal-big"
        ),
        pytest.param({"longReturnType": "STRING"}, "7::bigint", string("7"), id="long-string"),
        pytest.param({"longReturnType": "LONG"}, "7::bigint", {"longValue": 7}, id="long-long"),
    ],
)
def test_numbers_come_back_as_asked_for(
    database: Database, options: dict[str, str], sql: str, field: dict[str, Any]
) -> None:
    assert database.value(f"SELECT {sql}", resultSetOptions=options) == field


def test_a_decimal_that_no_double_holds_is_refused(database: Database) -> None:
    options = {"decimalReturnType": "DOUBLE_OR_LONG"}

    assert database.error("SELECT 1e400::numeric", resultSetOptions=options)[0] == "UnsupportedResultException"
