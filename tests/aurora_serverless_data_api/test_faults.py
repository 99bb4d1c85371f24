"""A bad day, on a real database: what the client says happened is what happened."""

# ruff: noqa: S608  # the tests name their tables themselves

import contextlib
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from aurora_serverless_data_api import DataApiError, OutcomeUnknown, Row, Timeout, Waiting
from local_aws import process
from local_aws.data_api.settings import DataApiSettings
from local_aws.process import LocalAws
from tests.aurora_serverless_data_api.conftest import HASTE, NewClient, client_of
from tests.local_aws.data_api.database import Database, ask, create_database, state_of

WORKERS = 8

# Of the calls of each operation. A deadlock is for what takes locks: a read, as the client's question before a commit,
# never has one.
FAULTS: list[dict[str, Any]] = [
    {"kind": "resuming", "probability": 0.02},
    {"kind": "throttling", "probability": 0.02},
    {"kind": "service_unavailable", "probability": 0.02},
    {"kind": "internal_error", "probability": 0.01},
    {"kind": "lost_answer", "probability": 0.03},
    {"kind": "dead_connection", "probability": 0.01, "operation": "ExecuteStatement"},
    *({"kind": "deadlock", "probability": 0.01, "sql": word} for word in ("INSERT", "UPDATE")),
    {"kind": "serialization_failure", "probability": 0.01, "operation": "CommitTransaction"},
]
PATH = "/_local_aws/faults"


@contextlib.contextmanager
def faults_on(aws: LocalAws) -> Iterator[None]:
    ask(aws, PATH, [fault | {"seed": number} for number, fault in enumerate(FAULTS)])
    try:
        yield
    finally:
        ask(aws, PATH, method="DELETE")


def test_single_writes_on_a_bad_day_are_done_or_not_or_called_unknown(
    new_client: NewClient, table: str, aws: LocalAws
) -> None:
    client = new_client(deadline_seconds=30 * HASTE)

    def write(number: int) -> str:
        try:
            client.execute(f"INSERT INTO {table} (number) VALUES (:number)", {"number": number})
        except OutcomeUnknown:
            return "unknown"
        except DataApiError as error:
            return type(error).__name__
        return "done"

    with faults_on(aws), ThreadPoolExecutor(WORKERS) as workers:
        outcomes = dict(enumerate(workers.map(write, range(400))))

    there = {row["number"] for row in client.stream(f"SELECT number FROM {table}")}
    certain = {number: outcome for number, outcome in outcomes.items() if outcome != "unknown"}
    assert {number: number in there for number in certain} == {n: outcome == "done" for n, outcome in certain.items()}
    assert set(certain.values()) <= {"done", "DeadlockDetected"}
    assert 0 < len(outcomes) - len(certain) < 60


def test_reads_on_a_bad_day_succeed(new_client: NewClient, aws: LocalAws) -> None:
    client = new_client(deadline_seconds=30 * HASTE)

    def read(number: int) -> Row:
        return client.query_one("SELECT :number AS number", {"number": number})

    with faults_on(aws), ThreadPoolExecutor(WORKERS) as workers:
        rows = list(workers.map(read, range(400)))

    assert rows == [{"number": number} for number in range(400)]


def test_no_transaction_stays_open(database: Database) -> None:
    """One whose beginning was not answered can: Aurora ends it after 3 minutes. Those that were used are all ended."""
    assert state_of(database)["open_transactions"] < 50


def test_a_cluster_that_pauses_is_woken_up_and_waited_for() -> None:
    settings = DataApiSettings(pause_seconds=1.5, resume_seconds=0.5)
    with process.start(data_api=settings) as aws:
        database = create_database(aws, ServerlessV2ScalingConfiguration={"MinCapacity": 0, "MaxCapacity": 1})
        slept: list[float] = []

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            time.sleep(seconds)

        client = client_of(database, waiting=Waiting(sleep=sleep))
        client.execute("CREATE TABLE awake (number bigint)")
        wait_for_pause(database)

        assert client.execute("INSERT INTO awake VALUES (1)") == 1
        assert len(slept) == 1
        wait_for_pause(database)
        client.run_in_transaction(lambda transaction: transaction.execute("INSERT INTO awake VALUES (2)"))

        assert client.query("SELECT number FROM awake ORDER BY number") == [{"number": 1}, {"number": 2}]


def wait_for_pause(database: Database) -> None:
    until = time.monotonic() + 30
    while state_of(database)["state"] != "paused":
        assert time.monotonic() < until, "the cluster does not pause"
        time.sleep(0.1)


def test_a_statement_can_go_on_after_its_time() -> None:
    with process.start(data_api=DataApiSettings(statement_seconds=1)) as aws:
        client = client_of(create_database(aws))
        client.execute("CREATE TABLE slow (number bigint)")
        slow = "INSERT INTO slow SELECT :number FROM pg_sleep(1.5)"

        with pytest.raises(Timeout, match="continue_after_timeout"):
            client.execute(slow, {"number": 1})
        with pytest.raises(Timeout):
            client.execute(slow, {"number": 2}, continue_after_timeout=True)
        time.sleep(1.5)

        assert client.query("SELECT number FROM slow") == [{"number": 2}]


def test_one_client_serves_many_threads(new_client: NewClient) -> None:
    client = new_client()

    with ThreadPoolExecutor(WORKERS) as workers:
        rows = list(workers.map(lambda n: client.query_one("SELECT :n AS n", {"n": n}), range(200)))

    assert [row["n"] for row in rows] == list(range(200))
