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


def upgrade(rds: Any, identifier: str, version: str, **arguments: Any) -> None:
    rds.modify_global_cluster(GlobalClusterIdentifier=identifier, EngineVersion=version, **arguments)


def version_of(client: Any, cluster: Cluster) -> str:
    [found] = client.describe_db_clusters(DBClusterIdentifier=cluster["DBClusterIdentifier"])["DBClusters"]
    version: str = found["EngineVersion"]
    return version


def test_a_major_upgrade_of_one_member_is_refused(rds: Any, primary: Cluster, identifier: str) -> None:
    """hashicorp/terraform-provider-aws 28761 has AWS's words."""
    assert identifier
    with pytest.raises(ClientError, match=r"InvalidParameterCombination.*in a single member of a global cluster"):
        rds.modify_db_cluster(
            DBClusterIdentifier=primary["DBClusterIdentifier"],
            EngineVersion="18.4",
            AllowMajorVersionUpgrade=True,
            ApplyImmediately=True,
        )


def test_a_global_database_is_upgraded_with_all_its_members(
    rds: Any, abroad: Any, primary: Cluster, identifier: str
) -> None:
    """The API reference of ModifyGlobalCluster: clusters and instances get the default groups of the new version."""
    secondary = join(abroad, identifier, KmsKeyId="a-key")
    with pytest.raises(ClientError, match="AllowMajorVersionUpgrade flag must be present"):
        upgrade(rds, identifier, "18.4")
    upgrade(rds, identifier, "18.4", AllowMajorVersionUpgrade=True)
    assert [version_of(rds, primary), version_of(abroad, secondary)] == ["18.4", "18.4"]
    [found] = abroad.describe_db_clusters(DBClusterIdentifier=secondary["DBClusterIdentifier"])["DBClusters"]
    assert found["DBClusterParameterGroup"] == "default.aurora-postgresql18"
    [told] = rds.describe_global_clusters(GlobalClusterIdentifier=identifier)["GlobalClusters"]
    assert told["EngineVersion"] == "18.4"
    with pytest.raises(ClientError, match=r"Cannot upgrade aurora-postgresql from 18\.4 to 17\.7"):
        upgrade(rds, identifier, "17.7", AllowMajorVersionUpgrade=True)


def test_a_minor_upgrade_takes_the_secondary_first(rds: Any, abroad: Any, primary: Cluster, identifier: str) -> None:
    """The API reference of ModifyDBCluster, EngineVersion: replicas run the same version or a later one."""
    secondary = join(abroad, identifier, KmsKeyId="a-key")
    change = {"EngineVersion": "17.9", "ApplyImmediately": True}
    with pytest.raises(ClientError, match="upgrade the secondary cluster"):
        rds.modify_db_cluster(DBClusterIdentifier=primary["DBClusterIdentifier"], **change)
    abroad.modify_db_cluster(DBClusterIdentifier=secondary["DBClusterIdentifier"], **change)
    rds.modify_db_cluster(DBClusterIdentifier=primary["DBClusterIdentifier"], **change)
    [told] = rds.describe_global_clusters(GlobalClusterIdentifier=identifier)["GlobalClusters"]
    assert told["EngineVersion"] == "17.9"


def test_a_minor_upgrade_of_a_whole_global_database_keeps_the_groups(
    rds: Any, primary: Cluster, identifier: str
) -> None:
    """AWS, What's New of February 2026: minor versions by ModifyGlobalCluster."""
    rds.modify_db_cluster(DBClusterIdentifier=primary["DBClusterIdentifier"], EngineVersion="17.9")
    upgrade(rds, identifier, "17.10")
    [found] = rds.describe_db_clusters(DBClusterIdentifier=primary["DBClusterIdentifier"])["DBClusters"]
    assert (found["EngineVersion"], found.get("PendingModifiedValues") or {}) == ("17.10", {})


def test_tags_of_a_global_database_change(rds: Any, abroad: Any, identifier: str) -> None:
    [told] = rds.describe_global_clusters(GlobalClusterIdentifier=identifier)["GlobalClusters"]
    arn = told["GlobalClusterArn"]
    abroad.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "b", "Value": "2"}])
    rds.remove_tags_from_resource(ResourceName=arn, TagKeys=["a"])
    assert rds.list_tags_for_resource(ResourceName=arn)["TagList"] == [{"Key": "b", "Value": "2"}]
