"""Restored clusters of local AWS: the source's data, and only the settings that the request names."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.local_aws.conftest import Cluster, CreateCluster, unique

Describe = Callable[[Cluster], Cluster]
Restore = Callable[..., Cluster]

OWN_SETTINGS = {
    "EnableHttpEndpoint": True,
    "EnableIAMDatabaseAuthentication": True,
    "CopyTagsToSnapshot": True,
    "EnablePerformanceInsights": True,
}


@pytest.fixture(params=["snapshot", "full-copy", "copy-on-write"])
def restore(request: pytest.FixtureRequest, rds: Any, describe: Describe) -> Restore:
    """Return a function that restores a cluster in one of the three ways; arguments are RDS's own."""

    def restored(source: Cluster, **arguments: Any) -> Cluster:
        name = unique("restored")
        if request.param == "snapshot":
            snapshot = unique("snapshot")
            rds.create_db_cluster_snapshot(
                DBClusterIdentifier=source["DBClusterIdentifier"], DBClusterSnapshotIdentifier=snapshot
            )
            answer = rds.restore_db_cluster_from_snapshot(
                DBClusterIdentifier=name, SnapshotIdentifier=snapshot, Engine="aurora-postgresql", **arguments
            )
        else:
            answer = rds.restore_db_cluster_to_point_in_time(
                DBClusterIdentifier=name,
                SourceDBClusterIdentifier=source["DBClusterIdentifier"],
                RestoreType=request.param,
                UseLatestRestorableTime=True,
                **arguments,
            )
        return describe(answer["DBCluster"])

    return restored


def test_a_restored_cluster_has_the_sources_data(restore: Restore, create_cluster: CreateCluster) -> None:
    found = restore(create_cluster(DatabaseName="orders", MasterUsername="keeper"))
    assert (found["DatabaseName"], found["MasterUsername"]) == ("orders", "keeper")


def test_the_sources_settings_are_off(restore: Restore, create_cluster: CreateCluster) -> None:
    found = restore(create_cluster(**OWN_SETTINGS))
    assert found["HttpEndpointEnabled"] is False
    assert found["IAMDatabaseAuthenticationEnabled"] is False
    assert found["CopyTagsToSnapshot"] is False
    assert found["DeletionProtection"] is False
    assert found["PerformanceInsightsEnabled"] is False


def test_what_the_request_names_is_on(restore: Restore, create_cluster: CreateCluster) -> None:
    found = restore(create_cluster(), EnableIAMDatabaseAuthentication=True, CopyTagsToSnapshot=True)
    assert found["IAMDatabaseAuthenticationEnabled"] is True
    assert found["CopyTagsToSnapshot"] is True


def test_encryption_is_the_sources(restore: Restore, create_cluster: CreateCluster) -> None:
    assert restore(create_cluster())["StorageEncrypted"] is False
    assert restore(create_cluster(StorageEncrypted=True))["StorageEncrypted"] is True


def test_a_customer_key_encrypts_a_snapshot_and_is_refused_for_a_copy_of_a_cluster_without(
    rds: Any, create_cluster: CreateCluster, describe: Describe
) -> None:
    source = create_cluster()["DBClusterIdentifier"]
    rds.create_db_cluster_snapshot(DBClusterIdentifier=source, DBClusterSnapshotIdentifier=f"of-{source}")
    restored = rds.restore_db_cluster_from_snapshot(
        DBClusterIdentifier=unique("restored"),
        SnapshotIdentifier=f"of-{source}",
        Engine="aurora-postgresql",
        KmsKeyId="a-key",
    )["DBCluster"]
    assert describe(restored)["StorageEncrypted"] is True
    with pytest.raises(ClientError, match="isn't encrypted"):
        rds.restore_db_cluster_to_point_in_time(
            DBClusterIdentifier=unique("copy"),
            SourceDBClusterIdentifier=source,
            UseLatestRestorableTime=True,
            KmsKeyId="a-key",
        )
