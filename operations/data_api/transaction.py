"""A transaction: statements of which all count, or none."""

import logging
from collections.abc import Callable, Generator
from typing import Any

from .attempts import Attempts, Deadline, call_repeatedly
from .endpoint import Endpoint
from .errors import (
    DataApiError,
    FailedTransaction,
    OutcomeUnknown,
    ResultTooLarge,
    StatementError,
    Timeout,
    TransactionBusy,
    TransactionEnded,
)
from .paging import Cursor
from .parameters import Parameters
from .results import Row
from .statements import Statements

_log = logging.getLogger(__name__)

_COMMITTED = "Transaction Committed"
# PostgreSQL lets nothing follow in a transaction, unless it is undone up to a savepoint.
_FAILURES = (StatementError, Timeout, ResultTooLarge)


class Transaction(Statements):
    """An open transaction; the client's `transaction` and `run_in_transaction` make them. Not safe for threads.

    A statement whose answer was lost is never sent again alone: the whole transaction must be run again.
    """

    def __init__(self, endpoint: Endpoint, deadline: Callable[[], Deadline]) -> None:
        """Begin it. `deadline` is asked for the deadline of each call."""
        self._endpoint = endpoint
        self._deadline = deadline
        self._lost: DataApiError | None = None
        self._failed: DataApiError | None = None
        # One that was begun without an answer ends by itself.
        answer = call_repeatedly(endpoint, "begin_transaction", {}, deadline(), is_repeatable=True)
        self._id = {"transactionId": answer["transactionId"]}

    def commit(self) -> None:
        """Commit. Raises what has failed before and was not mended, and OutcomeUnknown when no answer came.

        It is sent again until there is an answer: twice is once. Only when the transaction is gone by then, nobody
        knows how it ended.
        """
        if failed := self._lost or self._failed:
            self.roll_back()
            raise failed
        attempts = Attempts(self._deadline())
        is_open = False
        while True:
            try:
                answer = self._endpoint.call("commit_transaction", self._id)
            except DataApiError as error:
                is_open = is_open or error.is_ambiguous or isinstance(error, Timeout)
                may_repeat = error.is_refusal or error.is_ambiguous or isinstance(error, (Timeout, TransactionBusy))
                if not may_repeat or not attempts.wait_after(error):
                    raise self._commit_error(error, is_open) from None
            else:
                break
        if answer["transactionStatus"] != _COMMITTED:
            raise TransactionEnded(f"it was not committed ({answer['transactionStatus']})")

    def roll_back(self) -> None:
        """Undo everything. Never raises: a transaction that cannot be rolled back ends by itself in 3 minutes."""
        attempts = Attempts(self._deadline())
        while True:
            try:
                self._endpoint.call("rollback_transaction", self._id)
            except TransactionEnded:
                return
            except DataApiError as error:
                may_repeat = error.is_refusal or error.is_ambiguous or isinstance(error, TransactionBusy)
                if not may_repeat or not attempts.wait_after(error):
                    _log.warning("a transaction was left to end by itself in 3 minutes: %s", error)
                    return
            else:
                return

    def _pages(self, sql: str, parameters: Parameters | None) -> Generator[list[Row]]:
        cursor = Cursor(self, sql, parameters)
        yield from cursor.pages()
        cursor.close()

    def _call(self, operation: str, arguments: dict[str, Any], *, is_repeatable: bool) -> dict[str, Any]:
        del is_repeatable  # the answer to a part of a transaction was lost: that part may have been done
        if self._lost is not None:
            raise self._lost  # what the caller has caught does not go away by that
        try:
            answer = call_repeatedly(
                self._endpoint, operation, arguments | self._id, self._deadline(), is_repeatable=False
            )
        except FailedTransaction as error:
            raise self._failed or error from None  # the first error says why
        except DataApiError as error:
            if error.ends_transaction:
                self._lost = error
            elif isinstance(error, _FAILURES):
                self._failed = error
            raise
        self._failed = None  # it is mended: otherwise PostgreSQL would have refused the statement
        return answer

    def _commit_error(self, error: DataApiError, is_open: bool) -> DataApiError:
        is_certain = isinstance(error, StatementError) and not error.is_ambiguous
        if is_open and not is_certain:
            return OutcomeUnknown(f"there is no answer to the commit ({error.code})", code=error.code)
        if not isinstance(error, TransactionEnded):
            self.roll_back()
        return error
