"""The errors of the Data API: each code has its HTTP status, as boto3's model of the service has it."""

import re
from typing import Final

# Source: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html#API_ExecuteStatement_Errors
# and https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/CommonErrors.html
STATUS = {
    "AccessDeniedException": 403,
    "BadRequestException": 400,
    "DatabaseErrorException": 400,
    "DatabaseNotFoundException": 404,
    "DatabaseResumingException": 400,
    "DatabaseUnavailableException": 504,
    "ForbiddenException": 403,
    "HttpEndpointNotEnabledException": 400,
    "InternalFailure": 500,
    "InternalServerErrorException": 500,
    "InvalidResourceStateException": 400,
    "InvalidSecretException": 400,
    "NotFoundException": 404,
    "RequestEntityTooLargeException": 413,
    "SecretsErrorException": 400,
    "SerializationException": 400,
    "ServiceUnavailableError": 503,
    "StatementTimeoutException": 400,
    "ThrottlingException": 400,
    "TransactionNotFoundException": 404,
    "UnsupportedResultException": 400,
    "ValidationException": 400,
}

# Why PostgreSQL let nobody in: libpq gives the text of that, without its SQLSTATE.
# Source: https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/init/postinit.c,
# miscinit.c, ../../libpq/auth.c, ../../storage/lmgr/proc.c and ../../tcop/backend_startup.c
_LOGIN_SQLSTATES: Final = (
    (r"password authentication failed for user ", "28P01"),
    (r"role \".*\" (does not exist|is not permitted to log in)", "28000"),
    (r"database \".*\" does not exist", "3D000"),
    (r"database \".*\" is not currently accepting connections", "55000"),
    (r"permission denied for database ", "42501"),
    (r"sorry, too many clients already|remaining connection slots are reserved |too many connections for ", "53300"),
    (r"the database system is ", "57P03"),
)
_OTHER_LOGIN_SQLSTATE: Final = "08004"  # the server rejected the connection


class DataApiError(Exception):
    """An error that is the answer to a call: one of STATUS, with a message where AWS sends one."""

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """The HTTP status."""
        return STATUS[self.code]


def database_error(message: str, sqlstate: str) -> DataApiError:
    """Return what the Data API answers for an error of PostgreSQL; clients read the SQLState at its end."""
    return DataApiError("DatabaseErrorException", f"ERROR: {message}; SQLState: {sqlstate}")


def login_refusal(reason: str) -> DataApiError:
    """Return the answer for PostgreSQL's reason, with its detail where it has one."""
    message, _, detail = reason.partition("\nDETAIL:")
    sqlstate = next((state for pattern, state in _LOGIN_SQLSTATES if re.match(pattern, message)), _OTHER_LOGIN_SQLSTATE)
    return database_error(f"{message}; Detail: {detail.strip()}" if detail else message, sqlstate)
