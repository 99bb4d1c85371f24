"""What boto3 raises, as one line that says what to do, and an exit status."""

from typing import Any

import pytest
from botocore import exceptions as aws  # type: ignore[import-untyped]
from botocore.parsers import ResponseParserError  # type: ignore[import-untyped]

import aurora_serverless_data_api as data_api
from operations.aws.errors import explained
from operations.errors import ErrorKind
from operations.sql.errors import explained_sql

DENIED = (
    "User: arn:aws:iam::123456789012:user/x is not authorized to perform: rds:DescribeDBClusters on resource: "
    "arn:aws:rds:us-east-1:123456789012:cluster:alex because no identity-based policy allows it"
)


def client_error(code: str, message: str = "") -> Exception:
    error: Exception = aws.ClientError({"Error": {"Code": code, "Message": message}}, "DescribeDBClusters")
    return error


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (
            client_error("AccessDenied", DENIED),
            ErrorKind.NO_ACCESS,
            "the action rds:DescribeDBClusters on arn:aws:rds",
        ),
        (client_error("AccessDenied"), ErrorKind.NO_ACCESS, "access denied to DescribeDBClusters"),
        (client_error("ExpiredToken"), ErrorKind.NO_ACCESS, "have expired: renew them"),
        (client_error("ExpiredTokenException"), ErrorKind.NO_ACCESS, "aws sso login"),
        (client_error("InvalidClientTokenId"), ErrorKind.NO_ACCESS, "does not accept the credentials"),
        (client_error("ThrottlingException"), ErrorKind.AWS_UNAVAILABLE, "throttles DescribeDBClusters"),
        (client_error("RequestLimitExceeded"), ErrorKind.AWS_UNAVAILABLE, "wait a minute"),
        (client_error("ServiceUnavailable"), ErrorKind.AWS_UNAVAILABLE, "an internal error"),
        (
            client_error("NotImplementedException", "local AWS does not have iam:X"),
            ErrorKind.AWS_UNAVAILABLE,
            "local AWS does not have iam:X",
        ),
        (client_error("SomethingElse", "It is so."), ErrorKind.FAILED, "failed: SomethingElse: It is so"),
        (aws.NoCredentialsError(), ErrorKind.NO_ACCESS, "aws configure"),
        (
            aws.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
            ErrorKind.NO_ACCESS,
            "there are no AWS credentials",
        ),
        (aws.ProfileNotFound(profile="x"), ErrorKind.NO_ACCESS, "list-profiles"),
        (aws.UnauthorizedSSOTokenError(), ErrorKind.NO_ACCESS, "aws sso login"),
        (aws.TokenRetrievalError(provider="sso", error_msg="gone"), ErrorKind.NO_ACCESS, "aws sso login"),
        (aws.NoRegionError(), ErrorKind.WRONG_INPUT, "--region"),
        (
            aws.EndpointConnectionError(endpoint_url="https://rds.us-east-9.amazonaws.com"),
            ErrorKind.AWS_UNAVAILABLE,
            "the Region's name",
        ),
        (aws.ReadTimeoutError(endpoint_url="https://x"), ErrorKind.AWS_UNAVAILABLE, "cannot be reached"),
        (ResponseParserError("<html>"), ErrorKind.AWS_UNAVAILABLE, "not one of its API"),
        (aws.ParamValidationError(report="too long"), ErrorKind.WRONG_INPUT, "too long"),
    ],
)
def test_each_error_is_a_line_with_a_remedy(error: Exception, kind: ErrorKind, words: str) -> None:
    found = explained(error)
    assert found is not None
    assert (found.kind, words in str(found), "\n" in str(found)) == (kind, True, False)


def test_what_is_not_boto3s_is_not_explained() -> None:
    assert explained(ValueError("x")) is None


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (data_api.Resuming("resuming"), ErrorKind.TOO_LATE, "still resuming"),
        (data_api.Throttled("x"), ErrorKind.AWS_UNAVAILABLE, "throttles"),
        (data_api.NotConnected("x", message="no route"), ErrorKind.AWS_UNAVAILABLE, "no route"),
        (data_api.OutcomeUnknown("x"), ErrorKind.FAILED, "may have been made or not"),
        (data_api.AccessDenied("x", code="ExpiredTokenException"), ErrorKind.NO_ACCESS, "have expired"),
        (data_api.AccessDenied("x", code="NoCredentialsError"), ErrorKind.NO_ACCESS, "there are no AWS credentials"),
        (
            data_api.AccessDenied("x", code="AccessDeniedException", message=DENIED.replace("rds:", "rds-data:")),
            ErrorKind.NO_ACCESS,
            "the action rds-data:DescribeDBClusters",
        ),
        (
            data_api.DataApiDisabled("x", code="HttpEndpointNotEnabledException"),
            ErrorKind.FAILED,
            "access.data_api = true",
        ),
        (
            data_api.DataApiDisabled("x", code="DatabaseNotFoundException", message="no writer"),
            ErrorKind.NOT_DEPLOYED,
            "no writer; ./aurora-serverless check",
        ),
        (data_api.SecretRefused("x", message="not found"), ErrorKind.FAILED, "not found; ./aurora-serverless check"),
        (data_api.Rejected("x", message="Multistatements aren't supported."), ErrorKind.FAILED, "Multistatements"),
    ],
)
def test_each_error_of_the_data_api_is_a_line(error: Any, kind: ErrorKind, words: str) -> None:
    found = explained_sql(error)
    assert (found.kind, words in str(found)) == (kind, True)
