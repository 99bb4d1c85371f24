"""SQL as people write it: any statement, with columns and values as they come, alone or in one transaction.

Two columns may have one name here, and a value that Python does not have is shown all the same. Calling, repeating and
the care for lost answers are the client's.
"""

import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Final

from aurora_serverless_data_api import DataApiClient, DataApiError, Result, Transaction, Waiting
from aurora_serverless_data_api import Timeout as StatementTimeout
from operations.sql.errors import explained_sql
from operations.target.target import Target

# The client logs what it waits for; here that is said otherwise, and a warning would be a second line of an error.
logging.getLogger("aurora_serverless_data_api").addHandler(logging.NullHandler())

RESUME_SECONDS: Final = 90.0
"""How long a paused cluster is waited for; it takes about 15 seconds, and 30 or more after a day."""

_HURRY_SECONDS: Final = 4.0
"""How long each call is tried after Ctrl-C."""
_ROLLBACKS: Final = 3
"""How often all of it is tried: a statement that was on its way at Ctrl-C may begin after it was cancelled."""

# One call does two things: it makes the transaction read-only, and as a query it takes the snapshot after which
# PostgreSQL refuses SET TRANSACTION READ WRITE. SET TRANSACTION READ ONLY alone could be undone by that.
_READ_ONLY: Final = (
    "SELECT set_config('transaction_read_only', 'on', true), set_config('application_name', '{marker}', true)"
)
# No query, so that SET TRANSACTION may still follow.
_READ_WRITE: Final = "SET LOCAL application_name = '{marker}'"
_CANCEL: Final = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = '{marker}'"
_IS_OPEN: Final = "SELECT pid FROM pg_stat_activity WHERE application_name = '{marker}'"

_STILL_OPEN: Final = "its transaction could not be rolled back, and ends by itself within 3 minutes"
_COMMIT_UNKNOWN: Final = (
    "the commit was on its way, and the changes may have been made or not: look before you try again"
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

    @contextmanager
    def transaction(self, *, read_only: bool) -> Iterator[Callable[[str], Result]]:
        """Run statements in one transaction with the function given; a read-only one is rolled back at the end.

        At Ctrl-C and the like, the statement that runs is cancelled and the transaction is rolled back; where that
        could not be done, and where a commit was on its way, a note of the exception says so.
        """

        def query(sql: str) -> Result:
            with _errors_as_lines():
                return transaction.query_undecoded(sql)

        marker = f"aurora-serverless {secrets.token_hex(8)}"  # by which another session finds this one
        with _errors_as_lines():
            transaction = self._client.begin()
            try:
                transaction.query_undecoded((_READ_ONLY if read_only else _READ_WRITE).format(marker=marker))
                yield query
            except Exception:
                transaction.roll_back()
                raise
            except BaseException as stopped:
                if not self._stop(transaction, marker):
                    stopped.add_note(_STILL_OPEN)
                raise
            if read_only:
                transaction.roll_back()
                return
            try:
                transaction.commit()
            except Exception:
                raise
            except BaseException as stopped:
                stopped.add_note(_COMMIT_UNKNOWN)
                raise

    def _stop(self, transaction: Transaction, marker: str) -> bool:
        """Cancel the statement that runs, and roll back; return whether the transaction is certainly over.

        Nothing can be rolled back before the end of a statement, which would hold its locks until then.
        """
        self._client.deadline_seconds = _HURRY_SECONDS
        for _ in range(_ROLLBACKS):
            with suppress(DataApiError):
                self._client.query_undecoded(_CANCEL.format(marker=marker))
            transaction.roll_back()
            with suppress(DataApiError):
                if not self._client.query_undecoded(_IS_OPEN.format(marker=marker)).rows:
                    return True
        return False


@contextmanager
def _errors_as_lines() -> Iterator[None]:
    try:
        yield
    except DataApiError as error:
        raise explained_sql(error) from None
