"""One at a time in moto: its backends are plain dictionaries, and its own server lets many threads change them at once.

One that goes through a dictionary while another adds to it fails with "dictionary changed size during iteration".
Requests to moto wait for nothing but the processor, so they lose no time by it; SQL of the Data API is not among them.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from local_aws.wsgi import Application, collect

MOTO_LOCK = threading.RLock()
"""Held by whoever reads or changes what moto knows."""


def one_at_a_time(application: Application) -> Application:
    """Return `application` such that it answers one request after another."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with MOTO_LOCK:
            status, headers, body = collect(application, environ)
        start_response(status, headers)
        return [body]

    return answer
