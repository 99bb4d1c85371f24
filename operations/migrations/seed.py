"""Runs the file of sample data, in one transaction."""

from dataclasses import dataclass

from operations.data_api import DataApiClient, Transaction
from operations.migrations.files import SqlFile
from operations.migrations.splitting import Statement
from operations.migrations.statements import run_in


@dataclass(frozen=True)
class Seeded:
    """A statement of the file, and how many rows it changed."""

    statement: Statement
    rows: int


def seed(client: DataApiClient, file: SqlFile) -> list[Seeded]:
    """Run all statements. Raises OperationsError (1) with file and line, and DataApiError."""

    def work(transaction: Transaction) -> list[Seeded]:
        return [Seeded(statement, run_in(transaction, file, statement)) for statement in file.statements]

    return client.run_in_transaction(work)
