"""The protocols of AWS's services: which operation a request asks for, and how an error looks to its client.

All is read off the request itself, so it holds for services that nothing here knows.
"""

import functools
import io
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from local_aws.wsgi import Answer

_CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/[^/]+/(?P<region>[^/]+)/(?P<service>[^/]+)/")
_CBOR_PATH = re.compile(r"/service/[^/]+/operation/(?P<operation>\w+)")
_JSON_TYPE = "application/x-amz-json-1.1"

# Services whose name in a signature is not the one that IAM actions and their documentation have.
_OTHER_NAMES = {"monitoring": "cloudwatch", "s3express": "s3"}
_REST_XML_SERVICES = {"cloudfront", "route53", "s3"}
_UNSIGNED = "s3"  # what an unsigned request is for, to moto


@dataclass(frozen=True)
class AwsRequest:
    """What can be said of a request without knowing its service."""

    environ: dict[str, Any]

    @functools.cached_property
    def scope(self) -> tuple[str, str]:
        """The Region and the service that it was signed for; two empty texts where it was not signed."""
        scope = _CREDENTIAL_SCOPE.search(self.environ.get("HTTP_AUTHORIZATION", ""))
        return (scope["region"], scope["service"]) if scope else ("", "")

    @property
    def service(self) -> str:
        """The service, as IAM actions name it."""
        signed = self.scope[1]
        return _OTHER_NAMES.get(signed, signed) or _UNSIGNED

    @functools.cached_property
    def operation(self) -> str | None:
        """The operation where the request names it; None for the REST protocols, whose path says it."""
        if target := self.environ.get("HTTP_X_AMZ_TARGET"):
            return str(target).rpartition(".")[2]
        if self.is_cbor and (path := _CBOR_PATH.fullmatch(self.path)):
            return path["operation"]
        if str(self.environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded"):
            body = self.environ["wsgi.input"].read(int(self.environ.get("CONTENT_LENGTH") or 0))
            self.environ["wsgi.input"] = io.BytesIO(body)
            actions = parse_qs(body.decode(errors="replace")).get("Action")
            return actions[0] if actions else None
        return None

    @property
    def path(self) -> str:
        """The path, without the query."""
        return str(self.environ.get("PATH_INFO", ""))

    @property
    def is_cbor(self) -> bool:
        """Whether it is of the protocol that Smithy calls RPC v2 CBOR, which CloudWatch speaks too."""
        return self.environ.get("HTTP_SMITHY_PROTOCOL") == "rpc-v2-cbor"

    @property
    def method_and_path(self) -> str:
        """What a request of a REST protocol asks for."""
        return f"{self.environ.get('REQUEST_METHOD', '')} {self.path}"

    @property
    def action(self) -> str:
        """What it asks for, such as `kms:CreateKey`, or `lambda GET /2015-03-31/functions` for a REST protocol."""
        return f"{self.service}:{self.operation}" if self.operation else f"{self.service} {self.method_and_path}"


def error_answer(request: AwsRequest, status: HTTPStatus, code: str, message: str) -> Answer:
    """Return an error in the form in which the client of `request` reads one."""
    request_id = str(uuid.uuid4())
    content_type, body, headers = _writer_of(request)(code, message, request_id)
    all_headers = {"Content-Type": content_type, "Content-Length": str(len(body)), "x-amzn-RequestId": request_id}
    return f"{status.value} {status.phrase}", list((all_headers | headers).items()), body


_Written = tuple[str, bytes, dict[str, str]]


def _writer_of(request: AwsRequest) -> Callable[[str, str, str], _Written]:
    if request.is_cbor:
        return _cbor
    if "HTTP_X_AMZ_TARGET" in request.environ:
        given = str(request.environ.get("CONTENT_TYPE", ""))
        return functools.partial(_json, content_type=given if "json" in given else _JSON_TYPE)
    if request.operation:
        return _ec2 if request.service == "ec2" else _query
    return _rest_xml if request.service in _REST_XML_SERVICES else _json


def _json(code: str, message: str, _: str, content_type: str = "application/json") -> _Written:
    document = {"__type": code, "message": message}
    return content_type, json.dumps(document, ensure_ascii=False).encode(), {"x-amzn-ErrorType": code}


def _cbor(code: str, message: str, _: str) -> _Written:
    pairs = [(name.encode(), value.encode()) for name, value in (("__type", code), ("message", message))]
    body = bytes([0xA0 | len(pairs)]) + b"".join(_cbor_text(text) for pair in pairs for text in pair)
    return "application/cbor", body, {"smithy-protocol": "rpc-v2-cbor"}


def _cbor_text(text: bytes) -> bytes:
    return bytes([0x79]) + len(text).to_bytes(2, "big") + text  # a text with its length in two bytes


def _query(code: str, message: str, request_id: str) -> _Written:
    error = f"<Error><Type>Sender</Type>{_code_and_message(code, message)}</Error>"
    return _xml(f"<ErrorResponse>{error}<RequestId>{request_id}</RequestId></ErrorResponse>")


def _ec2(code: str, message: str, request_id: str) -> _Written:
    errors = f"<Errors><Error>{_code_and_message(code, message)}</Error></Errors>"
    return _xml(f"<Response>{errors}<RequestID>{request_id}</RequestID></Response>")


def _rest_xml(code: str, message: str, request_id: str) -> _Written:
    return _xml(f"<Error>{_code_and_message(code, message)}<RequestId>{request_id}</RequestId></Error>")


def _code_and_message(code: str, message: str) -> str:
    return f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"


def _xml(document: str) -> _Written:
    return "text/xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{document}'.encode(), {}
