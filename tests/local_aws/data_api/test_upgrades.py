"""A major upgrade on local AWS: PostgreSQL's own pg_upgrade moves the data, or refuses as it does on Aurora."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from local_aws.process import LocalAws
from tests.local_aws.data_api.database import Database, create_database, delete_cluster, state_of

SECONDS = 60


@pytest.fixture(scope="module")
def database(aws: LocalAws) -> Iterator[Database]:
    """Return a database of 16.8 with a table of which there are statistics; the tests follow from one another."""
    made = create_database(aws, EngineVersion="16.8")
    made.execute("CREATE TABLE t AS SELECT generate_series(1, 1000) AS i")
    made.execute("ANALYZE t")
    yield made
    delete_cluster(made)


def _upgrade(database: Database, to: str) -> dict[str, Any]:
    answer: dict[str, Any] = database.aws.client("rds").modify_db_cluster(
        DBClusterIdentifier=database.name, EngineVersion=to, AllowMajorVersionUpgrade=True, ApplyImmediately=True
    )["DBCluster"]
    return answer


def _described(database: Database) -> dict[str, Any]:
    [cluster] = database.aws.client("rds").describe_db_clusters(DBClusterIdentifier=database.name)["DBClusters"]
    found: dict[str, Any] = cluster
    return found


def _upgraded(database: Database, to: str) -> dict[str, Any]:
    """Upgrade, wait for the end, and return the cluster."""
    _upgrade(database, to)
    until = time.monotonic() + SECONDS
    while (cluster := _described(database))["Status"] == "upgrading":
        assert time.monotonic() < until
        time.sleep(0.1)
    return cluster


def _messages(database: Database, kind: str, identifier: str) -> list[str]:
    events = database.aws.client("rds").describe_events(SourceIdentifier=identifier, SourceType=kind)["Events"]
    return [event["Message"] for event in events]


def _statistics(database: Database) -> int:
    count: int = database.value("SELECT count(*) FROM pg_stats WHERE tablename = 't'")["longValue"]
    return count


def test_meanwhile_the_cluster_is_upgrading_on_its_old_version_and_answers_no_sql(database: Database) -> None:
    database.execute("CREATE EXTENSION pg_stat_statements VERSION '1.10'")
    open_transaction = database.begin()
    database.execute("INSERT INTO t VALUES (-1)", transactionId=open_transaction)
    answer = _upgrade(database, "17.7")
    assert (answer["Status"], answer["EngineVersion"]) == ("upgrading", "16.8")
    [instance] = database.aws.client("rds").describe_db_instances()["DBInstances"][-1:]
    assert instance["DBInstanceStatus"] == "upgrading"
    code, message = database.error("SELECT 1")
    assert (code, message) == ("InvalidResourceStateException", "The DB cluster is in status upgrading")


def test_afterwards_the_data_are_there_and_the_statistics_are_gone(database: Database) -> None:
    until = time.monotonic() + SECONDS
    while _described(database)["Status"] == "upgrading":
        assert time.monotonic() < until
        time.sleep(0.1)
    cluster = _described(database)
    assert (cluster["Status"], cluster["EngineVersion"]) == ("available", "17.7")
    # What was not committed is rolled back, as at any shutdown.
    assert database.value("SELECT count(*) FROM t") == {"longValue": 1000}
    assert database.value("SELECT count(*) FROM t WHERE i < 0") == {"longValue": 0}
    assert _statistics(database) == 0
    assert _messages(database, "db-instance", f"{database.name}-1")[-2:] == [
        "DB instance shutdown",
        "DB instance restarted",
    ]
    assert _messages(database, "db-cluster", database.name)[-1:] == [
        "Database cluster engine major version has been upgraded"
    ]


def test_an_extension_keeps_its_version_and_the_master_user_updates_it(database: Database) -> None:
    version = "SELECT extversion FROM pg_extension WHERE extname = 'pg_stat_statements'"
    assert database.value(version) == {"stringValue": "1.10"}
    database.execute("ALTER EXTENSION pg_stat_statements UPDATE")
    assert database.value(version) == {"stringValue": "1.12"}


def test_what_pg_upgrade_refuses_leaves_the_cluster_on_its_version_and_says_why(database: Database) -> None:
    database.execute("CREATE TABLE refused (f regproc)")
    cluster = _upgraded(database, "18.3")
    assert (cluster["Status"], cluster["EngineVersion"]) == ("available", "17.7")
    message = _messages(database, "db-cluster", database.name)[-1]
    assert message.startswith("Database cluster could not be upgraded to 18.3: ")
    assert "contains one of the reg* data types in user tables" in message
    assert database.value("SELECT count(*) FROM t") == {"longValue": 1000}


def test_from_18_on_the_statistics_come_along(database: Database) -> None:
    database.execute("DROP TABLE refused")
    database.execute("ANALYZE t")
    assert _upgraded(database, "18.3")["EngineVersion"] == "18.3"
    assert _statistics(database) == 1
    assert state_of(database)["state"] == "available"


def test_a_cluster_that_was_never_asked_has_nothing_to_move(aws: LocalAws) -> None:
    untouched = create_database(aws, EngineVersion="16.8")
    _upgrade(untouched, "17.7")
    assert (_described(untouched)["Status"], _described(untouched)["EngineVersion"]) == ("available", "17.7")
    assert untouched.value("SELECT 1") == {"longValue": 1}
    delete_cluster(untouched)
