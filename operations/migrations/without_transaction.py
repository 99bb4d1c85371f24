"""Applies a file without a transaction, such as one with CREATE INDEX CONCURRENTLY: step by step, each in the ledger.

Before a statement is sent the ledger says that it is begun, and after its end that it is done. A run that was killed
between the two leaves a statement in doubt; the next run finds out what became of it, or says that a person must.
The lock is held by a transaction beside.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aurora_serverless_data_api import DataApiClient, DataApiError, OutcomeUnknown, StatementError, Timeout, Transaction
from aurora_serverless_data_api.splitting import Statement
from operations.errors import OperationsError
from operations.migrations.files import Migration
from operations.migrations.inventory import inventory, made
from operations.migrations.ledger import Entry, Ledger
from operations.migrations.plan import differing
from operations.migrations.statement_run import failure
from operations.migrations.unknown_outcome import Verdict, await_end, concurrent_index, drop_invalid, settle
from operations.migrations.watching import Blocked, Watch

# SET needs no snapshot. That of a SELECT is kept until the next statement of its transaction, and CREATE INDEX
# CONCURRENTLY would wait for its end: for the very transaction that waits for the index.
_HOLD: Final = "SET LOCAL application_name = 'alexdb migrate'"


@dataclass(frozen=True)
class WithoutTransaction:
    """One such file; `lock` is the transaction that holds the lock, and `on_wait` is called with what is waited for.

    The ledger is asked outside of that transaction. A statement that a lock blocks for `lock_seconds` is cancelled;
    CREATE INDEX CONCURRENTLY waits for older transactions by its nature, so that is longer than in a transaction.
    """

    client: DataApiClient
    ledger: Ledger
    lock: Transaction
    migration: Migration
    lock_seconds: float
    on_wait: Callable[[str], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep

    def apply(self, entry: Entry | None) -> None:
        """Apply it, from where `entry` says it stopped. Raises OperationsError and DataApiError."""
        if entry is None:
            before = inventory(self.client)
            self.ledger.add_started(self.migration, before)
            done = 0
        else:
            before = frozenset(entry.made)
            done = entry.statements_done
            if entry.is_in_doubt and self.verdict(done) is Verdict.DONE:
                done += 1
        for number in range(done, len(self.migration.statements)):
            self._progress(begun=number + 1, done=number)
            self._run(number)
            self._progress(begun=number + 1, done=number + 1)
        self.ledger.set_applied(self.migration, made(before, inventory(self.client)))

    def verdict(self, number: int) -> Verdict:
        """Find out what became of a statement, by its index.

        Raises OperationsError: nobody can know (8), or a lock blocks it, or the end of its index (7).
        """
        statement, mark = self.migration.statements[number], self._mark(number)
        watch = self._watch(number)
        with watch.running(self.lock_seconds):
            await_end(self.client, mark, lambda: self._wait(statement), self.sleep)
            if watch.gave_up:
                raise self._blocked(statement, watch)
            try:
                verdict = settle(self.client, statement, mark)
            except DataApiError:
                if watch.gave_up:
                    raise self._blocked(statement, watch) from None
                raise
        if verdict is Verdict.UNKNOWN:
            raise differing(
                f"{self._place(statement)}: a run ended in the middle of this statement, and only you can find out "
                "whether it was done; then: ./aurora-serverless migrate repair ENVIRONMENT --done, or --again; in: "
                f"{statement.beginning}"
            )
        return verdict

    def _run(self, number: int) -> None:
        statement, mark = self.migration.statements[number], self._mark(number)
        index = concurrent_index(statement)
        watch = self._watch(number)
        try:
            with watch.running(self.lock_seconds):
                if index is not None:
                    drop_invalid(self.client, index, mark)
                self.client.execute(mark + statement.text, continue_after_timeout=True)
        except (Timeout, OutcomeUnknown):
            # It goes on, or was done, or never began.
            if watch.gave_up:
                raise self._blocked(statement, watch) from None
            if self.verdict(number) is not Verdict.DONE:
                raise self._lost(statement) from None
        except DataApiError as error:
            if isinstance(error, StatementError) and error.position is not None:
                error.position -= len(mark)
            if index is not None and not watch.gave_up:  # who blocked the index would block its end too
                drop_invalid(self.client, index, mark)
            # Unless the session broke, PostgreSQL has undone all of it: nothing is in doubt.
            if not error.is_ambiguous:
                self._progress(begun=number, done=number)
            if watch.gave_up:
                raise self._blocked(statement, watch) from None
            raise failure(self.migration, statement, error) from None

    def _watch(self, number: int) -> Watch:
        return Watch(self.client, "starts_with(waiting.query, :mark)", {"mark": self._mark(number)})

    def _blocked(self, statement: Statement, watch: Watch) -> OperationsError:
        return failure(self.migration, statement, Blocked(watch.blockers, self.lock_seconds))

    def _lost(self, statement: Statement) -> OperationsError:
        return differing(
            f"{self._place(statement)}: the end of this statement was not seen, and it is not done: "
            "run ./aurora-serverless migrate ENVIRONMENT "
            f"again; in: {statement.beginning}"
        )

    def _progress(self, *, begun: int, done: int) -> None:
        self.ledger.set_progress(self.migration.version, begun=begun, done=done)
        self._keep_lock()

    def _keep_lock(self) -> None:
        """Use the lock's transaction, which Aurora ends after 3 minutes without a call."""
        self.lock.execute(_HOLD)

    def _wait(self, statement: Statement) -> None:
        self.on_wait(f"{self._place(statement)} runs")
        self._keep_lock()

    def _place(self, statement: Statement) -> str:
        return f"{self.migration.shown}:{statement.line}"

    def _mark(self, number: int) -> str:
        """Return the comment by which a running statement is found in pg_stat_activity."""
        return f"/* alexdb migrate {self.migration.label} {number + 1} */ "
