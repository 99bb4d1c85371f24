"""What the Data API client raises, as lines that say what to do."""

from typing import Final

import aurora_serverless_data_api as data_api
from operations.aws.errors import explained_code
from operations.errors import ErrorKind, OperationsError

_DATA_API_IS_OFF: Final = "the Data API of the cluster is off: set access.data_api = true in its file, and deploy"
_SEE_CHECK: Final = "./aurora-serverless check ENVIRONMENT says more of it"

# The first that fits counts.
_LINES: Final[tuple[tuple[type[data_api.DataApiError], ErrorKind, str], ...]] = (
    (data_api.Resuming, ErrorKind.TOO_LATE, "the cluster was paused and is still resuming: try again"),
    (data_api.Throttled, ErrorKind.AWS_UNAVAILABLE, "AWS throttles the Data API: wait a minute and try again"),
    (
        data_api.NotConnected,
        ErrorKind.AWS_UNAVAILABLE,
        "AWS cannot be reached ({message}): check the network and the Region's name",
    ),
    (
        data_api.Unavailable,
        ErrorKind.AWS_UNAVAILABLE,
        "the Data API has an internal error ({code}): try again later",
    ),
    (data_api.AnswerLost, ErrorKind.AWS_UNAVAILABLE, "the Data API gave no answer ({code}): try again later"),
    (
        data_api.OutcomeUnknown,
        ErrorKind.FAILED,
        "there was no answer, and the change may have been made or not: check before you try again",
    ),
    (
        data_api.Timeout,
        ErrorKind.FAILED,
        "the statement took longer than the 45 seconds of the Data API, and was stopped",
    ),
    (
        data_api.SecretRefused,
        ErrorKind.FAILED,
        f"cannot log in to the database with the secret: {{message}}; {_SEE_CHECK}",
    ),
    (
        data_api.ResultTooLarge,
        ErrorKind.FAILED,
        "the result is larger than 1 MiB: ask for fewer rows or columns (LIMIT), or read it with sql --csv or --json",
    ),
    (data_api.UnsupportedResult, ErrorKind.FAILED, "{message}: cast the column to text (::text)"),
    (data_api.TransactionEnded, ErrorKind.FAILED, "the transaction timed out, and nothing was changed"),
    (data_api.InvalidParameter, ErrorKind.WRONG_INPUT, "{message}"),
    (data_api.Rejected, ErrorKind.FAILED, "the Data API refuses the call: {message}"),
)


class StatementFailed(OperationsError):
    """PostgreSQL's error; `position` is the character of the statement where it is, counted from 1, if any."""

    def __init__(self, message: str, error: data_api.StatementError) -> None:
        super().__init__(message, ErrorKind.FAILED)
        self.error = error
        self.position = error.position


def explained_sql(error: data_api.DataApiError) -> OperationsError:
    """Return the line for an error; a StatementFailed for one of PostgreSQL."""
    message = error.message.rstrip(".") or error.what
    if isinstance(error, data_api.StatementError):
        return _of_statement(error)
    if isinstance(error, data_api.DataApiDisabled):
        return _of_cluster(error.code, message)
    if isinstance(error, data_api.AccessDenied):
        return explained_code(error.code, error.message, operation="the Data API")
    for kind, status, line in _LINES:
        if isinstance(error, kind):
            return OperationsError(line.format(message=message, code=error.code), status)
    return OperationsError(f"{error.what}: {message}" if message != error.what else message, ErrorKind.FAILED)


def _of_statement(error: data_api.StatementError) -> StatementFailed:
    detail = f" ({error.detail})" if error.detail else ""
    return StatementFailed(f"{error.message}{detail} [SQLSTATE {error.sqlstate}]", error)


def _of_cluster(code: str, message: str) -> OperationsError:
    if code == "HttpEndpointNotEnabledException":
        return OperationsError(_DATA_API_IS_OFF, ErrorKind.FAILED)
    return OperationsError(f"the cluster cannot be asked: {message}; {_SEE_CHECK}", ErrorKind.NOT_DEPLOYED)
