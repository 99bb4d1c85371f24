"""Every type that this PostgreSQL has, alone and inside others: each is returned or refused, and none fails."""

# ruff: noqa: S608  # the tests name their types themselves

from http import HTTPStatus
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.local_aws.data_api.database import Database

# A text of each base type; the others take '1'.
SAMPLES = {
    **dict.fromkeys(["box", "lseg", "path"], "((0,0),(1,1))"),
    **dict.fromkeys(["int2vector", "oidvector"], "1 2"),
    **dict.fromkeys(["pg_snapshot", "txid_snapshot"], "10:20:10,14"),
    **dict.fromkeys(["timestamp", "timestamptz"], "2024-01-15 12:00:00.5"),
    "aclitem": "=r/rdsadmin",
    "bool": "t",
    "cidr": "10.0.0.0/8",
    "circle": "<(0,0),1>",
    "date": "2024-01-15",
    "inet": "10.0.0.1",
    "interval": "1 day",
    "jsonpath": "$.a",
    "line": "{1,2,3}",
    "macaddr": "08:00:2b:01:02:03",
    "macaddr8": "08:00:2b:01:02:03:04:05",
    "pg_lsn": "16/B374D848",
    "point": "(1,2)",
    "polygon": "((0,0),(1,1),(2,0))",
    "tid": "(0,1)",
    "time": "12:00:00",
    "timetz": "12:00:00+01",
    "tsquery": "a",
    "tsvector": "a",
    "uuid": "6f2b1c2e-5f0a-4f6e-9a44-0d3b8c1f7a10",
    **dict.fromkeys(["regclass", "regtype"], "pg_class"),
    **dict.fromkeys(["regoper"], "||/"),
    **dict.fromkeys(["regoperator"], "+(integer,integer)"),
    **dict.fromkeys(["regproc"], "now"),
    **dict.fromkeys(["regprocedure"], "now()"),
    **dict.fromkeys(["regcollation"], '"C"'),
    **dict.fromkeys(["regconfig", "regdictionary"], "simple"),
    "regnamespace": "pg_catalog",
    "regrole": "rdsadmin",
}
# PostgreSQL takes no text for them, or was built without them.
WITHOUT_SAMPLE = {
    *("gtsvector", "pg_brin_bloom_summary", "pg_brin_minmax_multi_summary", "pg_dependencies", "pg_mcv_list"),
    *("pg_ndistinct", "pg_node_tree", "xml"),
}
RETURNED = {
    *("bool", "bpchar", "bytea", "cidr", "date", "float4", "float8", "inet", "int2", "int4", "int8", "json", "jsonb"),
    *("name", "numeric", "oid", "text", "time", "timestamp", "timestamptz", "uuid", "varchar"),
}
RETURNED_ARRAYS = RETURNED - {"bytea", "cidr", "inet"} | {"bit"}


def outcome(database: Database, sql: str) -> str:
    """Return the kind of the Field that a statement gives, or the code of its error."""
    try:
        field: dict[str, Any] = database.value(sql)
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return str(error.response["Error"]["Code"]) if status == HTTPStatus.BAD_REQUEST else f"{sql}: {status}"
    return next(iter(field))


def types(database: Database, kinds: str) -> list[str]:
    names = database.value(
        "SELECT coalesce(array_agg(typname::text ORDER BY typname), '{}') FROM pg_type "
        f"WHERE typnamespace = 'pg_catalog'::regnamespace AND typname !~ '^_' AND {kinds}"
    )
    found: list[str] = names["arrayValue"]["stringValues"]
    return found


@pytest.fixture(scope="module")
def base_types(database: Database) -> list[str]:
    return types(database, "typtype = 'b'")


def test_every_base_type_is_returned_or_refused(database: Database, base_types: list[str]) -> None:
    assert len(base_types) >= 70
    for name in set(base_types) - WITHOUT_SAMPLE:
        sample = SAMPLES.get(name, "1")
        value = f"'{sample}'::pg_catalog.\"{name}\""
        found = outcome(database, f"SELECT {value}")
        assert (found != "UnsupportedResultException") == (name in RETURNED), (name, found)
        assert outcome(database, f"SELECT ROW({value})") == "UnsupportedResultException"


def test_every_array_of_a_base_type_is_returned_or_refused(database: Database, base_types: list[str]) -> None:
    for name in set(base_types) - WITHOUT_SAMPLE:
        sample = SAMPLES.get(name, "1")
        found = outcome(database, f"SELECT ARRAY['{sample}'::pg_catalog.\"{name}\", NULL]")
        expected = "arrayValue" if name in RETURNED_ARRAYS else "UnsupportedResultException"
        assert found == expected, name


def test_a_null_of_any_type_is_null_or_refused(database: Database) -> None:
    """Pseudo-types, ranges, multiranges, and rows of catalogs too; PostgreSQL itself refuses some."""
    names = [f'pg_catalog."{name}"' for name in types(database, "typtype IN ('b', 'r', 'm', 'p')")]
    for name in (*names, "pg_class", "information_schema.sql_identifier"):
        for written in (name, f"{name}[]"):
            found = outcome(database, f"SELECT NULL::{written}")
            assert found in {"isNull", "UnsupportedResultException", "DatabaseErrorException"}, (written, found)


def test_types_made_by_a_user_are_returned_or_refused(database: Database) -> None:
    for statement in (
        "CREATE SCHEMA made",
        "CREATE DOMAIN made.positive AS integer CHECK (VALUE > 0)",
        "CREATE DOMAIN made.list AS integer[]",
        "CREATE DOMAIN made.pair AS int2vector",
        "CREATE TYPE made.vector AS (x integer, y integer)",
        "CREATE TYPE made.text AS (x integer)",
        "CREATE TYPE made.mood AS ENUM ('calm')",
        "CREATE TYPE made.moods AS RANGE (subtype = made.mood)",
    ):
        database.execute(statement)
    refused = "UnsupportedResultException"

    for sql, expected in {
        "'1'::made.positive": "longValue",
        "ARRAY['1'::made.positive]": refused,
        "'{1}'::made.list": "arrayValue",
        "'1 2'::made.pair": refused,
        "ARRAY['1 2'::made.pair]": refused,
        "'(1,2)'::made.vector": refused,  # its name is that of an extension's type
        "ARRAY['(1,2)'::made.vector]": refused,
        "ARRAY['(1)'::made.text]": refused,  # its name is that of an array that is returned
        "ARRAY['calm'::made.mood]": "arrayValue",
        "'[calm,calm]'::made.moods": refused,
        "ARRAY['[calm,calm]'::made.moods]": refused,
    }.items():
        assert outcome(database, f"SELECT {sql}") == expected, sql


def test_a_type_that_statistics_have_is_refused(database: Database) -> None:
    database.execute("CREATE TABLE sampled AS SELECT 1 AS number FROM generate_series(1, 10)")
    database.execute("ANALYZE sampled")

    sql = "SELECT most_common_vals FROM pg_stats WHERE tablename = 'sampled'"

    assert outcome(database, sql) == "UnsupportedResultException"
