"""A cluster that may pause does so when it is idle, and the first call after that wakes it."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_aws import process
from local_aws.data_api.pausing import Activity, AutoPause
from local_aws.data_api.settings import DataApiSettings
from local_aws.process import LocalAws
from tests.local_aws.data_api.database import Database, create_database, state_of

PAUSE_SECONDS, RESUME_SECONDS = 1.0, 0.5
CAN_PAUSE: dict[str, Any] = {
    "ServerlessV2ScalingConfiguration": {"MinCapacity": 0, "MaxCapacity": 1, "SecondsUntilAutoPause": 300}
}
DEADLINE_SECONDS = 30.0


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pause(clock: Clock) -> AutoPause:
    return AutoPause(resume_seconds=15, clock=clock)


def test_a_pause_is_due_after_the_idle_time(pause: AutoPause, clock: Clock) -> None:
    clock.now = 299.9
    assert not pause.is_due(300)
    clock.now = 300
    assert pause.is_due(300)


def test_a_use_puts_the_pause_off(pause: AutoPause, clock: Clock) -> None:
    clock.now = 200
    assert pause.use() is Activity.AVAILABLE
    clock.now = 499
    assert not pause.is_due(300)


def test_a_cluster_that_may_not_pause_never_does(pause: AutoPause, clock: Clock) -> None:
    clock.now = 1_000_000
    assert not pause.is_due(None)


def test_the_first_use_wakes_a_cluster_and_each_until_then_finds_it_resuming(pause: AutoPause, clock: Clock) -> None:
    pause.pause()
    assert pause.activity is Activity.PAUSED
    assert pause.use() is Activity.RESUMING
    clock.now = 14.9
    assert pause.use() is Activity.RESUMING
    clock.now = 15
    assert pause.use() is Activity.AVAILABLE
    assert not pause.is_due(300)


@pytest.fixture(scope="module")
def sleepy_aws() -> Iterator[LocalAws]:
    """Return a local AWS in which clusters pause after a second."""
    settings = DataApiSettings(pause_seconds=PAUSE_SECONDS, resume_seconds=RESUME_SECONDS)
    with process.start(data_api=settings) as running:
        yield running


def await_state(database: Database, state: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while state_of(database)["state"] != state:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_paused_cluster_has_no_process_and_wakes_with_its_data(sleepy_aws: LocalAws) -> None:
    database = create_database(sleepy_aws, **CAN_PAUSE)
    database.execute("CREATE TABLE kept AS SELECT 7 AS number")
    assert state_of(database)["postgresql_pid"] is not None

    await_state(database, "paused")
    assert state_of(database)["postgresql_pid"] is None

    code, message = database.error("SELECT number FROM kept")
    assert code == "DatabaseResumingException"
    assert "is resuming after being auto-paused" in message
    time.sleep(RESUME_SECONDS)
    assert database.value("SELECT number FROM kept") == {"longValue": 7}


def test_a_transaction_keeps_a_cluster_awake(sleepy_aws: LocalAws) -> None:
    database = create_database(sleepy_aws, **CAN_PAUSE)
    transaction_id = database.begin()
    time.sleep(PAUSE_SECONDS * 1.5)

    assert state_of(database)["state"] == "available"
    assert database.commit(transaction_id) == "Transaction Committed"
    await_state(database, "paused")
    assert database.error_of(database.begin)[0] == "DatabaseResumingException"


def test_a_cluster_with_a_minimum_stays_awake(sleepy_aws: LocalAws) -> None:
    database = create_database(sleepy_aws)
    database.execute("SELECT 1")
    time.sleep(PAUSE_SECONDS * 1.5)

    assert state_of(database)["state"] == "available"
    assert database.value("SELECT 1") == {"longValue": 1}


def test_a_cluster_that_was_never_asked_pauses_too(sleepy_aws: LocalAws) -> None:
    database = create_database(sleepy_aws, **CAN_PAUSE)

    time.sleep(PAUSE_SECONDS * 1.5)

    assert database.error("SELECT 1")[0] == "DatabaseResumingException"


def capacities(database: Database) -> list[float]:
    """Return what CloudWatch has of a cluster's capacity, the latest last."""
    now = datetime.now(UTC)
    answer = database.aws.client("cloudwatch").get_metric_data(
        MetricDataQueries=[
            {
                "Id": "capacity",
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/RDS",
                        "MetricName": "ServerlessDatabaseCapacity",
                        "Dimensions": [{"Name": "DBClusterIdentifier", "Value": database.name}],
                    },
                    "Period": 1,
                    "Stat": "Minimum",
                },
            }
        ],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(seconds=2),
        ScanBy="TimestampAscending",
    )
    values: list[float] = answer["MetricDataResults"][0]["Values"]
    return values


def test_the_capacity_of_a_paused_cluster_is_0_and_looking_does_not_wake_it(sleepy_aws: LocalAws) -> None:
    database = create_database(sleepy_aws, **CAN_PAUSE)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while 0.0 not in capacities(database):
        assert time.monotonic() < deadline
        time.sleep(0.2)

    assert capacities(database)[0] == 0.5
    assert state_of(database)["state"] == "paused"
