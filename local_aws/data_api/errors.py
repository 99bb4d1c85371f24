"""The errors of the Data API: each code has its HTTP status, as boto3's model of the service has it."""

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
