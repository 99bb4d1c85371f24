"""Turns what boto3 raises into a line that says what to do.

Apart, because every command may run into any of it: credentials, access, Region, network, throttling.
"""

import re
from typing import Any, Final

from botocore import exceptions as aws  # type: ignore[import-untyped]
from botocore.parsers import ResponseParserError  # type: ignore[import-untyped]

from operations.errors import ErrorKind, OperationsError

# Source: each service's "Common errors" page of the AWS API references, and botocore's own retry lists
# (botocore/retries/special.py, standard.py).
_THROTTLED: Final = frozenset(
    "Throttling ThrottlingException ThrottledException RequestThrottled RequestThrottledException "
    "TooManyRequestsException RequestLimitExceeded BandwidthLimitExceeded LimitExceededException SlowDown "
    "PriorRequestNotComplete".split()
)
_EXPIRED: Final = frozenset("ExpiredToken ExpiredTokenException RequestExpired".split())
_UNKNOWN_KEY: Final = frozenset(
    "InvalidClientTokenId UnrecognizedClientException InvalidAccessKeyId SignatureDoesNotMatch "
    "InvalidSignatureException AuthFailure "
    "MissingAuthenticationToken MissingAuthenticationTokenException IncompleteSignature".split()
)
_DENIED: Final = frozenset(
    "AccessDenied AccessDeniedException UnauthorizedOperation ForbiddenException AuthorizationError 403".split()
)
_UNAVAILABLE: Final = frozenset(
    "InternalFailure InternalError InternalServiceError InternalServerErrorException InternalServerError "
    "ServiceUnavailable ServiceUnavailableError ServiceUnavailableException DatabaseUnavailableException "
    "500 502 503 504".split()
)

_MISSING_ON_LOCAL_AWS: Final = frozenset("NotImplementedException LocalAwsFailure".split())

_RENEW: Final = "renew them (aws sso login, or aws configure) and try again"
_GIVE: Final = "run aws configure or aws sso login, or set AWS_PROFILE"

_NOT_AUTHORIZED: Final = re.compile(
    r"(?:User: (?P<who>\S+) )?is not authorized to perform: (?P<action>[\w-]+:\w+)(?: on resource: (?P<what>\S+))?"
)


def explained(error: Exception) -> OperationsError | None:
    """Return the error as one line and an exit status; None where it is not one of boto3's."""
    if isinstance(error, aws.ClientError):
        return _answered(error)
    if isinstance(error, aws.BotoCoreError):
        return _line_of(type(error), str(error))
    if isinstance(error, ResponseParserError):
        return OperationsError("AWS's answer is not one of its API", ErrorKind.AWS_UNAVAILABLE)
    return None


def code_of(error: Exception) -> str:
    """Return AWS's code of an error, such as `AccessDenied`; an empty text where there is none."""
    if isinstance(error, aws.ClientError):
        return str(error.response.get("Error", {}).get("Code", ""))
    return ""


def explained_code(code: str, message: str, *, operation: str) -> OperationsError:
    """Return the line for an error's code, AWS's or a class of botocore's, where the error itself is gone."""
    kind = getattr(aws, code, None)
    if isinstance(kind, type) and issubclass(kind, aws.BotoCoreError):
        return _line_of(kind, message)
    return _line_of_code(code, message, operation)


def _answered(error: aws.ClientError) -> OperationsError:
    message = str(error.response.get("Error", {}).get("Message", ""))
    return _line_of_code(code_of(error), message, error.operation_name)


def _line_of_code(code: str, message: str, operation: str) -> OperationsError:
    if code in _EXPIRED:
        return OperationsError(f"the AWS credentials have expired: {_RENEW}", ErrorKind.NO_ACCESS)
    if code in _UNKNOWN_KEY:
        return OperationsError(
            f"AWS does not accept the credentials ({code}): check AWS_PROFILE, or {_GIVE}", ErrorKind.NO_ACCESS
        )
    if code in _DENIED:
        return _denied(operation, message)
    if code in _THROTTLED:
        return OperationsError(
            f"AWS throttles {operation} ({code}): wait a minute and try again", ErrorKind.AWS_UNAVAILABLE
        )
    if code in _UNAVAILABLE | _MISSING_ON_LOCAL_AWS:
        problem = f"AWS has an internal error in {operation} ({code}): try again later"
        return OperationsError(problem if code in _UNAVAILABLE else message, ErrorKind.AWS_UNAVAILABLE)
    return OperationsError(f"{operation} failed: {code}: {message.rstrip('.')}", ErrorKind.FAILED)


def _denied(operation: str, message: str) -> OperationsError:
    found = _NOT_AUTHORIZED.search(message)
    if found is None:
        return OperationsError(
            f"access denied to {operation}: allow that action to these credentials, or use others (AWS_PROFILE)",
            ErrorKind.NO_ACCESS,
        )
    who = found["who"] or "these credentials"
    where = f" on {found['what']}" if found["what"] else ""
    return OperationsError(
        f"access denied: {who} must be allowed the action {found['action']}{where}; add it, or use other credentials "
        "(AWS_PROFILE)",
        ErrorKind.NO_ACCESS,
    )


_CREDENTIALS_UNUSABLE: Final = (
    aws.SSOError,
    aws.LoginError,
    aws.NoAuthTokenError,
    aws.TokenRetrievalError,
    aws.UnknownTokenProviderError,
    aws.CredentialRetrievalError,
    aws.MetadataRetrievalError,
    aws.UnknownCredentialError,
    aws.RefreshWithMFAUnsupportedError,
    aws.ConfigParseError,
    aws.ConfigNotFound,
    aws.InvalidConfigError,
)

# The first that fits counts.
_NOT_ANSWERED: Final[tuple[tuple[Any, ErrorKind, str], ...]] = (
    (
        (aws.NoCredentialsError, aws.PartialCredentialsError),
        ErrorKind.NO_ACCESS,
        f"there are no AWS credentials: {_GIVE}",
    ),
    (
        aws.ProfileNotFound,
        ErrorKind.NO_ACCESS,
        "{error}: set AWS_PROFILE to one of `aws configure list-profiles`",
    ),
    (_CREDENTIALS_UNUSABLE, ErrorKind.NO_ACCESS, f"the AWS credentials cannot be used ({{error}}): {_RENEW}"),
    (aws.NoRegionError, ErrorKind.WRONG_INPUT, "no Region is known: give --region"),
    (
        (aws.HTTPClientError, aws.ConnectionError),
        ErrorKind.AWS_UNAVAILABLE,
        "AWS cannot be reached ({error}): check the network and the Region's name",
    ),
    (aws.ParamValidationError, ErrorKind.WRONG_INPUT, "AWS would refuse a value: {error}"),
)


def _line_of(kind: type[Exception], message: str) -> OperationsError:
    for kinds, status, line in _NOT_ANSWERED:
        if issubclass(kind, kinds):
            return OperationsError(line.format(error=message.rstrip(".")), status)
    return OperationsError(f"the AWS SDK failed ({kind.__name__}): {message}", ErrorKind.FAILED)
