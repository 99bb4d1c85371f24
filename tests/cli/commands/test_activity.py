"""`aurora-serverless activity`: locks, long queries, connections and tables, of a database that is busy or locked."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from operations.activity.blockers import without_passwords
from operations.activity.locks import chains
from operations.aws.session import AwsSession
from operations.errors import OperationsError
from operations.sql.database import Database
from operations.target.target import Target
from tests.deployed.deployment import Deployment
from tests.deployed.fixtures import CommandLine

TABLE = "busy"


@pytest.fixture
def database(deployed: Deployment, command_line: CommandLine) -> Database:
    """Return the database, with a table of one row."""
    command_line("sql", "--write", f"DROP TABLE IF EXISTS {TABLE}; CREATE TABLE {TABLE} AS SELECT 1 AS number")
    outputs = deployed.outputs
    session = AwsSession(deployed.aws.region, deployed.aws)
    return Database(Target(session, outputs["aurora_cluster_arn"], outputs["aurora_secret_arn"], "alex"))


@pytest.fixture
def holder(database: Database) -> Iterator[None]:
    """Hold a row's lock in a transaction that does nothing more."""
    with database.transaction(read_only=True) as transaction:
        transaction.query("SELECT pg_advisory_xact_lock(7)")
        yield


KEYS = {
    "target": str,
    "longer_than_seconds": float,
    "maximum_connections": int,
    "connections": list,
    "long_running": list,
    "locks": list,
    "largest_tables": list,
    "tables_not_measured": list,
    "skipped": dict,
}


@pytest.mark.usefixtures("holder")
def test_as_json_it_is_an_object(command_line: CommandLine) -> None:
    found = command_line("activity", "--json", "--longer-than-seconds", "0").json
    assert {name: type(value) for name, value in found.items()} == KEYS
    assert set(found["connections"][0]) == {"state", "user", "connections", "longest_seconds"}
    assert set(found["long_running"][0]) == {"pid", "user", "state", "seconds", "waits_for", "query"}


@pytest.mark.usefixtures("holder")
def test_a_transaction_that_waits_for_its_client_is_a_long_one(command_line: CommandLine) -> None:
    found = command_line("activity", "--json", "--longer-than-seconds", "0").json
    states = {row["query"]: row["state"] for row in found["long_running"]}
    assert states["SELECT pg_advisory_xact_lock(7)"] == "idle in transaction"
    assert command_line("activity", "--json").json["long_running"] == []


@contextmanager
def waiting(database: Database, *statements: str) -> Iterator[None]:
    """Keep the first statement's lock, and let the others wait for it, one after the other, until the end."""
    threads = [threading.Thread(target=_in_transaction, args=(database, sql)) for sql in statements[1:]]
    with database.transaction(read_only=False) as transaction:
        transaction.query(statements[0])
        for number, thread in enumerate(threads, start=1):
            thread.start()
            _await(lambda number=number: _count_of_waiting(database) == number)  # type: ignore[misc]
        yield
    for thread in threads:
        thread.join()


def _in_transaction(database: Database, sql: str) -> None:
    with database.transaction(read_only=False) as transaction:
        transaction.query(sql)


def _count_of_waiting(database: Database) -> int:
    [[count]] = database.query("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'").rows
    return int(count)


def _await(is_so: Callable[[], bool]) -> None:
    for _ in range(200):
        if is_so():
            return
        time.sleep(0.05)
    pytest.fail("nobody waited")


LOCK = f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE"
READ = f"SELECT count(*) FROM {TABLE}"  # noqa: S608
ALTER = f"ALTER TABLE {TABLE} ADD COLUMN IF NOT EXISTS later int"


def test_a_locked_table_keeps_nothing_back_but_its_own_size(command_line: CommandLine, database: Database) -> None:
    # Larger than what other tests leave: the list has the largest only.
    database.query("CREATE TABLE IF NOT EXISTS large_one AS SELECT generate_series(1, 50000) AS number")
    with waiting(database, LOCK, READ):
        found = command_line("activity", "--json").json
        shown = command_line("activity").output
    assert found["skipped"] == {}
    [wait] = found["locks"]
    assert (wait["waiting_query"], wait["waiting_lock"]) == (READ, f"AccessShareLock on {TABLE}")
    assert (wait["holding_query"], wait["holding_state"]) == (LOCK, "idle in transaction")
    assert wait["ends_with"] == f"SELECT pg_terminate_backend({wait['holding_pid']})"
    assert f"public.{TABLE}" not in {row["table"] for row in found["largest_tables"]}
    assert "public.large_one" in {row["table"] for row in found["largest_tables"]}
    assert [row["table"] for row in found["tables_not_measured"]] == [f"public.{TABLE}"]
    assert f"public.{TABLE} is locked and not measured: 0 B when last analyzed\n" in shown


@pytest.mark.parametrize("lock", [LOCK, f"REINDEX TABLE {TABLE}", f"CREATE INDEX ON {TABLE} (number); {READ}"])
def test_each_lock_that_would_hold_a_size_up_is_known(command_line: CommandLine, database: Database, lock: str) -> None:
    database.query(f"CREATE INDEX IF NOT EXISTS {TABLE}_number ON {TABLE} (number)")
    with waiting(database, lock.partition(";")[0]):
        found = command_line("activity", "--json").json
    assert found["skipped"] == {}
    measured = {row["table"] for row in found["largest_tables"]}
    assert (f"public.{TABLE}" in measured) is lock.startswith("CREATE")


def test_a_chain_of_waits_is_told_from_its_beginning(
    command_line: CommandLine, deployed: Deployment, database: Database
) -> None:
    hold = f"{READ} WHERE number = 1"
    with waiting(database, hold, ALTER, READ):
        found = command_line("activity", "--json").json
        shown = command_line("activity").output
    pids = {wait["waiting_query"]: wait["waiting_pid"] for wait in found["locks"]}
    holder = next(wait["holding_pid"] for wait in found["locks"] if wait["waiting_query"] == ALTER)
    lines = shown.partition("Locks: who waits for whom\n")[2].splitlines()
    assert lines[0].startswith(f"pid {holder} (alexadmin, idle in transaction since 20")
    assert lines[0].endswith(f"its last statement: {hold})")
    assert lines[1].startswith(f"  blocks pid {pids[ALTER]} (alexadmin), which waits for ")
    assert lines[1].endswith(f"for AccessExclusiveLock on {TABLE}: {ALTER}")
    assert lines[2].startswith(f"    blocks pid {pids[READ]} (alexadmin), which waits for ")
    command = f"./aurora-serverless sql dev --local --project {deployed.project}"
    assert lines[3] == f'  to end it: {command} "SELECT pg_terminate_backend({holder})"'


def test_the_statement_that_is_shown_ends_it(command_line: CommandLine, database: Database) -> None:
    lost = threading.Event()

    def hold() -> None:
        try:
            with waiting(database, LOCK):
                held.set()
                lost.wait(20)
        except OperationsError:
            pass  # its session was ended

    held = threading.Event()
    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(20)
    reading = threading.Thread(target=database.query, args=(READ,))
    reading.start()
    _await(lambda: _count_of_waiting(database) == 1)
    [wait] = command_line("activity", "--json").json["locks"]
    assert command_line("sql", wait["ends_with"]).status == 0
    reading.join(20)
    assert not reading.is_alive()
    lost.set()
    thread.join()


@pytest.mark.usefixtures("answering_slowly")
def test_a_question_that_a_lock_holds_up_is_skipped_and_the_rest_is_told(command_line: CommandLine) -> None:
    done = command_line("activity", "--json")
    assert done.status == 0
    assert done.json["largest_tables"] is None
    assert "canceling statement due to" in done.json["skipped"]["largest_tables"]
    assert done.json["connections"]
    assert "largest tables: skipped, canceling statement due to" in command_line("activity").output


@pytest.fixture(params=["SELECT 1 FROM busy", "SELECT pg_sleep(5)"])
def answering_slowly(request: Any, database: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the question for sizes wait for a lock, as when one comes in between, or take long."""
    monkeypatch.setattr("operations.activity.queries.LARGEST_TABLES", request.param)
    monkeypatch.setattr(
        "operations.activity.queries.LIMITS",
        "SELECT set_config('lock_timeout', '100ms', true), set_config('statement_timeout', '300ms', true)",
    )
    with waiting(database, LOCK):
        yield


WAIT = {
    "waiting_user": "me",
    "waiting_seconds": 1,
    "waiting_since": "2026-11-29T12:00:00Z",
    "waiting_lock": "ShareLock on transactionid",
    "waiting_query": "SELECT 1",
    "holding_user": "you",
    "holding_state": "idle in transaction",
    "holding_since": "2026-11-29T11:59:00Z",
    "holding_query": "SELECT 2",
    "holding_gid": None,
}


def wait(waiting_pid: int, holding_pid: int, **more: Any) -> dict[str, Any]:
    return WAIT | {"waiting_pid": waiting_pid, "holding_pid": holding_pid} | more


def told(*waits: dict[str, Any]) -> list[str]:
    return [" ".join(line.split()[:3]) for line in chains(waits, ["dev"])]


def test_a_prepared_transaction_is_rolled_back_to_end_it() -> None:
    lines = list(chains([wait(1, 0, holding_gid="it's $1", holding_user=None, holding_state=None)], ["dev"]))
    assert lines[0] == "the prepared transaction it's $1 since 2026-11-29T11:59:00Z"
    statement = """'ROLLBACK PREPARED '"'"'it'"'"''"'"'s $1'"'"''"""
    assert lines[2] == f"  to end it: ./aurora-serverless sql dev --write --no-transaction {statement}"


def test_sessions_that_wait_for_one_another_are_told_once() -> None:
    assert told(wait(1, 2), wait(2, 1)) == ["pid 2 (you,", "blocks pid 1", "blocks pid 2", "to end it:"]


def test_one_that_waits_for_two_is_below_both() -> None:
    assert told(wait(1, 2), wait(1, 3)) == [
        "pid 2 (you,",
        "blocks pid 1",
        "to end it:",
        "pid 3 (you,",
        "blocks pid 1",
        "to end it:",
    ]


def test_the_largest_tables_come_first(command_line: CommandLine, database: Database) -> None:
    database.query("INSERT INTO busy SELECT generate_series(1, 200000)")
    database.query("CREATE TABLE IF NOT EXISTS large_one AS SELECT generate_series(1, 50000) AS number")
    tables = command_line("activity", "--json").json["largest_tables"]
    assert tables[0]["table"] == "public.busy"
    assert tables[0]["bytes"] > tables[-1]["bytes"]
    assert len(command_line("activity", "--json", "--tables", "1").json["largest_tables"]) == 1
    assert "MiB" in command_line("activity").output


def test_nothing_to_tell_is_told(command_line: CommandLine) -> None:
    output = command_line("activity").output
    assert "Queries that run, or transactions that wait, for longer than 60 s: none" in output
    assert "Locks: who waits for whom: none" in output


def test_a_password_in_a_query_is_left_out(command_line: CommandLine, database: Database) -> None:
    with database.transaction(read_only=False) as transaction:
        transaction.query("ALTER ROLE CURRENT_USER PASSWORD 'Pa55-of-the-tests!never-shown'")
        output = command_line("activity", "--json", "--longer-than-seconds", "0").output
    assert "ALTER ROLE CURRENT_USER PASSWORD '…'" in output


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("ALTER ROLE a PASSWORD 'x''y' VALID", "ALTER ROLE a PASSWORD '…' VALID"),
        ("CREATE ROLE a ENCRYPTED password\n'x'", "CREATE ROLE a ENCRYPTED password '…'"),
        ("ALTER ROLE a PASSWORD E'x'", "ALTER ROLE a PASSWORD '…'"),
        ("ALTER ROLE a PASSWORD 'cut off", "ALTER ROLE a PASSWORD '…'"),
        ("SELECT dblink('user=a password=x y')", "SELECT dblink('…')"),
        ("SELECT dblink('postgresql://a:x@host/db')", "SELECT dblink('…')"),
        ("ALTER ROLE a PASSWORD $$x$$", "ALTER ROLE a PASSWORD '…'"),
        ("ALTER ROLE a PASSWORD $t$cut off", "ALTER ROLE a PASSWORD '…'"),
        (r"ALTER ROLE a PASSWORD E'x\'y'", "ALTER ROLE a PASSWORD '…'"),
        ("/* it's */ ALTER ROLE a PASSWORD -- it's\n 'x'", "ALTER ROLE a PASSWORD '…'"),
        ("CREATE USER MAPPING FOR a SERVER b OPTIONS (\"password\" 'x')", None),
        ("INSERT INTO accounts (name, password) VALUES ('a', 'x')", None),
        ("SELECT set_config('app.secret', 'x', false)", None),
        ("SELECT crypt('x', gen_salt('bf'))", None),
        ("SELECT 'x' FROM users", "SELECT 'x' FROM users"),
        ("SELECT password FROM users", "SELECT password FROM users"),
    ],
)
def test_passwords_are_found_in_queries(query: str, shown: str | None) -> None:
    found = without_passwords(query)
    assert found == (shown or found)
    assert shown is not None or "'x'" not in found


@pytest.mark.parametrize(
    "arguments", [["--longer-than-seconds", "-1"], ["--tables", "x"], ["--longer-than-seconds", "nan"]]
)
def test_wrong_input_is_one_line(command_line: CommandLine, arguments: list[str]) -> None:
    done = command_line("activity", *arguments)
    assert (done.status, done.output) == (2, "")
    assert arguments[0] in done.error
