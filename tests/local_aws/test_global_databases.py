"""Global databases of local AWS: clusters of several Regions join and leave, and a secondary has no own users."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import Cluster, CreateCluster, unique

SECONDARY_REGION = "eu-west-1"


@pytest.fixture
def primary(create_cluster: CreateCluster) -> Cluster:
    return create_cluster(StorageEncrypted=True)


@pytest.fixture
def identifier(rds: Any, primary: Cluster) -> str:
    name = unique("global")
    rds.create_global_cluster(
        GlobalClusterIdentifier=name,
        SourceDBClusterIdentifier=primary["DBClusterArn"],
        DeletionProtection=True,
        Tags=[{"Key": "a", "Value": "1"}],
    )
    return name


@pytest.fixture
def abroad(aws: LocalAws) -> Any:
    """Return a client of RDS in the secondary's Region."""
    return aws.client("rds", region=SECONDARY_REGION)


def members(rds: Any, identifier: str) -> list[dict[str, Any]]:
    (found,) = rds.describe_global_clusters(GlobalClusterIdentifier=identifier)["GlobalClusters"]
    of_it: list[dict[str, Any]] = found["GlobalClusterMembers"]
    return of_it


def join(abroad: Any, identifier: str, **arguments: Any) -> Cluster:
    cluster: Cluster = abroad.create_db_cluster(
        DBClusterIdentifier=unique("secondary"),
        Engine="aurora-postgresql",
        EngineVersion="17.7",
        GlobalClusterIdentifier=identifier,
        **arguments,
    )["DBCluster"]
    return cluster


def test_the_source_is_the_writer_and_says_what_it_is(rds: Any, primary: Cluster, identifier: str) -> None:
    (found,) = rds.describe_global_clusters(GlobalClusterIdentifier=identifier)["GlobalClusters"]
    assert found["StorageEncrypted"] is True
    assert found["EngineVersion"] == "17.7"
    assert found["TagList"] == [{"Key": "a", "Value": "1"}]
    (member,) = found["GlobalClusterMembers"]
    assert (member["DBClusterArn"], member["IsWriter"]) == (primary["DBClusterArn"], True)


def test_a_global_cluster_is_described_from_each_region(abroad: Any, identifier: str) -> None:
    assert len(members(abroad, identifier)) == 1


def test_a_secondary_joins_and_leaves_in_its_own_region(rds: Any, abroad: Any, identifier: str) -> None:
    secondary = join(abroad, identifier, KmsKeyId="a-key")
    assert [member["IsWriter"] for member in members(rds, identifier)] == [True, False]
    abroad.remove_from_global_cluster(GlobalClusterIdentifier=identifier, DbClusterIdentifier=secondary["DBClusterArn"])
    assert len(members(rds, identifier)) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"MasterUsername": "keeper"}, "user name"),
        ({"MasterUserPassword": "not-a-real-password"}, "password"),
        ({"DatabaseName": "orders"}, "database name"),
        ({}, "kmsKeyId should be explicitly specified"),
    ],
)
def test_a_secondary_cannot_have_what_its_primary_has(
    abroad: Any, identifier: str, arguments: dict[str, str], told: str
) -> None:
    with pytest.raises(ClientError, match=told):
        join(abroad, identifier, **arguments)


def test_a_protected_global_cluster_is_deleted_once_it_is_empty_and_no_longer_protected(
    rds: Any, primary: Cluster, identifier: str
) -> None:
    rds.remove_from_global_cluster(GlobalClusterIdentifier=identifier, DbClusterIdentifier=primary["DBClusterArn"])
    with pytest.raises(ClientError, match="deletion protection"):
        rds.delete_global_cluster(GlobalClusterIdentifier=identifier)
    rds.modify_global_cluster(GlobalClusterIdentifier=identifier, DeletionProtection=False)
    rds.delete_global_cluster(GlobalClusterIdentifier=identifier)
    with pytest.raises(ClientError, match="GlobalClusterNotFoundFault"):
        members(rds, identifier)


def test_a_global_cluster_needs_a_source_that_is_there(rds: Any) -> None:
    with pytest.raises(ClientError, match="nowhere"):
        rds.create_global_cluster(
            GlobalClusterIdentifier=unique("global"),
            SourceDBClusterIdentifier="arn:aws:rds:us-east-1:123456789012:cluster:nowhere",
        )
