"""The one local AWS of a project folder that stays up between commands, and what has been deployed to it."""

import contextlib
import fcntl
import json
import os
import signal
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from local_aws.environment import DEFAULT_ACCOUNT_ID, HEALTH_PATH
from local_aws.errors import LocalAwsError
from local_aws.process import LocalAws, start

HEALTH_SECONDS = 5.0
STOP_SECONDS = 10.0

_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy has no way to this machine


@dataclass(frozen=True)
class _Record:
    endpoint_url: str
    region: str
    pid: int


class BackgroundAws:
    """Local AWS as a background process, remembered in `folder`.

    `folder` holds the server's address (server.json), its log (server.log), the names of the environments that
    were deployed to it (deployed.json), and their Terraform state. What is in a server dies with it, so a
    new server begins with no state.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._record = folder / "server.json"
        self._deployed = folder / "deployed.json"
        self._started: LocalAws | None = None

    @property
    def log(self) -> Path:
        """The server's log: a line for each request, and moto's errors."""
        return self.folder / "server.log"

    def running(self) -> LocalAws | None:
        """Return the server when it still answers, None otherwise."""
        try:
            record = _Record(**json.loads(self._record.read_text()))
            with _opener.open(record.endpoint_url + HEALTH_PATH, timeout=HEALTH_SECONDS) as answer:
                is_ours = json.load(answer)["pid"] == record.pid
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return LocalAws(record.endpoint_url, record.region, record.pid) if is_ours else None

    def ensure_running(self, region: str, account_id: str = DEFAULT_ACCOUNT_ID) -> LocalAws:
        """Return the running server, or start one; two commands at once get the same.

        Raises LocalAwsError when the running one belongs to another account.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._locked():
            found = self.running()
            if found is None:
                return self._start(region, account_id)
        if (actual := found.client("sts").get_caller_identity()["Account"]) != account_id:
            raise LocalAwsError(
                f"local AWS runs as account {actual}, but the environment allows only {account_id}: "
                f"destroy what is on it first ({', '.join(sorted(self.deployed())) or 'nothing is'}), "
                "or end it with all that is on it: make local-stop"
            )
        return LocalAws(found.endpoint_url, region, found.pid)

    def stop(self) -> None:
        """Stop the server, if it runs, and wait for its end; what was deployed to it is forgotten."""
        found = self.running()
        if self._started is not None:
            self._started.stop()
            self._started = None
        elif found is not None:
            _end(found.pid)
        self._record.unlink(missing_ok=True)
        self._forget()

    def deployed(self) -> set[str]:
        """Return the names of the environments that may have something on the server."""
        try:
            return set(json.loads(self._deployed.read_text()))
        except (OSError, ValueError):
            return set()

    def note_deployed(self, environment: str) -> None:
        """Remember that an environment may have something on the server."""
        with self._locked():
            self._deployed.write_text(json.dumps(sorted(self.deployed() | {environment})))

    def note_destroyed(self, environment: str) -> None:
        """Forget an environment that has nothing on the server any more."""
        with self._locked():
            self._deployed.write_text(json.dumps(sorted(self.deployed() - {environment})))

    def _start(self, region: str, account_id: str) -> LocalAws:
        self._forget()
        started = start(region=region, account_id=account_id, log=self.log, outlives_this_process=True)
        self._started = started
        self._record.write_text(json.dumps(asdict(_Record(started.endpoint_url, region, started.pid))))
        return started

    def _forget(self) -> None:
        """Remove what says that something is on the server: a new one has nothing."""
        for stale in (self._deployed, *self.folder.glob("terraform.*.tfstate*")):
            stale.unlink(missing_ok=True)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _end(pid: int) -> None:
    """End a server that another process has started, and wait until it is gone."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if _is_gone(pid):
                return
            time.sleep(0.05)


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    # One whose parent does not wait for it stays in the list of processes, and runs no more.
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return False
