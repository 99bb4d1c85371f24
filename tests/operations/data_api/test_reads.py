"""Which statements count as reads: those that certainly change nothing. The others are sent once."""

import pytest

from operations.data_api.reads import is_read


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
    ],
)
def test_a_statement_that_certainly_reads(sql: str) -> None:
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
