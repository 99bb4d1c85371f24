"""`aurora-serverless sql`: what it shows, and that nothing is changed without --write."""
# ruff: noqa: S608  # tables of these tests

import csv
import io
import itertools
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.deployed.deployment import Deployment
from tests.deployed.fixtures import CommandLine
from tests.local_aws.data_api.database import ask

_numbers = itertools.count(1)


@pytest.fixture
def table(command_line: CommandLine) -> str:
    """Return the name of a table with one number, 1."""
    name = f"numbers_{next(_numbers)}"
    done = command_line("sql", "--write", f"CREATE TABLE {name} (number int); INSERT INTO {name} VALUES (1)")
    assert done.status == 0, done.errors
    return name


def count(command_line: CommandLine, table: str) -> int:
    [[found]] = command_line("sql", "--json", f"SELECT count(*) FROM {table}").json["results"][0]["rows"]
    assert isinstance(found, int)
    return found


def test_rows_are_a_table(command_line: CommandLine) -> None:
    done = command_line("sql", "SELECT 12 AS number, 'a' AS text, NULL AS nothing, ARRAY[1, NULL] AS list, true AS yes")
    assert (done.status, done.errors) == (0, "")
    lines = [line.split() for line in done.output.splitlines()]
    assert lines[0] == ["number", "text", "nothing", "list", "yes"]
    assert lines[2:] == [["12", "a", "NULL", "{1,NULL}", "true"], ["(1", "row)"]]


def test_as_json_columns_have_types_and_may_have_one_name(command_line: CommandLine) -> None:
    found = command_line("sql", "--json", "SELECT 1 AS a, 'x' AS a, 2.50::numeric, NULL").json
    assert set(found) == {"read_only", "seconds", "results"}
    assert found["read_only"] is True
    [result] = found["results"]
    assert result["columns"][:2] == [{"name": "a", "type": "int4"}, {"name": "a", "type": "text"}]
    assert result["rows"] == [[1, "x", "2.50", None]]
    assert result["updated_rows"] == 0


MOMENTS = """
SELECT at, ARRAY[at, NULL] AS list, at::text AS text
FROM (VALUES ('2026-01-02 03:04:05'), ('2026-01-02 03:04:05.67'), ('0044-03-15 12:00 BC')) AS given (moment)
CROSS JOIN LATERAL (SELECT (moment || '+00')::timestamptz AS at) AS zoned"""


def test_moments_are_those_of_psql_in_utc_for_people_and_for_programs(command_line: CommandLine) -> None:
    """Which PostgreSQL itself says: the column `text`. The Data API returns them without an offset."""
    rows = command_line("sql", "--json", MOMENTS).json["results"][0]["rows"]
    assert len(rows) == 3
    assert [(at, first, none) for at, (first, none), _ in rows] == [(text, text, None) for _, _, text in rows]
    for at, list_, text in csv.reader(io.StringIO(command_line("sql", "--csv", MOMENTS).output.partition("\n")[2])):
        assert (at, list_) == (text, f'{{"{text}",NULL}}')
    assert all(command_line("sql", MOMENTS).output.count(text) == 3 for _, _, text in rows)


def test_as_csv_a_program_can_read_it_back(command_line: CommandLine) -> None:
    done = command_line(
        "sql", "--csv", """SELECT 'a,"b"' AS text, NULL AS nothing UNION ALL SELECT 'two' || chr(10) || 'lines', 'x'"""
    )
    assert list(csv.reader(io.StringIO(done.output))) == [["text", "nothing"], ['a,"b"', ""], ["two\nlines", "x"]]


def test_of_a_file_all_statements_run(command_line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "two.sql"
    file.write_text("-- a comment; with a semicolon\nSELECT ';' AS first;\n\nSELECT $$;$$ AS second; -- end\n")
    found = command_line("sql", "--file", str(file), "--json").json
    assert [result["rows"] for result in found["results"]] == [[[";"]], [[";"]]]


@pytest.mark.parametrize("arguments", [[], ["-"], ["--file", "-"]])
def test_statements_come_from_standard_input(
    command_line: CommandLine, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"SELECT 7 AS seven")))
    assert command_line("sql", "--json", *arguments).json["results"][0]["rows"] == [[7]]


WRITES = {
    "insert": "INSERT INTO {table} VALUES (2)",
    "ddl": "CREATE TABLE {table}_more (number int)",
    "cte": "WITH new AS (INSERT INTO {table} VALUES (2) RETURNING number) SELECT * FROM new",
    "function": "SELECT {table}_write()",
    "procedure": "CALL {table}_procedure()",
    "block": "DO $$ BEGIN INSERT INTO {table} VALUES (2); END $$",
    "block that commits": "DO $$ BEGIN COMMIT; INSERT INTO {table} VALUES (2); END $$",
    "read-write": "SET TRANSACTION READ WRITE; INSERT INTO {table} VALUES (2)",
    "set": "SET transaction_read_only = off; INSERT INTO {table} VALUES (2)",
    "set_config": "SELECT set_config('transaction_read_only', 'off', true); INSERT INTO {table} VALUES (2)",
    "session": "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE; INSERT INTO {table} VALUES (2)",
    "explain": "EXPLAIN ANALYZE INSERT INTO {table} VALUES (2)",
    "select for update": "SELECT * FROM {table} FOR UPDATE",
    "savepoint": "SAVEPOINT a; SET TRANSACTION READ WRITE; INSERT INTO {table} VALUES (2)",
    "sequence": "SELECT nextval('{table}_sequence')",
}


@pytest.mark.parametrize("name", WRITES)
def test_without_write_postgresql_refuses_a_change(command_line: CommandLine, table: str, name: str) -> None:
    command_line(
        "sql",
        "--write",
        f"CREATE FUNCTION {table}_write() RETURNS int LANGUAGE sql AS "
        f"$$ INSERT INTO {table} VALUES (2) RETURNING number $$; "
        f"CREATE PROCEDURE {table}_procedure() LANGUAGE plpgsql AS "
        f"$$ BEGIN COMMIT; INSERT INTO {table} VALUES (2); END $$; "
        f"CREATE SEQUENCE {table}_sequence",
    )
    done = command_line("sql", WRITES[name].format(table=table))
    assert (done.status, done.output) == (1, "")
    assert "[SQLSTATE 25" in done.errors or "[SQLSTATE 2D000]" in done.errors
    assert count(command_line, table) == 1


@pytest.mark.parametrize(
    "word",
    ["COMMIT", "commit and chain", "END", "ROLLBACK", "ABORT", "BEGIN", "START TRANSACTION", "PREPARE TRANSACTION 'x'"],
)
@pytest.mark.parametrize("before", ["", "/* a */ -- b\n"])
def test_no_statement_may_end_the_transaction(command_line: CommandLine, table: str, word: str, before: str) -> None:
    done = command_line("sql", f"SELECT 1; {before}{word}; INSERT INTO {table} VALUES (2)")
    assert done.status == 2
    assert "has no place here" in done.error
    assert count(command_line, table) == 1


def test_a_refused_change_says_how_it_is_allowed(command_line: CommandLine, table: str) -> None:
    assert command_line("sql", f"DELETE FROM {table}").error.endswith("add --write to let it")


def test_with_write_a_change_counts(command_line: CommandLine, table: str) -> None:
    done = command_line("sql", "--write", f"INSERT INTO {table} VALUES (2), (3)")
    assert (done.status, done.output) == (0, "done, 2 rows changed\n")
    assert count(command_line, table) == 3


def test_a_failed_statement_undoes_all(command_line: CommandLine, table: str) -> None:
    done = command_line("sql", "--write", f"INSERT INTO {table} VALUES (2); SELECT 1 / 0")
    assert (done.status, done.output) == (1, "")
    assert "division by zero [SQLSTATE 22012] in the statement of line 1" in done.errors
    assert count(command_line, table) == 1


def test_what_cannot_run_in_a_transaction_can_run_without_one(command_line: CommandLine, table: str) -> None:
    assert "cannot run inside a transaction block" in command_line("sql", "--write", f"VACUUM {table}").error
    assert command_line("sql", "--write", "--no-transaction", f"VACUUM {table}").status == 0


def test_a_commit_without_an_answer_is_told_as_unknown(
    command_line: CommandLine, table: str, deployed: Deployment
) -> None:
    faults = [{"kind": "lost_answer", "operation": "ExecuteStatement"}]
    ask(deployed.aws, "/_local_aws/faults", faults)
    done = command_line("sql", "--write", "--no-transaction", f"INSERT INTO {table} VALUES (2)")
    assert done.status == 1
    assert "may have been made or not" in done.error
    assert count(command_line, table) == 2


def test_text_cannot_reach_the_terminals_controls(command_line: CommandLine) -> None:
    output = command_line("sql", "SELECT '[red]' || chr(27) || '[31m' || chr(8238) AS evil").output
    assert "[red]\\x1b[31m\\x202e" in output
    assert "\x1b" not in output


def test_with_arns_alone_the_statement_is_the_only_argument(command_line: CommandLine, deployed: Deployment) -> None:
    outputs = deployed.outputs
    done = command_line(
        "sql",
        "SELECT 1 AS one",
        "--cluster-arn",
        outputs["aurora_cluster_arn"],
        "--secret-arn",
        outputs["aurora_secret_arn"],
        "--database",
        "alex",
        where="",
    )
    assert (done.status, done.output.split()[0]) == (0, "one")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--no-transaction", "SELECT 1"], "--no-transaction needs --write"),
        (["--csv", "--json", "SELECT 1"], "--csv or --json, not both"),
        (["--csv", "SELECT 1; SELECT 2"], "--csv is for one statement, and there are 2"),
        (["--file", "x.sql", "SELECT 1"], "a statement or --file, not both"),
        (["--file", "no-such-file.sql"], "no-such-file.sql cannot be read: No such file or directory"),
        ([" -- nothing\n ; "], "there is no statement"),
        (["SELECT '" + "x" * 70_000 + "'"], "longer than 65,536 bytes"),
    ],
)
def test_wrong_input_is_one_line(command_line: CommandLine, arguments: list[str], words: str) -> None:
    done = command_line("sql", *arguments)
    assert (done.status, done.output) == (2, "")
    assert words in done.error


def test_a_file_that_is_not_utf_8_is_one_line(command_line: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "latin.sql").write_bytes("SELECT 'ä'".encode("latin-1"))
    assert "is not UTF-8" in command_line("sql", "--file", str(tmp_path / "latin.sql")).error


def test_a_long_statement_is_stopped_and_told(deployed: Deployment, command_line: CommandLine) -> None:
    ask(
        deployed.aws, "/_local_aws/faults", [{"kind": "statement_timeout", "operation": "ExecuteStatement", "count": 2}]
    )
    try:
        assert "45 seconds" in command_line("sql", "SELECT pg_sleep(1)").error
    finally:
        ask(deployed.aws, "/_local_aws/faults", method="DELETE")


def test_a_secret_that_is_not_there_is_one_line(command_line: CommandLine) -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:no-such-AbCdEf"
    done = command_line("sql", "--secret-arn", arn, "SELECT 1")
    assert done.status == 1
    assert "cannot log in to the database with the secret" in done.error


def test_numbers_keep_their_digits(command_line: CommandLine) -> None:
    found: Any = command_line(
        "sql", "--json", "SELECT 12345678901234567890.123456789::numeric, 9007199254740993::int8"
    ).output
    assert json.loads(found)["results"][0]["rows"] == [["12345678901234567890.123456789", 9007199254740993]]


@pytest.mark.parametrize("arguments", [["SELECT '\udcff'"], ["--database", "a\udcff", "SELECT 1"]])
def test_an_argument_that_is_not_utf_8_is_one_line(command_line: CommandLine, arguments: list[str]) -> None:
    done = command_line("sql", *arguments)
    assert done.status == 2
    assert "on the command line is not UTF-8" in done.error
    assert len(done.error.splitlines()) == 1


@pytest.mark.parametrize("before", [["--json"], []])
@pytest.mark.parametrize(
    "statement", ["-- one\nSELECT 1 AS one", "--one\nSELECT 1 AS one", "--json=yes\nSELECT 1 AS one", "--\nSELECT 1"]
)
def test_a_statement_may_begin_with_a_comment(command_line: CommandLine, before: list[str], statement: str) -> None:
    after = [] if before else ["--json"]
    assert command_line("sql", *before, statement, *after).json["results"][0]["rows"] == [[1]]


LARGE = "SELECT number, repeat('x', 1000) AS text FROM generate_series(1, 3000) AS number ORDER BY number DESC"


def test_csv_and_json_take_results_of_any_size(command_line: CommandLine) -> None:
    assert "larger than 1 MiB" in command_line("sql", LARGE).error
    [head, *rows] = csv.reader(io.StringIO(command_line("sql", "--csv", LARGE).output))
    assert (head, [int(row[0]) for row in rows]) == (["number", "text"], list(range(3000, 0, -1)))
    found = command_line("sql", "--json", f"SELECT 1 AS one; {LARGE}; SELECT 2 WHERE false").json
    assert [len(result["rows"]) for result in found["results"]] == [1, 3000, 0]
    assert [column["name"] for column in found["results"][1]["columns"]] == ["number", "text"]
    assert found["results"][2]["columns"][0]["type"] == "int4"


@pytest.mark.parametrize(
    "statement", ["SELECT ':a', '{:b}'", "(SELECT ':a', '{:b}')", "WITH a AS (SELECT 1) SELECT ':a', '{:b}'"]
)
def test_a_colon_is_no_parameter_in_a_document(command_line: CommandLine, statement: str) -> None:
    assert command_line("sql", "--json", statement).json["results"][0]["rows"] == [[":a", "{:b}"]]


def test_a_document_names_the_place_of_an_error(command_line: CommandLine) -> None:
    error = command_line("sql", "--json", "SELECT 1;\nSELECT\n  nope").error
    assert "at line 3, column 3" in error


def test_of_several_statements_nothing_is_printed_where_one_fails(command_line: CommandLine) -> None:
    done = command_line("sql", "--json", f"{LARGE}; SELECT 1 / 0")
    assert (done.status, done.output) == (1, "")


def test_csv_tells_a_text_of_no_characters_from_null(command_line: CommandLine) -> None:
    assert (
        command_line("sql", "--csv", "SELECT '' AS nothing, NULL AS null, ' a' AS blank").output
        == 'nothing,null,blank\n"",," a"\n'
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["VACUUM"], "hint: add --write --no-transaction, with this statement alone"),
        (["SET TRANSACTION ISOLATION LEVEL SERIALIZABLE"], "hint: write it as the first statement, with --write"),
        (["SELECT * FROM nowhere"], "hint: if a migration makes it, ./aurora-serverless migrate dev --local first"),
        (["SELECT * FROM pg_authid"], "GRANT it, or give another user's secret with --secret-arn"),
        (["--write", "SET LOCAL statement_timeout = 50; SELECT pg_sleep(5)"], "hint: SET LOCAL statement_timeout = 0"),
        (["--write", "CREATE TABLE twice (); CREATE TABLE twice ()"], "hint: it already exists: write IF NOT EXISTS"),
        (
            ["--write", "CREATE TEMPORARY TABLE one (id int UNIQUE); INSERT INTO one VALUES (1), (1)"],
            "hint: the row is there already: change it instead, or write ON CONFLICT",
        ),
    ],
)
def test_the_way_out_stands_beside_a_frequent_error(
    command_line: CommandLine, arguments: list[str], words: str
) -> None:
    assert words in command_line("sql", *arguments).errors.splitlines()[0]
