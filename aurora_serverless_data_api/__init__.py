"""A client of Aurora's Data API for Lambda code: Python values in and out, transactions, and tries that do no harm.

    client = DataApiClient.from_environment()
    users = client.query("SELECT id, email FROM users WHERE created_at > :since", {"since": yesterday}, into=User)

Needs boto3 only, and nothing else of this project: a Lambda function's bundle can hold a copy of this folder.

Why no existing library serves: aurora-data-api 0.5 (with its SQLAlchemy dialect) puts a transaction around each SELECT,
leaves botocore's repetitions on, by which one INSERT can become two, fails on a cluster that resumes, sends a UUID as
text and takes no arrays. awswrangler 3 needs pandas and pyarrow, takes parameters as boto3 does, and repeats whatever
AWS calls a bad request. Neither runs a transaction again, nor says that the outcome of a commit is unknown.
"""

from .attempts import Waiting
from .client import DataApiClient
from .endpoint import RdsData, rds_data_client
from .errors import (
    AccessDenied,
    AnswerLost,
    CheckViolation,
    DataApiDisabled,
    DataApiError,
    DeadlockDetected,
    ExclusionViolation,
    FailedTransaction,
    ForeignKeyViolation,
    IntegrityViolation,
    InvalidConfiguration,
    InvalidParameter,
    MoreRows,
    NoRow,
    NoSession,
    NotConnected,
    NotNullViolation,
    OutcomeUnknown,
    Rejected,
    ResultTooLarge,
    Resuming,
    SecretRefused,
    SerializationFailure,
    SessionLost,
    StatementError,
    Throttled,
    Timeout,
    TransactionBusy,
    TransactionConflict,
    TransactionEnded,
    TypeMismatch,
    Unavailable,
    UnfittingRow,
    UniqueViolation,
    UnsupportedResult,
)
from .parameters import Parameters
from .results import Column, Result, Row
from .statements import Statements
from .transaction import Transaction
from .values import Array, Json, WithoutTimeZone

__all__ = [
    "AccessDenied",
    "AnswerLost",
    "Array",
    "CheckViolation",
    "Column",
    "DataApiClient",
    "DataApiDisabled",
    "DataApiError",
    "DeadlockDetected",
    "ExclusionViolation",
    "FailedTransaction",
    "ForeignKeyViolation",
    "IntegrityViolation",
    "InvalidConfiguration",
    "InvalidParameter",
    "Json",
    "MoreRows",
    "NoRow",
    "NoSession",
    "NotConnected",
    "NotNullViolation",
    "OutcomeUnknown",
    "Parameters",
    "RdsData",
    "Rejected",
    "Result",
    "ResultTooLarge",
    "Resuming",
    "Row",
    "SecretRefused",
    "SerializationFailure",
    "SessionLost",
    "StatementError",
    "Statements",
    "Throttled",
    "Timeout",
    "Transaction",
    "TransactionBusy",
    "TransactionConflict",
    "TransactionEnded",
    "TypeMismatch",
    "Unavailable",
    "UnfittingRow",
    "UniqueViolation",
    "UnsupportedResult",
    "Waiting",
    "WithoutTimeZone",
    "rds_data_client",
]
