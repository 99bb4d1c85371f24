"""The database of a target, as migrations ask it: through the client of the Data API, one runner at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from operations.data_api import DataApiClient, DataApiError, Transaction, Waiting
from operations.errors import OperationsError
from operations.exit_status import ExitStatus
from operations.migrations.deadlines import RESUME_SECONDS
from operations.sql_errors import explained_sql
from operations.target import Target

Result = TypeVar("Result")

_POLL_SECONDS: Final = 2.0
# Of the transaction, because a session of the Data API is nobody's; one a database. The number is "alexdb" in ASCII.
_LOCK: Final = f"SELECT pg_try_advisory_xact_lock({int.from_bytes(b'alexdb', 'big')}) AS is_ours"


class Locked(Exception):
    """Another runner has the lock."""


class _Undo(Exception):
    pass


def connect(
    target: Target, *, on_waiting: Callable[[], None] = lambda: None, deadline_seconds: float = RESUME_SECONDS
) -> DataApiClient:
    """Return a client; `on_waiting` is called before each wait for another try. Raises OperationsError (2 or 4)."""

    def wait(seconds: float) -> None:
        on_waiting()
        time.sleep(seconds)

    secret_arn, database = target.required_secret_arn(), target.required_database()
    target.session.check_credentials()
    return DataApiClient(
        cluster_arn=target.cluster_arn,
        secret_arn=secret_arn,
        database=database,
        deadline_seconds=deadline_seconds,
        rds_data=target.session.client("rds-data", attempts=1),
        waiting=Waiting(sleep=wait),
    )


def lock(transaction: Transaction) -> None:
    """Be the only runner until the end of the transaction. Raises Locked."""
    if not transaction.query_one(_LOCK)["is_ours"]:
        raise Locked


@contextmanager
def undone(client: DataApiClient) -> Iterator[Transaction]:
    """Return a transaction that is rolled back at its end."""
    try:
        with client.transaction() as transaction:
            yield transaction
            raise _Undo
    except _Undo:
        return


def await_lock(
    work: Callable[[], Result],
    seconds: float,
    *,
    on_locked: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """Return what `work` does, done again while it raises Locked. Raises OperationsError (7) after these seconds."""
    ends_at = clock() + seconds
    while True:
        try:
            return work()
        except Locked:
            left = ends_at - clock()
            if left <= 0:
                raise OperationsError(
                    "locked: another run migrates this database: wait for it; one that was killed lets go after 3 "
                    "minutes",
                    ExitStatus.LOCKED,
                ) from None
            on_locked()
            sleep(min(_POLL_SECONDS, left))


@contextmanager
def errors_as_lines() -> Iterator[None]:
    """Raise OperationsError for the errors of the client."""
    try:
        yield
    except DataApiError as error:
        raise explained_sql(error) from None
