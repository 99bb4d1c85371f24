"""What the layers of the server share: WSGI applications, and an answer as a whole."""

import io
from collections.abc import Callable, Iterable
from typing import Any

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
Answer = tuple[str, list[tuple[str, str]], bytes]
"""Status, headers and body."""


def collect(application: Application, environ: dict[str, Any]) -> Answer:
    """Return the whole answer of an application to a request."""
    started: list[Any] = []
    body = io.BytesIO()

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
        started[:] = [status, headers]
        return body.write

    chunks = application(environ, start_response)
    try:
        for chunk in chunks:
            body.write(chunk)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, headers = started
    return status, headers, body.getvalue()
