"""A thousand transfers on the worst of days: what the client says happened is what happened.

AWS has its own faults, and an intermediary all of its. A statement that is delivered twice cannot be seen by a client,
so each of a transfer notices by itself that it was done before.
"""

# ruff: noqa: S311  # repeatable chance

import functools
import random
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from aurora_serverless_data_api import DataApiClient, DataApiError, OutcomeUnknown, Transaction
from tests.aurora_serverless_data_api.conftest import BadWay
from tests.aurora_serverless_data_api.intermediary import DOUBLE, DOUBLE_FIRST, FAULTS, Strike
from tests.aurora_serverless_data_api.test_faults import faults_on

pytestmark = pytest.mark.xdist_group("transfers")

ACCOUNTS, BALANCE = 20, 1000
TRANSFERS, WORKERS = 1000, 8

# Of all calls; a transfer has five. One that only waits for the end of a time is rarer.
STRIKES = [
    Strike(
        fault, probability=0.0001 if fault.seconds_before or fault.seconds_after else 0.0005, chance=random.Random(name)
    )
    for name, fault in FAULTS.items()
] + [
    Strike(fault, operation, probability=0.02, chance=random.Random(f"{operation} {fault.returns_first}"))
    for fault in (DOUBLE, DOUBLE_FIRST)
    for operation in ("begin", "execute", "commit", "rollback")
]


class DoneBefore(Exception):
    """A statement was delivered twice."""


def transfer(transaction: Transaction, *, number: uuid.UUID, source: int, target: int, amount: int) -> None:
    transaction.execute("INSERT INTO transfers VALUES (:id, :amount)", {"id": number, "amount": amount})
    for account, change in sorted([(source, -amount), (target, amount)]):
        sql = """UPDATE balances SET balance = balance + :change, last_transfer = :id
                 WHERE id = :account AND last_transfer IS DISTINCT FROM :id"""
        if transaction.execute(sql, {"account": account, "change": change, "id": number}) != 1:
            raise DoneBefore


def try_transfer(client: DataApiClient, seed: int) -> tuple[uuid.UUID, str]:
    number, source, target, amount = planned(seed)
    try:
        client.run_in_transaction(
            functools.partial(transfer, number=number, source=source, target=target, amount=amount)
        )
    except OutcomeUnknown:
        return number, "unknown"
    except (DataApiError, DoneBefore):
        return number, "not done"
    return number, "done"


def planned(seed: int) -> tuple[uuid.UUID, int, int, int]:
    chance = random.Random(seed)
    source, target = chance.sample(range(ACCOUNTS), 2)
    return uuid.UUID(int=chance.getrandbits(128)), source, target, chance.randint(1, 50)


@pytest.fixture(scope="module")
def outcomes(bad_way: BadWay) -> dict[uuid.UUID, str]:
    """Return what the client says of each of a thousand transfers."""
    bad_way.direct.execute("CREATE TABLE balances (id bigint PRIMARY KEY, balance bigint NOT NULL, last_transfer uuid)")
    bad_way.direct.execute("CREATE TABLE transfers (id uuid PRIMARY KEY, amount bigint NOT NULL)")
    balances = [{"id": number, "balance": BALANCE} for number in range(ACCOUNTS)]
    bad_way.direct.batch("INSERT INTO balances VALUES (:id, :balance)", balances)
    with (
        faults_on(bad_way.database.aws),
        bad_way.intermediary.striking(*STRIKES),
        ThreadPoolExecutor(WORKERS) as workers,
    ):
        return dict(workers.map(functools.partial(try_transfer, bad_way.client), range(TRANSFERS)))


def test_what_the_client_says_of_a_thousand_transfers_is_so(bad_way: BadWay, outcomes: dict[uuid.UUID, str]) -> None:
    there = {row["id"] for row in bad_way.direct.stream("SELECT id FROM transfers")}
    told = {outcome: {number for number, each in outcomes.items() if each == outcome} for outcome in outcomes.values()}

    assert len(outcomes) == TRANSFERS
    assert told["done"] <= there
    assert not told["not done"] & there
    assert len(told["done"]) > 0.8 * TRANSFERS, Counter(outcomes.values())
    assert told["unknown"] & there, "no answer to a commit was lost: this test tests nothing"


def test_the_sum_of_a_thousand_transfers_is_kept(bad_way: BadWay, outcomes: dict[uuid.UUID, str]) -> None:
    assert outcomes

    row = bad_way.direct.query_one("SELECT sum(balance) AS sum, min(balance) <> max(balance) AS moved FROM balances")

    assert row == {"sum": ACCOUNTS * BALANCE, "moved": True}


def test_each_transfer_that_is_there_was_applied_once(bad_way: BadWay, outcomes: dict[uuid.UUID, str]) -> None:
    assert outcomes
    there = {row["id"]: row["amount"] for row in bad_way.direct.stream("SELECT id, amount FROM transfers")}
    balances = Counter(dict.fromkeys(range(ACCOUNTS), BALANCE))
    for seed in range(TRANSFERS):
        number, source, target, _ = planned(seed)
        balances[source] -= there.get(number, 0)
        balances[target] += there.get(number, 0)

    rows = bad_way.direct.query("SELECT id, balance FROM balances")
    assert {row["id"]: row["balance"] for row in rows} == dict(balances)
