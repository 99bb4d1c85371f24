"""What local AWS cannot answer: told at once, as an AWS error that no client repeats and that names what is missing.

moto answers an operation that it does not have with a page of HTML and status 500 or 404. A client reads 500 as an
outage, and repeats the call for minutes.
"""

import sys
import traceback
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from botocore.exceptions import BotoCoreError  # type: ignore[import-untyped]
from moto.core.request import Request
from moto.core.routing import get_service_router
from werkzeug.exceptions import HTTPException

from local_aws.protocols import AwsRequest, error_answer
from local_aws.wsgi import Answer, Application, collect

# botocore repeats 500, 502, 503, 504 and 509 (botocore/data/_retry.json), the AWS SDKs for Go 500, 502, 503 and 504
# (https://pkg.go.dev/github.com/aws/aws-sdk-go-v2/aws/retry#pkg-variables); neither repeats 501 nor these codes.
STATUS = HTTPStatus.NOT_IMPLEMENTED
MISSING = "NotImplementedException"
FAILED = "LocalAwsFailure"

_HTML = (b"<!doctype html", b"<html")
_STOCK_MESSAGE = " action has not been implemented"


def answering_gaps(application: Application) -> Application:
    """Return `application` with an AWS error in place of each exception and each page of HTML about an error."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = AwsRequest(environ)
        _ = request.operation  # read before the application uses the body up
        try:
            status, headers, body = collect(application, environ)
        except NotImplementedError as error:
            status, headers, body = _missing(request, str(error))
        except Exception as error:
            # Written in one piece: requests are answered in many threads.
            sys.stderr.write(f"local AWS failed at {_action(request)}\n{traceback.format_exc()}")
            sys.stderr.flush()
            status, headers, body = _failed(request, error)
        if int(status[:3]) >= HTTPStatus.BAD_REQUEST and body[:20].lstrip().lower().startswith(_HTML):
            status, headers, body = _missing(request)
        start_response(status, headers)
        return [body]

    return answer


def _missing(request: AwsRequest, reason: str = "") -> Answer:
    detail = f": {reason}" if reason and not reason.endswith(_STOCK_MESSAGE) else ""
    return error_answer(request, STATUS, MISSING, f"local AWS does not have {_action(request)}{detail}")


def _failed(request: AwsRequest, error: Exception) -> Answer:
    name = type(error).__name__
    message = f"local AWS failed at {_action(request)} with {name}: a mistake of its own; its log has the traceback"
    return error_answer(request, STATUS, FAILED, message)


def _action(request: AwsRequest) -> str:
    """Return what was asked for; where only the path says it, with the operation that botocore's model has for that."""
    if request.operation is None:
        try:
            operation, _ = get_service_router(request.service).match(Request(request.environ))
        except (BotoCoreError, HTTPException, NotImplementedError):
            return request.action
        return f"{request.service}:{operation.name}"
    return request.action
