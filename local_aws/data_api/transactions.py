"""Transactions: a session each, for one call at a time, until they are ended or given up."""

import base64
import contextlib
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from psycopg.pq import ConnStatus

from local_aws.data_api.database import ClusterDatabase, Session
from local_aws.data_api.errors import DataApiError
from local_aws.data_api.settings import DataApiSettings

ID_BYTES = 138  # as long as Aurora's
EXPIRED = "Transaction may be expired."
ENDED = "One previous call resulted in a termination of your transaction."
ABORTED = "Transaction has been aborted due to an error from a previous call."
GREATEST_MEMORY = 10_000  # ended transactions of which the end is known


@dataclass
class Transaction:
    """An open transaction."""

    id: str
    database: ClusterDatabase
    database_name: str
    session: Session
    begun_at: float
    used_at: float
    lock: threading.Lock = field(default_factory=threading.Lock)


class Transactions:
    """All open transactions. `clock` counts seconds."""

    def __init__(self, settings: DataApiSettings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._open: dict[str, Transaction] = {}
        self._ends: dict[str, str] = {}

    def add(self, database: ClusterDatabase, database_name: str, session: Session) -> str:
        """Take over a session in which a transaction was begun, and return the transaction's id."""
        transaction_id = base64.b64encode(secrets.token_bytes(ID_BYTES)).decode()
        now = self._clock()
        with self._lock:
            self._open[transaction_id] = Transaction(transaction_id, database, database_name, session, now, now)
        return transaction_id

    @contextlib.contextmanager
    def use(self, transaction_id: str, database: ClusterDatabase) -> Iterator[Transaction]:
        """Use a transaction for one call. Raises DataApiError when it is not there, or in use."""
        transaction = self._find(transaction_id, database)
        if not transaction.lock.acquire(blocking=False):
            raise DataApiError("DatabaseErrorException", "Transaction is still running a query")
        try:
            # It may have ended while its lock was waited for.
            self._find(transaction_id, database)
            yield transaction
        finally:
            if not transaction.session.is_kept:
                self.finish_call(transaction)

    def finish_call(self, transaction: Transaction) -> None:
        """Note the end of a call, and give up a transaction whose session broke."""
        transaction.session.is_kept = False
        transaction.used_at = self._clock()
        transaction.lock.release()
        if transaction.session.connection.status != ConnStatus.OK:
            self.close(transaction, ABORTED)

    def close(self, transaction: Transaction, reason: str = ENDED) -> None:
        """Forget a transaction; what it has not committed is rolled back."""
        with self._lock:
            if self._open.pop(transaction.id, None) is None:
                return
            self._ends[transaction.id] = reason
            if len(self._ends) > GREATEST_MEMORY:
                del self._ends[next(iter(self._ends))]
        transaction.session.close()

    def expire(self) -> None:
        """Roll back what is idle or open for too long."""
        for transaction in self._snapshot():
            if self._is_over(transaction) and transaction.lock.acquire(blocking=False):
                try:
                    self.close(transaction, EXPIRED)
                finally:
                    transaction.lock.release()

    def close_all(self, database: ClusterDatabase | None = None) -> None:
        """Give up all transactions, or those of one database."""
        for transaction in self._snapshot():
            if database in {None, transaction.database}:
                self.close(transaction, ABORTED)

    def count(self, database: ClusterDatabase) -> int:
        """Return how many transactions of a database are open."""
        return sum(transaction.database is database for transaction in self._snapshot())

    def _find(self, transaction_id: str, database: ClusterDatabase) -> Transaction:
        with self._lock:
            transaction = self._open.get(transaction_id)
            reason = self._ends.get(transaction_id, EXPIRED)
        if transaction is not None and self._is_over(transaction) and not transaction.lock.locked():
            self.close(transaction, EXPIRED)
            transaction = None
        if transaction is None or transaction.database is not database:
            raise DataApiError("TransactionNotFoundException", f"Transaction {transaction_id} is not found. {reason}")
        return transaction

    def _is_over(self, transaction: Transaction) -> bool:
        now = self._clock()
        idle, age = now - transaction.used_at, now - transaction.begun_at
        return idle >= self._settings.transaction_idle_seconds or age >= self._settings.transaction_seconds

    def _snapshot(self) -> list[Transaction]:
        with self._lock:
            return list(self._open.values())
