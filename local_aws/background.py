"""The one local AWS of a project folder that stays up between commands, and what has been deployed to it."""

import contextlib
import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from local_aws.asking import health_of
from local_aws.environment import DEFAULT_ACCOUNT_ID
from local_aws.errors import LocalAwsError
from local_aws.ports import Ports, check_free
from local_aws.process import LocalAws, start

STOP_SECONDS = 10.0
PORT_OPTION = "--port"
_UP = "up."


@dataclass(frozen=True)
class _Record:
    endpoint_url: str
    region: str
    pid: int


class BackgroundAws:
    """Local AWS as a background process, remembered in `folder`.

    `folder` holds the server's address (server.json), its log (server.log), the ports (ports.json), the names of the
    environments that were deployed to it (deployed.json) and their Terraform state, and for each database of `local up`
    what leads to it (up.NAME.json) and its data (data/NAME). What is in a server dies with it, but for such data, so a
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
        except (OSError, ValueError, TypeError):
            return None
        is_ours = health_of(record.endpoint_url).get("pid") == record.pid
        return LocalAws(record.endpoint_url, record.region, record.pid) if is_ours else None

    @property
    def ports(self) -> Ports:
        """The ports, which are those of every start."""
        return Ports.of(self.folder)

    def keep_postgresql_port(self, environment: str, port: int) -> None:
        """Remember the port of an environment's PostgreSQL for every start from now on."""
        replace(self.ports, postgresql={**self.ports.postgresql, environment: port}).keep(self.folder)

    def ensure_running(self, region: str, account_id: str = DEFAULT_ACCOUNT_ID, *, port: int | None = None) -> LocalAws:
        """Return the running server, or start one; two commands at once get the same.

        It answers on `port`, which is remembered; None is the one of the last time. Raises LocalAwsError when the
        running one belongs to another account or has another port, and where the port is taken.
        """
        self._make_folder()
        with self._locked():
            found = self.running()
            if found is None:
                return self._start(region, account_id, self.ports.aws if port is None else port)
        if port is not None and urlsplit(found.endpoint_url).port != port:
            raise LocalAwsError(f"local AWS answers at {found.endpoint_url} already: end it first, make local-stop")
        if (actual := health_of(found.endpoint_url).get("account_id")) != account_id:
            raise LocalAwsError(
                f"local AWS runs as account {actual}, but the environment allows only {account_id}: "
                f"destroy what is on it first ({', '.join(sorted(self.deployed() | self.up())) or 'nothing is'}), "
                "or end it with all that is on it: make local-stop"
            )
        return LocalAws(found.endpoint_url, region, found.pid)

    @property
    def has_started_it(self) -> bool:
        """Whether it was this object that started the server."""
        return self._started is not None

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

    def up(self) -> set[str]:
        """Return the names of the environments whose databases `local up` has started on the server."""
        return {path.name.removeprefix(_UP).removesuffix(".json") for path in self.folder.glob(f"{_UP}*.json")}

    def record_of(self, environment: str) -> Path:
        """Return the file of what leads to a database of `local up`; it is there while that is up."""
        return self.folder / f"{_UP}{environment}.json"

    def data_of(self, environment: str) -> Path:
        """Return the folder of the data of such a database, which stay when it ends."""
        return self.folder / "data" / environment

    def note_deployed(self, environment: str) -> None:
        """Remember that an environment may have something on the server."""
        with self._locked():
            self._deployed.write_text(json.dumps(sorted(self.deployed() | {environment})))

    def note_destroyed(self, environment: str) -> None:
        """Forget an environment that has nothing on the server any more."""
        with self._locked():
            self._deployed.write_text(json.dumps(sorted(self.deployed() - {environment})))

    def _start(self, region: str, account_id: str, port: int) -> LocalAws:
        self._forget()
        check_free(port, PORT_OPTION)
        started = start(port=port, region=region, account_id=account_id, log=self.log, own_session=True)
        self._started = started
        replace(self.ports, aws=port).keep(self.folder)
        self._record.write_text(json.dumps(asdict(_Record(started.endpoint_url, region, started.pid))))
        started.stay()  # from here on it can be found; had this process ended before, so would the server
        return started

    def _forget(self) -> None:
        """Remove what says that something is on the server: a new one has nothing."""
        for stale in (
            self._deployed,
            *self.folder.glob("terraform.*.tfstate*"),
            *self.folder.glob(f"{_UP}*.json"),
        ):
            stale.unlink(missing_ok=True)

    def _make_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / "lock").touch()
        except OSError as error:
            why = (error.strerror or type(error).__name__).lower()
            raise LocalAwsError(
                f"local AWS keeps its files in {self.folder}, which cannot be written ({why})"
            ) from None

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
