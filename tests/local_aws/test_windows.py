"""Maintenance windows of clusters and instances; local_aws/patches/windows.py names AWS's page."""

from typing import Any

import pytest

from local_aws.patches.windows import _choose
from tests.local_aws.conftest import CreateCluster, CreateInstance, Describe


def window_of(instance: dict[str, Any]) -> str:
    window: str = instance["PreferredMaintenanceWindow"]
    return window


def test_each_instance_gets_a_window_of_its_own(
    create_cluster: CreateCluster, create_instance: CreateInstance, describe: Describe
) -> None:
    cluster = create_cluster(PreferredMaintenanceWindow="sun:04:00-sun:05:00")
    windows = {window_of(create_instance(cluster)) for _ in range(4)}
    assert describe(cluster)["PreferredMaintenanceWindow"] not in windows
    assert len(windows) > 1


def test_a_window_that_is_asked_for_is_kept(create_cluster: CreateCluster, create_instance: CreateInstance) -> None:
    window = "sun:04:00-sun:05:00"
    assert window_of(create_instance(create_cluster(), PreferredMaintenanceWindow=window)) == window


def test_a_window_may_begin_when_the_backups_end_and_not_before(
    rds: Any, create_cluster: CreateCluster, create_instance: CreateInstance
) -> None:
    cluster = create_cluster(PreferredBackupWindow="03:00-04:00")
    name = create_instance(cluster, PreferredMaintenanceWindow="sun:04:00-sun:05:00")["DBInstanceIdentifier"]
    rds.modify_db_instance(DBInstanceIdentifier=name, PromotionTier=3)
    with pytest.raises(rds.exceptions.ClientError, match="must not overlap"):
        rds.modify_db_instance(DBInstanceIdentifier=name, PreferredMaintenanceWindow="sun:03:59-sun:05:00")


def test_clusters_get_windows_of_their_own(create_cluster: CreateCluster, describe: Describe) -> None:
    assert len({describe(create_cluster())["PreferredMaintenanceWindow"] for _ in range(4)}) > 1


def test_a_window_is_half_an_hour_apart_from_the_backups(
    rds: Any, create_cluster: CreateCluster, create_instance: CreateInstance
) -> None:
    for backup in ("00:00-23:20", "23:30-22:45"):
        begin, end = (part.split(":", 1)[1] for part in _choose(backup).split("-"))
        assert int(end[:2]) * 60 + int(end[3:]) - int(begin[:2]) * 60 - int(begin[3:]) == 30
        assert begin >= "22:46" if backup.endswith("22:45") else begin >= "23:21"
    name = create_instance(create_cluster(PreferredBackupWindow="00:00-23:20"))["DBInstanceIdentifier"]
    rds.modify_db_instance(DBInstanceIdentifier=name, PromotionTier=3)
