"""A line for each request of local AWS: time, status, service and operation, and never a request's content."""

import io
import re
import sys
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

_CREDENTIAL_SCOPE = re.compile(r"Credential=[^/]+/[^/]+/(?P<region>[^/]+)/(?P<service>[^/]+)/")


def logging_requests(application: Application) -> Application:
    """Return `application` with a line to standard error for each request it has answered."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        operation = describe_request(environ)
        start = time.monotonic()

        def start_logged(status: str, *arguments: Any) -> Any:
            milliseconds = (time.monotonic() - start) * 1000
            now = datetime.now().astimezone().isoformat(timespec="milliseconds")
            # In one piece: requests are answered in many threads.
            sys.stderr.write(f"{now} {status[:3]} {operation} {milliseconds:.0f} ms\n")
            sys.stderr.flush()
            return start_response(status, *arguments)

        return application(environ, start_logged)

    return answer


def describe_request(environ: dict[str, Any]) -> str:
    """Return a request's Region, service and operation, such as `us-east-1 rds CreateDBCluster`.

    The operation is named in the body or a header, depending on the service's protocol; where it is in
    neither, method and path are returned in its place.
    """
    region, service = signing_scope(environ)
    origin = f"{region} {service} " if service else ""
    if target := environ.get("HTTP_X_AMZ_TARGET"):
        return origin + str(target).rpartition(".")[2]
    if str(environ.get("CONTENT_TYPE", "")).startswith("application/x-www-form-urlencoded"):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = io.BytesIO(body)
        if action := parse_qs(body.decode(errors="replace")).get("Action"):
            return origin + action[0]
    return f"{origin}{environ.get('REQUEST_METHOD', '')} {environ.get('PATH_INFO', '')}"


def signing_scope(environ: dict[str, Any]) -> tuple[str, str]:
    """Return the Region and the service that a request was signed for; two empty texts where it was not signed."""
    scope = _CREDENTIAL_SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    return (scope["region"], scope["service"]) if scope else ("", "")
