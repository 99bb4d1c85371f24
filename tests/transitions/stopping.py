"""Stands between Terraform and local AWS, counts the requests that change something, and stops at one of them."""

import contextlib
import http.client
import io
import threading
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from local_aws.protocols import AwsRequest
from tests.local_server import LocalHandler, LocalServer

READING: Final = ("Describe", "Get", "List", "Lookup", "GET ", "HEAD ")
_HOP_BY_HOP: Final = {"connection", "transfer-encoding", "content-length", "server", "date"}


class Stopping(LocalServer):
    """Listens on `url`. `changes` are the operations of the requests that change something, in their order.

    At the request number `at`, from 1, `stop` is called after AWS has answered, and before Terraform has the answer.
    """

    def __init__(self, upstream_url: str, *, at: int | None = None, stop: Callable[[], None] = lambda: None) -> None:
        self.changes: list[str] = []
        self.stop = stop
        self._at = at
        self._lock = threading.Lock()
        self._upstream = urlsplit(upstream_url).netloc
        super().__init__(type("Handler", (_Handler,), {"stopping": self}))

    def handle(
        self, method: str, path: str, body: bytes, headers: dict[str, str]
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Pass a request on, and stop if it is the one."""
        operation = _operation(method, path, body, headers)
        connection = http.client.HTTPConnection(self._upstream, timeout=60)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
            kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP]
        finally:
            connection.close()
        if not operation.startswith(READING):
            with self._lock:
                self.changes.append(operation)
                is_the_one = len(self.changes) == self._at
            if is_the_one:
                self.stop()
        return answer.status, kept, content


def _operation(method: str, path: str, body: bytes, headers: dict[str, str]) -> str:
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    request = AwsRequest(
        environ
        | {
            "REQUEST_METHOD": method,
            "PATH_INFO": path.partition("?")[0],
            "CONTENT_TYPE": headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
    )
    return request.operation or request.method_and_path


class _Handler(LocalHandler):
    stopping: Stopping

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
        status, answered, content = self.stopping.handle(self.command, self.path, body, headers)
        with contextlib.suppress(OSError):
            self.send_response_only(status)
            for name, value in answered:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            self.wfile.flush()

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _any  # noqa: N815  # the names of http.server
