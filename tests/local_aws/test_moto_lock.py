"""Local AWS answers for many clients at once, and moto, whose dictionaries know no locks, for one at a time."""

import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from local_aws import server
from local_aws.data_api import clusters
from local_aws.data_api.service import DataApi
from local_aws.data_api.settings import DataApiSettings
from local_aws.moto_lock import MOTO_LOCK


def test_moto_gets_one_request_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, most = 0, 0

    def moto(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        nonlocal inside, most
        inside, most = inside + 1, max(most, inside + 1)
        time.sleep(0.005)
        start_response("200 OK", [])
        inside -= 1
        yield b"answered"

    monkeypatch.setattr(server, "create_backend_app", lambda _: moto)
    data_api = DataApi(DataApiSettings())
    application = server._application(server.ServerSettings(), data_api)

    def ask(_: int) -> bytes:
        chunks, _status, _headers = run_wsgi_app(application, EnvironBuilder(path="/", method="POST").get_environ())
        return b"".join(chunks)

    try:
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(ask, range(16)))
    finally:
        data_api.close()

    assert answers == [b"answered"] * 16
    assert most == 1


def test_the_clusters_are_read_while_nobody_changes_them() -> None:
    read = threading.Event()

    def look() -> None:
        clusters.all_clusters()
        read.set()

    with MOTO_LOCK:
        reader = threading.Thread(target=look)
        reader.start()
        assert not read.wait(0.1)
    assert read.wait(10)
    reader.join()
