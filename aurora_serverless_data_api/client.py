"""The client itself: one cluster, one database, and the secret of the user who asks."""

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from .attempts import Attempts, Deadline, Waiting, call_repeatedly
from .endpoint import Endpoint, RdsData
from .errors import DataApiError, InvalidConfiguration, OutcomeUnknown, ResultTooLarge, UnsupportedResult
from .paging import Cursor
from .parameters import Parameters
from .results import Row
from .statements import Statements
from .transaction import Transaction

Returned = TypeVar("Returned")

CLUSTER_ARN, SECRET_ARN, DATABASE_NAME = "AURORA_CLUSTER_ARN", "AURORA_SECRET_ARN", "DATABASE_NAME"


class DataApiClient(Statements):
    """Asks one database. Each statement commits by itself; see `transaction` for more than one. Safe for threads.

    `deadline_seconds` is for a call with all of its repetitions, or for all runs of a transaction; a try that has begun
    by then is waited for. It may be changed: what is called then, also of a transaction that is open, has the new one.
    `rds_data` is boto3's client; without one it is made, for the cluster's Region. One that
    repeats calls by itself is refused. `waiting` is the pause between tries.
    Raises InvalidConfiguration, and AccessDenied where boto3 finds credentials that cannot be used.
    """

    def __init__(
        self,
        *,
        cluster_arn: str,
        secret_arn: str,
        database: str,
        deadline_seconds: float = 90.0,
        rds_data: RdsData | None = None,
        waiting: Waiting = Waiting(),  # noqa: B008  # frozen
    ) -> None:
        self._endpoint = Endpoint(cluster_arn, secret_arn, database, rds_data)
        self.deadline_seconds = deadline_seconds
        self._waiting = waiting

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ, **options: Any) -> Self:
        """Return a client for AURORA_CLUSTER_ARN, AURORA_SECRET_ARN and DATABASE_NAME; `options` are the others."""
        missing = [name for name in (CLUSTER_ARN, SECRET_ARN, DATABASE_NAME) if not environment.get(name)]
        if missing:
            raise InvalidConfiguration(
                f"the environment has no {', '.join(missing)}: the deployment's output setup_instructions has them"
            )
        return cls(
            cluster_arn=environment[CLUSTER_ARN],
            secret_arn=environment[SECRET_ARN],
            database=environment[DATABASE_NAME],
            **options,
        )

    def begin(self) -> Transaction:
        """Return a transaction that the caller must commit or roll back: see `transaction`, which does so by itself."""
        return Transaction(self._endpoint, self._deadline)

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Return a transaction that commits at the end of the `with` block, and is rolled back by an exception.

        It cannot be run again by itself, so an error that asks for that is raised: see `run_in_transaction`.
        """
        with self._begun(self._deadline) as transaction:
            yield transaction

    def run_in_transaction(self, work: Callable[[Transaction], Returned]) -> Returned:
        """Call `work` with a transaction, commit, and return its result.

        It is run again from its beginning in a new transaction when PostgreSQL ended it for a conflict with another, or
        the answer to a statement was lost; so `work` should do nothing outside of the transaction that must not
        be done twice. Raises OutcomeUnknown when the answer to the commit was lost: then it is not run again.
        """

        def run(deadline: Deadline) -> Returned:
            with self._begun(lambda: deadline) as transaction:
                return work(transaction)

        return self._again_if_ended(run, Attempts(self._deadline()))

    def batch(
        self,
        sql: str,
        sets: Iterable[Parameters],
        *,
        idempotent: bool = False,
        all_or_nothing: bool = False,
    ) -> int:
        """Run a statement for each set of parameters: see Statements. Each call commits by itself.

        With `all_or_nothing`, all calls are one transaction, and `sets` are kept until its end.
        """
        if not all_or_nothing:
            return super().batch(sql, sets, idempotent=idempotent)
        kept = list(sets)
        return self.run_in_transaction(lambda transaction: transaction.batch(sql, kept))

    def pages(self, sql: str, parameters: Parameters | None) -> Generator[list[Row]]:
        """Yield the rows of a SELECT, in a transaction that can only read."""

        def open_cursor(_: Deadline) -> tuple[Transaction, Cursor]:
            return self._started_reading(self._deadline, lambda transaction: Cursor(transaction, sql, parameters or {}))

        transaction, cursor = self._again_if_ended(open_cursor, Attempts(self._deadline()))
        try:
            yield from cursor.pages()
        finally:
            transaction.roll_back()

    def _started_reading(
        self, deadline: Callable[[], Deadline], start: Callable[[Transaction], Returned]
    ) -> tuple[Transaction, Returned]:
        """Return a transaction in which PostgreSQL refuses every write, and what `start` makes of it."""
        transaction = Transaction(self._endpoint, deadline)
        try:
            transaction.execute("SET TRANSACTION READ ONLY")
            return transaction, start(transaction)
        except BaseException:
            transaction.roll_back()
            raise

    def _again_if_ended(self, run: Callable[[Deadline], Returned], attempts: Attempts) -> Returned:
        while True:
            try:
                return run(attempts.deadline)
            except DataApiError as error:
                if not error.ends_transaction or not attempts.wait_after(error):
                    raise

    def call(
        self, operation: str, arguments: dict[str, Any], *, is_repeatable: bool, is_read: bool = False
    ) -> dict[str, Any]:
        """Call an operation, with all of its repetitions: see Statements."""
        attempts = Attempts(self._deadline())
        try:
            return call_repeatedly(self._endpoint, operation, arguments, attempts, is_repeatable=is_repeatable)
        except DataApiError as error:
            if attempts.lost is None:
                raise
            if is_read and not is_repeatable:
                return self._read_again(operation, arguments, attempts, attempts.lost)
            raise _unknown(attempts.lost, error) from None

    def _read_again(
        self, operation: str, arguments: dict[str, Any], attempts: Attempts, lost: DataApiError
    ) -> dict[str, Any]:
        """Read in a transaction that cannot write, so that nothing is done twice.

        A function of the caller's own that a view or an operator calls can write, and no word of the statement says so.
        """

        def read(deadline: Deadline) -> dict[str, Any]:
            transaction, answer = self._started_reading(
                lambda: deadline, lambda transaction: transaction.call(operation, arguments, is_repeatable=False)
            )
            transaction.roll_back()
            return answer

        if not attempts.wait_after(lost):
            raise lost
        try:
            return self._again_if_ended(read, attempts)
        except (ResultTooLarge, UnsupportedResult):
            raise
        except DataApiError as error:
            if error.is_ambiguous:
                raise
            raise (lost if error.is_refusal else _unknown(lost, error)) from None

    def _deadline(self) -> Deadline:
        return Deadline(self.deadline_seconds, self._waiting)

    @contextmanager
    def _begun(self, deadline: Callable[[], Deadline]) -> Iterator[Transaction]:
        transaction = Transaction(self._endpoint, deadline)
        try:
            yield transaction
        except BaseException:
            transaction.roll_back()
            raise
        transaction.commit()


def _unknown(lost: DataApiError, last: DataApiError) -> OutcomeUnknown:
    then = "" if last is lost else f", and then {last.code or type(last).__name__}"
    return OutcomeUnknown(
        f"there is no answer to the statement ({lost.code}{then})", code=lost.code, message=last.message
    )
