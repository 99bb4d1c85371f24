"""`aurora-serverless status`: what a cluster does, told without waking it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local_aws import process
from local_aws.data_api.settings import DataApiSettings
from operations.aws.cloudwatch import CAPACITY, Point, Series
from operations.aws.cluster import Cluster, read_cluster
from operations.aws.events import Event
from operations.scaling.pause_state import Activity, ActivityState, activity_state
from tests.deployed.deployment import deploy
from tests.deployed.fixtures import CommandLine
from tests.deployed.stubs import TARGET, add_cluster, described_cluster, described_instances, stubbed
from tests.local_aws.data_api.database import ask

Answering = Callable[[str, Any], None]
NOW = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
KEYS = {
    "target",
    "cluster",
    "status",
    "engine_version",
    "platform_version",
    "file_engine_version",
    "activity",
    "since",
    "since_is_exact",
    "capacity_acu",
    "capacity_at",
    "minimum_acu",
    "maximum_acu",
    "storage_encryption_type",
    "kms_key_id",
    "connections",
    "members",
    "pending_changes",
    "pending_reboot",
    "maintenance_window",
    "pending_maintenance",
    "tainted",
    "events",
    "unknown",
}


def cluster(minimum_acu: float = 0) -> Cluster:
    client, stubber = stubbed("rds")
    add_cluster(stubber, ServerlessV2ScalingConfiguration={"MinCapacity": minimum_acu, "MaxCapacity": 4})
    return read_cluster(TARGET, client)


def minutes_ago(minutes: float) -> datetime:
    return NOW - timedelta(minutes=minutes)


def capacity(*values: float, newest_minutes_ago: int = 1) -> Series:
    """Return a capacity of a point a minute."""
    ages = range(len(values) + newest_minutes_ago - 1, newest_minutes_ago - 1, -1)
    points = [Point(minutes_ago(age), value) for age, value in zip(ages, values, strict=True)]
    return Series(CAPACITY, 60, points)


def event(minutes: float, message: str) -> Event:
    return Event(minutes_ago(minutes), "alex-0", message)


PAUSED = "Successfully paused the DB instance."
RESUMED = "Successfully resumed the DB instance."


@pytest.mark.parametrize(
    ("series", "events", "state"),
    [
        (capacity(0.5, 0.5, 0, 0), [], ActivityState(Activity.PAUSED, minutes_ago(2), is_exact=True)),
        (capacity(0, 0.5, 0.5), [], ActivityState(Activity.AWAKE, minutes_ago(2), is_exact=True)),
        (capacity(0, 0, 0), [], ActivityState(Activity.PAUSED, minutes_ago(3), is_exact=False)),
        (
            capacity(0.5, 0, 0),
            [event(2.5, PAUSED)],
            ActivityState(Activity.PAUSED, minutes_ago(2.5), is_exact=True),
        ),
        (
            capacity(0, 0, newest_minutes_ago=4),
            [event(3, RESUMED)],
            ActivityState(Activity.AWAKE, minutes_ago(3), is_exact=True),
        ),
        (
            capacity(0.5, 0.5),
            [event(60, RESUMED), event(30, "Pause was canceled for the DB instance."), event(20, "Finished backup")],
            ActivityState(Activity.AWAKE, minutes_ago(60), is_exact=True),
        ),
        (capacity(0, 0, newest_minutes_ago=30), [], ActivityState(Activity.UNKNOWN)),
        (capacity(), [], ActivityState(Activity.UNKNOWN)),
        (capacity(), [event(600, PAUSED)], ActivityState(Activity.PAUSED, minutes_ago(600), is_exact=True)),
    ],
    ids=[
        "it became 0",
        "it became more than 0",
        "0 as far back as one sees",
        "the event is more exact",
        "the event is newer",
        "the event of long ago",
        "old points say nothing of now",
        "nothing is known",
        "only the event is known",
    ],
)
def test_paused_or_awake_and_since_when(series: Series, events: list[Event], state: ActivityState) -> None:
    assert activity_state(cluster(), series, events, NOW) == state


def test_a_cluster_that_never_pauses_is_awake_without_any_point() -> None:
    assert activity_state(cluster(0.5), capacity(), [], NOW) == ActivityState(Activity.AWAKE)


def test_it_shows_state_capacity_members_and_events(command_line: CommandLine) -> None:
    done = command_line("status")
    assert (done.status, done.errors) == (0, "")
    assert "Aurora PostgreSQL 17.7" in done.output
    assert "0 to 1 ACU, pauses after 5 min without connections" in done.output
    assert "writer   available" in done.output
    assert "DB instance created" in done.output
    assert "maintenance  unknown: local AWS cannot tell" in done.output


def test_as_json_it_is_an_object_and_tells_why_something_is_unknown(command_line: CommandLine) -> None:
    found = command_line("status", "--json").json
    assert set(found) == KEYS
    assert found["pending_maintenance"] is None
    assert (found["pending_reboot"], found["tainted"], found["file_engine_version"]) == ([], [], "17.7")
    assert found["unknown"]["maintenance"] == "local AWS cannot tell"
    assert {"cluster_parameters", "instance_parameters", "pending_changes"} < set(found["members"][0])
    assert set(found["events"][0]) == {"at", "source", "message"}


def test_the_number_of_events_is_chosen(command_line: CommandLine) -> None:
    assert len(command_line("status", "--events", "1", "--json").json["events"]) == 1
    assert "newest events" not in command_line("status", "--events", "0").output


def test_a_paused_cluster_is_not_woken(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    import time  # noqa: PLC0415

    with process.start(data_api=DataApiSettings(pause_seconds=0.5, resume_seconds=0.0)) as aws:
        deployment = deploy(aws, tmp_path)
        deployment.run(capsys, "wait")
        time.sleep(1)

        def state() -> Any:
            return ask(aws, "/_local_aws/clusters")["clusters"][0]["state"]

        assert state() == "paused"
        for command in ("status", "metrics", "scaling", "env"):
            found = deployment.run(capsys, command)
            assert found.status == 0
        assert state() == "paused"


def test_a_paused_cluster_has_no_connections(answering: Answering, command_line: CommandLine) -> None:
    client, stubber = stubbed("cloudwatch")
    now = datetime.now(UTC)
    points = {"Timestamps": [now - timedelta(minutes=2), now - timedelta(minutes=1)], "Values": [0.5, 0.0]}
    results = [{"Id": "m0", **points}, {"Id": "m1", "Timestamps": [now - timedelta(minutes=2)], "Values": [3.0]}]
    for _ in range(2):
        stubber.add_response("get_metric_data", {"MetricDataResults": results})
    answering("cloudwatch", client)
    shown = command_line("status", "--json").json
    assert (shown["activity"], shown["capacity_acu"], shown["connections"]) == ("paused", 0, None)
    assert "connections  none while it is paused" in command_line("status").output


def test_a_failed_cluster_is_exit_status_1_and_has_its_remedy(
    answering: Answering, command_line: CommandLine, deployed: Any
) -> None:
    client, stubber = stubbed("rds")
    add_cluster(stubber, "inaccessible-encryption-credentials", arn=deployed.outputs["aurora_cluster_arn"])
    for _ in range(2):
        stubber.add_response("describe_events", {"Events": []})
    for _ in range(2):
        stubber.add_response("describe_pending_maintenance_actions", {"PendingMaintenanceActions": []})
    answering("rds", client)
    done = command_line("status")
    assert done.status == 1
    assert "→ give RDS the KMS key back" in done.output
    assert "events: none in the last 14 days" in done.output


def test_pending_maintenance_and_changes_are_shown_without_a_password(
    answering: Answering, command_line: CommandLine, deployed: Any
) -> None:
    client, stubber = stubbed("rds")
    pending = {"EngineVersion": "17.8", "MasterUserPassword": "not-to-be-shown"}
    window = "sun:04:00-sun:05:00"
    members = [
        {
            "DBInstanceIdentifier": "alex-0",
            "IsClusterWriter": True,
            "DBClusterParameterGroupStatus": "pending-reboot",
        }
    ]
    stubber.add_response(
        "describe_db_clusters",
        described_cluster(
            arn=deployed.outputs["aurora_cluster_arn"],
            EngineVersion="17.9",
            PendingModifiedValues=pending,
            PreferredMaintenanceWindow=window,
            DBClusterMembers=members,
        ),
    )
    changes = {"DBInstanceClass": "db.r8g.large", "MasterUserPassword": "not-to-be-shown"}
    group = [{"DBParameterGroupName": "mine", "ParameterApplyStatus": "pending-reboot"}]
    instances = described_instances(PendingModifiedValues=changes, DBParameterGroups=group)
    stubber.add_response("describe_db_instances", instances)
    for _ in range(2):
        stubber.add_response("describe_events", {"Events": []})
    action = {"Action": "system-update", "Description": "New update", "CurrentApplyDate": NOW}
    resource = {
        "ResourceIdentifier": "arn:aws:rds:us-east-1:1:cluster:alex",
        "PendingMaintenanceActionDetails": [action],
    }
    stubber.add_response("describe_pending_maintenance_actions", {"PendingMaintenanceActions": [resource]})
    stubber.add_response("describe_pending_maintenance_actions", {"PendingMaintenanceActions": []})
    answering("rds", client)
    output = command_line("status").output
    assert f"EngineVersion = 17.8, MasterUserPassword = … of alex, in its window {window} UTC" in output
    assert "DBInstanceClass = db.r8g.large, MasterUserPassword = … of alex-0" in output
    assert (
        "alex-0 waits for one (cluster parameters and instance parameters) → ./aurora-serverless restart dev --local"
        in output
    )
    assert 'Aurora PostgreSQL 17.9, newer than 17.7 in environments/dev.toml → write version = "17.9" there' in output
    assert "system-update of alex on 2026-11-01 12:00:00 UTC" in output
    assert "not-to-be-shown" not in output


def test_what_may_not_be_asked_is_unknown_and_names_the_action(answering: Answering, command_line: CommandLine) -> None:
    client, stubber = stubbed("cloudwatch")
    message = "User: arn:aws:iam::1:user/x is not authorized to perform: cloudwatch:GetMetricData"
    stubber.add_client_error("get_metric_data", "AccessDenied", message)
    answering("cloudwatch", client)
    done = command_line("status", "--json")
    assert done.status == 0
    assert "cloudwatch:GetMetricData" in done.json["unknown"]["capacity"]
