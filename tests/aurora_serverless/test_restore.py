from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from aurora_serverless.cluster_lifecycle import IGNORED_CHANGES
from aurora_serverless.global_replica import GlobalReplica
from aurora_serverless.master_password import MasterPassword
from aurora_serverless.restore import RestoreSource
from aurora_serverless.rules.engine import EngineVersion
from aurora_serverless.rules.restore import restore_time, restore_warnings
from aurora_serverless.rules.violation import RuleViolation
from tests.aurora_serverless.test_cluster import synthesized_cluster

NOON = datetime(2026, 10, 31, 12, tzinfo=UTC)
SNAPSHOT = RestoreSource.snapshot("before-upgrade")
COPY = RestoreSource.point_in_time("orders", time=NOON)
CLONE = RestoreSource.clone("orders")


def conditions(found: dict[str, Any]) -> list[str]:
    return [check["condition"] for check in found["lifecycle"]["postcondition"]]


def test_a_snapshot_is_named_by_its_identifier() -> None:
    found = synthesized_cluster(restore_from=SNAPSHOT)
    assert found["snapshot_identifier"] == "before-upgrade"
    assert "restore_to_point_in_time" not in found


def test_a_copy_is_of_a_moment_in_utc() -> None:
    found = synthesized_cluster(restore_from=COPY)
    assert found["restore_to_point_in_time"] == {
        "source_cluster_identifier": "orders",
        "restore_type": "full-copy",
        "restore_to_time": "2026-10-31T12:00:00Z",
    }
    assert "snapshot_identifier" not in found
    assert restore_time(NOON.astimezone(timezone(timedelta(hours=2)))) == "2026-10-31T12:00:00Z"


def test_a_copy_is_of_the_last_moment_by_default() -> None:
    found = synthesized_cluster(restore_from=RestoreSource.point_in_time("orders"))
    assert found["restore_to_point_in_time"] == {
        "source_cluster_identifier": "orders",
        "restore_type": "full-copy",
        "use_latest_restorable_time": True,
    }


def test_a_clone_shares_the_pages() -> None:
    block = synthesized_cluster(restore_from=CLONE)["restore_to_point_in_time"]
    assert block["restore_type"] == "copy-on-write"
    assert block["use_latest_restorable_time"] is True


@pytest.mark.parametrize("source", [SNAPSHOT, COPY, CLONE])
def test_what_the_source_decides_is_compared_and_not_sent(source: RestoreSource) -> None:
    found = synthesized_cluster(restore_from=source, storage_encrypted=True, kms_key_arn="arn:aws:kms:x")
    assert not {"database_name", "master_username", "storage_encrypted"} & set(found)
    assert found["kms_key_id"] == "arn:aws:kms:x"
    assert conditions(found)[:3] == [
        '${self.database_name == "shop"}',
        '${self.master_username == "shopadmin"}',
        "${self.storage_encrypted == true}",
    ]


@pytest.mark.parametrize("source", [SNAPSHOT, COPY, CLONE])
def test_a_source_without_an_initial_database_is_compared_with_none(source: RestoreSource) -> None:
    found = synthesized_cluster(restore_from=source, database_name=None)
    assert "database_name" not in found
    assert conditions(found)[0] == '${(self.database_name == null || self.database_name == "")}'


def test_a_cluster_may_start_without_a_database() -> None:
    assert "database_name" not in synthesized_cluster(database_name=None)


def test_encryption_that_was_not_asked_for_is_told() -> None:
    assert "${self.storage_encrypted == false}" in conditions(synthesized_cluster(restore_from=SNAPSHOT))


@pytest.mark.parametrize(
    ("version", "condition"),
    [
        (EngineVersion(17, 7), '${self.engine_version_actual == "17.7"}'),
        (EngineVersion.parse("17"), '${startswith(self.engine_version_actual, "17.")}'),
    ],
)
def test_a_copy_runs_its_sources_version_and_a_snapshot_need_not(version: EngineVersion, condition: str) -> None:
    assert condition in conditions(synthesized_cluster(restore_from=COPY, engine_version=version))
    assert condition in conditions(synthesized_cluster(restore_from=CLONE, engine_version=version))
    found = synthesized_cluster(restore_from=SNAPSHOT, engine_version=version)
    assert condition not in conditions(found)
    assert found["engine_version"] == str(version)


def test_a_password_of_its_own_is_sent_all_the_same() -> None:
    assert synthesized_cluster(restore_from=SNAPSHOT)["master_password"] == "${var.password}"
    managed = synthesized_cluster(restore_from=CLONE, master_password=MasterPassword.managed())
    assert managed["manage_master_user_password"] is True


def test_a_snapshot_is_restored_under_another_key() -> None:
    found = synthesized_cluster(restore_from=SNAPSHOT, storage_encrypted=True, kms_key_arn="arn:aws:kms:x")
    assert found["kms_key_id"] == "arn:aws:kms:x"


def test_where_a_cluster_came_from_is_no_change_of_any_cluster() -> None:
    for source in (None, SNAPSHOT, COPY, CLONE):
        assert synthesized_cluster(restore_from=source)["lifecycle"]["ignore_changes"] == list(IGNORED_CHANGES)
    assert {"snapshot_identifier", "restore_to_point_in_time"} <= set(IGNORED_CHANGES)


@pytest.mark.parametrize(
    "identifier",
    [
        "before-upgrade",
        "rds:shop-aurora-2026-10-31-03-05",
        "awsbackup:job-1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:rds:shop-aurora-2026-10-31-03-05",
        "${var.snapshot}",
    ],
)
def test_snapshots_of_every_kind(identifier: str) -> None:
    assert RestoreSource.snapshot(identifier).snapshot_identifier == identifier


@pytest.mark.parametrize(
    "identifier",
    ["", "before upgrade", "-before", "before-", "rds:", "a" * 256, "arn:aws:rds:us-east-1:123456789012:snapshot:x"],
)
def test_what_is_no_snapshot_of_a_cluster_is_refused(identifier: str) -> None:
    with pytest.raises(RuleViolation, match="snapshot_identifier = "):
        RestoreSource.snapshot(identifier)


@pytest.mark.parametrize("identifier", ["", "Orders", "orders_aurora", "arn:aws:rds:us-east-1:1:cluster:orders"])
def test_what_is_no_cluster_is_refused(identifier: str) -> None:
    for make in (RestoreSource.point_in_time, RestoreSource.clone):
        with pytest.raises(RuleViolation, match="source_cluster_identifier = "):
            make(identifier)


@pytest.mark.parametrize("time", [NOON.replace(tzinfo=None), NOON.replace(microsecond=1)])
def test_a_time_is_a_moment_to_the_second(time: datetime) -> None:
    with pytest.raises(RuleViolation, match="time = "):
        RestoreSource.point_in_time("orders", time=time)


@pytest.mark.parametrize("source", ["shop", "arn:aws:rds:us-east-1:123456789012:cluster:shop"])
def test_a_cluster_is_not_its_own_source(source: str) -> None:
    with pytest.raises(RuleViolation, match="restore_from = "):
        synthesized_cluster(restore_from=RestoreSource.clone(source))


def test_a_secondary_is_not_restored() -> None:
    with pytest.raises(RuleViolation, match="replica_of = "):
        synthesized_cluster(restore_from=CLONE, replica_of=GlobalReplica("orders-global", "us-east-1"))


def test_the_warnings_name_the_source_and_what_is_off() -> None:
    first, second = restore_warnings(source="before-upgrade", left_off=["the Data API", "insights"])
    assert "only a new cluster is made from before-upgrade" in first
    assert "with the Data API and insights off; deploy a second time" in second
