"""Deleting clusters and instances: what AWS refuses is refused, and then nothing is gone."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import Cluster, CreateCluster, CreateInstance, Describe, unique


def delete(rds: Any, cluster: Cluster, **arguments: Any) -> None:
    rds.delete_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], **arguments)


def test_a_cluster_with_an_instance_is_not_deleted(
    rds: Any, create_cluster: CreateCluster, create_instance: CreateInstance, describe: Describe
) -> None:
    """hashicorp/terraform-provider-aws 19536 has AWS's words."""
    cluster = create_cluster()
    instance = create_instance(cluster)
    with pytest.raises(ClientError, match=r"InvalidDBClusterStateFault.*DB instances in non-deleting state\."):
        delete(rds, cluster, SkipFinalSnapshot=True)
    assert describe(cluster)["Status"] == "available"
    rds.delete_db_instance(DBInstanceIdentifier=instance["DBInstanceIdentifier"], SkipFinalSnapshot=True)
    delete(rds, cluster, SkipFinalSnapshot=True)


def test_a_taken_name_of_the_last_snapshot_is_refused_before_anything_goes(
    aws: LocalAws, rds: Any, create_cluster: CreateCluster, describe: Describe
) -> None:
    """The errors of DeleteDBCluster in botocore's model."""
    name = unique("final")
    first = create_cluster(MasterUserPassword="not-a-real-password")
    delete(rds, first, FinalDBSnapshotIdentifier=name)
    second = rds.create_db_cluster(
        DBClusterIdentifier=unique("cluster"),
        Engine="aurora-postgresql",
        MasterUsername="alexadmin",
        ManageMasterUserPassword=True,
    )["DBCluster"]
    with pytest.raises(ClientError, match="DBClusterSnapshotAlreadyExistsFault"):
        delete(rds, second, FinalDBSnapshotIdentifier=name)
    assert describe(second)["Status"] == "available"
    secret = describe(second)["MasterUserSecret"]["SecretArn"]
    assert aws.client("secretsmanager").describe_secret(SecretId=secret)["ARN"] == secret


@pytest.fixture
def readers(aws: LocalAws, rds: Any, create_cluster: CreateCluster) -> tuple[Cluster, str, Any, Cluster]:
    """Return a global database: its writer, its name, and a reader in another Region with a client of it."""
    writer, name, abroad = create_cluster(), unique("global"), aws.client("rds", region="eu-west-1")
    rds.create_global_cluster(GlobalClusterIdentifier=name, SourceDBClusterIdentifier=writer["DBClusterArn"])
    reader = abroad.create_db_cluster(
        DBClusterIdentifier=unique("secondary"),
        Engine="aurora-postgresql",
        EngineVersion="17.7",
        GlobalClusterIdentifier=name,
        ServerlessV2ScalingConfiguration={"MinCapacity": 0.5, "MaxCapacity": 2},
    )["DBCluster"]
    return writer, name, abroad, reader


def test_a_member_of_a_global_database_leaves_it_before_it_is_deleted(
    rds: Any, readers: tuple[Cluster, str, Any, Cluster]
) -> None:
    """hashicorp/terraform-provider-aws, aws_rds_cluster: the words that the provider looks for."""
    writer, name, abroad, reader = readers
    for client, member in ((abroad, reader), (rds, writer)):
        with pytest.raises(ClientError, match=r"InvalidDBClusterStateFault.*is a part of a global cluster"):
            delete(client, member, SkipFinalSnapshot=True)
        client.remove_from_global_cluster(GlobalClusterIdentifier=name, DbClusterIdentifier=member["DBClusterArn"])
        delete(client, member, SkipFinalSnapshot=True)
    rds.delete_global_cluster(GlobalClusterIdentifier=name)


def test_a_global_database_with_members_is_not_deleted(rds: Any, readers: tuple[Cluster, str, Any, Cluster]) -> None:
    """The errors of DeleteGlobalCluster in botocore's model."""
    with pytest.raises(ClientError, match="InvalidGlobalClusterStateFault"):
        rds.delete_global_cluster(GlobalClusterIdentifier=readers[1])


def test_the_writer_of_a_global_database_keeps_its_last_instance(
    rds: Any, readers: tuple[Cluster, str, Any, Cluster], create_instance: CreateInstance
) -> None:
    """awslabs/amazon-documentdb-tools 126 has AWS's words."""
    writer, _, _, _ = readers
    first, last = (create_instance(writer)["DBInstanceIdentifier"] for _ in range(2))
    rds.delete_db_instance(DBInstanceIdentifier=first, SkipFinalSnapshot=True)
    with pytest.raises(ClientError, match=r"InvalidDBClusterStateFault.*the last instance of the master cluster"):
        rds.delete_db_instance(DBInstanceIdentifier=last, SkipFinalSnapshot=True)
