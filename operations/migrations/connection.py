"""The database of a target, as migrations ask it: through the client of the Data API, one runner at a time."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from aurora_serverless_data_api import DataApiClient, DataApiError, Transaction, Waiting
from operations.activity.blockers import Blocker, utc
from operations.errors import ErrorKind, OperationsError
from operations.migrations.deadlines import RESUME_SECONDS
from operations.migrations.watching import Blocked
from operations.sql.errors import explained_sql
from operations.target.target import Target

Result = TypeVar("Result")

_POLL_SECONDS: Final = 2.0
# Of the transaction, because a session of the Data API is nobody's; one a database.
_NUMBER: Final = int.from_bytes(b"alexdb", "big")
_LOCK: Final = f"SELECT pg_try_advisory_xact_lock({_NUMBER}) AS is_ours"
# pg_locks has a number of 64 bits in two parts, and 1 in objsubid.
_HOLDERS: Final = f"""
SELECT activity.pid AS holding_pid, usename::text AS holding_user, activity.state AS holding_state,
       {utc("xact_start")} AS holding_since, query AS holding_query, NULL AS holding_gid
FROM pg_locks JOIN pg_stat_activity AS activity ON activity.pid = pg_locks.pid
WHERE locktype = 'advisory' AND granted AND objsubid = 1
  AND classid = {_NUMBER >> 32} AND objid = {_NUMBER % 2**32}
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""  # noqa: S608 (a constant)


class Locked(Exception):
    """Another runner has the lock."""


class _Undo(Exception):
    pass


def connect(
    target: Target, *, on_waiting: Callable[[], None] = lambda: None, deadline_seconds: float = RESUME_SECONDS
) -> DataApiClient:
    """Return a client; `on_waiting` is called before each wait for another try. Raises OperationsError."""

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
    client: DataApiClient,
    work: Callable[[], Result],
    seconds: float,
    *,
    on_locked: Callable[[], None] = lambda: None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Result:
    """Return what `work` does, done again while it raises Locked. Raises OperationsError after these seconds."""
    ends_at = clock() + seconds
    while True:
        try:
            return work()
        except Locked:
            left = ends_at - clock()
            if left <= 0:
                raise _locked(client) from None
            on_locked()
            sleep(min(_POLL_SECONDS, left))


def _locked(client: DataApiClient) -> OperationsError:
    holders = [Blocker.of(row) for row in client.query(_HOLDERS, idempotent=True)]
    who = "".join(f": it is {holder}" for holder in holders)
    ends = "".join(f", or end it: {holder.command()}" for holder in holders)
    return OperationsError(
        "locked: another run is migrating this database: wait for it; a killed run releases the lock after 3 minutes"
        f"{ends}{who}",
        ErrorKind.LOCKED,
    )


def explained(error: DataApiError) -> OperationsError:
    """Return the line for an error of the client."""
    if isinstance(error, Blocked):
        return OperationsError(error.message, ErrorKind.LOCKED)
    return explained_sql(error)


@contextmanager
def errors_as_lines(place: Callable[[], str | None] = lambda: None) -> Iterator[None]:
    """Raise OperationsError for the errors of the client, with the place in a file that is worked on, if any."""
    try:
        yield
    except DataApiError as error:
        known = explained(error)
        if (at := place()) is None:
            raise known from None
        raise OperationsError(f"{at}: {known}", known.kind) from None
