"""Runs one statement on a connection: with a time limit, a size limit, and one statement a call."""

import contextlib
import select
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import psycopg
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus
from psycopg.pq.abc import PGconn, PGresult

from aurora_serverless.facts.limits import limit
from local_aws.data_api.errors import DataApiError, database_error
from local_aws.data_api.values import Parameter

RESULT_BYTES = limit("data_api_result_longest")

CANCEL_SECONDS = 5.0
SYNTAX_ERROR = "42601"
ADMIN_SHUTDOWN = "57P01"
ENCODING = "UTF8"
ROW_BYTES, FIELD_BYTES = 2, 4  # what a row, and a field of it, take on PostgreSQL's wire besides the values

_ROWS = {ExecStatus.SINGLE_TUPLE, ExecStatus.TUPLES_OK}
_COPY = {ExecStatus.COPY_IN: "CopyInResponse", ExecStatus.COPY_OUT: "CopyOutResponse", ExecStatus.COPY_BOTH: "CopyBoth"}


@dataclass(frozen=True)
class Column:
    """A column of a result as PostgreSQL describes it; `table` 0 is none."""

    name: str
    type_id: int
    modifier: int
    table: int
    table_column: int


@dataclass
class Outcome:
    """What a statement gave: rows with their columns, or the number of rows that it changed."""

    columns: list[Column] = field(default_factory=list)
    rows: list[list[bytes | None]] = field(default_factory=list)
    command: str = ""
    changed_rows: int = 0


class TimeLimitExceededError(Exception):
    """The time is over, and the statement still runs: the connection belongs to it."""


@dataclass(frozen=True)
class Limits:
    """Of one call: the moment by `time.monotonic` at which it must end, and the greatest result."""

    ends_at: float
    result_bytes: int = RESULT_BYTES
    result_size: str = "1 MB"


def run(connection: PGconn, sql: str, parameters: Sequence[Parameter], limits: Limits) -> Outcome:
    """Run one statement and return its outcome.

    Raises DataApiError for an error of PostgreSQL and for a result that is too large; then the statement has ended.
    Raises TimeLimitExceededError when it has not: then `cancel` or `await_end` must follow.
    """
    if "\0" in sql:
        raise database_error('invalid byte sequence for encoding "UTF8": 0x00', "22021")
    try:
        connection.send_query_params(
            sql.encode(),
            [parameter.value for parameter in parameters],
            [parameter.type_id for parameter in parameters],
            [parameter.format for parameter in parameters],
        )
        connection.set_single_row_mode()
        outcome = _collect(connection, limits)
    except psycopg.Error:
        raise _connection_lost() from None
    _refuse_other_encoding(connection)
    return outcome


def run_plainly(connection: PGconn, sql: str) -> list[list[bytes | None]]:
    """Run SQL of local AWS itself, and return its rows."""
    try:
        result = connection.exec_(sql.encode())
    except psycopg.Error:
        raise _connection_lost() from None
    if result.status not in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}:
        raise _error_of(result) if connection.status == ConnStatus.OK else _connection_lost()
    return [[result.get_value(row, column) for column in range(result.nfields)] for row in range(result.ntuples)]


def cancel(connection: PGconn) -> None:
    """Cancel what runs on a connection, and wait for its end; a connection that does not answer is closed."""
    with contextlib.suppress(psycopg.Error):
        connection.get_cancel().cancel()
    with contextlib.suppress(psycopg.Error, TimeLimitExceededError):
        await_end(connection, time.monotonic() + CANCEL_SECONDS)
        return
    connection.finish()


def await_end(connection: PGconn, ends_at: float = float("inf")) -> None:
    """Wait until nothing runs on a connection any more, and drop what it gives."""
    while (result := _next_result(connection, ends_at)) is not None:
        if result.status in _COPY:
            connection.finish()
            return


def _collect(connection: PGconn, limits: Limits) -> Outcome:
    outcome = Outcome()
    size = 0
    error: DataApiError | None = None
    while (result := _next_result(connection, limits.ends_at)) is not None:
        if result.status in _ROWS:
            outcome.columns = outcome.columns or _columns(result)
            outcome.rows += _rows(result)
            size += _size(outcome.rows[-result.ntuples :]) if result.ntuples else 0
            if size > limits.result_bytes:
                cancel(connection)
                raise DataApiError(
                    "UnsupportedResultException", f"The result exceeds the size limit {limits.result_size}."
                )
        elif result.status in _COPY:
            connection.finish()
            raise DataApiError("DatabaseErrorException", f"unexpected message: {_COPY[ExecStatus(result.status)]}")
        elif result.status == ExecStatus.FATAL_ERROR:
            error = _error_of(result)
        outcome.command = (result.command_status or b"").decode()
        outcome.changed_rows = result.command_tuples or 0
    if error is not None:
        raise error
    return outcome


def _next_result(connection: PGconn, ends_at: float) -> PGresult | None:
    while connection.flush():
        _wait(connection, ends_at, select.POLLIN | select.POLLOUT)
        connection.consume_input()
    while connection.is_busy():
        _wait(connection, ends_at, select.POLLIN)
        connection.consume_input()
    return connection.get_result()


def _wait(connection: PGconn, ends_at: float, events: int) -> None:
    left = ends_at - time.monotonic()
    poll = select.poll()
    poll.register(connection.socket, events)
    milliseconds = None if left == float("inf") else max(left, 0) * 1000
    if left <= 0 or not poll.poll(milliseconds):
        raise TimeLimitExceededError


def _columns(result: PGresult) -> list[Column]:
    return [
        Column(
            name=(result.fname(number) or b"").decode(),
            type_id=result.ftype(number),
            modifier=result.fmod(number),
            table=result.ftable(number),
            table_column=result.ftablecol(number),
        )
        for number in range(result.nfields)
    ]


def _rows(result: PGresult) -> list[list[bytes | None]]:
    value = result.get_value
    columns: Sequence[int] = range(result.nfields)
    return [[value(row, column) for column in columns] for row in range(result.ntuples)]


def _size(rows: Sequence[Sequence[bytes | None]]) -> int:
    return sum(ROW_BYTES + sum(FIELD_BYTES + len(value or b"") for value in row) for row in rows)


def _error_of(result: PGresult) -> DataApiError:
    """Return PostgreSQL's error in the words of the Data API."""

    def text(code: DiagnosticField) -> str:
        return (result.error_field(code) or b"").decode(errors="replace")

    sqlstate = text(DiagnosticField.SQLSTATE)
    message = text(DiagnosticField.MESSAGE_PRIMARY) or result.get_error_message()
    if sqlstate == SYNTAX_ERROR and "multiple commands" in message:
        return DataApiError("ValidationException", "Multistatements aren't supported.")
    labelled: dict[str, Callable[[], str]] = {
        "Detail": lambda: text(DiagnosticField.MESSAGE_DETAIL),
        "Hint": lambda: text(DiagnosticField.MESSAGE_HINT),
        "Position": lambda: text(DiagnosticField.STATEMENT_POSITION),
    }
    parts = [f"{label}: {value}" for label, read in labelled.items() if (value := read())]
    return database_error("; ".join([message, *parts]), sqlstate)


def _refuse_other_encoding(connection: PGconn) -> None:
    encoding = (connection.parameter_status(b"client_encoding") or b"").decode()
    if encoding != ENCODING:
        connection.finish()  # what follows could not be read
        raise DataApiError(
            "BadRequestException", f"Local AWS reads {ENCODING} only, and client_encoding was set to {encoding}"
        )


def _connection_lost() -> DataApiError:
    return database_error("terminating connection due to administrator command", ADMIN_SHUTDOWN)
