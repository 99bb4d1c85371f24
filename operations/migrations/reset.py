"""Drops what the migrations made, in one transaction, and the ledger with it."""

from dataclasses import dataclass

from aurora_serverless_data_api import DataApiClient, Transaction
from operations.errors import ErrorKind, OperationsError, failed
from operations.migrations.connection import lock
from operations.migrations.inventory import Thing, drop_statements, inventory
from operations.migrations.ledger import Ledger, State
from operations.migrations.watching import Blocked, Watched


@dataclass(frozen=True)
class Dropped:
    """What a reset dropped, and how many migrations had made it."""

    things: tuple[Thing, ...]
    migrations: int


def reset(client: DataApiClient, lock_seconds: float) -> Dropped:
    """Drop it; a lock that is needed is waited for at most so long.

    Raises OperationsError: something else would go with it (1), or a lock is held (7); and DataApiError, and Locked.
    """

    def work(transaction: Transaction) -> Dropped:
        lock(transaction)
        return _drop(Watched(client, transaction, lock_seconds))

    try:
        return client.run_in_transaction(work)
    except Blocked as error:
        raise OperationsError(f"nothing was dropped: {error.message}", ErrorKind.LOCKED) from None


def _drop(transaction: Watched) -> Dropped:
    ledger = Ledger.of(transaction)
    entries = ledger.read()
    if ledger.name is None:
        return Dropped((), 0)
    before = inventory(transaction)
    made: set[Thing] = set()
    for entry in entries:
        # Of a file without an end, `made` is what was there before it.
        made |= set(entry.made) if entry.state is State.APPLIED else before - set(entry.made) - made
    ledger.drop()
    for statement in drop_statements(made & before):
        transaction.execute(statement, continue_after_timeout=True)
    gone = before - inventory(transaction)
    others = sorted(gone - made - {Thing("TABLE", ledger.name)})
    if others:
        named = ", ".join(f"{thing.kind.lower()} {thing.name}" for thing in others)
        raise failed(
            f"nothing was dropped: the migrations did not make {named}, which depends on what they made and would go "
            "with it; drop it yourself first"
        )
    return Dropped(tuple(sorted(gone & made)), len(entries))
