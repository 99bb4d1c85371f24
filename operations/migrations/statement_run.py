"""Runs the statements of a file: told by file and line when one fails, and waited for when it takes long."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from aurora_serverless_data_api import (
    DataApiClient,
    DataApiError,
    FailedTransaction,
    StatementError,
    Timeout,
    Transaction,
    TransactionBusy,
)
from aurora_serverless_data_api.splitting import Statement
from operations.errors import OperationsError, failed
from operations.migrations.connection import explained
from operations.migrations.files import SqlFile
from operations.migrations.watching import Watched
from operations.sql.remedies import Asker, hint

POLL_SECONDS: Final = 1.0


def run_in(
    transaction: Watched,
    file: SqlFile,
    statement: Statement,
    *,
    on_wait: Callable[[], None] = lambda: None,
    sleep: Callable[[float], None] = time.sleep,
) -> int:
    """Run a statement of a file and return how many rows it changed; 0 for one that took more than 45 seconds.

    Raises OperationsError with file and line, and DataApiError where the transaction can be run again.
    """
    try:
        return transaction.execute(statement.text, continue_after_timeout=True)
    except Timeout:
        _await(transaction, file, statement, on_wait, sleep)
        return 0
    except DataApiError as error:
        if error.ends_transaction or error.is_refusal:
            raise
        raise failure(file, statement, error) from None


def failure(file: SqlFile, statement: Statement, error: DataApiError) -> OperationsError:
    """Return the line for a failed statement."""
    line, remedy = statement.line, ""
    known = explained(error)
    if isinstance(error, StatementError):
        if error.position is not None:
            line += statement.text.count("\n", 0, error.position - 1)
        remedy = hint(error, Asker.MIGRATION)
    return OperationsError(f"{file.shown}:{line}: {known}{remedy}; in: {statement.beginning}", known.kind)


def _await(
    transaction: Watched,
    file: SqlFile,
    statement: Statement,
    on_wait: Callable[[], None],
    sleep: Callable[[float], None],
) -> None:
    """Wait for a statement that goes on behind its answer; the transaction takes no other until it has ended.

    One that a lock blocks all the time is cancelled: its file has set another `lock_timeout`.
    """
    with transaction.watch.running(give_up_seconds=transaction.lock_seconds):
        while True:
            on_wait()
            sleep(POLL_SECONDS)
            try:
                transaction.execute("SELECT 1")
            except TransactionBusy:
                continue
            except (FailedTransaction, Timeout):
                if transaction.watch.gave_up:
                    raise failure(file, statement, transaction.blocked()) from None
                raise failed(
                    f"{file.shown}:{statement.line}: it failed after more than 45 seconds, when the Data API does not "
                    f"tell why any more: PostgreSQL's log has it; in: {statement.beginning}"
                ) from None
            return


@contextmanager
def at_the_end(file: SqlFile) -> Iterator[None]:
    """Tell by file and line what fails after its last statement: a deferred constraint, or the entry in the ledger."""
    try:
        yield
    except DataApiError as error:
        if error.ends_transaction or error.is_refusal:
            raise
        known = explained(error)
        place = f"{file.shown}:{file.statements[-1].line}"
        raise OperationsError(f"{place}: after the last statement: {known}", known.kind) from None


@dataclass(frozen=True)
class Seeded:
    """A statement of the file, and how many rows it changed."""

    statement: Statement
    rows: int


def seed(client: DataApiClient, file: SqlFile, lock_seconds: float) -> list[Seeded]:
    """Run all statements. Raises OperationsError (FAILED or LOCKED) with file and line, and DataApiError."""

    def work(transaction: Transaction) -> list[Seeded]:
        watched = Watched(client, transaction, lock_seconds)
        found = [Seeded(statement, run_in(watched, file, statement)) for statement in file.statements]
        with at_the_end(file):
            watched.check_deferred()
            watched.restore_session()
        return found

    return client.run_in_transaction(work)
