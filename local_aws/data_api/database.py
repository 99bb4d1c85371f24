"""The database of one cluster: its PostgreSQL, its roles, its sessions, and its pauses."""

import contextlib
import select
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import ConnStatus, TransactionStatus
from psycopg.pq.abc import PGconn

from local_aws.data_api.capacity_metric import CapacityMetric
from local_aws.data_api.errors import DataApiError, login_refusal
from local_aws.data_api.kept_data import KeptData
from local_aws.data_api.pausing import Activity, AutoPause
from local_aws.data_api.postgresql import PostgresqlServer
from local_aws.data_api.server_settings import ServerSettings
from local_aws.data_api.settings import DataApiSettings
from local_aws.data_api.statements import run_plainly
from local_aws.patches.major_upgrades import note_data

TOO_MANY_CONNECTIONS = "SQLState: 53300"
RELOAD_SECONDS = 5.0
_POLL_SECONDS = 0.02
GREATEST_IDLE_SESSIONS = 8  # of one user and database; more are closed after use

# Aurora's own roles that the master user is a member of, and may grant.
ROLES = ("rds_superuser", "rds_password", "rds_replication", "rds_iam")


@dataclass(frozen=True)
class Login:
    """Who connects to which database."""

    username: str
    password: str
    database: str


@dataclass
class Session:
    """A session that was lent; `close` gives it back. One that is `kept` is given back by somebody else."""

    connection: PGconn
    close: Callable[[], None]
    is_kept: bool = False


class ClusterDatabase:
    """Starts PostgreSQL when a session is first asked for; all ends with `remove`, but for data that are kept."""

    def __init__(
        self, cluster: Any, choose_folder: Callable[[], Path], settings: DataApiSettings, kept: KeptData | None = None
    ) -> None:
        self.cluster = cluster
        self._settings = settings
        self._server = PostgresqlServer(choose_folder, kept)
        self._pause = AutoPause(settings.resume_seconds)
        self._metric = CapacityMetric(cluster)
        self._lock = threading.RLock()
        self._idle: dict[Login, list[PGconn]] = defaultdict(list)
        self._lent = 0
        self._master_password: str | None = None
        self._settings_in_effect: ServerSettings | None = None
        self._is_removed = False

    @property
    def activity(self) -> Activity:
        """What the cluster does at the moment."""
        self._pause_if_idle()
        return self._pause.activity

    @property
    def pid(self) -> int | None:
        """The number of PostgreSQL's process while it runs."""
        return self._server.pid

    def keep_house(self, settings: ServerSettings) -> None:
        """End with a reboot of the writer, pause when that is due, and report the capacity."""
        self._stop_if_rebooted(settings)
        self._metric.report(self.activity)

    def wake(self, instance: str) -> None:
        """Note a call. Raises DataApiError DatabaseResumingException while the cluster wakes up."""
        self._pause_if_idle()
        with self._lock:
            if self._pause.use() is not Activity.AVAILABLE:
                raise DataApiError(
                    "DatabaseResumingException",
                    f"The Aurora DB instance {instance} is resuming after being auto-paused. "
                    "Please wait a few seconds and try again.",
                )

    def await_awake(self) -> None:
        """Note a use, and wait while the cluster wakes up, as a connection to Aurora does."""
        self._pause_if_idle()
        with self._lock:
            self._pause.use()
        while self._pause.activity is not Activity.AVAILABLE:
            time.sleep(_POLL_SECONDS)

    def _pause_if_idle(self) -> None:
        """Pause when that is due: PostgreSQL stops, and with it all that sessions keep."""
        with self._lock:
            if self._lent == 0 and self._pause.is_due(self._pause_seconds):
                self._close_idle()
                self._server.stop()
                self._pause.pause()

    def lend(self, login: Login, master_password: str, settings: ServerSettings) -> Session:
        """Return a session, new or as good as new. Raises DataApiError when PostgreSQL refuses the login."""
        with self._lock:
            if self._is_removed:
                raise DataApiError("DatabaseUnavailableException")
            self._ensure_running(master_password, settings)
            connection = self._idle_session(login) or self._connect_with_room(login)
            self._lent += 1
        return Session(connection, lambda: self._give_back(login, connection))

    def dial(self, master_password: str, settings: ServerSettings) -> tuple[socket.socket, Callable[[], None]]:
        """Return a connection to PostgreSQL, on which nothing was said yet, and what is called when it has ended.

        The cluster stays awake until then. Raises LocalAwsError, DataApiError and OSError.
        """
        with self._lock:
            if self._is_removed:
                raise DataApiError("DatabaseUnavailableException")
            self._ensure_running(master_password, settings)
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(self._server.socket))
            except OSError:
                connection.close()
                raise
            self._lent += 1
        return connection, self._hang_up

    def terminate(self, connection: PGconn) -> None:
        """Break a session, as a failover would."""
        with contextlib.closing(_Administrator(self._server)) as administrator:
            run_plainly(administrator.connection, f"SELECT pg_terminate_backend({connection.backend_pid}, 5000)")

    def upgrade(self, *, keeps_statistics: bool) -> None:
        """Move the data, as a major upgrade of the cluster does; all sessions end. Raises LocalAwsError if refused."""
        with self._lock:
            self._close_idle()
            self._server.upgrade(keeps_statistics=keeps_statistics)
            if self._master_password is not None:
                self._server.start()
                self._give_extensions_to_master()
                self._server.stop()
            self._settings_in_effect = None  # new data have no settings of their own
            self._pause.use()

    def _give_extensions_to_master(self) -> None:
        """Let the master user update the extensions, as Aurora does: pg_upgrade makes them the superuser's own."""
        name = self.cluster.master_username
        with contextlib.closing(_Administrator(self._server)) as administrator:
            databases = administrator.column("SELECT datname FROM pg_database WHERE datallowconn")
        for database in databases:
            with contextlib.closing(_Administrator(self._server, database)) as administrator:
                master = administrator.literal(administrator.quoted(name))
                administrator.run(
                    f"UPDATE pg_extension SET extowner = {master}::regrole WHERE extname <> 'plpgsql'"  # noqa: S608
                )

    def remove(self) -> None:
        """Stop PostgreSQL and remove the data, unless they are kept."""
        with self._lock:
            self.abandon()
            self._server.remove()

    def abandon(self) -> None:
        """Stop PostgreSQL, and leave it to others to remove the data."""
        with self._lock:
            self._is_removed = True
            self._close_idle()
            self._server.abandon()

    @property
    def _pause_seconds(self) -> float | None:
        scaling = self.cluster.serverless_v2_scaling_configuration or {}
        if scaling.get("min_capacity") is None or float(scaling["min_capacity"]) > 0:
            return None
        own: float = scaling["seconds_until_auto_pause"]
        return own if self._settings.pause_seconds is None else self._settings.pause_seconds

    def _stop_if_rebooted(self, settings: ServerSettings) -> None:
        """Stop PostgreSQL, and with it every session, when its instance was rebooted or another one writes."""
        with self._lock:
            before = self._settings_in_effect
            if self._server.pid is not None and before is not None and before.boot != settings.boot:
                self._close_idle()
                self._server.stop()

    def _ensure_running(self, master_password: str, settings: ServerSettings) -> None:
        self._stop_if_rebooted(settings)
        if self._server.pid is None:
            self._close_idle()
            self._server.start(settings.static)
            note_data(self.cluster)
        self._take_over(settings)
        if self._master_password is None:
            self._create_master(master_password)
        elif self._master_password != master_password:
            with contextlib.closing(_Administrator(self._server)) as administrator:
                administrator.set_password(self.cluster.master_username, master_password)
            self._close_idle()
        self._master_password = master_password

    def _take_over(self, settings: ServerSettings) -> None:
        """Let PostgreSQL take what changes while it runs."""
        before, self._settings_in_effect = self._settings_in_effect, settings
        if settings.dynamic == (before.dynamic if before is not None else {}):
            return
        with contextlib.closing(_Administrator(self._server)) as administrator:
            loaded = administrator.configuration_loaded_at
            administrator.run("ALTER SYSTEM RESET ALL")
            for name, value in settings.dynamic.items():
                administrator.run(f"ALTER SYSTEM SET {name} = '{value}'")
            administrator.run("SELECT pg_reload_conf()")
        # Sessions take a change later than the server, which tells by a new session that it has taken it.
        self._close_idle()
        deadline = time.monotonic() + RELOAD_SECONDS
        while time.monotonic() < deadline:
            with contextlib.closing(_Administrator(self._server)) as administrator:
                if administrator.configuration_loaded_at != loaded:
                    return

    def _create_master(self, password: str) -> None:
        name = self.cluster.master_username
        database = self.cluster.database_name
        with contextlib.closing(_Administrator(self._server)) as administrator:
            run, quoted = administrator.run, administrator.quoted(name)
            roles = administrator.column("SELECT rolname FROM pg_roles")  # data that were kept have them already
            for role in ROLES:
                if role not in roles:
                    run(f"CREATE ROLE {role} NOLOGIN")
            run("GRANT pg_monitor, pg_signal_backend, pg_checkpoint TO rds_superuser WITH ADMIN OPTION")
            if name not in roles:
                run(f"CREATE ROLE {quoted} LOGIN CREATEDB CREATEROLE VALID UNTIL 'infinity'")
            administrator.set_password(name, password)
            run(f"GRANT {', '.join(ROLES)} TO {quoted} WITH ADMIN OPTION")
            run(f"ALTER DATABASE postgres OWNER TO {quoted}")
            if database and database not in administrator.column("SELECT datname FROM pg_database"):
                run(f"CREATE DATABASE {administrator.quoted(database)} OWNER {quoted}")

    def _connect_with_room(self, login: Login) -> PGconn:
        """Connect; where there are too many sessions already, close those that nobody uses first."""
        try:
            return self._connect(login)
        except DataApiError as refusal:
            if TOO_MANY_CONNECTIONS not in refusal.message or not any(self._idle.values()):
                raise
        self._close_idle()
        return self._connect(login)

    def _connect(self, login: Login) -> PGconn:
        try:
            return self._server.connect(login.username, login.password, login.database)
        except ConnectionRefusedError as refusal:
            reason = str(refusal)
        except psycopg.ProgrammingError:
            reason = f'database "{login.database}" does not exist'
        raise login_refusal(reason)

    def _hang_up(self) -> None:
        with self._lock:
            self._lent -= 1
            self._pause.use()

    def _idle_session(self, login: Login) -> PGconn | None:
        """Return a session that nobody uses. PostgreSQL speaks on such a one only to end it, as DROP DATABASE does."""
        while self._idle[login]:
            connection = self._idle[login].pop()
            if not select.select([connection.socket], [], [], 0)[0]:
                return connection
            connection.finish()
        return None

    def _give_back(self, login: Login, connection: PGconn) -> None:
        is_good = _reset(connection)
        with self._lock:
            self._lent -= 1
            # Idleness is counted from the end of the last call. A master's password can have changed meanwhile.
            self._pause.use()
            if is_good and len(self._idle[login]) < GREATEST_IDLE_SESSIONS and not self._is_removed:
                self._idle[login].append(connection)
            else:
                connection.finish()

    def _close_idle(self) -> None:
        for connections in self._idle.values():
            for connection in connections:
                connection.finish()
        self._idle.clear()


class _Administrator:
    """A session of the superuser, for what Aurora does by itself."""

    def __init__(self, server: PostgresqlServer, database: str = "postgres") -> None:
        self.connection = server.connect_as_administrator(database)

    @property
    def configuration_loaded_at(self) -> bytes:
        """When the server has last read its settings."""
        result = self.connection.exec_(b"SELECT pg_conf_load_time()")
        return result.get_value(0, 0) or b""

    def run(self, sql: str) -> None:
        run_plainly(self.connection, sql)

    def column(self, sql: str) -> list[str]:
        result = self.connection.exec_(sql.encode())
        return [(result.get_value(row, 0) or b"").decode() for row in range(result.ntuples)]

    def set_password(self, user: str, password: str) -> None:
        self.run(f"ALTER ROLE {self.quoted(user)} PASSWORD {self.literal(password)}")

    def literal(self, text: str) -> str:
        return bytes(psycopg.pq.Escaping(self.connection).escape_literal(text.encode())).decode()

    def quoted(self, name: str) -> str:
        return bytes(psycopg.pq.Escaping(self.connection).escape_identifier(name.encode())).decode()

    def close(self) -> None:
        self.connection.finish()


@contextlib.contextmanager
def using(session: Session) -> Iterator[PGconn]:
    """Use a session and give it back, unless it is kept for longer."""
    try:
        yield session.connection
    finally:
        if not session.is_kept:
            session.close()


def _reset(connection: PGconn) -> bool:
    """Make a session forget everything, as nothing may be expected to survive a call; return whether it is usable."""
    try:
        if connection.status != ConnStatus.OK:
            return False
        if connection.transaction_status != TransactionStatus.IDLE:
            run_plainly(connection, "ROLLBACK")
        run_plainly(connection, "DISCARD ALL")
    except (psycopg.Error, DataApiError):
        return False
    return True
