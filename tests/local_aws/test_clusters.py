"""Clusters of local AWS: what is asked for is kept, as AWS does and stock moto does not."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.local_aws.conftest import Cluster, CreateCluster, unique

Describe = Callable[[Cluster], Cluster]


def test_enable_http_endpoint_is_kept_at_creation(create_cluster: CreateCluster, describe: Describe) -> None:
    assert describe(create_cluster(EnableHttpEndpoint=True))["HttpEndpointEnabled"] is True


def test_the_data_api_is_off_unless_asked_for(create_cluster: CreateCluster, describe: Describe) -> None:
    assert describe(create_cluster())["HttpEndpointEnabled"] is False


def test_enable_http_endpoint_is_kept_at_modification(
    rds: Any, create_cluster: CreateCluster, describe: Describe
) -> None:
    cluster = create_cluster()

    rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], EnableHttpEndpoint=True)

    assert describe(cluster)["HttpEndpointEnabled"] is True


def test_the_data_api_is_switched_by_its_two_operations(
    rds: Any, create_cluster: CreateCluster, describe: Describe
) -> None:
    cluster = create_cluster()
    arn = cluster["DBClusterArn"]

    assert rds.enable_http_endpoint(ResourceArn=arn)["HttpEndpointEnabled"] is True
    assert describe(cluster)["HttpEndpointEnabled"] is True
    assert rds.disable_http_endpoint(ResourceArn=arn)["HttpEndpointEnabled"] is False
    assert describe(cluster)["HttpEndpointEnabled"] is False


def test_switching_the_data_api_of_an_unknown_cluster_is_refused(rds: Any) -> None:
    arn = "arn:aws:rds:us-east-1:123456789012:cluster:nowhere"

    with pytest.raises(ClientError, match=r"ResourceNotFoundFault.*nowhere"):
        rds.enable_http_endpoint(ResourceArn=arn)


def test_io_optimized_storage_is_accepted_and_reported(create_cluster: CreateCluster, describe: Describe) -> None:
    assert describe(create_cluster(StorageType="aurora-iopt1"))["StorageType"] == "aurora-iopt1"


@pytest.mark.parametrize("arguments", [{}, {"StorageType": "aurora"}])
def test_standard_storage_is_not_reported(
    create_cluster: CreateCluster, describe: Describe, arguments: dict[str, str]
) -> None:
    assert "StorageType" not in describe(create_cluster(**arguments))


def test_storage_can_be_changed_both_ways(rds: Any, create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster()
    name = cluster["DBClusterIdentifier"]

    rds.modify_db_cluster(DBClusterIdentifier=name, StorageType="aurora-iopt1")
    assert describe(cluster)["StorageType"] == "aurora-iopt1"
    rds.modify_db_cluster(DBClusterIdentifier=name, StorageType="aurora")
    assert "StorageType" not in describe(cluster)


def test_a_storage_type_that_aurora_lacks_is_refused(create_cluster: CreateCluster) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameterCombination.*gp3"):
        create_cluster(StorageType="gp3")


def test_arguments_that_moto_knows_are_kept(create_cluster: CreateCluster, describe: Describe) -> None:
    arguments = {
        "PreferredBackupWindow": "03:00-04:00",
        "PreferredMaintenanceWindow": "sun:04:00-sun:05:00",
        "BackupRetentionPeriod": 7,
        "CopyTagsToSnapshot": True,
        "DeletionProtection": True,
        "StorageEncrypted": True,
        "DatabaseName": "alex",
        "EngineMode": "provisioned",
    }

    described = describe(create_cluster(**arguments))

    assert {name: described[name] for name in arguments} == arguments


def test_log_exports_are_kept_and_changed(rds: Any, create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster(EnableCloudwatchLogsExports=["postgresql"])
    assert describe(cluster)["EnabledCloudwatchLogsExports"] == ["postgresql"]

    rds.modify_db_cluster(
        DBClusterIdentifier=cluster["DBClusterIdentifier"],
        CloudwatchLogsExportConfiguration={"DisableLogTypes": ["postgresql"], "EnableLogTypes": ["instance"]},
    )

    assert describe(cluster)["EnabledCloudwatchLogsExports"] == ["instance"]


def test_iam_authentication_can_be_changed(rds: Any, create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster(EnableIAMDatabaseAuthentication=True)
    assert describe(cluster)["IAMDatabaseAuthenticationEnabled"] is True

    rds.modify_db_cluster(
        DBClusterIdentifier=cluster["DBClusterIdentifier"], EnableIAMDatabaseAuthentication=False, ApplyImmediately=True
    )

    assert describe(cluster)["IAMDatabaseAuthenticationEnabled"] is False


def test_a_refused_change_does_not_lose_the_cluster(
    rds: Any, create_cluster: CreateCluster, describe: Describe
) -> None:
    cluster = create_cluster()

    with pytest.raises(ClientError, match="shorter than 8 characters"):
        rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], MasterUserPassword="short")

    assert describe(cluster)["Status"] == "available"


def test_changing_an_unknown_cluster_is_refused(rds: Any) -> None:
    with pytest.raises(ClientError, match="DBClusterNotFoundFault"):
        rds.modify_db_cluster(DBClusterIdentifier="nowhere", BackupRetentionPeriod=3)


def test_a_second_cluster_of_one_name_is_refused(create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster(DatabaseName="first")

    with pytest.raises(ClientError, match="DBClusterAlreadyExistsFault"):
        create_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], DatabaseName="second")

    assert describe(cluster)["DatabaseName"] == "first"


def test_a_protected_cluster_is_not_deleted(rds: Any, create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster(DeletionProtection=True)

    with pytest.raises(ClientError, match="Cannot delete protected Cluster"):
        rds.delete_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], SkipFinalSnapshot=True)

    assert describe(cluster)["Status"] == "available"


def test_deleting_a_cluster_leaves_no_snapshot(rds: Any, create_cluster: CreateCluster) -> None:
    name = create_cluster()["DBClusterIdentifier"]
    assert rds.describe_db_cluster_snapshots(DBClusterIdentifier=name)["DBClusterSnapshots"]

    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)

    assert rds.describe_db_cluster_snapshots(DBClusterIdentifier=name)["DBClusterSnapshots"] == []


def test_deleting_a_cluster_keeps_the_snapshots_that_were_asked_for(rds: Any, create_cluster: CreateCluster) -> None:
    name = create_cluster()["DBClusterIdentifier"]
    final = unique("final")

    rds.delete_db_cluster(DBClusterIdentifier=name, FinalDBSnapshotIdentifier=final, DeleteAutomatedBackups=False)

    kept = rds.describe_db_cluster_snapshots(DBClusterIdentifier=name)["DBClusterSnapshots"]
    assert sorted(snapshot["SnapshotType"] for snapshot in kept) == ["automated", "manual"]


@pytest.mark.parametrize("arguments", [{}, {"SkipFinalSnapshot": True, "FinalDBSnapshotIdentifier": "last"}])
def test_deleting_a_cluster_without_a_clear_word_on_its_last_snapshot_is_refused(
    rds: Any, create_cluster: CreateCluster, arguments: dict[str, Any]
) -> None:
    name = create_cluster()["DBClusterIdentifier"]

    with pytest.raises(ClientError, match="FinalDBSnapshotIdentifier"):
        rds.delete_db_cluster(DBClusterIdentifier=name, **arguments)


def test_a_new_cluster_is_available_at_the_first_look(create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster()

    assert cluster["Status"] == "creating"
    assert describe(cluster)["Status"] == "available"


def test_a_deleted_cluster_can_be_restored_from_its_last_snapshot(rds: Any, create_cluster: CreateCluster) -> None:
    name = create_cluster(StorageType="aurora", DatabaseName="alex")["DBClusterIdentifier"]
    final = unique("final")
    rds.delete_db_cluster(DBClusterIdentifier=name, FinalDBSnapshotIdentifier=final)

    restored = rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier=name, SnapshotIdentifier=final, Engine="aurora-postgresql"
    )["DBCluster"]

    assert restored["DatabaseName"] == "alex"
