"""What botocore raises before it sends anything is told at once: another try would end the same way."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore import exceptions as boto  # type: ignore[import-untyped]
from urllib3 import exceptions as urllib3

from aurora_serverless_data_api import AccessDenied, AnswerLost, DataApiClient, DataApiError, NotConnected, Rejected
from aurora_serverless_data_api.answers import error_of
from tests.aurora_serverless_data_api.script import CLUSTER_ARN, SECRET_ARN, Script, Time, run_two_statements

START_URL = "https://alex.awsapps.com/start"
PROFILES = {
    "sso of today": "[profile it]\nsso_session = alex\nsso_account_id = 123456789012\nsso_role_name = developer\n"
    f"region = us-east-1\n[sso-session alex]\nsso_start_url = {START_URL}\nsso_region = us-east-1\n",
    "sso of old": "[profile it]\nsso_account_id = 123456789012\nsso_role_name = developer\nregion = us-east-1\n"
    f"sso_start_url = {START_URL}\nsso_region = us-east-1\n",
    "a program that fails": "[profile it]\ncredential_process = false\nregion = us-east-1\n",
    "half a key": "[profile it]\naws_access_key_id = AKIAEXAMPLE\nregion = us-east-1\n",
    "nothing": "[profile it]\nregion = us-east-1\n",
}

# Source: botocore/httpsession.py, parsers.py, response.py and httpchecksum.py, which raise them when a request is out.
AFTER_SENDING = set(
    "HTTPClientError ProxyConnectionError ConnectionClosedError ReadTimeoutError ResponseStreamingError "
    "ConnectionError SSLError ChecksumError FlexibleChecksumError IncompleteReadError AwsChunkedWrapperError".split()
)
NOT_CONNECTED = {"EndpointConnectionError", "ConnectTimeoutError"}
IN_NO_CALL_OF_THE_DATA_API = set(
    "ApiVersionNotFoundError UnknownServiceStyle PaginationError OperationNotPageableError WaiterError "
    "InvalidExpressionError WaiterConfigError UnknownClientMethodError InvalidDNSNameError "
    "InvalidS3AddressingStyleError UnsupportedOutpostResourceError UnsupportedS3ArnError UnsupportedS3ControlArnError "
    "UnsupportedS3ConfigurationError "
    "UnsupportedS3AccesspointConfigurationError InvalidEndpointDiscoveryConfigurationError "
    "UnsupportedS3ControlConfigurationError InvalidRetryConfigurationError InvalidMaxRetryAttemptsError "
    "InvalidRetryModeError InvalidS3UsEast1RegionalEndpointConfigError InvalidSTSRegionalEndpointsConfigError "
    "StubResponseError StubAssertionError UnStubbedResponseError MD5UnavailableError CapacityNotAvailableError "
    "InvalidDefaultsMode InvalidChecksumConfigError".split()
)


def all_kinds(kind: type[Exception] = boto.BotoCoreError) -> Iterator[type[Exception]]:
    for each in kind.__subclasses__():
        if each.__module__ == "botocore.exceptions":
            yield each
            yield from all_kinds(each)


def kinds_that_become(error: type[DataApiError]) -> set[str]:
    return {kind.__name__ for kind in all_kinds() if type(error_of(kind.__new__(kind))) is error}


def test_only_what_happens_after_sending_leaves_the_outcome_open() -> None:
    assert kinds_that_become(AnswerLost) == AFTER_SENDING | IN_NO_CALL_OF_THE_DATA_API
    assert kinds_that_become(NotConnected) == NOT_CONNECTED
    every = {kind.__name__ for kind in all_kinds()}
    assert every == (
        kinds_that_become(AnswerLost)
        | kinds_that_become(NotConnected)
        | kinds_that_become(AccessDenied)
        | kinds_that_become(Rejected)
    )


@pytest.mark.parametrize(
    ("raised", "kind"),
    [
        (boto.NoCredentialsError(), AccessDenied),
        (boto.SSOTokenLoadError(error_msg="no token"), AccessDenied),
        (boto.UnauthorizedSSOTokenError(), AccessDenied),
        (boto.TokenRetrievalError(provider="sso", error_msg="expired"), AccessDenied),
        (boto.CredentialRetrievalError(provider="process", error_msg="it failed"), AccessDenied),
        (boto.ProfileNotFound(profile="it"), AccessDenied),
        (boto.ParamValidationError(report="sql is missing"), Rejected),
        (boto.NoRegionError(), Rejected),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_it_is_told_at_once_for_what_is_otherwise_tried_again(raised: Exception, kind: type[DataApiError]) -> None:
    for run in (
        lambda client: client.query("SELECT 1"),
        lambda client: client.execute("DELETE FROM notes", idempotent=True),
        run_two_statements,
    ):
        script = Script(raised)
        with pytest.raises(kind, match=type(raised).__name__) as told:
            run(script.client)
        assert not told.value.is_ambiguous
        assert script.time.slept == []


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        (urllib3.NewConnectionError(Any, "refused"), NotConnected),  # type: ignore[arg-type]
        (OSError("Tunnel connection failed: 407 Proxy Authentication Required"), NotConnected),
        (ConnectionResetError("reset by peer"), AnswerLost),
    ],
    ids=repr,
)
def test_a_proxy_that_was_not_reached_differs_from_a_connection_through_it_that_broke(
    cause: Exception, kind: type[DataApiError]
) -> None:
    """urllib3 1, which Lambda has, calls both a ProxyError."""
    error = boto.ProxyConnectionError(proxy_url="http://proxy", error=urllib3.ProxyError("no", cause))

    assert type(error_of(error)) is kind


def test_a_connection_pool_that_another_thread_closed_sent_nothing() -> None:
    closed = urllib3.ClosedPoolError(Any, "closed")  # type: ignore[arg-type]

    assert type(error_of(boto.HTTPClientError(error=closed))) is NotConnected


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_unusable_credentials_of_a_real_profile_are_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    """With a token that has expired, as SSO leaves it; nothing listens where a request would go."""
    (tmp_path / "config").write_text(profile)
    tokens = tmp_path / ".aws/sso/cache"
    tokens.mkdir(parents=True)
    expired = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    token = {"accessToken": "x", "expiresAt": expired, "startUrl": START_URL, "region": "us-east-1"}
    for name in ("alex", START_URL):
        (tokens / f"{sha1(name.encode()).hexdigest()}.json").write_text(json.dumps(token))  # noqa: S324  # botocore's
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "it")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    time = Time()

    with pytest.raises(AccessDenied, match="no usable credentials"):
        DataApiClient(cluster_arn=CLUSTER_ARN, secret_arn=SECRET_ARN, database="alex", waiting=time.waiting).query(
            "SELECT 1"
        )

    assert time.slept == []
