"""Drops what the migrations made, in one transaction, and the ledger with it."""

from dataclasses import dataclass

from operations.data_api import DataApiClient, Transaction
from operations.errors import failed
from operations.migrations import ledger
from operations.migrations.connection import lock
from operations.migrations.inventory import Thing, drop_statements, inventory
from operations.migrations.ledger import State


@dataclass(frozen=True)
class Dropped:
    """What a reset dropped, and how many migrations had made it."""

    things: tuple[Thing, ...]
    migrations: int


def reset(client: DataApiClient) -> Dropped:
    """Drop it. Raises OperationsError (1) where something else would go with it, DataApiError, and Locked."""
    return client.run_in_transaction(_drop)


def _drop(transaction: Transaction) -> Dropped:
    lock(transaction)
    entries = ledger.read(transaction)
    if not ledger.exists(transaction):
        return Dropped((), 0)
    before = inventory(transaction)
    made: set[Thing] = set()
    for entry in entries:
        # Of a file without an end, `made` is what was there before it.
        made |= set(entry.made) if entry.state is State.APPLIED else before - set(entry.made) - made
    transaction.execute(f"DROP TABLE {ledger.TABLE}")
    for statement in drop_statements(made & before):
        transaction.execute(statement, continue_after_timeout=True)
    gone = before - inventory(transaction)
    others = sorted(gone - made - {thing for thing in gone if thing.name.endswith(f".{ledger.TABLE}")})
    if others:
        named = ", ".join(f"{thing.kind.lower()} {thing.name}" for thing in others)
        raise failed(
            f"nothing was dropped: the migrations did not make {named}, which depends on what they made and would go "
            "with it; drop it yourself first"
        )
    return Dropped(tuple(sorted(gone & made)), len(entries))
