"""Runs the file of sample data, in one transaction."""

from dataclasses import dataclass

from aurora_serverless_data_api import DataApiClient, Transaction
from operations.migrations.files import SqlFile
from operations.migrations.statement_run import at_the_end, run_in
from operations.migrations.watching import Watched
from operations.sql.splitting import Statement


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
