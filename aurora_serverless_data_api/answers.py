"""Translates what boto3 raises into the errors of this package, and tells AWS's errors from those of others."""

import re

from botocore import exceptions as boto  # type: ignore[import-untyped]
from urllib3 import exceptions as urllib3

from . import errors
from .errors import DataApiError

_DATABASE_ERROR = re.compile(
    r"(?:[A-Z]+: )?(?P<message>.*?)(?:; Detail: (?P<detail>.*?))?(?:; Hint: (?P<hint>.*?))?"
    r"(?:; Position: (?P<position>\d+))?; SQLState: (?P<sqlstate>\w{5})",
    re.DOTALL,
)
_BUSY = "still running a query"
_CLIENT_ERROR, _SERVER_ERROR = 400, 500
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
_REJECTED = frozenset(
    "BadRequestException DatabaseErrorException RequestEntityTooLargeException SerializationException "
    "UnknownOperationException ValidationException".split()
)
_ERROR_TYPE = "x-amzn-errortype"
_NOT_CONNECTED = (boto.EndpointConnectionError, boto.ConnectTimeoutError)

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


def error_of(raised: Exception) -> DataApiError:
    """Return the error for what came out of a call of boto3."""
    if isinstance(raised, boto.ClientError):
        return _error_of_answer(raised)
    name = type(raised).__name__
    if _has_not_gone_out(raised):
        return errors.NotConnected(f"the endpoint was not reached ({name})", code=name, message=str(raised))
    kinds = {kind.__name__ for kind in type(raised).__mro__}
    if kinds & _NO_CREDENTIALS:
        return errors.AccessDenied(f"there are no usable credentials ({name})", code=name, message=str(raised))
    if kinds & _NOT_SENT:
        return errors.Rejected(f"boto3 refused the call ({name})", code=name, message=str(raised))
    # Of what is left, most happens after the request has gone out, and reading an answer that is none raises anything:
    # to say that nothing was done would be a guess.
    return errors.AnswerLost(f"no answer came that can be read ({name})", code=name, message=str(raised))


def _has_not_gone_out(raised: Exception) -> bool:
    """Whether the request got no connection, or none through a proxy.

    urllib3 1 calls a connection through a proxy that breaks later a ProxyError too.
    """
    error = getattr(raised, "kwargs", {}).get("error")
    if isinstance(raised, boto.ProxyConnectionError):
        cause = getattr(error, "original_error", None)
        is_unreached = isinstance(cause, (urllib3.NewConnectionError, urllib3.ConnectTimeoutError))
        return is_unreached or str(cause).startswith("Tunnel connection failed")
    return isinstance(raised, _NOT_CONNECTED) or isinstance(error, urllib3.ClosedPoolError)


def _error_of_answer(raised: boto.ClientError) -> DataApiError:
    answer = raised.response.get("Error") or {}
    metadata = raised.response.get("ResponseMetadata") or {}
    code, message, status = answer.get("Code"), answer.get("Message"), metadata.get("HTTPStatusCode", _CLIENT_ERROR)
    code, message = (text if isinstance(text, str) else "" for text in (code, message))
    if status >= _SERVER_ERROR:
        return errors.Unavailable(f"AWS could not answer ({code or status})", code=code, message=message)
    is_aws = code in _BY_CODE or code in _REJECTED or metadata.get("HTTPHeaders", {}).get(_ERROR_TYPE)
    if not code or not is_aws or status < _CLIENT_ERROR:
        what = f"the answer is not one of the Data API (HTTP status {status})"
        return errors.AnswerLost(what, code=code or str(status), message=message)
    return _error_of_aws(code, message, status)


def _error_of_aws(code: str, message: str, status: int) -> DataApiError:
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
    refused: tuple[type[DataApiError], str] = (errors.Rejected, "AWS refused the call")
    if status == _TOO_MANY_REQUESTS:
        refused = (errors.Throttled, "AWS takes no more calls at the moment")
    kind, what = _BY_CODE.get(code, refused)
    return kind(f"{what} ({code})", code=code, message=message)
