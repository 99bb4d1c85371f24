"""A transaction: statements of which all count, or none."""

import logging
from collections.abc import Callable, Generator, Iterator
from typing import Any

from .attempts import Attempts, Deadline, call_repeatedly
from .endpoint import Endpoint
from .errors import (
    AccessDenied,
    AnswerLost,
    DataApiError,
    FailedTransaction,
    IntegrityViolation,
    InvalidParameter,
    OutcomeUnknown,
    SecretRefused,
    StatementError,
    Timeout,
    TransactionBusy,
    TransactionConflict,
    TransactionEnded,
)
from .paging import Cursor
from .parameters import Parameters
from .results import Result, Row
from .sql_tokens import ends_transaction
from .statements import Statements

_log = logging.getLogger(__name__)

# What says that nothing is committed: the first as the answer to the one commit that was sent, as refusals do; the
# second always, because only a commit of a transaction that is still open fails so.
_NOT_COMMITTED = (AccessDenied, SecretRefused, StatementError)
_COMMIT_FAILED = (IntegrityViolation, TransactionConflict)

STILL_STANDS = "SELECT 1 AS transaction_still_stands"


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
        self._is_over = False
        self._has_written = False
        # One that was begun without an answer, or twice, has no effect and ends by itself.
        answer = call_repeatedly(endpoint, "begin_transaction", {}, Attempts(deadline()), is_repeatable=True)
        self._id = {"transactionId": answer["transactionId"]}

    def commit(self) -> None:
        """Commit. Raises what has failed before and was not fixed, and OutcomeUnknown when no answer came.

        After a statement that may write PostgreSQL is asked first whether the transaction still stands.

        The commit is sent again until there is an answer: twice is once. Only when the transaction is gone by then,
        nobody knows how it ended: an intermediary may have delivered the commit before, and kept the answer. Does
        nothing after a commit or a rollback.
        """
        if self._is_over:
            return
        # Aurora answers "Transaction Committed" even where PostgreSQL, after a failed statement, rolls back.
        self._check_stands()
        if failed := self._lost or self._failed:
            self.roll_back()
            raise failed
        self._is_over = True
        attempts = Attempts(self._deadline())
        may_be_done = False
        while True:
            try:
                self._endpoint.call("commit_transaction", self._id)
            except DataApiError as error:
                says_no = error.is_refusal or (isinstance(error, _NOT_COMMITTED) and not error.is_ambiguous)
                may_be_done = (may_be_done or not says_no) and not isinstance(error, _COMMIT_FAILED)
                may_repeat = error.is_refusal or error.is_ambiguous or isinstance(error, (Timeout, TransactionBusy))
                if not may_repeat or not attempts.wait_after(error):
                    raise self._commit_error(error, may_be_done) from None
            else:
                return

    def roll_back(self) -> None:
        """Undo everything. Never raises: a transaction that cannot be rolled back ends by itself in 3 minutes."""
        self._is_over = True
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

    def _check_stands(self) -> None:
        """Note that the transaction is lost where a statement was delivered twice, failed, and its first answer came.

        PostgreSQL refuses every statement then.
        """
        if not self._has_written or self._lost or self._failed:
            return
        attempts = Attempts(self._deadline())
        while True:
            try:
                self.call("execute_statement", {"sql": STILL_STANDS}, is_repeatable=True, is_read=True)
            except TransactionBusy as error:  # the second delivery still runs
                if attempts.wait_after(error):
                    continue
                self._lost = error
            except FailedTransaction as error:
                what = "a statement that was answered has failed all the same: it was delivered twice"
                self._lost = TransactionEnded(what, code=error.code, message=error.message)
            except DataApiError:
                pass  # it is noted
            return

    def pages(self, sql: str, parameters: Parameters | None) -> Generator[list[Row]]:
        """Yield the rows of a SELECT, in the transaction."""
        cursor = Cursor(self, sql, parameters or {})
        yield from cursor.pages()
        cursor.close()

    def stream_undecoded(self, sql: str) -> Iterator[Result]:
        """Yield what a SELECT of any size answers, as `query_undecoded` does, in pages of less than 1 MiB.

        The first page comes in any case, for its columns. Raises ResultTooLarge when a single row is larger.
        """
        cursor = Cursor(self, sql, None)
        yield from cursor.undecoded_pages()
        cursor.close()

    def call(
        self, operation: str, arguments: dict[str, Any], *, is_repeatable: bool, is_read: bool = False
    ) -> dict[str, Any]:
        """Call an operation in the transaction: see Statements."""
        del is_repeatable  # the answer to a part of a transaction was lost: that part may have been done
        self._check_may_run(arguments["sql"])
        try:
            answer = call_repeatedly(
                self._endpoint, operation, arguments | self._id, Attempts(self._deadline()), is_repeatable=False
            )
        except FailedTransaction as error:
            self._failed = self._failed or error
            raise self._failed from None  # the first error says why
        except TransactionBusy:
            raise  # nothing was run, and what runs still decides
        except DataApiError as error:
            if error.ends_transaction:
                self._lost = error
            else:
                self._failed = error
            raise
        except BaseException as interrupted:
            self._lost = AnswerLost(f"a statement was interrupted ({type(interrupted).__name__})")
            raise
        self._has_written = not is_read
        self._failed = None  # it is fixed: otherwise PostgreSQL would have refused the statement
        return answer

    def _check_may_run(self, sql: str) -> None:
        if self._lost is not None:
            raise self._lost  # what the caller has caught does not go away by that
        if self._is_over:
            raise InvalidParameter("the transaction is over: commit or roll_back was called")
        if ends_transaction(sql):
            raise InvalidParameter(
                "the statement ends the transaction by itself, and what becomes of it would not be seen: end the block "
                "to commit, raise an exception to roll back"
            )

    def _commit_error(self, error: DataApiError, may_be_done: bool) -> DataApiError:
        if may_be_done:
            return OutcomeUnknown(
                f"there is no answer to the commit ({error.code})", code=error.code, message=error.message
            )
        self.roll_back()
        return error
