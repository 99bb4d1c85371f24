"""Puts right what a run that was killed, or an edited file, left in the ledger. Each is a decision of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aurora_serverless_data_api import DataApiClient, Transaction
from operations.errors import wrong_input
from operations.migrations.connection import lock, undone
from operations.migrations.deadlines import LOCK_SECONDS
from operations.migrations.files import Migration
from operations.migrations.ledger import Entry, Ledger, State
from operations.migrations.plan import plan
from operations.migrations.unknown_outcome import Verdict
from operations.migrations.watching import Watched
from operations.migrations.without_transaction import WithoutTransaction

_MIGRATE: Final = "./aurora-serverless migrate ENVIRONMENT"


@dataclass(frozen=True)
class Decision:
    """What a person says of the started migration: the doubtful statement was done, or not, or all is begun again."""

    done: bool = False
    again: bool = False
    forget: bool = False


@dataclass(frozen=True)
class Repair:
    """Repairs of one database; all return what was done, as a line."""

    client: DataApiClient
    migrations: Sequence[Migration]
    lock_seconds: float = LOCK_SECONDS

    def started(self, decision: Decision) -> str:
        """Settle what is started. Raises OperationsError (WRONG_INPUT or MIGRATIONS_DIFFER), and Locked."""
        with undone(self.client) as transaction:
            ledger = self._locked_ledger(transaction)
            entries = ledger.read()
            outside = Ledger(self.client, ledger.name)
            entry = next((entry for entry in entries if entry.state is State.STARTED), None)
            if entry is not None and decision.forget:
                outside.forget(entry.version)
                return f"{entry.label} is started over by the next run"
            plan(self.migrations, entries)
            if entry is None:
                if decision != Decision():
                    raise wrong_input("no migration is half applied: there is nothing to decide; leave the option out")
                return "nothing to repair"
            file = WithoutTransaction(self.client, outside, transaction, self._file_of(entry), self.lock_seconds)
            return self._settle(file, entry, decision)

    def accept(self, version: int) -> str:
        """Take the file of an applied migration as it is now. Raises OperationsError (WRONG_INPUT), and Locked."""
        with undone(self.client) as transaction:
            ledger = self._locked_ledger(transaction)
            entry = next((entry for entry in ledger.read() if entry.version == version), None)
            if entry is None or entry.state is not State.APPLIED:
                raise wrong_input(f"--accept {version}: this migration is not applied")
            migration = next((migration for migration in self.migrations if migration.version == version), None)
            if migration is None:
                raise wrong_input(f"--accept {version}: there is no such file")
            if migration.checksum == entry.checksum:
                return f"{entry.label} is as it was applied"
            Ledger(self.client, ledger.name).set_checksum(migration)
            return f"{migration.label} is accepted as it is now; the database was not changed"

    def _locked_ledger(self, transaction: Transaction) -> Ledger:
        lock(transaction)
        return Ledger.of(Watched(self.client, transaction, self.lock_seconds))

    def _settle(self, file: WithoutTransaction, entry: Entry, decision: Decision) -> str:
        done = entry.statements_done
        if not entry.is_in_doubt:
            if decision != Decision():
                raise wrong_input(f"no statement of {entry.label} is in doubt: run {_MIGRATE}, which continues it")
            return f"{entry.label} has no end, and nothing is in doubt: {_MIGRATE} goes on with it"
        statement = file.migration.statements[done]
        is_done = file.verdict(done) is Verdict.DONE if decision == Decision() else decision.done
        done += is_done
        file.ledger.set_progress(entry.version, begun=done, done=done)
        what = "done" if is_done else "not done"
        return f"{file.migration.shown}:{statement.line} counts as {what}: {_MIGRATE} continues from there"

    def _file_of(self, entry: Entry) -> Migration:
        return next(migration for migration in self.migrations if migration.version == entry.version)
