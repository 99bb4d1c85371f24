"""Translates what boto3 raises into the errors of this package."""

import re

from botocore import exceptions as boto  # type: ignore[import-untyped]

from . import errors
from .errors import DataApiError

_DATABASE_ERROR = re.compile(
    r"(?:[A-Z]+: )?(?P<message>.*?)(?:; Detail: (?P<detail>.*?))?(?:; Hint: (?P<hint>.*?))?"
    r"(?:; Position: (?P<position>\d+))?; SQLState: (?P<sqlstate>\w{5})",
    re.DOTALL,
)
_BUSY = "still running a query"
_SERVER_ERROR = 500
_TOO_MANY_REQUESTS = 429

# Source: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html#API_ExecuteStatement_Errors
# and https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/CommonErrors.html
_BY_CODE: dict[str, tuple[type[DataApiError], str]] = {
    "DatabaseResumingException": (errors.Resuming, "the cluster is resuming after a pause"),
    "StatementTimeoutException": (errors.Timeout, "the statement took too long"),
    "TransactionNotFoundException": (errors.TransactionEnded, "the transaction is not there any more"),
    "UnsupportedResultException": (errors.UnsupportedResult, "the result has a type that the Data API does not return"),
    "HttpEndpointNotEnabledException": (errors.DataApiDisabled, "the cluster has no Data API"),
    "InvalidResourceStateException": (errors.DataApiDisabled, "the cluster is not available"),
    "DatabaseNotFoundException": (errors.DataApiDisabled, "the cluster has no instance, or no such database"),
    "NotFoundException": (errors.DataApiDisabled, "the cluster is not there"),
    **dict.fromkeys(
        ("SecretsErrorException", "InvalidSecretException"), (errors.SecretRefused, "the secret cannot be used")
    ),
    **dict.fromkeys(
        ("DatabaseUnavailableException", "InternalServerErrorException", "ServiceUnavailableError", "InternalFailure"),
        (errors.Unavailable, "AWS could not answer"),
    ),
    **dict.fromkeys(
        ("ThrottlingException", "Throttling", "TooManyRequestsException", "RequestLimitExceeded"),
        (errors.Throttled, "AWS takes no more calls at the moment"),
    ),
    **dict.fromkeys(
        (
            "AccessDeniedException",
            "ExpiredTokenException",
            "ForbiddenException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "MissingAuthenticationTokenException",
            "UnrecognizedClientException",
        ),
        (errors.AccessDenied, "AWS denied the call"),
    ),
}
_NOT_CONNECTED = (boto.EndpointConnectionError, boto.ConnectTimeoutError, boto.ProxyConnectionError)

# What botocore raises before it sends anything, and its subclasses; by name, as older versions do not have all of them.
# Source: https://github.com/boto/botocore/blob/develop/botocore/exceptions.py
_NO_CREDENTIALS = frozenset(
    "NoCredentialsError PartialCredentialsError CredentialRetrievalError MetadataRetrievalError UnknownCredentialError "
    "RefreshWithMFAUnsupportedError SSOError LoginError NoAuthTokenError TokenRetrievalError UnknownTokenProviderError "
    "ProfileNotFound ConfigNotFound ConfigParseError InvalidConfigError InvalidIMDSEndpointError "
    "InvalidIMDSEndpointModeError MissingDependencyException".split()
)
_NOT_SENT = frozenset(
    "ParamValidationError ValidationError MissingParametersError BaseEndpointResolverError EndpointProviderError "
    "InvalidEndpointConfigurationError InvalidHostLabelError UnknownRegionError DataNotFoundError "
    "UnknownSignatureVersionError UnsupportedSignatureVersionError ServiceNotInRegionError UnseekableStreamError "
    "InvalidProxiesConfigError UnsupportedServiceProtocolsError".split()
)


def error_of(raised: Exception) -> DataApiError | None:
    """Return the error for what boto3 raised; None for what is no error of a call."""
    if isinstance(raised, boto.ClientError):
        return _error_of_answer(raised)
    name = type(raised).__name__
    if isinstance(raised, _NOT_CONNECTED):
        return errors.NotConnected(f"the endpoint was not reached ({name})", code=name, message=str(raised))
    kinds = {kind.__name__ for kind in type(raised).__mro__}
    if kinds & _NO_CREDENTIALS:
        return errors.AccessDenied(f"there are no usable credentials ({name})", code=name, message=str(raised))
    if kinds & _NOT_SENT:
        return errors.Rejected(f"boto3 refused the call ({name})", code=name, message=str(raised))
    if isinstance(raised, (boto.BotoCoreError, boto.HTTPClientError)):
        # Of what is left, most happens after the request has gone out: to say that nothing was done would be a guess.
        return errors.AnswerLost(f"no answer came ({name})", code=name, message=str(raised))
    return None


def _error_of_answer(raised: boto.ClientError) -> DataApiError:
    code = raised.response.get("Error", {}).get("Code", "")
    message = raised.response.get("Error", {}).get("Message", "")
    status = raised.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if found := _DATABASE_ERROR.fullmatch(message):
        return errors.statement_error(
            found["sqlstate"],
            code=code,
            message=found["message"],
            detail=found["detail"] or "",
            hint=found["hint"] or "",
            position=int(found["position"]) if found["position"] else None,
        )
    if _BUSY in message:
        return errors.TransactionBusy("the transaction is still running a statement", code=code, message=message)
    if "size limit" in message:  # the code differs between the versions of the Data API
        return errors.ResultTooLarge("the result exceeds 1 MiB", code=code, message=message)
    kind, what = _BY_CODE.get(code) or _by_status(status)
    return kind(f"{what} ({code or status})", code=code, message=message)


def _by_status(status: int) -> tuple[type[DataApiError], str]:
    if status == _TOO_MANY_REQUESTS:
        return errors.Throttled, "AWS takes no more calls at the moment"
    if status >= _SERVER_ERROR:
        return errors.Unavailable, "AWS could not answer"
    return errors.Rejected, "AWS refused the call"
