"""Commands that need a lock which somebody holds: they end soon, name who it is and what ends that, and undo all."""

import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from aurora_serverless_data_api import DataApiClient, StatementError
from operations.activity.blockers import Blocker
from operations.migrations.connection import lock, undone
from tests.operations.migrations.conftest import Migrated

ONE = "CREATE TABLE one (a int)"
ALTER = "SELECT 1;\nALTER TABLE one ADD b int"
HEAD = "-- migrate: no-transaction\n"
INDEX = f"{HEAD}CREATE INDEX CONCURRENTLY one_a ON one (a)"
YES = ("--yes-destroy", "dev")
SOON = ("--lock-seconds", "2")


@contextmanager
def held(database: Migrated, statement: str) -> Iterator[int]:
    """Keep what a statement locks in a transaction that does nothing more; return its pid."""
    with undone(database.connect(database.database)) as transaction:
        pid = transaction.query_one("SELECT pg_backend_pid() AS pid")["pid"]
        transaction.execute(statement)
        yield pid


@pytest.fixture
def one(empty: Migrated) -> Migrated:
    """Return a database with one table, and a migration of it to come."""
    empty.write(_0001_one=ONE)
    assert empty.migrate().status == 0
    empty.write(_0002_more=ALTER)
    (empty.folder / "seed.sql").write_text("SELECT 1;\nINSERT INTO one VALUES (1)")
    return empty


COMMANDS = {
    "migrate": (["migrate", "dev", *SOON], "migrations/0002_more.sql:2: waited 2 s"),
    "dry run": (["migrate", "dev", "--dry-run", *SOON], "migrations/0002_more.sql:2: waited 2 s"),
    "reset": (["reset", "dev", *YES, *SOON], "nothing was dropped: waited 2 s"),
    "seed": (["seed", "dev", "--file", "{folder}/seed.sql", *SOON], "migrations/seed.sql:2: waited 2 s"),
}


def columns(database: Migrated) -> list[str]:
    rows = database.query(
        "SELECT attname::text AS name FROM pg_attribute WHERE attrelid = 'one'::regclass AND attnum > 0"
    )
    return [row["name"] for row in rows]


def run_command(database: Migrated, line: list[str]) -> tuple[int, str, str]:
    line = [part.format(folder=database.folder) for part in line]
    done = database.command(*line, folder=line[0] == "migrate")
    return done.status, done.output, done.errors


@pytest.mark.parametrize(("line", "words"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_that_a_lock_blocks_names_who_holds_it(one: Migrated, line: list[str], words: str) -> None:
    with held(one, "LOCK TABLE one IN ACCESS EXCLUSIVE MODE") as pid:
        status, output, error = run_command(one, line)
        assert (status, output) == (7, "")
        assert f"{words} for a lock of pid {pid} (alexadmin, idle in transaction since 20" in error
        assert "its last statement: LOCK TABLE one IN ACCESS EXCLUSIVE MODE), and was stopped" in error
        [ending] = re.findall(r'./aurora-serverless sql dev --local "(.*?)"', error)
        assert ending == f"SELECT pg_terminate_backend({pid})"
        assert one.query(ending) == [{"pg_terminate_backend": True}]
        assert (one.ledger(), columns(one), one.query("SELECT a FROM one")) == ([(1, "one", "applied")], ["a"], [])
        assert run_command(one, line)[0] == 0


LEDGER = {
    **{name: COMMANDS[name] for name in ("migrate", "reset")},
    "status": (["migrate", "status", "dev"], "waited 2 s"),
    "repair": (["migrate", "repair", "dev", *SOON], "waited 2 s"),
}


@pytest.mark.parametrize("name", LEDGER)
def test_a_ledger_that_somebody_locks_is_told_too(one: Migrated, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("operations.migrations.watching.BLOCKED_SECONDS", 2.0)
    line, _ = LEDGER[name]
    with held(one, "LOCK TABLE schema_migrations IN ACCESS EXCLUSIVE MODE") as pid:
        status, output, error = run_command(one, line)
    assert (status, output) == (7, "")
    assert f"waited 2 s for a lock of pid {pid} (alexadmin, idle in transaction" in error


def test_of_those_who_hold_and_wait_the_one_who_holds_is_named(one: Migrated) -> None:
    with held(one, "SELECT a FROM one") as pid:
        waiting = threading.Thread(target=one.connect(one.database).execute, args=("TRUNCATE one",))
        waiting.start()
        while not one.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query = 'TRUNCATE one'"):
            time.sleep(0.05)
        done = one.migrate("--lock-seconds", "3")
    waiting.join()
    assert re.findall(r"pg_terminate_backend\((\d+)\)", done.error) == [str(pid)]


def test_what_was_locked_away_from_a_reset_with_migrate_says_what_was_dropped(one: Migrated) -> None:
    one.write(_0001_one="CREATE TABLE one (a int)", _0002_more="INSERT INTO held VALUES (1)")
    one.client.execute("CREATE TABLE held (a int)")
    with held(one, "LOCK TABLE held IN ACCESS EXCLUSIVE MODE") as pid:
        done = one.command("reset", "dev", *YES, *SOON, "--migrate")
    assert (done.status, done.output) == (7, "")
    assert (
        f"1 things were dropped, and then: migrations/0002_more.sql:1: waited 2 s for a lock of pid {pid}" in done.error
    )


def test_a_file_that_waits_for_a_lock_without_end_is_stopped_all_the_same(slow: Migrated) -> None:
    """As each dump of pg_dump does: SET lock_timeout = 0."""
    slow.write(_0001_one=ONE)
    slow.migrate()
    slow.write(_0002_more="SET lock_timeout = 0;\nALTER TABLE one ADD b int")
    with held(slow, "LOCK TABLE one IN ACCESS EXCLUSIVE MODE") as pid:
        done = slow.migrate("--lock-seconds", "1")
    assert done.status == 7
    assert (
        f"migrations/0002_more.sql:2: waited 1 s for a lock of pid {pid} (alexadmin, idle in transaction" in done.error
    )
    assert columns(slow) == ["a"]
    assert slow.migrate().status == 0


def test_a_file_may_wait_longer_for_a_lock(one: Migrated) -> None:
    one.write(_0002_more="SET LOCAL lock_timeout = '1min';\nALTER TABLE one ADD b int")
    with held(one, "LOCK TABLE one IN ACCESS EXCLUSIVE MODE") as pid:
        threading.Timer(2, one.query, [f"SELECT pg_terminate_backend({pid})"]).start()
        assert one.migrate("--lock-seconds", "0").status == 0


def test_nowait_is_told_without_a_name(one: Migrated) -> None:
    one.write(_0002_more="LOCK TABLE one NOWAIT")
    with held(one, "LOCK TABLE one IN ACCESS EXCLUSIVE MODE"):
        done = one.migrate()
    assert done.status == 7
    assert (
        "0002_more.sql:1: another session holds a lock that is needed: ./aurora-serverless activity dev --local"
        in done.error
    )


def test_an_index_that_an_old_transaction_blocks_is_stopped_and_made_by_the_next_run(one: Migrated) -> None:
    one.write(_0002_more=INDEX)
    with held(one, "INSERT INTO one VALUES (1)") as pid:
        done = one.migrate(*SOON)
        assert done.status == 7
        assert f"migrations/0002_more.sql:2: waited 2 s for a lock of pid {pid}" in done.error
        again = one.migrate(*SOON)
        assert (again.status, f"for a lock of pid {pid}" in again.error) == (7, True)
    assert one.ledger()[1] == (2, "more", "started")
    assert one.migrate().status == 0
    assert one.query("SELECT indisvalid FROM pg_index WHERE indrelid = 'one'::regclass") == [{"indisvalid": True}]


def test_another_statement_without_a_transaction_that_was_blocked_is_not_in_doubt(one: Migrated) -> None:
    one.write(_0002_more="".join([HEAD, "INSERT INTO one VALUES (1)"]))
    with held(one, "LOCK TABLE one IN ACCESS EXCLUSIVE MODE"):
        assert one.migrate(*SOON).status == 7
    assert one.migrate().status == 0
    assert one.query("SELECT a FROM one") == [{"a": 1}]


@pytest.mark.parametrize("line", [["migrate", "dev"], ["migrate", "repair", "dev"], ["reset", "dev", *YES]])
def test_another_run_is_named(one: Migrated, line: list[str]) -> None:
    with undone(one.connect(one.database)) as transaction:
        lock(transaction)
        pid = transaction.query_one("SELECT pg_backend_pid() AS pid")["pid"]
        done = one.command(*line, "--lock-seconds", "0", folder=line[0] == "migrate")
    assert done.status == 7
    assert done.error.startswith("error: locked: another run is migrating this database: wait for it")
    assert (
        f'or end it: ./aurora-serverless sql dev --local "SELECT pg_terminate_backend({pid})": '
        f"it is pid {pid} (alexadmin" in done.error
    )


def test_a_password_in_a_statement_of_who_blocks_is_left_out(one: Migrated) -> None:
    with undone(one.connect(one.database)) as transaction:
        transaction.execute("LOCK TABLE one IN ACCESS EXCLUSIVE MODE")
        transaction.execute("ALTER ROLE CURRENT_USER PASSWORD 'Pa55-of-the-tests!never-shown'")
        done = one.migrate(*SOON)  # which checks that no password is shown
    assert "its last statement: ALTER ROLE CURRENT_USER PASSWORD '…')" in done.error


@pytest.mark.parametrize(
    ("blocker", "shown", "ending"),
    [
        (Blocker(0, gid="it's"), "the prepared transaction it's", "ROLLBACK PREPARED 'it''s'"),
        (Blocker(0), "the prepared transaction (unknown)", "SELECT gid FROM pg_prepared_xacts"),
        (Blocker(7), "pid 7 (unknown user, connected)", "SELECT pg_terminate_backend(7)"),
        (
            Blocker(7, "me", "active", "2026-11-29T12:00:00Z", "SELECT\n  1"),
            "pid 7 (me, active since 2026-11-29T12:00:00Z, its statement: SELECT 1)",
            "SELECT pg_terminate_backend(7)",
        ),
    ],
)
def test_who_blocks_is_described_with_what_ends_it(blocker: Blocker, shown: str, ending: str) -> None:
    assert (str(blocker), blocker.ending) == (shown, ending)


def test_what_goes_wrong_beside_a_statement_does_not_stop_it(one: Migrated, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise StatementError("42501")

    stock = DataApiClient.query
    monkeypatch.setattr(
        DataApiClient,
        "query",
        lambda self, sql, *rest, **more: refuse() if "pg_blocking_pids" in sql else stock(self, sql, *rest, **more),
    )
    one.write(_0002_more="SELECT pg_sleep(0.6)")
    assert one.migrate().status == 0
