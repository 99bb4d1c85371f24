"""Serves the patched moto on this machine's loopback address until it is told to stop."""

import json
import logging
import os
import signal
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

from local_aws.browsers import Admitted, refusing_web_pages
from local_aws.connections import PersistentRequestHandler
from local_aws.data_api.routes import answering_data_api
from local_aws.data_api.service import DataApi
from local_aws.data_api.settings import DataApiSettings
from local_aws.environment import ADDRESS, DEFAULT_ACCOUNT_ID, HEALTH_PATH, STAY
from local_aws.errors import LocalAwsError
from local_aws.gaps import answering_gaps
from local_aws.maintenance import answering_maintenance
from local_aws.moto_lock import one_at_a_time
from local_aws.patches import Durations, UnexpectedMotoError, patch_moto
from local_aws.ports import PortError, listen
from local_aws.request_log import logging_requests
from local_aws.wsgi import Application

POLL_SECONDS = 0.05  # how soon the server notices that it shall stop


@dataclass(frozen=True)
class ServerSettings:
    """What can be set when local AWS is started.

    `port` 0 takes a free one. `durations` is how long clusters and instances take to be created and so on. With
    `until_input_ends` the server stops as soon as its standard input does, and so never outlives the process that
    started it, unless that says STAY first. `logs_requests` writes a line to standard error for each request.
    `data_api` has the times of the Data API. `admitted` is who may send requests besides programs of this machine.
    """

    port: int = 0
    account_id: str = DEFAULT_ACCOUNT_ID
    durations: Durations = field(default_factory=Durations)
    until_input_ends: bool = False
    logs_requests: bool = False
    data_api: DataApiSettings = field(default_factory=DataApiSettings)
    admitted: Admitted = field(default_factory=Admitted)


def serve(settings: ServerSettings, announce: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; `announce` is called with the endpoint's URL once it answers.

    Raises LocalAwsError when the port is taken, or moto is not the version that is patched here.
    """
    # The kernel may hand a signal to any thread, and this one then goes on waiting: so Python writes into a pipe.
    stopped, stop = os.pipe()
    os.set_blocking(stop, False)
    signal.set_wakeup_fd(stop)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    try:
        listening = listen(settings.port)
    except PortError as error:
        raise LocalAwsError(f"{error}; name another port, or leave --port out for a free one") from None
    os.environ["MOTO_ACCOUNT_ID"] = settings.account_id
    try:
        patch_moto(settings.durations)
    except UnexpectedMotoError as error:
        raise LocalAwsError(str(error)) from None
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # its own line for a request says POST / and no more
    data_api = DataApi(settings.data_api)
    server = make_server(
        ADDRESS,
        0,
        _application(settings, data_api),
        threaded=True,
        request_handler=PersistentRequestHandler,
        fd=listening.fileno(),
    )
    listening.close()  # the server has its own copy
    thread = threading.Thread(target=server.serve_forever, args=(POLL_SECONDS,), daemon=True)
    thread.start()
    if settings.until_input_ends:
        threading.Thread(target=_await_end_of_input, args=(stop,), daemon=True).start()
    announce(f"http://{ADDRESS}:{server.port}")
    os.read(stopped, 1)
    server.shutdown()
    thread.join()
    data_api.close()


def _application(settings: ServerSettings, data_api: DataApi) -> Application:
    """Return all that answers, from moto outwards: what is around the rest sees a request first."""
    moto = one_at_a_time(DomainDispatcherApplication(_create_backend_app))
    application = answering_maintenance(answering_data_api(moto, data_api))
    application = _answering_health(answering_gaps(application), settings)
    application = refusing_web_pages(application, settings.admitted)
    return logging_requests(application) if settings.logs_requests else application


def _create_backend_app(service: Any) -> Any:
    """Return moto's application for one service; moto calls this with None for a service that it does not know."""
    if service is None:
        raise NotImplementedError
    return create_backend_app(service)


def _answering_health(application: Application, settings: ServerSettings) -> Application:
    """Answer one path of our own, by which a later run recognizes the server it started."""
    answer = json.dumps({"pid": os.getpid(), "account_id": settings.account_id}).encode()

    def dispatch(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != HEALTH_PATH:
            return application(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
        return [answer]

    return dispatch


def _await_end_of_input(stop: int) -> None:
    # Not by sys.stdin: its lock, held by this thread for as long as it reads, would break the interpreter's end.
    if os.read(0, len(STAY)) != STAY:
        os.write(stop, b".")
