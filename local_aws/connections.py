"""Answers many requests over one connection, where werkzeug's development server closes it after each.

Over such short connections Terraform's AWS provider sent about 7 of 50,000 requests twice on a busy machine, though
each had been answered; over persistent ones none of 28,000. The second time, a rule to remove is gone or a
name to create is taken, and the deployment fails for no reason of its own.
"""

import io
from http import HTTPStatus

from moto.moto_server.werkzeug_app import MotoRequestHandler

from local_aws.wsgi import collect

DROPS_CONNECTION = "local_aws.drops_connection"  # set in a request's environ, its answer never arrives
_BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


class PersistentRequestHandler(MotoRequestHandler):
    """moto's request handler, with persistent HTTP/1.1 connections.

    Each request is read and each answer made as a whole, which is what a persistent connection needs, and no matter
    for the sizes that a deployment sends.
    """

    wbufsize = -1  # buffered: head and body of an answer leave together

    def run_wsgi(self) -> None:
        """Answer one request; called by http.server for each method."""
        if self.headers.get("Expect", "").lower().strip() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self.wfile.flush()
        self.environ = self.make_environ()
        try:
            body = self._request_body()
        except ValueError:
            self.close_connection = True
            self._send(
                400, "Bad Request", [("Content-Type", "text/plain")], b"the length of the body is not a number\n"
            )
            return
        self.environ |= {"wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        self.environ.pop("HTTP_TRANSFER_ENCODING", None)
        status, headers, body = collect(self.server.app, self.environ)
        if self.environ.get(DROPS_CONNECTION):
            self.close_connection = True
            return
        self._send(int(status.partition(" ")[0]), status.partition(" ")[2], headers, body)

    def _request_body(self) -> bytes:
        if self.environ.get("wsgi.input_terminated"):  # chunked, and decoded by werkzeug
            body: bytes = self.environ["wsgi.input"].read()
            return body
        length = int(self.headers.get("Content-Length") or 0)
        if length < 0:
            raise ValueError(length)
        return self.rfile.read(length)

    def _send(self, code: int, reason: str, headers: list[tuple[str, str]], body: bytes) -> None:
        is_head = self.command == "HEAD"
        self.send_response(code, reason)
        for name, value in headers:
            if name.lower() not in {"connection", "transfer-encoding"} and (
                is_head or name.lower() != "content-length"
            ):
                self.send_header(name, value)
        if not is_head and code not in _BODILESS:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if not is_head:
            self.wfile.write(body)
        self.wfile.flush()
