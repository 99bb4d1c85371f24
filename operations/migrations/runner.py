"""Applies migrations: a transaction each, in which lock, ledger, statements and the new entry are all or nothing.

Each step looks at the ledger again after it has the lock, so that a step can be done again whatever became of the one
before: by another runner, after a kill, or after a commit whose answer was lost.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeVar

from aurora_serverless_data_api import DataApiClient, OutcomeUnknown, Transaction
from operations.errors import wrong_input
from operations.migrations.connection import await_lock, errors_as_lines, lock, undone
from operations.migrations.deadlines import LOCK_SECONDS
from operations.migrations.files import Migration
from operations.migrations.inventory import inventory, made
from operations.migrations.ledger import Entry, Ledger
from operations.migrations.plan import plan
from operations.migrations.refusals import refusal_without_transaction
from operations.migrations.statement_run import at_the_end, run_in
from operations.migrations.watching import Watched
from operations.migrations.without_transaction import WithoutTransaction

Result = TypeVar("Result")

_MOST_UNKNOWN: Final = 3


@dataclass(frozen=True)
class Applied:
    """A migration that was applied, in how many seconds; in a dry run one without a transaction was only listed."""

    migration: Migration
    seconds: float
    was_run: bool = True


@dataclass
class Runner:
    """Applies migrations up to number `to`.

    `lock_seconds` is how long another runner is waited for, and at most 10 of them a lock that a statement needs.
    """

    client: DataApiClient
    migrations: Sequence[Migration]
    to: int | None = None
    lock_seconds: float = LOCK_SECONDS
    on_applied: Callable[[Applied], None] = lambda _: None
    on_wait: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    _in_doubt: Migration | None = field(default=None, init=False)
    _unknown: int = field(default=0, init=False)
    _place: str | None = field(default=None, init=False)

    def migrate(self) -> list[Applied]:
        """Apply what is not applied. Raises OperationsError (FAILED, WRONG_INPUT, LOCKED or MIGRATIONS_DIFFER)."""
        found = []
        with errors_as_lines(lambda: self._place):
            while (applied := self._with_lock(self._step)) is not None:
                self.on_applied(applied)
                found.append(applied)
        return found

    def dry_run(self) -> list[Applied]:
        """Apply it all in one transaction, and undo that; a file without a transaction is only listed."""
        with errors_as_lines(lambda: self._place):
            return self._with_lock(self._dry_run)

    def _with_lock(self, work: Callable[[], Result]) -> Result:
        def waiting() -> None:
            self.on_wait("another run has the lock")

        return await_lock(self.client, work, self.lock_seconds, on_locked=waiting, sleep=self.sleep)

    def _step(self) -> Applied | None:
        """Apply the next one and return it; None where there is none."""
        self._place = None
        if (applied := self._settled()) is not None:
            return applied
        begun = time.perf_counter()
        try:
            migration = self.client.run_in_transaction(self._apply_next)
        except OutcomeUnknown:
            self._unknown += 1
            if self._unknown > _MOST_UNKNOWN:
                raise
            return self._step()
        self._in_doubt = None
        if migration is None:
            return None
        if not migration.in_transaction:
            self._apply_without_transaction(migration)
        return Applied(migration, time.perf_counter() - begun)

    def _settled(self) -> Applied | None:
        """Return the migration whose commit had no answer, if it was committed; with the lock, it has ended."""
        if (doubtful := self._in_doubt) is None:
            return None
        with undone(self.client) as transaction:
            lock(transaction)
            versions = {entry.version for entry in Ledger.of(transaction).read()}
        self._in_doubt = None
        return Applied(doubtful, 0.0) if doubtful.version in versions else None

    def _apply_next(self, transaction: Transaction) -> Migration | None:
        """Apply the next one, or return it untouched if it wants no transaction."""
        lock(transaction)
        watched = Watched(self.client, transaction, self.lock_seconds)
        ledger = Ledger.of(watched)
        pending = self._pending(ledger.read())
        if not pending:
            return None
        ledger = ledger.created()
        migration = pending[0]
        if migration.in_transaction:
            self._apply_in(watched, ledger, migration)
            self._in_doubt = migration
        return migration

    def _pending(self, entries: Sequence[Entry]) -> Sequence[Migration]:
        """Return what is to be applied. Raises OperationsError for statements that would do nothing there."""
        pending = plan(self.migrations, entries, self.to).pending
        for migration in pending:
            for statement in () if migration.in_transaction else migration.statements:
                if (found := refusal_without_transaction(statement)) is not None:
                    raise wrong_input(f"{migration.shown}:{statement.line}: {found}")
        return pending

    def _apply_in(self, transaction: Watched, ledger: Ledger, migration: Migration, *, is_last: bool = True) -> None:
        """Apply a file; where it `is_last` of its transaction, deferred constraints end in it."""
        self._place = migration.shown
        before = inventory(transaction)
        begun = time.perf_counter()
        for statement in migration.statements:
            self._place = place = f"{migration.shown}:{statement.line}"
            self.on_wait(place)
            run_in(
                transaction,
                migration,
                statement,
                on_wait=lambda place=place: self.on_wait(f"{place} runs"),  # type: ignore[misc]
                sleep=self.sleep,
            )
        with at_the_end(migration):
            if is_last:
                transaction.check_deferred()
            else:
                transaction.try_deferred()
            transaction.restore_session()
            seconds = time.perf_counter() - begun
            ledger.add_applied(migration, made(before, inventory(transaction)), seconds)

    def _apply_without_transaction(self, migration: Migration) -> None:
        self._place = migration.shown
        with undone(self.client) as transaction:
            lock(transaction)
            ledger = Ledger.of(Watched(self.client, transaction, self.lock_seconds))
            entries = ledger.read()
            if migration not in plan(self.migrations, entries, self.to).pending[:1]:
                return  # another run was faster
            entry = next((entry for entry in entries if entry.version == migration.version), None)
            WithoutTransaction(
                self.client,
                Ledger(self.client, ledger.name),
                transaction,
                migration,
                self.lock_seconds,
                self.on_wait,
                self.sleep,
            ).apply(entry)

    def _dry_run(self) -> list[Applied]:
        found = []
        with undone(self.client) as transaction:
            lock(transaction)
            watched = Watched(self.client, transaction, self.lock_seconds)
            ledger = Ledger.of(watched)
            pending = self._pending(ledger.read())
            if pending:
                ledger = ledger.created()
            for migration in pending:
                begun = time.perf_counter()
                if migration.in_transaction:
                    self._apply_in(watched, ledger, migration, is_last=False)
                    watched.execute("DISCARD TEMP")
                applied = Applied(migration, time.perf_counter() - begun, was_run=migration.in_transaction)
                self.on_applied(applied)
                found.append(applied)
        return found
