"""Migrations that change their session, as pg_dump's do: the next file and the ledger know nothing of it."""

import contextlib

import pytest

from aurora_serverless_data_api import DataApiError
from tests.operations.migrations.conftest import Migrated

ONE = "CREATE TABLE public.one (a int PRIMARY KEY)"
HEAD = "-- migrate: no-transaction\n"

DUMP = """\
--
-- PostgreSQL database dump
--

-- Dumped from database version 17.7
-- Dumped by pg_dump version 17.7

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

CREATE SCHEMA shop;
ALTER SCHEMA shop OWNER TO alexadmin;

CREATE FUNCTION shop.touch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN NEW.at = now(); RETURN NEW; END $$;

SET default_tablespace = '';
SET default_table_access_method = heap;

CREATE TABLE shop.orders (
    id integer NOT NULL,
    note text DEFAULT 'a;b'::text,
    at timestamp with time zone
);
ALTER TABLE shop.orders OWNER TO alexadmin;
CREATE SEQUENCE shop.orders_id_seq AS integer START WITH 1 INCREMENT BY 1 NO MINVALUE NO MAXVALUE CACHE 1;
ALTER SEQUENCE shop.orders_id_seq OWNED BY shop.orders.id;
ALTER TABLE ONLY shop.orders ALTER COLUMN id SET DEFAULT nextval('shop.orders_id_seq'::regclass);
ALTER TABLE ONLY shop.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
CREATE TRIGGER touch BEFORE UPDATE ON shop.orders FOR EACH ROW EXECUTE FUNCTION shop.touch();

--
-- PostgreSQL database dump complete
--
"""


def test_a_dump_of_a_schema_is_a_migration(empty: Migrated) -> None:
    empty.write(_0001_dump=DUMP, _0002_next="CREATE TABLE next (a int REFERENCES shop.orders)")
    for arguments in (["--dry-run"], []):
        done = empty.migrate(*arguments)
        assert (done.status, done.errors) == (0, "")
    assert empty.ledger() == [(1, "dump", "applied"), (2, "next", "applied")]
    assert empty.tables() == {"next"}
    assert empty.migrate().output == "dev: nothing to apply\n"
    assert empty.command("reset", "dev", "--yes-destroy", "dev", folder=False).status == 0
    assert empty.query("SELECT to_regnamespace('shop') IS NULL AS gone") == [{"gone": True}]


@pytest.mark.parametrize(
    ("statements", "line", "words"),
    [
        ("\\restrict x9\n\nSET lock_timeout = 0;", 1, "\\restrict is a command of psql, not SQL: leave it out"),
        ("SELECT 1;\n\n\\unrestrict x9\n", 3, "\\unrestrict is a command of psql"),
        ("SELECT 1;\n\\connect alex\n\nSELECT 2;", 2, "\\connect is a command of psql"),
        ("SELECT 1;\nCOPY public.one (a) FROM stdin;\nit's\t1\n\\.\n", 2, "COPY FROM STDIN does not exist in the Data"),
        ("SELECT 1;\nDISCARD ALL;", 2, "DISCARD ALL runs in no transaction"),
    ],
)
def test_what_only_psql_knows_of_a_dump_is_told_by_its_line(
    empty: Migrated, statements: str, line: int, words: str
) -> None:
    empty.write(_0001_dump=statements)
    done = empty.migrate()
    assert (done.status, done.output) == (2, "")
    assert f"migrations/0001_dump.sql:{line}: {words}" in done.error


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
@pytest.mark.parametrize(
    "change",
    [
        "SELECT set_config('search_path', '', false)",
        "SELECT set_config('search_path', 'pg_catalog', true)",
        "SET search_path = elsewhere",
        "CREATE ROLE weak_{0}; GRANT weak_{0} TO CURRENT_USER; SET ROLE weak_{0}",
        "SET default_transaction_read_only = on",
        "SET row_security = off",
        "SET standard_conforming_strings = off",
        "SET app.tenant = 'one'",
        "SET lock_timeout = 0; SET statement_timeout = '10min'",
        "RESET ALL",
        "CREATE TEMP TABLE schema_migrations (version text); CREATE TEMP TABLE kept (a int)",
    ],
)
def test_what_a_file_sets_ends_with_it(empty: Migrated, change: str, arguments: list[str]) -> None:
    """The second file sets the same again, and the third finds a session as new."""
    change = change.format(f"{empty.database}_{len(arguments)}")
    again = change if "CREATE ROLE" not in change else "SELECT 1"
    look = """
        DO $$ BEGIN
            IF current_setting('search_path') <> '"$user", public' OR current_user <> session_user
               OR current_setting('row_security') <> 'on' OR current_setting('standard_conforming_strings') <> 'on'
               OR coalesce(current_setting('app.tenant', true), '') <> ''
               OR current_setting('default_transaction_read_only') <> 'off'
               OR current_setting('lock_timeout') <> '10s' OR current_setting('statement_timeout') <> '0'
            THEN RAISE EXCEPTION 'something is left'; END IF;
        END $$"""
    empty.write(_0001_one=f"{ONE}; {change}", _0002_again=again, _0003_look=look)
    done = empty.migrate(*arguments)
    assert (done.status, done.errors) == (0, "")
    assert len(empty.query("SELECT 1 FROM pg_class WHERE relname = 'schema_migrations'")) == (0 if arguments else 1)
    if not arguments:
        assert [version for version, _, _ in empty.ledger()] == [1, 2, 3]


def begin_new_sessions(database: Migrated) -> None:
    """End the sessions that wait for another call: only a new one sees what is set of the database."""
    while database.query("SELECT current_setting('search_path') AS path") != [{"path": "elsewhere"}]:
        with contextlib.suppress(DataApiError):
            database.query("SELECT pg_terminate_backend(pg_backend_pid())")


def test_a_search_path_that_stays_with_the_database_hides_no_ledger(empty: Migrated) -> None:
    """Each later session has it: a ledger that was found by it would be missed, and all applied twice."""
    path = f"ALTER DATABASE {empty.database} SET search_path = elsewhere"
    empty.write(_0001_one="CREATE TABLE public.one (a int); INSERT INTO public.one VALUES (1)", _0002_path=path)
    assert empty.migrate().status == 0
    begin_new_sessions(empty)
    assert empty.migrate().output == "dev: nothing to apply\n"
    assert empty.command("migrate", "status", "dev").status == 0
    assert empty.query("SELECT a FROM public.one") == [{"a": 1}]
    empty.write(_0003_more="INSERT INTO public.one VALUES (2)")
    assert empty.migrate().status == 0
    assert empty.command("reset", "dev", "--yes-destroy", "dev", folder=False).status == 0
    assert empty.query("SELECT to_regclass('public.one') IS NULL AS gone") == [{"gone": True}]


def test_two_ledgers_are_told(empty: Migrated) -> None:
    empty.write(_0001_one=ONE)
    empty.migrate()
    empty.client.execute("CREATE SCHEMA kept")
    empty.client.execute("CREATE TABLE kept.schema_migrations (LIKE public.schema_migrations INCLUDING ALL)")
    assert empty.migrate().output == "dev: nothing to apply\n"  # that of the search path
    empty.client.execute(f"ALTER DATABASE {empty.database} SET search_path = elsewhere")
    begin_new_sessions(empty)
    done = empty.migrate()
    assert done.status == 1
    assert (
        "there are two schema_migrations tables, kept.schema_migrations and public.schema_migrations: rename or drop"
        in done.error
    )


def test_a_table_of_another_tool_in_another_schema_is_no_hindrance(empty: Migrated) -> None:
    empty.client.execute("CREATE SCHEMA rails")
    empty.client.execute("CREATE TABLE rails.schema_migrations (version text)")
    empty.write(_0001_one=ONE)
    assert empty.migrate().status == 0
    assert empty.ledger() == [(1, "one", "applied")]


def test_a_transaction_that_a_file_makes_read_only_is_told_by_file_and_line(empty: Migrated) -> None:
    empty.write(_0001_one=f"{ONE};\nSET transaction_read_only = on")
    done = empty.migrate()
    assert done.status == 1
    assert "migrations/0001_one.sql:2: after the last statement: cannot execute INSERT in a read-only" in done.error
    assert empty.tables() == set()


DEFERRED = """\
CREATE TABLE parent (a int PRIMARY KEY);
CREATE TABLE child (a int REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
INSERT INTO child VALUES (1);
"""


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_a_deferred_constraint_is_checked_at_the_end_of_its_file(empty: Migrated, arguments: list[str]) -> None:
    empty.write(_0001_one=DEFERRED)
    done = empty.migrate(*arguments)
    assert done.status == 1
    assert 'migrations/0001_one.sql:3: after the last statement: insert or update on table "child"' in done.error
    assert empty.tables() == set()


@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_constraints_are_as_deferred_in_the_next_file_as_they_were(empty: Migrated, arguments: list[str]) -> None:
    fixed = "".join([DEFERRED, "INSERT INTO parent VALUES (1);"])
    empty.write(_0001_one=fixed, _0002_two="INSERT INTO child VALUES (2); INSERT INTO parent VALUES (2)")
    assert empty.migrate(*arguments).status == 0


def test_a_deferred_constraint_of_sample_data_is_told_too(empty: Migrated) -> None:
    (empty.folder / "seed.sql").write_text(DEFERRED)
    done = empty.command("seed", "dev", "--file", str(empty.folder / "seed.sql"), folder=False)
    assert done.status == 1
    assert 'migrations/seed.sql:3: after the last statement: insert or update on table "child"' in done.error


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("SET search_path = shop", "SET"),
        ("SELECT pg_catalog.set_config('search_path', '', false)", "set_config"),
        ("RESET ROLE", "RESET"),
        ("CREATE TEMP TABLE a (b int)", "a temporary table"),
    ],
)
@pytest.mark.parametrize("arguments", [[], ["--dry-run"]])
def test_a_setting_without_a_transaction_is_refused_before_anything_of_it_runs(
    empty: Migrated, statement: str, what: str, arguments: list[str]
) -> None:
    empty.write(_0001_one=f"{HEAD}{ONE};\n{statement}")
    done = empty.migrate(*arguments)
    assert done.status == 2
    assert f"migrations/0001_one.sql:3: {what} does not last in a file without a transaction" in done.error
    assert empty.tables() == set()
