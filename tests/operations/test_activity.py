"""`alexdb activity`: long queries, connections, locks and tables, of a database that is busy."""

from collections.abc import Iterator

import pytest

from operations.activity_queries import without_passwords
from operations.database import Database
from operations.session import AwsSession
from operations.target import Target
from tests.operations.conftest import Alexdb
from tests.operations.deployment import Deployment

TABLE = "busy"


@pytest.fixture
def database(deployed: Deployment, alexdb: Alexdb) -> Database:
    """Return the database, with a table of one row."""
    alexdb("sql", "--write", f"DROP TABLE IF EXISTS {TABLE}; CREATE TABLE {TABLE} AS SELECT 1 AS number")
    outputs = deployed.outputs
    session = AwsSession(deployed.aws.region, deployed.aws)
    return Database(Target(session, outputs["aurora_cluster_arn"], outputs["aurora_secret_arn"], "alex"))


@pytest.fixture
def holder(database: Database) -> Iterator[None]:
    """Hold a row's lock in a transaction that does nothing more."""
    with database.transaction(read_only=True) as query:
        query("SELECT pg_advisory_xact_lock(7)")
        yield


KEYS = {
    "target": str,
    "longer_than_seconds": float,
    "maximum_connections": int,
    "connections": list,
    "long_running": list,
    "locks": list,
    "largest_tables": list,
}


@pytest.mark.usefixtures("holder")
def test_as_json_it_is_an_object(alexdb: Alexdb) -> None:
    found = alexdb("activity", "--json", "--longer-than-seconds", "0").json
    assert {name: type(value) for name, value in found.items()} == KEYS
    assert set(found["connections"][0]) == {"state", "user", "connections", "longest_seconds"}
    assert set(found["long_running"][0]) == {"pid", "user", "state", "seconds", "waits_for", "query"}


@pytest.mark.usefixtures("holder")
def test_a_transaction_that_waits_for_its_client_is_a_long_one(alexdb: Alexdb) -> None:
    found = alexdb("activity", "--json", "--longer-than-seconds", "0").json
    states = {row["query"]: row["state"] for row in found["long_running"]}
    assert states["SELECT pg_advisory_xact_lock(7)"] == "idle in transaction"
    assert alexdb("activity", "--json").json["long_running"] == []


@pytest.mark.usefixtures("holder")
def test_who_blocks_whom_is_shown(alexdb: Alexdb, database: Database) -> None:
    import threading  # noqa: PLC0415
    import time  # noqa: PLC0415

    waiting = threading.Thread(target=database.query, args=("SELECT pg_advisory_lock(7)",))
    with database.transaction(read_only=True):
        waiting.start()
        for _ in range(50):
            [*locks] = alexdb("activity", "--json").json["locks"]
            if locks:
                break
            time.sleep(0.05)
    shown = alexdb("activity").output
    assert [(lock["waiting_query"], lock["holding_state"]) for lock in locks] == [
        ("SELECT pg_advisory_lock(7)", "idle in transaction")
    ]
    assert locks[0]["holding_query"] == "SELECT pg_advisory_xact_lock(7)"
    assert "Locks: who waits for whom\n" in shown


def test_the_largest_tables_come_first(alexdb: Alexdb, database: Database) -> None:
    database.query("INSERT INTO busy SELECT generate_series(1, 20000)")
    database.query("CREATE TABLE IF NOT EXISTS small_one (number int)")
    tables = alexdb("activity", "--json").json["largest_tables"]
    assert tables[0]["table"] == "public.busy"
    assert tables[0]["bytes"] > tables[-1]["bytes"]
    assert len(alexdb("activity", "--json", "--tables", "1").json["largest_tables"]) == 1
    assert "KiB" in alexdb("activity").output


def test_nothing_to_tell_is_told(alexdb: Alexdb) -> None:
    output = alexdb("activity").output
    assert "Queries that run, or transactions that wait, for longer than 60 s: none" in output
    assert "Locks: who waits for whom: none" in output


def test_a_password_in_a_query_is_left_out(alexdb: Alexdb, database: Database) -> None:
    with database.transaction(read_only=False) as query:
        query("ALTER ROLE CURRENT_USER PASSWORD 'Pa55-of-the-tests!never-shown'")
        output = alexdb("activity", "--json", "--longer-than-seconds", "0").output
    assert "ALTER ROLE CURRENT_USER PASSWORD '…'" in output


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("ALTER ROLE a PASSWORD 'x''y' VALID", "ALTER ROLE a PASSWORD '…' VALID"),
        ("CREATE ROLE a ENCRYPTED password\n'x'", "CREATE ROLE a ENCRYPTED password '…'"),
        ("ALTER ROLE a PASSWORD E'x'", "ALTER ROLE a PASSWORD '…'"),
        ("ALTER ROLE a PASSWORD 'cut off", "ALTER ROLE a PASSWORD '…'"),
        ("SELECT dblink('user=a password=x y')", "SELECT dblink('user=a password=… y')"),
        ("SELECT password FROM users", "SELECT password FROM users"),
    ],
)
def test_passwords_are_found_in_queries(query: str, shown: str) -> None:
    assert without_passwords(query) == shown


@pytest.mark.parametrize(
    "arguments", [["--longer-than-seconds", "-1"], ["--tables", "x"], ["--longer-than-seconds", "nan"]]
)
def test_wrong_input_is_one_line(alexdb: Alexdb, arguments: list[str]) -> None:
    done = alexdb("activity", *arguments)
    assert (done.status, done.output) == (2, "")
    assert arguments[0] in done.error
