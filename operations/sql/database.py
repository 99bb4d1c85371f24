"""SQL as people write it: any statement, with columns and values as they come, alone or in one transaction.

Two columns may have one name here, and a value that Python does not have is shown all the same. Calling, repeating and
the care for lost answers are the client's.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Final

from aurora_serverless_data_api import (
    DataApiClient,
    DataApiError,
    InvalidParameter,
    Result,
    TransactionBusy,
    Waiting,
)
from aurora_serverless_data_api import Timeout as StatementTimeout
from operations.errors import OperationsError, failed
from operations.sql.errors import StatementFailed, explained_sql
from operations.sql.script import LONGEST_STATEMENT
from operations.target.target import Target

# The client logs what it waits for; here that is said otherwise, and a warning would be a second line of an error.
logging.getLogger("aurora_serverless_data_api").addHandler(logging.NullHandler())

RESUME_SECONDS: Final = 90.0
"""How long a paused cluster is waited for; it takes about 15 seconds, and 30 or more after a day."""

_HURRY_SECONDS: Final = 4.0
"""How long each call is tried after Ctrl-C."""
_ROLLBACKS: Final = 3
"""How often all of it is tried: a statement that was on its way at Ctrl-C may begin after it was cancelled."""
_CANCELS: Final = 10
"""The same for a statement that no transaction has, whose rollback could wait for its end."""

# One call does two things: it makes the transaction read-only, and as a query it takes the snapshot after which
# PostgreSQL refuses SET TRANSACTION READ WRITE. SET TRANSACTION READ ONLY alone could be undone by that.
_READ_ONLY: Final = (
    "SELECT set_config('transaction_read_only', 'on', true), set_config('application_name', '{marker}', true)"
)
# No query, so that SET TRANSACTION may still follow.
_READ_WRITE: Final = "SET LOCAL application_name = '{marker}'"
_CANCEL: Final = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = '{marker}'"
# The marker is in two parts, so that this statement is not the one that it looks for.
_CANCEL_MARKED: Final = (
    "SELECT pid, pg_cancel_backend(pid), pg_sleep(0.05) FROM pg_stat_activity "
    "WHERE state = 'active' AND query LIKE '/* ' || '{marker}%'"
)
_IS_OPEN: Final = "SELECT pid FROM pg_stat_activity WHERE application_name = '{marker}'"

STILL_OPEN: Final = "its transaction could not be rolled back, and ends by itself within 3 minutes"
_REFUSED: Final = (
    "the transaction takes no more statements, since one has failed: ROLLBACK undoes it, ROLLBACK TO a savepoint a part"
)
_CANCELLED: Final = "the statement was cancelled, and what it had committed itself stays"
_MAY_GO_ON: Final = (
    "the statement may go on to its end, and counts then: {activity} --longer-than-seconds 0 shows its pid, "
    'and {sql} "SELECT pg_cancel_backend(PID)" ends it'
)
COMMIT_UNKNOWN: Final = (
    "the commit was on its way, and the changes may have been made or not: check before you try again"
)


class Database:
    """One database of a target, asked with its secret.

    `on_waiting` is called before each wait for another try, as when a paused cluster resumes. All methods raise
    OperationsError, and what boto3 does where there are no usable credentials.
    """

    def __init__(
        self,
        target: Target,
        *,
        on_waiting: Callable[[], None] = lambda: None,
        deadline_seconds: float = RESUME_SECONDS,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        def wait(seconds: float) -> None:
            on_waiting()
            sleep(seconds)

        target.check_data_api()
        secret_arn, database = target.required_secret_arn(), target.required_database()
        target.session.check_credentials()
        self._may_go_on = _MAY_GO_ON.format(activity=target.command("activity"), sql=target.command("sql"))
        with _errors_as_lines():
            self._client = DataApiClient(
                cluster_arn=target.cluster_arn,
                secret_arn=secret_arn,
                database=database,
                deadline_seconds=deadline_seconds,
                rds_data=target.session.client("rds-data", attempts=1),
                waiting=Waiting(clock=clock, sleep=wait),
            )

    def query(self, sql: str) -> Result:
        """Run a statement that counts at once."""
        with _errors_as_lines():
            return self._client.query_undecoded(sql)

    def run_to_its_end(self, sql: str) -> bool:
        """Run a statement that counts at once; return False where it takes longer than 45 seconds, and goes on."""
        with _errors_as_lines():
            try:
                self._client.execute(sql, continue_after_timeout=True)
            except StatementTimeout:
                return False
        return True

    def begin(self, *, read_only: bool, characteristics: str = "") -> "OpenTransaction":
        """Begin a transaction that the caller ends; `characteristics` are what SET TRANSACTION takes, if anything."""
        return OpenTransaction(self._client, read_only=read_only, characteristics=characteristics)

    @contextmanager
    def transaction(self, *, read_only: bool) -> "Iterator[OpenTransaction]":
        """Run statements in one transaction; a read-only one is rolled back at the end.

        At Ctrl-C and the like, the statement that runs is cancelled and the transaction is rolled back; where that
        could not be done, and where a commit was on its way, a note of the exception says so.
        """
        transaction = self.begin(read_only=read_only)
        try:
            yield transaction
        except (Exception, GeneratorExit):
            transaction.roll_back()
            raise
        except BaseException as stopped:
            if not transaction.stop():
                stopped.add_note(STILL_OPEN)
            raise
        if read_only:
            transaction.roll_back()
            return
        transaction.commit()

    def query_alone(self, sql: str) -> Result:
        """Run a statement that no transaction takes, such as VACUUM; one that is interrupted is cancelled.

        A note of the exception says so, or what to do where it could not be.
        """
        marked = f"/* {(marker := _new_marker())} */ "
        if len(f"{marked}{sql}".encode()) > LONGEST_STATEMENT:
            marked = ""  # nothing else finds it, but it runs
        try:
            return self.query(f"{marked}{sql}")
        except StatementFailed as error:
            if error.position is not None:
                error.position = max(error.position - len(marked), 1)
            raise
        except OperationsError:
            raise
        except BaseException as stopped:
            stopped.add_note(_CANCELLED if self._cancel_marked(marker) else self._may_go_on)
            raise

    def _cancel_marked(self, marker: str) -> bool:
        """Cancel the statement that begins with a marker; return whether it was seen to run, and runs no more."""
        was_running = False
        with _hurry(self._client), suppress(DataApiError):
            for _ in range(_CANCELS):
                if self._client.query_undecoded(_CANCEL_MARKED.format(marker=marker)).rows:
                    was_running = True
                elif was_running:
                    return True
        return False


class OpenTransaction:
    """A transaction of a Database until one of its ends: `commit`, `roll_back`, or `stop` for one that is interrupted.

    All methods but the last two raise OperationsError; `is_lost` says that nothing but the end is left.
    """

    def __init__(self, client: DataApiClient, *, read_only: bool, characteristics: str = "") -> None:
        self._client = client
        self._marker = _new_marker()  # by which another session finds this one
        self._failure: DataApiError | None = None
        self.is_lost = False
        with _errors_as_lines():
            self._transaction = client.begin()
            try:
                if characteristics:
                    self._transaction.execute(f"SET TRANSACTION {characteristics}")
                self._transaction.query_undecoded(
                    (_READ_ONLY if read_only else _READ_WRITE).format(marker=self._marker)
                )
            except Exception:
                self._transaction.roll_back()
                raise
            except BaseException as stopped:
                if not self.stop():
                    stopped.add_note(STILL_OPEN)
                raise

    @property
    def has_failed(self) -> bool:
        """Whether a statement failed, and was not rolled back to a savepoint before it."""
        return self._failure is not None

    def query(self, sql: str) -> Result:
        """Run a statement of any kind."""
        with self._noting_failures():
            return self._transaction.query_undecoded(sql)

    def pages(self, sql: str) -> Iterator[Result]:
        """Yield what a SELECT of any size answers; the first page comes in any case, for its columns."""
        with self._noting_failures():
            yield from self._transaction.stream_undecoded(sql)

    def batch(self, sql: str, sets: Iterable[Mapping[str, str | None]]) -> int:
        """Run a statement with its `:name` for each set of values, which are read as they are sent."""
        with self._noting_failures():
            return self._transaction.batch(sql, sets)

    @contextmanager
    def _noting_failures(self) -> Iterator[None]:
        with _errors_as_lines():
            try:
                yield
            except (InvalidParameter, TransactionBusy):
                raise  # nothing was run
            except DataApiError as error:
                if error is self._failure:  # the client says it again where PostgreSQL refuses a statement for it
                    raise failed(_REFUSED) from None
                self._failure, self.is_lost = error, error.ends_transaction
                raise
            self._failure = None  # it is fixed: otherwise PostgreSQL would have refused the statement

    def commit(self) -> None:
        """Commit what was done; a note of what interrupts it says that nobody knows whether it counts."""
        with _errors_as_lines():
            try:
                self._transaction.commit()
            except Exception:
                raise
            except BaseException as stopped:
                stopped.add_note(COMMIT_UNKNOWN)
                raise

    def roll_back(self) -> None:
        """Undo what was done. Never raises: what cannot be rolled back ends by itself within 3 minutes."""
        self._transaction.roll_back()

    def stop(self) -> bool:
        """Cancel the statement that runs, and roll back; return whether the transaction is certainly over.

        Nothing can be rolled back before the end of a statement, which would hold its locks until then.
        """
        with _hurry(self._client):
            for _ in range(_ROLLBACKS):
                with suppress(DataApiError):
                    self._client.query_undecoded(_CANCEL.format(marker=self._marker))
                self._transaction.roll_back()
                with suppress(DataApiError):
                    if not self._client.query_undecoded(_IS_OPEN.format(marker=self._marker)).rows:
                        return True
        return False


def _new_marker() -> str:
    """Return a name by which one session, or one statement, is found among all."""
    return f"aurora-serverless {secrets.token_hex(8)}"


@contextmanager
def _hurry(client: DataApiClient) -> Iterator[None]:
    """Let calls give up soon, also those of transactions that are open."""
    before = client.deadline_seconds
    client.deadline_seconds = _HURRY_SECONDS
    try:
        yield
    finally:
        client.deadline_seconds = before


@contextmanager
def _errors_as_lines() -> Iterator[None]:
    try:
        yield
    except DataApiError as error:
        raise explained_sql(error) from None
