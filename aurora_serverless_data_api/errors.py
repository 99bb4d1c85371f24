"""What can go wrong with a call, as exceptions that say the way out.

The text of an error holds no parameter's value and no secret, so that it can go into a log. The words of PostgreSQL and
of AWS are in `message` and `detail`; they can hold values.
"""

from typing import ClassVar

# Classes of SQLSTATE whose messages name tables, columns and constraints, but no values; the values are in the detail.
# Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
_CLASSES_WITHOUT_VALUES = ("08", "0A", "23", "25", "28", "3D", "3F", "40", "42", "53", "54", "55", "57")


_MAY_BE_DONE = "the call may have been done; of a transaction nothing is kept: run it again from its beginning"


class DataApiError(Exception):
    """The first of all errors here. `code` is AWS's; `sets_done` is how many sets of a batch were committed before."""

    remedy: ClassVar[str] = "see code and message of the error"
    is_refusal: ClassVar[bool] = False
    """Nothing was done, and the same call can work a moment later."""
    is_ambiguous: ClassVar[bool] = False
    """The call may have been done, and may not."""
    ends_transaction: ClassVar[bool] = False
    """A transaction in which it happens can only be run again from its beginning."""

    def __init__(self, what: str, *, code: str = "", message: str = "") -> None:
        super().__init__(f"{what}; {self.remedy}")
        self.what = what
        self.code = code
        self.message = message
        self.sets_done: int | None = None


class InvalidConfiguration(DataApiError, ValueError):
    """The client cannot be made like this."""

    remedy = "nothing was sent"


class InvalidParameter(DataApiError, ValueError):
    """A value, a name or a statement that is refused before it is sent."""

    remedy = "nothing was sent"


class Resuming(DataApiError):
    """The cluster wakes up from its pause, and did not within the deadline."""

    remedy = "call again in some seconds, or give the client a greater deadline_seconds"
    is_refusal = True


class Throttled(DataApiError):
    """Too many calls."""

    remedy = "send fewer calls at a time; batch sends many sets in one"
    is_refusal = True


class NotConnected(DataApiError):
    """The endpoint was not reached: nothing was sent."""

    remedy = "check the Region, the network, and that a VPC has an endpoint for rds-data"
    is_refusal = True


class Unavailable(DataApiError):
    """AWS, or something on the way to it, answered 500 or more."""

    remedy = _MAY_BE_DONE
    is_ambiguous = True
    ends_transaction = True


class AnswerLost(DataApiError):
    """The connection ended before the answer came, or what came is not an answer of the Data API."""

    remedy = _MAY_BE_DONE
    is_ambiguous = True
    ends_transaction = True


class OutcomeUnknown(DataApiError):
    """A commit, or a statement that commits by itself, of which nobody knows whether it was done.

    `code` is that of the answer that was lost, `message` that of the last one.
    """

    remedy = "read from the database whether it was done before doing it again"


class AccessDenied(DataApiError):
    """AWS does not let the caller do this."""

    remedy = (
        "the caller's role needs the rds-data actions on the cluster and secretsmanager:GetSecretValue on the secret"
    )


class SecretRefused(DataApiError):
    """The secret cannot be read, or is none of a database."""

    remedy = "check AURORA_SECRET_ARN, that the role may read the secret, and that it has username and password"


class DataApiDisabled(DataApiError):
    """The cluster has no Data API, or is not there, or is not available."""

    remedy = "check AURORA_CLUSTER_ARN and that the cluster is available with its Data API enabled"


class Timeout(DataApiError):
    """A statement took longer than the 45 seconds of the Data API, and was cancelled, unless it was to go on."""

    remedy = "make it smaller, or let it go on with continue_after_timeout=True"


class TransactionEnded(DataApiError):
    """The transaction is not there any more; what it did is rolled back."""

    remedy = "run it again from its beginning; it ends by itself after 3 minutes without a call"
    ends_transaction = True


class TransactionBusy(DataApiError):
    """A transaction was given a second statement while the first ran."""

    remedy = "one transaction is for one thread"


class ResultTooLarge(DataApiError):
    """The rows are larger than the 1 MiB that one answer may have. A statement that writes was done all the same."""

    remedy = "read them with stream(); a single row that is too large must be read in parts"


class UnsupportedResult(DataApiError):
    """A column has a type or a value that does not come through the Data API, or that Python does not have.

    A statement that writes, with RETURNING, was done all the same.
    """

    remedy = "cast the column to text in the SQL"


class NoRow(DataApiError, LookupError):
    """query_one found no row."""

    remedy = "use query_one_or_none where that can be"


class MoreRows(DataApiError, LookupError):
    """query_one found more than one row."""

    remedy = "narrow the condition, or use query"


class UnfittingRow(DataApiError, TypeError):
    """The columns of a row are not what the class needs."""

    remedy = "name the columns like its fields, with AS in the SQL"


class Rejected(DataApiError):
    """AWS refused the call for another reason."""


class StatementError(DataApiError):
    """PostgreSQL's error. `sqlstate` says which; `message`, `detail` and `hint` are its words and may hold values.

    `position` is the character of the statement, counted from 1; None where PostgreSQL tells none.
    """

    remedy = "the error's message and detail say more"

    def __init__(
        self,
        sqlstate: str,
        *,
        code: str = "",
        message: str = "",
        detail: str = "",
        hint: str = "",
        position: int | None = None,
    ) -> None:
        words = message if sqlstate.startswith(_CLASSES_WITHOUT_VALUES) else "PostgreSQL refused a value or raised this"
        super().__init__(f"{words} (SQLSTATE {sqlstate})", code=code, message=message)
        self.sqlstate = sqlstate
        self.detail = detail
        self.hint = hint
        self.position = position


class IntegrityViolation(StatementError):
    """A constraint was violated."""

    remedy = "the error's detail has the row's values"


class UniqueViolation(IntegrityViolation):
    """The row is there already (23505)."""

    remedy = "the row is there already: change it instead, or write ON CONFLICT"


class ForeignKeyViolation(IntegrityViolation):
    """The row that is referred to is missing, or a row is still referred to (23503)."""

    remedy = "write the row that is referred to first, and delete it last"


class NotNullViolation(IntegrityViolation):
    """A column that must have a value has none (23502)."""

    remedy = "give the column a value"


class CheckViolation(IntegrityViolation):
    """A value is not one that the column's check allows (23514)."""

    remedy = "give a value that the check allows"


class ExclusionViolation(IntegrityViolation):
    """The row is in conflict with another (23P01)."""

    remedy = "the error's detail names the other row"


class TransactionConflict(StatementError):
    """Two transactions came into each other's way, and PostgreSQL ended this one."""

    remedy = "run the transaction again from its beginning, as run_in_transaction does"
    ends_transaction = True


class SerializationFailure(TransactionConflict):
    """Another transaction changed what this one had read (40001)."""


class DeadlockDetected(TransactionConflict):
    """Two transactions waited for each other (40P01)."""


class SessionLost(StatementError):
    """PostgreSQL ended the session, as in a failover."""

    remedy = "the statement may have been done: look before running it again, or mark it as idempotent"
    is_ambiguous = True
    ends_transaction = True


class NoSession(StatementError):
    """PostgreSQL takes no session at the moment: nothing was done."""

    remedy = "call again in some seconds, with fewer calls at a time"
    is_refusal = True


class FailedTransaction(StatementError):
    """A statement in a transaction of which an earlier statement has failed (25P02)."""

    remedy = "let the earlier error end the transaction, or set a SAVEPOINT before what may fail"


class TypeMismatch(StatementError):
    """A value has not the type that the statement needs (42804, 42883)."""

    remedy = "a str is text to PostgreSQL: cast it (:name::type), or pass a UUID, a date, a Decimal, Json"


# Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_SQLSTATE: dict[str, type[StatementError]] = {
    "23502": NotNullViolation,
    "23503": ForeignKeyViolation,
    "23505": UniqueViolation,
    "23514": CheckViolation,
    "23P01": ExclusionViolation,
    "25P02": FailedTransaction,
    "40001": SerializationFailure,
    "40P01": DeadlockDetected,
    "42804": TypeMismatch,
    "42883": TypeMismatch,
    **dict.fromkeys(("08000", "08003", "08006", "08007", "40003", "57P01", "57P02"), SessionLost),
    **dict.fromkeys(("08001", "08004", "53300", "57P03"), NoSession),
}


def statement_error(
    sqlstate: str, *, code: str, message: str, detail: str, hint: str = "", position: int | None = None
) -> StatementError:
    """Return the error of an SQLSTATE."""
    kind = _BY_SQLSTATE.get(sqlstate, IntegrityViolation if sqlstate.startswith("23") else StatementError)
    return kind(sqlstate, code=code, message=message, detail=detail, hint=hint, position=position)
