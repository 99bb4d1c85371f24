"""What takes longer than the Data API waits: here a second, on Aurora 45; and a cluster that was paused."""

import threading
import time
from pathlib import Path

import pytest

from local_aws import process
from local_aws.data_api.settings import DataApiSettings
from operations.migrations.connection import undone
from tests.deployed.deployment import deploy
from tests.local_aws.data_api.database import ask
from tests.operations.migrations.conftest import Migrated, new_database

HEAD = "-- migrate: no-transaction\n"


def test_a_statement_that_takes_long_goes_on_and_is_waited_for(slow: Migrated) -> None:
    slow.write(_0001_slow="CREATE TABLE one (a int);\nSELECT pg_sleep(2.5);\nINSERT INTO one VALUES (1)")
    done = slow.migrate()
    assert (done.status, done.errors) == (0, "")
    assert slow.query("SELECT a FROM one") == [{"a": 1}]


def test_one_that_fails_after_that_undoes_its_file(slow: Migrated) -> None:
    slow.write(_0001_slow="CREATE TABLE one (a int);\nDO $$ BEGIN PERFORM pg_sleep(2); RAISE EXCEPTION 'no'; END $$")
    done = slow.migrate()
    assert done.status == 1
    assert "migrations/0001_slow.sql:2: it failed after more than 45 seconds" in done.error
    assert slow.tables() == set()


def test_an_index_that_takes_long_is_waited_for(slow: Migrated) -> None:
    slow.write(_0001_one="CREATE TABLE one (a int)", _0002_index=f"{HEAD}CREATE INDEX CONCURRENTLY one_a ON one (a)")
    slow.migrate("--to", "1")

    def write_slowly() -> None:
        with undone(slow.connect(slow.database)) as transaction:
            transaction.execute("INSERT INTO one VALUES (1)")  # CREATE INDEX CONCURRENTLY waits for its end
            writing.set()
            time.sleep(2.5)

    writing = threading.Event()
    thread = threading.Thread(target=write_slowly)
    thread.start()
    writing.wait(10)
    done = slow.migrate()
    thread.join()
    assert (done.status, done.errors) == (0, "")
    assert slow.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'one_a'::regclass") == [{"indisvalid": True}]


def test_another_statement_without_a_transaction_is_in_doubt_then(slow: Migrated) -> None:
    slow.write(_0001_slow=f"{HEAD}SELECT pg_sleep(2)")
    done = slow.migrate()
    assert done.status == 8
    assert "migrations/0001_slow.sql:2: a run ended in the middle of this statement" in done.error


def test_a_paused_cluster_is_resumed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with process.start(data_api=DataApiSettings(pause_seconds=4, resume_seconds=0.5)) as aws:
        database = new_database(deploy(aws, tmp_path / "project"), tmp_path, capsys)
        database.write(_0001_one="CREATE TABLE one (a int)")
        for _ in range(200):
            if ask(aws, "/_local_aws/clusters")["clusters"][0]["state"] == "paused":
                break
            time.sleep(0.05)
        else:
            pytest.fail("the cluster did not pause")
        done = database.migrate()
        assert (done.status, done.errors) == (0, "")
