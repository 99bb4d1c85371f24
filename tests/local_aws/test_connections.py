"""The HTTP side of local AWS: many requests over one connection, in every shape that clients send."""

import os
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from local_aws.process import LocalAws
from tests.local_aws.conftest import unique

IDENTITY = "Action=GetCallerIdentity&Version=2011-06-15"


@pytest.fixture
def connection(aws: LocalAws) -> Iterator[HTTPConnection]:
    """Return a connection to local AWS."""
    opened = HTTPConnection(aws.endpoint_url.removeprefix("http://"), timeout=30)
    yield opened
    opened.close()


def ask(connection: HTTPConnection, service: str, body: str, *, chunked: bool = False) -> tuple[int, str]:
    scope = f"Credential=LOCAL/20260101/us-east-1/{service}/aws4_request"
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        "Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=none",
    }
    if chunked:
        parts = [body[:10].encode(), body[10:].encode()]
        connection.request("POST", "/", iter(parts), headers | {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    else:
        connection.request("POST", "/", body, headers)
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_one_connection_serves_many_requests(connection: HTTPConnection) -> None:
    assert ask(connection, "sts", IDENTITY)[0] == 200
    first = connection.sock

    assert ask(connection, "sts", IDENTITY)[0] == 200
    assert connection.sock is first


def test_a_chunked_request_is_answered(connection: HTTPConnection) -> None:
    assert ask(connection, "sts", IDENTITY, chunked=True)[0] == 200
    assert ask(connection, "sts", IDENTITY)[0] == 200


def test_an_operation_that_moto_lacks_is_an_error_and_no_end_of_the_connection(connection: HTTPConnection) -> None:
    status, answer = ask(connection, "rds", "Action=RebootDBCluster&Version=2014-10-31")
    first = connection.sock

    assert (status, "local AWS does not have rds:RebootDBCluster" in answer) == (501, True)
    assert ask(connection, "sts", IDENTITY)[0] == 200
    assert connection.sock is first


@pytest.mark.parametrize("length", ["many", "-1"])
def test_a_length_that_is_not_one_is_refused(connection: HTTPConnection, length: str) -> None:
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", length)
    connection.endheaders()

    assert connection.getresponse().status == 400


def test_large_objects_and_their_heads_pass(aws: LocalAws) -> None:
    s3 = aws.client("s3")
    bucket, content = unique("bucket"), os.urandom(3_000_000)
    s3.create_bucket(Bucket=bucket)

    s3.put_object(Bucket=bucket, Key="state", Body=content)

    assert s3.head_object(Bucket=bucket, Key="state")["ContentLength"] == len(content)
    assert s3.get_object(Bucket=bucket, Key="state")["Body"].read() == content
    s3.delete_object(Bucket=bucket, Key="state")  # answered with 204, which has no body
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)
