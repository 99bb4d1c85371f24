"""SQL as people write it: any statement, with columns and values as they come, alone or in one transaction.

The client in `data_api` is for code: its rows are Python objects by name. Here two columns may have one name, and a
value that Python does not have is shown all the same. Calling, repeating and the care
for lost answers are the client's.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from operations.data_api import DataApiClient, DataApiError, Waiting
from operations.data_api.attempts import Deadline
from operations.data_api.statements import Statements
from operations.data_api.transaction import Transaction
from operations.sql_errors import explained_sql
from operations.target import Target

# The client logs what it waits for; here that is said otherwise, and a warning would be a second line of an error.
logging.getLogger("operations.data_api").addHandler(logging.NullHandler())

RESUME_SECONDS: Final = 90.0
"""How long a paused cluster is waited for; it takes about 15 seconds, and 30 or more after a day."""

_HURRY_SECONDS: Final = 2.0
"""How long a rollback is tried after Ctrl-C; a transaction that is left ends by itself after three idle minutes."""

# One call does two things: it makes the transaction read-only, and as a query it takes the snapshot after which
# PostgreSQL refuses SET TRANSACTION READ WRITE. SET TRANSACTION READ ONLY alone could be undone by that.
_READ_ONLY: Final = "SELECT set_config('transaction_read_only', 'on', true)"


@dataclass(frozen=True)
class Column:
    """A column of a result: its name and PostgreSQL's name of its type."""

    name: str
    type: str


@dataclass(frozen=True)
class Result:
    """What a statement answered; `columns` is empty for one that returns no rows."""

    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Any]] = ()
    updated_rows: int = 0


class _Asks(Statements):
    def ask(self, sql: str) -> Result:
        """Run a statement; one whose answer was lost is not sent again."""
        arguments = {"sql": sql, "includeResultMetadata": True}
        answer = self._call("execute_statement", arguments, is_repeatable=False)
        columns = [Column(column["label"], column["typeName"]) for column in answer.get("columnMetadata", [])]
        rows = [[_value(value) for value in record] for record in answer.get("records", [])]
        return Result(columns, rows, answer.get("numberOfRecordsUpdated", 0))


class _Client(_Asks, DataApiClient):
    is_in_a_hurry = False

    def begin(self) -> "_Transaction":
        def deadline() -> Deadline:
            return Deadline(_HURRY_SECONDS, self._waiting) if self.is_in_a_hurry else self._deadline()

        return _Transaction(self._endpoint, deadline)


class _Transaction(_Asks, Transaction):
    pass


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

        secret_arn, database = target.required_secret_arn(), target.required_database()
        target.session.check_credentials()
        with _errors_as_lines():
            self._client = _Client(
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
            return self._client.ask(sql)

    @contextmanager
    def transaction(self, *, read_only: bool) -> Iterator[Callable[[str], Result]]:
        """Run statements in one transaction with the function given; a read-only one is rolled back at the end."""

        def query(sql: str) -> Result:
            with _errors_as_lines():
                return transaction.ask(sql)

        with _errors_as_lines():
            transaction = self._client.begin()
            try:
                if read_only:
                    transaction.ask(_READ_ONLY)
                yield query
            except BaseException as error:
                # At Ctrl-C a statement may still run, and nothing can be rolled back before its end.
                self._client.is_in_a_hurry = isinstance(error, KeyboardInterrupt)
                transaction.roll_back()
                raise
            if read_only:
                transaction.roll_back()
            else:
                transaction.commit()


@contextmanager
def _errors_as_lines() -> Iterator[None]:
    try:
        yield
    except DataApiError as error:
        raise explained_sql(error) from None


def _value(field: dict[str, Any]) -> Any:
    [(kind, value)] = field.items()
    if kind == "isNull":
        return None
    if kind == "arrayValue":
        return _array(value)
    return value


def _array(value: dict[str, Any]) -> list[Any]:
    items: list[Any] = next(iter(value.values()), [])
    return [_array(item) for item in items] if "arrayValues" in value else list(items)
