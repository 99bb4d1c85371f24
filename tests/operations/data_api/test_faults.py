"""A bad day, on a real database: what the client says happened is what happened."""

# ruff: noqa: S311, S608  # repeatable chance; the tests name their tables themselves

import contextlib
import functools
import random
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from local_aws import process
from local_aws.data_api.settings import DataApiSettings
from local_aws.process import LocalAws
from operations.data_api import (
    DataApiClient,
    DataApiError,
    DeadlockDetected,
    OutcomeUnknown,
    Row,
    Timeout,
    Transaction,
    Waiting,
)
from tests.local_aws.data_api.database import Database, ask, create_database, state_of
from tests.operations.data_api.conftest import NewClient, client_of

ACCOUNTS, BALANCE = 20, 1000
TRANSFERS, WORKERS = 1000, 8

# Of the calls of each operation: together about one transfer in three meets one.
FAULTS = [
    {"kind": "resuming", "probability": 0.02},
    {"kind": "throttling", "probability": 0.02},
    {"kind": "service_unavailable", "probability": 0.02},
    {"kind": "internal_error", "probability": 0.01},
    {"kind": "lost_answer", "probability": 0.03},
    {"kind": "dead_connection", "probability": 0.01, "operation": "ExecuteStatement"},
    {"kind": "deadlock", "probability": 0.01, "operation": "ExecuteStatement"},
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


def transfer(transaction: Transaction, *, id: uuid.UUID, source: int, target: int, amount: int) -> None:  # noqa: A002
    transaction.execute("INSERT INTO transfers VALUES (:id, :amount)", {"id": id, "amount": amount})
    for account, change in sorted([(source, -amount), (target, amount)]):
        sql = "UPDATE accounts SET balance = balance + :change WHERE id = :account"
        assert transaction.execute(sql, {"account": account, "change": change}) == 1


def try_transfer(client: DataApiClient, number: int) -> tuple[uuid.UUID, str]:
    chance = random.Random(number)
    source, target = chance.sample(range(ACCOUNTS), 2)
    transfer_id = uuid.UUID(int=chance.getrandbits(128))
    work = functools.partial(transfer, id=transfer_id, source=source, target=target, amount=chance.randint(1, 50))
    try:
        client.run_in_transaction(work)
    except OutcomeUnknown:
        return transfer_id, "unknown"
    except DataApiError as error:
        return transfer_id, type(error).__name__
    return transfer_id, "done"


@pytest.fixture(scope="module")
def outcomes(client: DataApiClient, aws: LocalAws) -> dict[uuid.UUID, str]:
    """Return what the client says of each of a thousand transfers."""
    client.execute("CREATE TABLE accounts (id bigint PRIMARY KEY, balance bigint NOT NULL)")
    client.execute("CREATE TABLE transfers (id uuid PRIMARY KEY, amount bigint NOT NULL)")
    accounts = [{"id": number, "balance": BALANCE} for number in range(ACCOUNTS)]
    client.batch("INSERT INTO accounts VALUES (:id, :balance)", accounts)
    with faults_on(aws), ThreadPoolExecutor(WORKERS) as workers:
        return dict(workers.map(functools.partial(try_transfer, client), range(TRANSFERS)))


def test_what_the_client_says_of_a_thousand_transfers_is_so(
    client: DataApiClient, outcomes: dict[uuid.UUID, str]
) -> None:
    there = {row["id"] for row in client.stream("SELECT id FROM transfers")}
    done = {transfer_id for transfer_id, outcome in outcomes.items() if outcome == "done"}
    unknown = {transfer_id for transfer_id, outcome in outcomes.items() if outcome == "unknown"}

    assert len(outcomes) == TRANSFERS
    assert done | unknown == set(outcomes), Counter(outcomes.values())
    assert done <= there
    assert there <= done | unknown
    assert len(done) > 0.9 * TRANSFERS
    assert unknown & there, "no answer to a commit was lost: this test tests nothing"


def test_the_sum_of_a_thousand_transfers_is_kept(client: DataApiClient, outcomes: dict[uuid.UUID, str]) -> None:
    assert outcomes

    row = client.query_one("SELECT sum(balance) AS sum, min(balance) <> max(balance) AS moved FROM accounts")

    assert row == {"sum": ACCOUNTS * BALANCE, "moved": True}


def test_each_transfer_that_is_there_was_applied_once(client: DataApiClient, outcomes: dict[uuid.UUID, str]) -> None:
    assert outcomes
    there = {row["id"]: row["amount"] for row in client.stream("SELECT id, amount FROM transfers")}
    balances = Counter(dict.fromkeys(range(ACCOUNTS), BALANCE))
    for number in range(TRANSFERS):
        chance = random.Random(number)
        source, target = chance.sample(range(ACCOUNTS), 2)
        amount = there.get(uuid.UUID(int=chance.getrandbits(128)), 0)
        balances[source] -= amount
        balances[target] += amount

    rows = client.query("SELECT id, balance FROM accounts")
    assert {row["id"]: row["balance"] for row in rows} == dict(balances)


def test_single_writes_on_a_bad_day_are_done_or_not_or_called_unknown(
    client: DataApiClient, table: str, aws: LocalAws
) -> None:
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


def test_reads_on_a_bad_day_succeed(client: DataApiClient, aws: LocalAws) -> None:
    def read(number: int) -> Row | None:
        try:
            return client.query_one("SELECT :number AS number", {"number": number})
        except DeadlockDetected:  # to be run again by who knows that it was alone
            return None

    with faults_on(aws), ThreadPoolExecutor(WORKERS) as workers:
        rows = list(workers.map(read, range(400)))

    assert [row for row in rows if row] == [{"number": number} for number, row in enumerate(rows) if row]
    assert sum(row is None for row in rows) < 20


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
