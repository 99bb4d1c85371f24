"""A line for each request of local AWS: time, status, service and operation, and never a request's content."""

import sys
import time
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from local_aws.environment import HEALTH_PATH
from local_aws.protocols import AwsRequest
from local_aws.wsgi import Application


def logging_requests(application: Application) -> Application:
    """Return `application` with a line to standard error for each request it has answered, but those for its health."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == HEALTH_PATH:
            return application(environ, start_response)
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

    Where the request names no operation, as in the REST protocols, method and path are returned in its place.
    """
    request = AwsRequest(environ)
    region, service = request.scope
    origin = f"{region} {service} " if service else ""
    return origin + (request.operation or request.method_and_path)
