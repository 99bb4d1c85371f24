"""What local AWS does not have: an error at once, in each protocol's own form, which no client repeats."""

from collections.abc import Iterable
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.awsrequest import HeadersDict  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from botocore.parsers import create_parser  # type: ignore[import-untyped]
from werkzeug.exceptions import NotFound
from werkzeug.test import EnvironBuilder, run_wsgi_app

from local_aws.gaps import answering_gaps
from local_aws.process import LocalAws


@pytest.mark.parametrize("mode", ["legacy", "standard"])
@pytest.mark.parametrize(
    ("service", "operation", "arguments", "action"),
    [
        pytest.param("kms", "describe_custom_key_stores", {}, "kms:DescribeCustomKeyStores", id="json"),
        pytest.param("rds", "reboot_db_cluster", {"DBClusterIdentifier": "x"}, "rds:RebootDBCluster", id="query"),
        pytest.param("ec2", "describe_fleet_history", {"FleetId": "x", "StartTime": 0}, "ec2:DescribeFleetHistory"),
        pytest.param(
            "lambda",
            "get_runtime_management_config",
            {"FunctionName": "x"},
            "lambda:GetRuntimeManagementConfig",
            id="rest-json",
        ),
        pytest.param("pi", "list_performance_analysis_reports", {"ServiceType": "RDS", "Identifier": "x"}, "pi:List"),
        pytest.param("outposts", "list_sites", {}, "outposts:ListSites", id="a service that moto does not know"),
        pytest.param("pricing", "describe_services", {}, "pricing:DescribeServices"),
    ],
)
def test_a_missing_operation_is_named_by_an_error_that_is_not_repeated(
    aws: LocalAws, service: str, operation: str, arguments: dict[str, Any], action: str, mode: str
) -> None:
    client = boto3.client(
        service,
        endpoint_url=aws.endpoint_url,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"mode": mode, "max_attempts": 5}, proxies={}),
    )

    with pytest.raises(ClientError) as raised:
        getattr(client, operation)(**arguments)

    answer = raised.value.response
    assert answer["Error"]["Code"] == "NotImplementedException"
    assert answer["Error"]["Message"].startswith(f"local AWS does not have {action}")
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["ResponseMetadata"]["RetryAttempts"]) == (501, 0)


PROTOCOLS: dict[str, tuple[str, dict[str, str], str]] = {
    "json": ("kms", {"X-Amz-Target": "TrentService.Sing", "Content-Type": "application/x-amz-json-1.1"}, "kms:Sing"),
    "query": ("rds", {"Content-Type": "application/x-www-form-urlencoded"}, "rds:Sing"),
    "ec2": ("ec2", {"Content-Type": "application/x-www-form-urlencoded"}, "ec2:Sing"),
    "rest-json": ("rds-data", {"Content-Type": "application/json"}, "rds-data POST /"),
    "rest-xml": ("s3", {}, "s3 POST /"),
    "smithy-rpc-v2-cbor": ("monitoring", {"Smithy-Protocol": "rpc-v2-cbor"}, "cloudwatch:Sing"),
}


def ask(application: Any, protocol: str) -> tuple[int, str, str]:
    """Return status, code and message of an answer as botocore reads it."""
    service, headers, _ = PROTOCOLS[protocol]
    scope = f"AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/{service}/aws4_request"
    path = "/service/GraniteServiceVersion20100801/operation/Sing" if "cbor" in protocol else "/"
    form = "urlencoded" in headers.get("Content-Type", "")
    request = EnvironBuilder(
        path=path,
        method="POST",
        headers=list((headers | {"Authorization": scope}).items()),
        data=b"Action=Sing" if form else b"{}",
    )
    body, status, answered = run_wsgi_app(answering_gaps(application), request.get_environ(), buffered=True)
    parsed = create_parser(protocol).parse(
        {"status_code": int(status[:3]), "headers": HeadersDict(list(answered)), "body": b"".join(body)}, None
    )
    return int(status[:3]), parsed["Error"]["Code"], parsed["Error"]["Message"]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_crash_is_told_in_the_protocols_own_form_and_leaves_its_traceback_in_the_log(
    protocol: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def crashing(environ: dict[str, Any], _: Any) -> Iterable[bytes]:
        environ["wsgi.input"].read()
        raise KeyError("<secret & more>")

    status, code, message = ask(crashing, protocol)

    action = PROTOCOLS[protocol][2]
    assert (status, code) == (501, "LocalAwsFailure")
    assert message.startswith(f"local AWS failed at {action} with KeyError")
    assert "secret" not in message
    log = capsys.readouterr().err
    assert f"local AWS failed at {action}\nTraceback" in log
    assert "KeyError" in log


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_page_of_html_about_an_error_becomes_an_answer_of_the_protocol(protocol: str) -> None:
    status, code, message = ask(NotFound(), protocol)

    assert (status, code) == (501, "NotImplementedException")
    assert message == f"local AWS does not have {PROTOCOLS[protocol][2]}"


def test_what_is_missing_of_an_operation_is_told_too() -> None:
    def half(_: dict[str, Any], __: Any) -> Iterable[bytes]:
        raise NotImplementedError("the filter 'colour' for DescribeSubnets has not been implemented")

    _, _, message = ask(half, "ec2")

    assert message.startswith("local AWS does not have ec2:Sing: the filter 'colour'")
