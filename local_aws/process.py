"""Runs local AWS as a process of its own, so that each test session or deployment has an AWS to itself."""

import json
import os
import select
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from local_aws.data_api.settings import DataApiSettings
from local_aws.environment import (
    ACCESS_KEY_ID,
    DEFAULT_REGION,
    SECRET_ACCESS_KEY,
    STAY,
    client_variables,
    isolated_environment,
    without_aws,
)
from local_aws.errors import LocalAwsError

PROJECT = Path(__file__).resolve().parents[1]
START_SECONDS = 60.0
STOP_SECONDS = 10.0


@dataclass
class LocalAws:
    """A running local AWS. Use it in a `with` statement, or call `stop`.

    `environment` is a whole environment for `subprocess`: this process's, with everything that leads to a real
    AWS taken out and local AWS put in. `variables` is only what was put in.
    """

    endpoint_url: str
    region: str
    pid: int
    _process: "subprocess.Popen[str] | None" = field(default=None, repr=False)

    @property
    def variables(self) -> dict[str, str]:
        """What to export to use this local AWS."""
        return client_variables(self.endpoint_url, self.region)

    @property
    def environment(self) -> dict[str, str]:
        """A whole environment for a program that shall use this local AWS only."""
        return isolated_environment(os.environ, self.endpoint_url, self.region)

    def client(self, service: str, *, region: str | None = None) -> Any:
        """Return a boto3 client of a service, with explicit endpoint and credentials."""
        import boto3  # type: ignore[import-untyped]  # noqa: PLC0415  # slow, and needed by few
        from botocore.config import Config  # type: ignore[import-untyped]  # noqa: PLC0415

        return boto3.client(
            service,
            endpoint_url=self.endpoint_url,
            region_name=region or self.region,
            aws_access_key_id=ACCESS_KEY_ID,
            aws_secret_access_key=SECRET_ACCESS_KEY,
            config=Config(proxies={}),
        )

    def stay(self) -> None:
        """Let the server go on when this process ends."""
        assert self._process is not None  # noqa: S101  # for the type checker: this process has started it
        assert self._process.stdin is not None  # noqa: S101
        with suppress(OSError):  # it has ended, which whoever asks it next is told
            self._process.stdin.write(STAY.decode())
            self._process.stdin.flush()

    def stop(self) -> None:
        """Stop the server and wait for its end; everything in it is gone."""
        if self._process is None:
            return
        process, self._process = self._process, None
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()

    def __enter__(self) -> Self:
        """Return itself: it runs already."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the server."""
        self.stop()


def start(
    *,
    port: int = 0,
    region: str = DEFAULT_REGION,
    account_id: str | None = None,
    creation_seconds: float = 0.0,
    change_seconds: float = 0.0,
    deletion_seconds: float = 0.0,
    data_api: DataApiSettings = DataApiSettings(),  # noqa: B008  # frozen
    log: Path | None = None,
    own_session: bool = False,
) -> LocalAws:
    """Start local AWS as a process and wait until it answers, which takes about a second.

    `port` 0 takes a free one. `creation_seconds` is how long each new cluster stays `creating`, `change_seconds` and
    `deletion_seconds` how long clusters and instances stay `modifying` and so on, and `deleting`. `data_api` has the
    times of the Data API. `log` is a file for its standard error, with a line for each request; without one it is kept
    only to explain a failed start.
    The server stops by itself when this process ends, however it ends, unless `stay` was called. With `own_session`
    a Ctrl-C in this process's terminal does not reach it.
    Raises LocalAwsError with the server's own sentence when it does not start.
    """
    command = [sys.executable, "-m", "local_aws", "serve", "--json", "--until-input-ends", "--port", str(port)]
    command += ["--region", region]
    for option, seconds in (
        ("--creation-seconds", creation_seconds),
        ("--change-seconds", change_seconds),
        ("--deletion-seconds", deletion_seconds),
        ("--pause-seconds", data_api.pause_seconds),
        ("--resume-seconds", data_api.resume_seconds),
        ("--statement-seconds", data_api.statement_seconds),
        ("--transaction-idle-seconds", data_api.transaction_idle_seconds),
    ):
        command += [] if seconds is None else [option, str(seconds)]
    if account_id is not None:
        command += ["--account-id", account_id]
    if log is not None:
        command += ["--log-requests"]
    with log.open("a") if log is not None else tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=without_aws(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=own_session,
        )
        try:
            announcement = _announcement(process)
        except BaseException:  # an interrupt: nobody would know of it
            LocalAws("", region, process.pid, process).stop()
            raise
        running = LocalAws(announcement.get("endpoint_url", ""), region, process.pid, process)
        if not announcement:
            running.stop()
            raise LocalAwsError(_explanation(errors, log))
    return running


def _announcement(process: "subprocess.Popen[str]") -> dict[str, Any]:
    """Return what a started server prints; nothing when it ends, or is silent for too long."""
    assert process.stdout is not None  # noqa: S101  # for the type checker: it was asked for above
    # Not a timer, which is a thread: an interrupt while it starts would leave it to be waited for.
    readable, _, _ = select.select([process.stdout], [], [], START_SECONDS)
    line = process.stdout.readline() if readable else ""
    return json.loads(line) if line else {}


def _explanation(errors: IO[str], log: Path | None) -> str:
    if log is not None:
        text = log.read_text()
    else:
        errors.seek(0)
        text = errors.read()
    lines = text.strip().splitlines()
    reason = lines[-1].removeprefix("error: ") if lines else f"it did not answer within {START_SECONDS:.0f} seconds"
    return f"local AWS did not start: {reason}"
