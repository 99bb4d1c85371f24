"""Web pages that are open on this machine: none but an admitted one reads local AWS, changes it or wipes it."""

import io
import itertools
import json
from collections.abc import Iterable
from http.client import HTTPConnection
from typing import Any

import pytest

from local_aws.browsers import Admitted, refusing_web_pages
from local_aws.process import LocalAws
from local_aws.wsgi import collect
from tests.local_aws.conftest import unique

PATHS = (
    *("/", "/Execute", "/bucket/key", "/moto-api/", "/moto-api/reset", "/moto-api/reset-auth", "/moto-api/data.json"),
    *("/_local_aws/faults", "/_local_aws/clusters", "/_local_aws/health", "/rds_us-east-1/", "/latest/meta-data/"),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
CONTENT_TYPES = (
    None,
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/json",
    "application/x-amz-json-1.1",
)
OWN = "127.0.0.1:5000"

FOREIGN: dict[str, dict[str, str]] = {
    "a name that leads here": {"HTTP_HOST": "evil.example:5000"},
    "a name that begins like ours": {"HTTP_HOST": "localhost.evil.example:5000"},
    "an address that begins like ours": {"HTTP_HOST": "127.0.0.1.nip.io"},
    "the address of every interface": {"HTTP_HOST": "0.0.0.0:5000"},
    "two hosts": {"HTTP_HOST": "127.0.0.1:5000,evil.example"},
    "no host": {"HTTP_HOST": ""},
    "an origin": {"HTTP_ORIGIN": "https://evil.example"},
    "an origin without a name": {"HTTP_ORIGIN": "null"},
    "an empty origin": {"HTTP_ORIGIN": ""},
    "another port of this machine": {"HTTP_ORIGIN": "http://127.0.0.1:3000"},
    "another scheme": {"HTTP_ORIGIN": "https://127.0.0.1:5000"},
    "a page that names our origin, at a name that leads here": {
        "HTTP_HOST": "evil.example:5000",
        "HTTP_ORIGIN": "http://evil.example:5000",
    },
    "an image or a link of another site": {"HTTP_SEC_FETCH_SITE": "cross-site"},
    "an image or a link of another port": {"HTTP_SEC_FETCH_SITE": "same-site"},
    "an image in an old browser": {"HTTP_REFERER": "https://evil.example/page"},
    "an image in an old browser, oddly": {"HTTP_REFERER": "http://[evil/"},
}
WELCOME: dict[str, dict[str, str]] = {
    "a program": {},
    "a program, by name": {"HTTP_HOST": "localhost:5000"},
    "a program, in capitals": {"HTTP_HOST": "LOCALHOST:5000"},
    "a program, by IPv6": {"HTTP_HOST": "[::1]:5000"},
    "a forwarded port": {"HTTP_HOST": "localhost:8080"},
    "a bucket as a host": {"HTTP_HOST": "my.bucket-1.localhost:5000"},
    "the dashboard itself": {"HTTP_ORIGIN": f"http://{OWN}", "HTTP_SEC_FETCH_SITE": "same-origin"},
    "the dashboard's own link": {"HTTP_REFERER": f"http://{OWN}/moto-api/"},
    "the address bar": {"HTTP_SEC_FETCH_SITE": "none"},
}


class Application:
    """Counts what reaches it, and answers with CORS headers as moto does."""

    def __init__(self) -> None:
        self.reached = 0

    def __call__(self, _: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.reached += 1
        start_response("200 OK", [("Content-Type", "text/plain"), ("Access-Control-Allow-Origin", "*")])
        return [b"done"]


def ask(
    application: Application, headers: dict[str, str], admitted: Admitted | None = None, **environ: Any
) -> tuple[int, dict[str, str]]:
    request: dict[str, Any] = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "HTTP_HOST": OWN, "wsgi.input": io.BytesIO()}
    request |= environ | headers
    status, answered, _ = collect(refusing_web_pages(application, admitted or Admitted()), request)
    return int(status[:3]), dict(answered)


@pytest.mark.parametrize("page", FOREIGN)
def test_a_foreign_page_reaches_nothing_whatever_path_method_and_content_type(page: str) -> None:
    application = Application()
    for path, method, content_type in itertools.product(PATHS, METHODS, CONTENT_TYPES):
        given = FOREIGN[page] if content_type is None else FOREIGN[page] | {"CONTENT_TYPE": content_type}

        status, headers = ask(application, given, PATH_INFO=path, REQUEST_METHOD=method)

        assert status == 403, (path, method, content_type)
        assert not [name for name in headers if name.lower().startswith("access-control-")]
    assert application.reached == 0


@pytest.mark.parametrize("caller", WELCOME)
def test_programs_and_own_pages_are_answered_without_cors(caller: str) -> None:
    application = Application()

    assert ask(application, WELCOME[caller]) == (200, {"Content-Type": "text/plain"})
    assert application.reached == 1


def test_an_admitted_origin_is_answered_with_cors_and_no_other_is() -> None:
    admitted, application = Admitted(origins=["http://localhost:3000"]), Application()
    page = {"HTTP_ORIGIN": "http://localhost:3000", "HTTP_SEC_FETCH_SITE": "same-site"}

    status, headers = ask(application, page, admitted)
    preflight, allowed = ask(
        application, page, admitted, REQUEST_METHOD="OPTIONS", HTTP_ACCESS_CONTROL_REQUEST_HEADERS="x-amz-target"
    )

    assert (status, headers["Access-Control-Allow-Origin"]) == (200, "http://localhost:3000")
    assert (preflight, allowed["Access-Control-Allow-Headers"]) == (204, "x-amz-target")
    assert "PUT" in allowed["Access-Control-Allow-Methods"]
    assert application.reached == 1
    for headers in FOREIGN.values():
        assert ask(application, headers, admitted)[0] == 403


def test_an_admitted_host_is_answered_at_any_port_and_no_other_is() -> None:
    admitted, application = Admitted(hosts=["host.docker.internal"]), Application()

    assert ask(application, {"HTTP_HOST": "host.docker.internal:5000"}, admitted)[0] == 200
    assert ask(application, {"HTTP_HOST": "host.docker.internal"}, admitted)[0] == 200
    assert ask(application, {"HTTP_HOST": "x.host.docker.internal"}, admitted)[0] == 403
    assert ask(application, {"HTTP_HOST": "evil.example"}, admitted)[0] == 403


def send(aws: LocalAws, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, dict[str, str]]:
    """Send a request as a browser would, over the wire."""
    connection = HTTPConnection(aws.endpoint_url.removeprefix("http://"), timeout=30)
    connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text, dict(answer.getheaders())


def signed(service: str) -> str:
    return f"AWS4-HMAC-SHA256 Credential=x/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=x"


@pytest.mark.parametrize(
    "page", [{"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Sec_Fetch_Site": "cross-site"}]
)
def test_a_page_neither_reads_a_secret_nor_wipes_all_nor_sets_a_fault(aws: LocalAws, page: dict[str, str]) -> None:
    name = unique("secret")
    aws.client("secretsmanager").create_secret(Name=name, SecretString="very-secret")
    read = {"X_Amz_Target": "secretsmanager.GetSecretValue", "Content_Type": "application/x-amz-json-1.1"}

    answers = [
        send(aws, "POST", "/", json.dumps({"SecretId": name}), Authorization=signed("secretsmanager"), **read, **page),
        send(aws, "POST", "/moto-api/reset", Content_Type="text/plain", **page),
        send(aws, "POST", "/_local_aws/faults", '[{"kind": "throttling"}]', Content_Type="text/plain", **page),
        send(aws, "GET", "/_local_aws/health", **page),
        send(aws, "OPTIONS", "/", Access_Control_Request_Method="POST", **page),
    ]

    assert [status for status, _, _ in answers] == [403] * 5
    assert "very-secret" not in "".join(text for _, text, _ in answers)
    assert aws.client("secretsmanager").get_secret_value(SecretId=name)["SecretString"] == "very-secret"
    assert send(aws, "POST", "/_local_aws/faults", "[]")[1] == '{"faults": 0}'


def test_a_client_with_a_wrong_host_is_told_so_in_its_protocol(aws: LocalAws) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded", "Authorization": signed("sts")}

    status, text, _ = send(aws, "POST", "/", "Action=GetCallerIdentity", Host="aws.example", **form)

    assert status == 403
    assert "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDeniedException</Code>" in text
    assert "sent to the host 'aws.example'; if that is this machine, start local AWS with --allow-host" in text


def test_what_moto_answers_has_no_cors_headers(aws: LocalAws) -> None:
    s3 = aws.client("s3")
    bucket = unique("bucket")
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_cors(
        Bucket=bucket, CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    )
    for path in ("/", f"/{bucket}", "/moto-api/"):
        for method in ("GET", "OPTIONS"):
            headers = send(aws, method, path, Authorization=signed("s3"))[2]
            assert not [name for name in headers if name.lower().startswith("access-control-")]


def test_a_bucket_is_found_by_path_and_by_host(aws: LocalAws) -> None:
    s3, bucket = aws.client("s3"), unique("bucket")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="key", Body=b"content")
    port = aws.endpoint_url.rpartition(":")[2]

    for path, host in ((f"/{bucket}/key", f"localhost:{port}"), ("/key", f"{bucket}.localhost:{port}")):
        assert send(aws, "GET", path, Host=host, Authorization=signed("s3"))[:2] == (200, "content")
