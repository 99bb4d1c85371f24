"""Which statements count as reads, by their words. The others are sent once."""

import pytest

from aurora_serverless_data_api.reads import is_read
from aurora_serverless_data_api.sql_tokens import returns_rows, takes_a_cursor


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "  select * from users where id = :id",
        "-- the users\n/* all /* of */ them */ SELECT * FROM users",
        "SELECT count(*), max(created_at) FROM users GROUP BY name HAVING count(*) > 1",
        "SELECT * FROM users WHERE id IN (SELECT user_id FROM orders) AND (a OR b)",
        "SELECT 'INSERT INTO users', \"update\" FROM users",
        "SELECT coalesce(lower(name), '') || CAST(:x AS varchar(10)) FROM users",
        "WITH recent AS (SELECT * FROM orders) SELECT * FROM recent",
        "VALUES (1, 2), (3, 4)",
        "TABLE users",
        "SHOW timezone",
        "SELECT row_number() OVER (PARTITION BY a ORDER BY b) FROM users",
        "SELECT now(), current_setting('timezone'), pg_typeof(1)",
        "SELECT pg_catalog.lower('A'), \"pg_catalog\" . count(*) FROM users",
    ],
)
def test_a_statement_whose_words_read(sql: str) -> None:
    assert is_read(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "-- SELECT 1",
        "INSERT INTO users VALUES (1)",
        "UPDATE users SET name = 'SELECT'",
        "DELETE FROM users",
        "CREATE TABLE users (id integer)",
        "CALL pay()",
        "EXPLAIN ANALYZE DELETE FROM users",
        "SELECT pay(42)",
        "SELECT app.pay(42)",
        "SELECT ledger.reverse(1)",
        "SELECT ledger . reverse (1)",
        'SELECT "pg_catalog ".lower(1)',
        "SELECT * FROM ledger.generate_series(1, 2)",
        "SELECT 1::ledger.numeric(1)",
        "SELECT pg_catalog.pg_terminate_backend(1)",
        'SELECT "pay"(42)',
        'SELECT "count"(42)',
        "SELECT pay /* a comment */ (42)",
        "SELECT pay\n(42)",
        "SELECT * FROM users WHERE pay(id)",
        "SELECT nextval('ids')",
        "SELECT setval('ids', 1)",
        "SELECT pg_advisory_lock(1)",
        "SELECT pg_terminate_backend(1)",
        "SELECT lo_create(1)",
        "SELECT dblink_exec('DELETE FROM users')",
        "SELECT set_config('a', 'b', false)",
        "WITH gone AS (DELETE FROM users RETURNING *) SELECT * FROM gone",
        "WITH new AS (insert into users values (1) returning *) SELECT * FROM new",
        "SELECT * INTO copies FROM users",
        "SELECT * FROM users FOR UPDATE",
        "LOCK TABLE users",
        "TRUNCATE users",
    ],
)
def test_a_statement_that_may_change_something(sql: str) -> None:
    assert not is_read(sql)


def test_many_parentheses_are_read_fast() -> None:
    assert is_read("SELECT " + "(" * 20_000 + "1" + ")" * 20_000)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", True),
        ("TABLE users", True),
        ("FETCH 1 FROM a", True),
        ("SELECT * INTO copies FROM users", None),
        ("INSERT INTO a VALUES (1)", False),
        ("UPDATE a SET b = 'returning'", False),
        ("DELETE FROM a RETURNING b", True),
        ("WITH a AS (SELECT 1) DELETE FROM b", None),
        ("CALL pay()", None),
        ("CREATE TABLE a ()", None),
    ],
)
def test_whether_a_statement_answers_with_rows(sql: str, expected: bool | None) -> None:
    assert returns_rows(sql) is expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1", True),
        ("-- a\nselect 1;", True),
        ("((SELECT 1) UNION SELECT 2)", True),
        ("WITH a AS (SELECT 1) SELECT * FROM a", True),
        ("VALUES (1)", True),
        ("TABLE a", True),
        ("SELECT 'INSERT INTO a'", True),
        ("SELECT 1 INTO a", False),
        ("SELECT 1 FROM a FOR UPDATE", False),
        ("WITH a AS (DELETE FROM b RETURNING c) SELECT * FROM a", False),
        ("INSERT INTO a SELECT 1", False),
        ("SHOW a", False),
        ("EXPLAIN SELECT 1", False),
        ("FETCH 1 FROM a", False),
        ("", False),
    ],
)
def test_a_cursor_is_for_what_selects(sql: str, expected: bool) -> None:
    assert takes_a_cursor(sql) is expected
