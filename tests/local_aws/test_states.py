"""What AWS reports and answers while clusters and instances are created, changed and deleted.

Sources of the words are with each rule in local_aws/patches/states.py.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws import process
from local_aws.process import LocalAws
from tests.local_aws.conftest import Cluster, CreateCluster, Describe, unique

LONG = 600.0


@pytest.fixture(scope="module")
def slow() -> Iterator[LocalAws]:
    """Return a local AWS in which changes and deletions take longer than any test."""
    with process.start(change_seconds=LONG, deletion_seconds=LONG) as running:
        yield running


class Slow:
    """A cluster with two instances in it."""

    def __init__(self, aws: LocalAws) -> None:
        self.rds = aws.client("rds")
        self.name = unique("slow")
        self.create()
        self.instances = [f"{self.name}-{number}" for number in range(2)]
        for instance in self.instances:
            self.rds.create_db_instance(
                DBInstanceIdentifier=instance,
                DBClusterIdentifier=self.name,
                DBInstanceClass="db.serverless",
                Engine="aurora-postgresql",
            )

    def create(self) -> None:
        self.rds.create_db_cluster(
            DBClusterIdentifier=self.name,
            Engine="aurora-postgresql",
            EngineVersion="17.7",
            MasterUsername="alexadmin",
            MasterUserPassword="not-a-real-password",
            ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 2},
        )

    @property
    def described(self) -> Cluster:
        [cluster] = self.rds.describe_db_clusters(DBClusterIdentifier=self.name)["DBClusters"]
        found: Cluster = cluster
        return found

    def status_of(self, instance: str) -> str:
        [found] = self.rds.describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"]
        status: str = found["DBInstanceStatus"]
        return status

    def modify(self, **arguments: Any) -> None:
        self.rds.modify_db_cluster(DBClusterIdentifier=self.name, ApplyImmediately=True, **arguments)

    def delete_instances(self) -> None:
        for instance in self.instances:
            self.rds.delete_db_instance(DBInstanceIdentifier=instance, SkipFinalSnapshot=True)


@pytest.fixture
def cluster(slow: LocalAws) -> Slow:
    return Slow(slow)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"BackupRetentionPeriod": 9}, "modifying"),
        ({"EngineVersion": "17.9"}, "upgrading"),
        ({"MasterUserPassword": "another-not-real"}, "resetting-master-credentials"),
    ],
)
def test_a_cluster_that_is_changed_is_not_changed_again(cluster: Slow, change: dict[str, Any], status: str) -> None:
    cluster.modify(**change)
    assert cluster.described["Status"] == status
    with pytest.raises(
        ClientError, match=f"InvalidDBClusterStateFault.*is not available for modification with status {status}"
    ):
        cluster.modify(BackupRetentionPeriod=10)


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("delete_db_cluster", {"SkipFinalSnapshot": True}),
        ("failover_db_cluster", {}),
        ("create_db_cluster_snapshot", {"DBClusterSnapshotIdentifier": "busy"}),
    ],
)
def test_a_cluster_that_is_changed_refuses_the_rest(cluster: Slow, operation: str, arguments: dict[str, Any]) -> None:
    cluster.modify(BackupRetentionPeriod=9)
    with pytest.raises(ClientError, match=r"InvalidDBClusterStateFault.*is not currently in the available state"):
        getattr(cluster.rds, operation)(DBClusterIdentifier=cluster.name, **arguments)


def test_the_instances_are_upgraded_with_their_cluster(cluster: Slow) -> None:
    cluster.modify(EngineVersion="17.9")
    assert [cluster.status_of(instance) for instance in cluster.instances] == ["upgrading", "upgrading"]
    with pytest.raises(ClientError, match=r"InvalidDBClusterStateFault.*upgrading"):
        cluster.rds.create_db_instance(
            DBInstanceIdentifier=unique("instance"),
            DBClusterIdentifier=cluster.name,
            DBInstanceClass="db.serverless",
            Engine="aurora-postgresql",
        )


def test_an_instance_that_is_changed_is_not_changed_again(cluster: Slow) -> None:
    [first, _] = cluster.instances
    cluster.rds.modify_db_instance(DBInstanceIdentifier=first, PromotionTier=3, ApplyImmediately=True)
    assert cluster.status_of(first) == "modifying"
    with pytest.raises(ClientError, match=r"InvalidDBInstanceState.*Database instance is not in available state\."):
        cluster.rds.modify_db_instance(DBInstanceIdentifier=first, PromotionTier=4, ApplyImmediately=True)


def test_an_instance_that_is_deleted_is_there_for_a_while(cluster: Slow) -> None:
    [first, second] = cluster.instances
    cluster.rds.delete_db_instance(DBInstanceIdentifier=first, SkipFinalSnapshot=True)
    assert cluster.status_of(first) == "deleting"
    writers = {each["DBInstanceIdentifier"]: each["IsClusterWriter"] for each in cluster.described["DBClusterMembers"]}
    assert writers == {first: False, second: True}
    with pytest.raises(ClientError, match=f"InvalidDBInstanceState.*Instance {first} is already being deleted"):
        cluster.rds.delete_db_instance(DBInstanceIdentifier=first, SkipFinalSnapshot=True)
    with pytest.raises(ClientError, match="DB instances in non-deleting state"):
        cluster.rds.delete_db_cluster(DBClusterIdentifier=cluster.name, SkipFinalSnapshot=True)


def test_a_cluster_that_is_deleted_is_there_for_a_while(cluster: Slow) -> None:
    cluster.delete_instances()
    cluster.rds.delete_db_cluster(DBClusterIdentifier=cluster.name, SkipFinalSnapshot=True)
    assert cluster.described["Status"] == "deleting"
    assert [cluster.status_of(instance) for instance in cluster.instances] == ["deleting", "deleting"]
    with pytest.raises(ClientError, match="is not available for modification with status deleting"):
        cluster.modify(BackupRetentionPeriod=9)
    with pytest.raises(ClientError, match="DBClusterAlreadyExistsFault"):
        cluster.create()


@pytest.fixture(scope="module")
def cut_off() -> Iterator[Slow]:
    """Return a cluster that is still created, in a local AWS where a deletion takes a second."""
    with process.start(creation_seconds=LONG, deletion_seconds=1.0) as running:
        yield Slow(running)


def test_a_cluster_that_is_still_created_is_neither_changed_nor_deleted(cut_off: Slow) -> None:
    """A creation goes on when its client is gone: what AWS answers then is what a new deploy meets."""
    assert cut_off.described["Status"] == "creating"
    with pytest.raises(ClientError, match="is not available for modification with status creating"):
        cut_off.modify(BackupRetentionPeriod=9)
    cut_off.delete_instances()
    with pytest.raises(ClientError, match="not currently in the available state: creating"):
        cut_off.rds.delete_db_cluster(DBClusterIdentifier=cut_off.name, SkipFinalSnapshot=True)


def test_what_is_deleted_is_gone_in_the_end(cut_off: Slow) -> None:
    with pytest.raises(ClientError, match=r"DBInstanceNotFound|already being deleted"):
        cut_off.delete_instances()
    time.sleep(1.1)
    with pytest.raises(ClientError, match="DBInstanceNotFound"):
        cut_off.status_of(cut_off.instances[0])


@pytest.mark.parametrize("loss", ["disable_key", "schedule_key_deletion"])
def test_a_cluster_without_its_key_cannot_be_used(
    aws: LocalAws, rds: Any, create_cluster: CreateCluster, describe: Describe, loss: str
) -> None:
    """Amazon Aurora User Guide, "Encrypting Amazon Aurora resources": inaccessible, and recoverable for seven days."""
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]
    cluster = create_cluster(StorageEncrypted=True, KmsKeyId=key["Arn"])
    assert describe(cluster)["Status"] == "available"
    getattr(kms, loss)(KeyId=key["KeyId"])
    assert describe(cluster)["Status"] == "inaccessible-encryption-credentials-recoverable"
    name = cluster["DBClusterIdentifier"]
    with pytest.raises(ClientError, match="InvalidDBClusterStateFault"):
        rds.modify_db_cluster(DBClusterIdentifier=name, BackupRetentionPeriod=9)
    with pytest.raises(ClientError, match="KMSKeyNotAccessibleFault"):
        rds.delete_db_cluster(DBClusterIdentifier=name, FinalDBSnapshotIdentifier=unique("final"))
    rds.delete_db_cluster(DBClusterIdentifier=name, SkipFinalSnapshot=True)
