"""Custom endpoints, classes of instances, network types and write forwarding on local AWS: as they were asked for."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import Cluster, CreateCluster, CreateInstance, Describe, unique


@pytest.fixture
def cluster(create_cluster: CreateCluster) -> Cluster:
    return create_cluster()


def create(rds: Any, cluster: Cluster, **arguments: Any) -> dict[str, Any]:
    defaults = {
        "DBClusterIdentifier": cluster["DBClusterIdentifier"],
        "DBClusterEndpointIdentifier": unique("endpoint"),
        "EndpointType": "READER",
    }
    endpoint: dict[str, Any] = rds.create_db_cluster_endpoint(**(defaults | arguments))
    return endpoint


def refused(error: pytest.ExceptionInfo[ClientError]) -> str:
    code: str = error.value.response["Error"]["Code"]
    return code


def test_an_endpoint_keeps_its_members_until_they_are_changed(
    rds: Any, cluster: Cluster, create_instance: CreateInstance
) -> None:
    first, second = (create_instance(cluster)["DBInstanceIdentifier"] for _ in range(2))
    name = create(rds, cluster, StaticMembers=[second])["DBClusterEndpointIdentifier"]

    def members() -> tuple[list[str], list[str]]:
        [found] = rds.describe_db_cluster_endpoints(DBClusterEndpointIdentifier=name)["DBClusterEndpoints"]
        return found["StaticMembers"], found["ExcludedMembers"]

    assert members() == ([second], [])
    rds.modify_db_cluster_endpoint(DBClusterEndpointIdentifier=name, ExcludedMembers=[first])
    assert members() == ([], [first])
    rds.delete_db_cluster_endpoint(DBClusterEndpointIdentifier=name)
    assert rds.describe_db_cluster_endpoints(DBClusterEndpointIdentifier=name)["DBClusterEndpoints"] == []


def test_what_aws_refuses_of_an_endpoint_is_refused(
    rds: Any, cluster: Cluster, create_instance: CreateInstance
) -> None:
    member = create_instance(cluster)["DBInstanceIdentifier"]
    for wrong, code in (
        ({"EndpointType": "WRITER"}, "InvalidParameterValue"),
        ({"StaticMembers": ["nobody"]}, "DBInstanceNotFound"),
        ({"StaticMembers": [member], "ExcludedMembers": [member]}, "InvalidParameterCombination"),
        ({"DBClusterIdentifier": "nobody"}, "DBClusterNotFoundFault"),
    ):
        with pytest.raises(ClientError) as error:
            create(rds, cluster, **wrong)
        assert refused(error) == code
    names = [create(rds, cluster)["DBClusterEndpointIdentifier"] for _ in range(5)]
    with pytest.raises(ClientError) as error:
        create(rds, cluster)
    assert refused(error) == "DBClusterEndpointQuotaExceededFault"
    rds.delete_db_cluster_endpoint(DBClusterEndpointIdentifier=names[0])
    with pytest.raises(ClientError) as error:
        create(rds, cluster, DBClusterEndpointIdentifier=names[1])
    assert refused(error) == "DBClusterEndpointAlreadyExistsFault"


def test_an_endpoint_has_tags(rds: Any, cluster: Cluster) -> None:
    arn = create(rds, cluster, Tags=[{"Key": "Team", "Value": "orders"}])["DBClusterEndpointArn"]
    rds.add_tags_to_resource(ResourceName=arn, Tags=[{"Key": "Stage", "Value": "test"}])
    found = rds.list_tags_for_resource(ResourceName=arn)["TagList"]
    assert {tag["Key"]: tag["Value"] for tag in found} == {"Team": "orders", "Stage": "test"}


def test_a_class_that_aurora_postgresql_does_not_have_is_refused(rds: Any, cluster: Cluster) -> None:
    arguments = {"DBClusterIdentifier": cluster["DBClusterIdentifier"], "Engine": "aurora-postgresql"}
    with pytest.raises(ClientError) as error:
        rds.create_db_instance(DBInstanceIdentifier=unique("instance"), DBInstanceClass="db.m5.large", **arguments)
    assert refused(error) == "InvalidParameterValue"


def test_a_cluster_of_dual_stack_needs_subnets_with_ipv6(
    aws: LocalAws, rds: Any, create_cluster: CreateCluster, describe: Describe
) -> None:
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.9.{number}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    group, ids = unique("dual"), [subnet["SubnetId"] for subnet in subnets]
    rds.create_db_subnet_group(DBSubnetGroupName=group, DBSubnetGroupDescription="Dual", SubnetIds=ids)
    with pytest.raises(ClientError) as error:
        create_cluster(NetworkType="DUAL", DBSubnetGroupName=group)
    assert refused(error) == "InvalidParameterCombination"
    for number, id_ in enumerate(ids):
        ec2.associate_subnet_cidr_block(SubnetId=id_, Ipv6CidrBlock=f"2001:db8:9:{number}::/64")
    [found] = rds.describe_db_subnet_groups(DBSubnetGroupName=group)["DBSubnetGroups"]
    assert found["SupportedNetworkTypes"] == ["IPV4", "DUAL"]
    cluster = create_cluster(DBSubnetGroupName=group)
    assert describe(cluster)["NetworkType"] == "IPV4"
    rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], NetworkType="DUAL")
    assert describe(cluster)["NetworkType"] == "DUAL"


def test_write_forwarding_is_reported_as_it_was_asked_for(
    rds: Any, create_cluster: CreateCluster, describe: Describe
) -> None:
    cluster = create_cluster(EnableLocalWriteForwarding=True)
    assert describe(cluster)["LocalWriteForwardingStatus"] == "enabled"
    rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], EnableLocalWriteForwarding=False)
    assert describe(cluster)["LocalWriteForwardingStatus"] == "disabled"
    assert "LocalWriteForwardingStatus" not in describe(create_cluster())
