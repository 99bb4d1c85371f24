"""The TCP port of a database whose data are kept: PostgreSQL for psql and others, which a pause does not close."""

import json
import threading
import time
import urllib.error
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from local_aws import process
from local_aws.asking import ask
from local_aws.data_api.settings import DataApiSettings
from local_aws.environment import CLUSTERS_PATH, KEPT_DATA_PATH
from local_aws.process import LocalAws
from tests.local_aws.data_api.database import MASTER, PASSWORD, Database, create_database, state_of
from tests.local_aws.data_api.test_pausing import CAN_PAUSE, DEADLINE_SECONDS
from tests.local_up import open_folder


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Return a folder that the user can enter as whom PostgreSQL runs."""
    with open_folder() as made:
        yield made


@pytest.fixture(scope="module")
def drowsy_aws() -> Iterator[LocalAws]:
    """Return a local AWS whose clusters pause soon."""
    with process.start(data_api=DataApiSettings(pause_seconds=0.5, resume_seconds=0.2)) as running:
        yield running


@pytest.fixture(scope="module")
def drowsy(drowsy_aws: LocalAws, folder: Path) -> tuple[Database, str]:
    """Return a database that pauses soon, and its address."""
    database = create_database(drowsy_aws, **CAN_PAUSE)
    return database, address(keep(database, folder / "drowsy")["postgresql_port"])


@pytest.fixture(scope="module")
def kept(aws: LocalAws, folder: Path) -> str:
    """Return the address of a database that does not pause."""
    return address(keep(create_database(aws), folder / "kept")["postgresql_port"])


def keep(database: Database, folder: Path) -> dict[str, Any]:
    asked = json.dumps({"arn": database.arn, "folder": str(folder), "name": "dev", "port": 0}).encode()
    return ask(database.aws.endpoint_url, KEPT_DATA_PATH, asked, timeout=DEADLINE_SECONDS)


def address(port: int) -> str:
    return f"postgresql://{MASTER}:{PASSWORD}@127.0.0.1:{port}/alex"


def await_state(database: Database, state: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while state_of(database)["state"] != state:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_connection_wakes_a_paused_database_and_keeps_it_awake(drowsy: tuple[Database, str]) -> None:
    database, url = drowsy
    await_state(database, "paused")
    with psycopg.connect(url) as connection:
        assert state_of(database)["state"] == "available"
        time.sleep(1.0)  # twice as long as it stays awake without a connection
        assert connection.execute("SELECT 1").fetchall() == [(1,)]
    await_state(database, "paused")


def test_the_data_api_and_the_port_share_the_data(drowsy: tuple[Database, str]) -> None:
    database, url = drowsy
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE shared AS SELECT 7 AS n")
    assert database.value("SELECT n FROM shared") == {"longValue": 7}


def test_much_goes_both_ways_at_once(kept: str) -> None:
    """More than the buffers of any socket: rows of 100 KB in a pipeline, answered before all are sent."""
    with psycopg.connect(kept) as connection, connection.pipeline():
        text = "x" * 100_000
        cursors = [connection.execute("SELECT %s::text", [text]) for _ in range(200)]
        assert all(cursor.fetchone() == (text,) for cursor in cursors)


def test_a_statement_is_cancelled_as_by_psql(kept: str) -> None:
    with psycopg.connect(kept) as connection:
        timer = threading.Timer(0.3, connection.cancel_safe)
        timer.start()
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SELECT pg_sleep(60)")
        timer.join()


def test_a_wrong_password_is_refused(kept: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(kept.replace(PASSWORD, "wrong"))


def test_the_port_closes_with_the_cluster_and_the_data_stay(aws: LocalAws, folder: Path) -> None:
    database = create_database(aws)
    url = address(keep(database, folder / "deleted")["postgresql_port"])
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE stays AS SELECT 7 AS n")
        connection.commit()
        rds = aws.client("rds")
        rds.delete_db_instance(DBInstanceIdentifier=f"{database.name}-1")
        rds.delete_db_cluster(DBClusterIdentifier=database.name, SkipFinalSnapshot=True)
        ask(aws.endpoint_url, CLUSTERS_PATH)  # afterwards nothing runs of what is gone
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="refused"):
        psycopg.connect(url)
    again = create_database(aws)
    with psycopg.connect(address(keep(again, folder / "deleted")["postgresql_port"])) as connection:
        assert connection.execute("SELECT n FROM stays").fetchall() == [(7,)]


def test_data_that_another_server_has_open_are_refused(aws: LocalAws, kept: str, folder: Path) -> None:
    del kept  # it has them open
    with pytest.raises(urllib.error.HTTPError) as refused:
        keep(create_database(aws), folder / "kept")
    assert refused.value.code == 409
    assert "another PostgreSQL, process " in json.load(refused.value)["message"]


@pytest.mark.parametrize("asked", [b"{}", b"[]", b"no JSON"])
def test_what_is_no_question_is_refused(aws: LocalAws, asked: bytes) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        ask(aws.endpoint_url, KEPT_DATA_PATH, asked)
    assert (refused.value.code, json.load(refused.value)["message"]) == (
        400,
        "an object with arn, folder, name and port is needed",
    )


def test_a_session_that_postgresql_has_ended_is_not_lent_again(aws: LocalAws) -> None:
    """As after DROP DATABASE with FORCE, by which a database of the same name is made again."""
    database = create_database(aws)
    database.execute("SELECT 1")
    database.execute("CREATE DATABASE again", database="postgres")
    assert database.value("SELECT 1", database="again") == {"longValue": 1}
    database.execute("DROP DATABASE again WITH (FORCE)", database="postgres")
    database.execute("CREATE DATABASE again", database="postgres")
    assert database.value("SELECT 1", database="again") == {"longValue": 1}
