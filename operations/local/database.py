"""The database of an environment on this machine: up with its data of the last time, and down again."""

import fcntl
import hashlib
import json
import shutil
import threading
import urllib.error
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from local_aws.asking import ask
from local_aws.background import BackgroundAws
from local_aws.environment import CLUSTERS_PATH, DEFAULT_ACCOUNT_ID, DEFAULT_REGION, KEPT_DATA_PATH
from local_aws.errors import LocalAwsError
from local_aws.ports import check_free
from operations.aws.session import AwsSession
from operations.errors import failed, not_deployed, wrong_input
from operations.local.record import Record, record_of

if TYPE_CHECKING:
    from local_aws.process import LocalAws
    from stacks.environment import Environment

POSTGRESQL_PORT_OPTION: Final = "--postgresql-port"
_START_SECONDS: Final = 60


@dataclass(frozen=True)
class Started:
    """A database that is up; `was_up` is one that was before, and `has_data` one that was ever before."""

    record: Record
    endpoint_url: str
    data: Path
    was_up: bool
    has_data: bool

    @property
    def major_version(self) -> str:
        """The major version of PostgreSQL, which is that of the one package there is, whatever the file says."""
        return (self.data / "data" / "PG_VERSION").read_text(encoding="ascii").strip()


@dataclass(frozen=True)
class Ended:
    """What `down` has ended; `goes_on` are the environments on a local AWS that still runs, None where none does."""

    environments: tuple[str, ...]
    goes_on: tuple[str, ...] | None


@dataclass(frozen=True)
class Standing:
    """An environment that is up, was up, or lies on the same local AWS by a deploy.

    `state` is `available`, `paused` or `resuming`, `down` where only data are there, and `deployed`.
    """

    environment: str
    state: str
    record: Record | None = None
    data_bytes: int | None = None


class LocalDatabases:
    """The databases of a project. Raises OperationsError."""

    def __init__(self, project: Path) -> None:
        self.background = BackgroundAws(project / ".local-aws")

    def up(
        self,
        environment: "Environment",
        *,
        fresh: bool = False,
        port: int | None = None,
        postgresql_port: int | None = None,
    ) -> Started:
        """Start it, unless it is up as its file says. Whatever fails or is interrupted leaves nothing half-made."""
        background, name = self.background, environment.name
        threading.Thread(target=_import_boto3, daemon=True).start()  # while the server starts
        with _lines(), self._stopped_if_started_for_nothing():
            region = environment.region or DEFAULT_REGION
            local = background.ensure_running(region, _account_of(environment), port=port)
            with self._locked():
                if name in background.deployed():
                    raise wrong_input(
                        f"{name} is deployed to this local AWS by make local-deploy, and its names can be had once: "
                        f"make local-destroy ENVIRONMENT={name} first, or end all: make local-stop"
                    )
                session = AwsSession(region, local)
                before, data = record_of(background, name), background.data_of(name)
                chosen = background.ports.postgresql_of(name) if postgresql_port is None else postgresql_port
                has_port = before is not None and chosen in {0, before.postgresql_port}
                if before is not None and has_port and before.made_from == _made_from(environment) and not fresh:
                    return Started(before, local.endpoint_url, data, was_up=True, has_data=True)
                try:
                    record, has_data = self._start(environment, session, local, chosen, fresh=fresh)
                except BaseException:
                    self._remove(environment, session, local)
                    raise
                background.keep_postgresql_port(name, chosen)
                return Started(record, local.endpoint_url, data, was_up=False, has_data=has_data)

    def down(self, environments: Mapping[str, "Environment | None"]) -> Ended:
        """End these databases, whose data stay, and local AWS with them when nothing else is on it.

        An environment whose file is gone, None, ends with the others only.
        """
        background = self.background
        if not background.folder.is_dir():
            return Ended((), None)
        with _lines(), self._locked():
            local, up = background.running(), background.up()
            ended = tuple(sorted(up & environments.keys()))
            if local is None:
                return Ended((), None)
            left = (up | background.deployed()) - environments.keys()
            if not left:
                background.stop()
                return Ended(ended, None)
            for name in ended:
                record, environment = record_of(background, name), environments[name]
                if record is None or environment is None:
                    raise failed(f"the file of {name} is gone, or what was noted of it: end all, make local-stop")
                self._remove(environment, AwsSession(record.region, local), local)
            return Ended(ended, tuple(sorted(left)))

    def standings(self) -> list[Standing]:
        """Return what is up, what has data, and what else is on the same local AWS."""
        background = self.background
        local = background.running()
        states = {} if local is None else {one["arn"]: one["state"] for one in _clusters(local)}
        up = {} if local is None else {name: record_of(background, name) for name in background.up()}
        names = set(up) | {path.name for path in background.data_of("").glob("*") if path.is_dir()}
        found = []
        for name in sorted(names):
            record = up.get(name)
            state = "down" if record is None else states.get(record.cluster_arn, "down")
            found.append(Standing(name, state, record, _size(background.data_of(name))))
        deployed = sorted(background.deployed()) if local is not None else []
        return [*found, *(Standing(name, "deployed") for name in deployed)]

    def log_of(self, environment: str) -> Path:
        """Return what the PostgreSQL of an environment has written since it was started."""
        log = self.background.data_of(environment) / "log"
        if not log.is_file():
            raise not_deployed(f"{environment} has never been up here: ./aurora-serverless local up {environment}")
        return log

    def _start(
        self, environment: "Environment", session: AwsSession, local: "LocalAws", port: int, *, fresh: bool
    ) -> tuple[Record, bool]:
        from operations.local.made import make_cluster, make_secrets  # noqa: PLC0415 (imports the rules of parameters)

        name, data = environment.name, self.background.data_of(environment.name)
        self._remove(environment, session, local)
        if port:
            check_free(port, POSTGRESQL_PORT_OPTION)
        if fresh:
            _throw_away(data)
        has_data = data.is_dir()
        cluster_arn = make_cluster(environment, session)
        asked = {"arn": cluster_arn, "folder": str(data), "name": name, "port": port}
        answer = _ask(local, KEPT_DATA_PATH, json.dumps(asked).encode())
        secret_arn, users = make_secrets(environment, session, local)
        record = Record(
            region=session.region,
            cluster_arn=cluster_arn,
            secret_arn=secret_arn,
            database=environment.database_name,
            master_username=environment.master_username,
            postgresql_port=answer["postgresql_port"],
            made_from=_made_from(environment),
            data_api_enabled=environment.access.data_api,
            application_user=environment.access.lambda_role.user,
            user_secret_arns=users,
        )
        record.write(self.background.record_of(name))
        return record, has_data

    def _remove(self, environment: "Environment", session: AwsSession, local: "LocalAws") -> None:
        """Remove what there is of a database on local AWS, and wait until its port is free."""
        from operations.local.made import remove  # noqa: PLC0415

        self.background.record_of(environment.name).unlink(missing_ok=True)
        remove(environment, session)
        _clusters(local)

    @contextmanager
    def _stopped_if_started_for_nothing(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            if self.background.has_started_it:
                with self._locked():
                    if not self.background.deployed() | self.background.up():
                        self.background.stop()
            raise

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Let one command at a time start and end databases."""
        self.background.folder.mkdir(parents=True, exist_ok=True)
        with (self.background.folder / "up.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


@contextmanager
def _lines() -> Iterator[None]:
    """Raise OperationsError for what local AWS says."""
    try:
        yield
    except LocalAwsError as error:
        raise wrong_input(str(error)) from None


def _import_boto3() -> None:
    with suppress(Exception):  # whoever needs it tells; and an import fails once the interpreter is ending
        import boto3  # type: ignore[import-untyped]  # noqa: F401, PLC0415


def _account_of(environment: "Environment") -> str:
    """Return an account in which the provider would work; any will do where the file names none."""
    role = environment.provider.assume_role
    return next(iter(environment.account_ids), DEFAULT_ACCOUNT_ID if role is None else role.role_arn.split(":")[4])


def _made_from(environment: "Environment") -> str:
    """Return what changes with every key of the file."""
    return hashlib.sha256(environment.model_dump_json().encode()).hexdigest()


def _throw_away(data: Path) -> None:
    if not data.is_dir():
        return
    try:
        shutil.rmtree(data)
    except OSError as error:
        raise wrong_input(
            f"{error.filename or data} cannot be discarded ({error.strerror}): remove it by hand"
        ) from None


def _size(folder: Path) -> int | None:
    try:
        return sum(path.lstat().st_size for path in folder.rglob("*"))
    except OSError:
        return None


def _clusters(local: "LocalAws") -> list[dict[str, Any]]:
    """Return what each cluster does; afterwards nothing runs of one that is gone."""
    found: list[dict[str, Any]] = _ask(local, CLUSTERS_PATH)["clusters"]
    return found


def _ask(local: "LocalAws", path: str, data: bytes | None = None) -> dict[str, Any]:
    """Ask local AWS itself. Raises OperationsError with its reason."""
    try:
        return ask(local.endpoint_url, path, data, timeout=_START_SECONDS)
    except urllib.error.HTTPError as error:
        raise wrong_input(json.load(error)["message"]) from None
    except OSError as error:
        raise failed(
            f"local AWS at {local.endpoint_url} does not answer ({error}): stop it with make local-stop"
        ) from None
