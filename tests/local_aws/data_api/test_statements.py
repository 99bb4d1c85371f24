"""What statements answer: errors, counts, records, metadata, JSON and batches."""

from typing import Any

import pytest

from tests.local_aws.data_api.database import Database, parameter, string


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        pytest.param("SELEC", 'ERROR: syntax error at or near "SELEC"; Position: 1; SQLState: 42601', id="syntax"),
        pytest.param(
            "SELECT * FROM nowhere",
            'ERROR: relation "nowhere" does not exist; Position: 15; SQLState: 42P01',
            id="table",
        ),
        pytest.param("SELECT 1/0", "ERROR: division by zero; SQLState: 22012", id="division"),
        pytest.param("COPY pg_class TO PROGRAM 'id'", None, id="no-superuser"),
        pytest.param("ALTER SYSTEM SET work_mem = '1MB'", None, id="no-system-setting"),
    ],
)
def test_an_error_of_postgresql_ends_with_its_state(database: Database, sql: str, message: str | None) -> None:
    code, text = database.error(sql)

    assert code == "DatabaseErrorException"
    assert text == message if message else text.endswith("SQLState: 42501")


def test_a_constraint_s_error_has_a_detail_and_no_position(database: Database) -> None:
    database.execute("CREATE TABLE IF NOT EXISTS once (id integer PRIMARY KEY)")
    database.execute("INSERT INTO once VALUES (1) ON CONFLICT DO NOTHING")

    assert database.error("INSERT INTO once VALUES (1)")[1] == (
        'ERROR: duplicate key value violates unique constraint "once_pkey"; '
        "Detail: Key (id)=(1) already exists.; SQLState: 23505"
    )


@pytest.mark.parametrize("sql", ["SELECT 1; SELECT 2", "SELECT 1; ;SELECT 2;"])
def test_two_statements_in_one_call_are_refused(database: Database, sql: str) -> None:
    assert database.error(sql) == ("ValidationException", "Multistatements aren't supported.")


def test_a_semicolon_at_the_end_is_no_second_statement(database: Database) -> None:
    assert database.value("SELECT 1;") == {"longValue": 1}


@pytest.mark.parametrize(
    ("sql", "answer"),
    [
        pytest.param("CREATE TABLE counted AS SELECT generate_series(1, 3) AS n", 3, id="create-as"),
        pytest.param("INSERT INTO counted VALUES (4)", 1, id="insert"),
        pytest.param("UPDATE counted SET n = n + 1", 4, id="update"),
        pytest.param("DELETE FROM counted WHERE n > 3", 2, id="delete"),
        pytest.param("DROP TABLE counted", 0, id="drop"),
    ],
)
def test_changed_rows_are_counted(database: Database, sql: str, answer: int) -> None:
    assert database.execute(sql) == {"numberOfRecordsUpdated": answer, "generatedFields": []}


def test_returning_gives_records(database: Database) -> None:
    database.execute("CREATE TABLE IF NOT EXISTS numbered (id serial, name text)")

    answer = database.execute("INSERT INTO numbered (name) VALUES ('a') RETURNING name")

    assert answer == {"records": [[string("a")]], "numberOfRecordsUpdated": 0}


def test_a_query_without_rows_has_empty_records(database: Database) -> None:
    assert database.execute("SELECT 1 WHERE false") == {"records": [], "numberOfRecordsUpdated": 0}


def test_metadata_describe_the_columns(database: Database) -> None:
    database.execute("CREATE TABLE described (id bigserial PRIMARY KEY, price numeric(10, 2), tags text[])")

    [key, price, tags, computed] = database.execute(
        "SELECT id, price AS cost, tags, 1 AS one FROM described", includeResultMetadata=True
    )["columnMetadata"]

    assert (key["typeName"], key["isAutoIncrement"], key["nullable"], key["tableName"]) == (
        "bigserial",
        True,
        0,
        "described",
    )
    assert (price["label"], price["typeName"], price["precision"], price["scale"], price["nullable"]) == (
        "cost",
        "numeric",
        10,
        2,
        1,
    )
    assert (tags["typeName"], tags["type"], tags["arrayBaseColumnType"]) == ("_text", 2003, 12)
    assert (computed["typeName"], computed["nullable"], computed["tableName"]) == ("int4", 2, "")
    assert set(key) == {
        *("arrayBaseColumnType", "isAutoIncrement", "isCaseSensitive", "isCurrency", "isSigned", "label", "name"),
        *("nullable", "precision", "scale", "schemaName", "tableName", "type", "typeName"),
    }


def test_metadata_come_only_when_asked_for(database: Database) -> None:
    assert "columnMetadata" not in database.execute("SELECT 1")


def test_records_can_be_one_json_text(database: Database) -> None:
    answer = database.execute(
        """SELECT 1 AS a, 'ä"' AS b, NULL AS c, ARRAY[1, 2] AS d, 1.50 AS e, true AS f""", formatRecordsAs="JSON"
    )

    assert answer == {
        "formattedRecords": '[{"a":1,"b":"ä\\"","c":null,"d":[1,2],"e":"1.50","f":true}]',
        "numberOfRecordsUpdated": 0,
    }


def test_json_needs_unique_column_names(database: Database) -> None:
    assert database.error("SELECT 1 AS a, 2 AS a", formatRecordsAs="JSON")[0] == "BadRequestException"


def test_json_is_for_queries_only(database: Database) -> None:
    assert "formattedRecords" not in database.execute(
        "CREATE TEMPORARY TABLE brief (n integer)", formatRecordsAs="JSON"
    )


def test_json_has_a_higher_limit(database: Database) -> None:
    answer = database.execute("SELECT repeat('x', 2000000) AS x", formatRecordsAs="JSON")

    assert len(answer["formattedRecords"]) > 2_000_000
    assert database.error("SELECT repeat('x', 11000000) AS x", formatRecordsAs="JSON") == (
        "UnsupportedResultException",
        "The result exceeds the size limit 10 MB.",
    )


def batch(database: Database, sql: str, *sets: list[dict[str, Any]]) -> Any:
    return database.client.batch_execute_statement(
        **database.target, database="alex", sql=sql, parameterSets=list(sets)
    )["updateResults"]


def test_a_batch_runs_each_set_and_returns_nothing_of_it(database: Database) -> None:
    database.execute("CREATE TABLE batched (id serial, name text)")

    results = batch(
        database,
        "INSERT INTO batched (name) VALUES (:name) RETURNING id",
        [parameter("name", stringValue="a")],
        [parameter("name", stringValue="b")],
    )

    assert results == [{"generatedFields": []}, {"generatedFields": []}]
    assert database.value("SELECT count(*) FROM batched") == {"longValue": 2}


def test_a_batch_is_done_as_a_whole_or_not_at_all(database: Database) -> None:
    database.execute("CREATE TABLE whole (id integer PRIMARY KEY)")

    code, message = database.error_of(
        lambda: batch(
            database,
            "INSERT INTO whole VALUES (:id)",
            [parameter("id", longValue=1)],
            [parameter("id", longValue=1)],
        )
    )

    assert (code, message[-15:]) == ("DatabaseErrorException", "SQLState: 23505")
    assert database.value("SELECT count(*) FROM whole") == {"longValue": 0}


def test_a_batch_without_sets_does_nothing(database: Database) -> None:
    assert batch(database, "CREATE TABLE never_batched (id integer)") == []
    assert database.value("SELECT to_regclass('never_batched')::text") == {"isNull": True}
