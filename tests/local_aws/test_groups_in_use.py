"""Groups that something uses are not deleted; sources are with each rule in local_aws/patches/groups_in_use.py."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import CreateCluster, CreateInstance, default_subnets, unique


@pytest.fixture(scope="module")
def ec2(aws: LocalAws) -> Any:
    return aws.client("ec2")


@pytest.fixture(scope="module")
def subnets(aws: LocalAws) -> list[str]:
    return [subnet["SubnetId"] for subnet in default_subnets(aws)]


@pytest.fixture
def group(ec2: Any) -> str:
    created: str = ec2.create_security_group(GroupName=unique("group"), Description="Of a test")["GroupId"]
    return created


def refused(ec2: Any, group: str) -> None:
    with pytest.raises(ClientError, match=f"DependencyViolation.*resource {group} has a dependent object"):
        ec2.delete_security_group(GroupId=group)


def test_a_security_group_that_nothing_uses_is_deleted(ec2: Any, group: str) -> None:
    ec2.authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, **from_group(group)}]
    )
    ec2.delete_security_group(GroupId=group)
    with pytest.raises(ClientError, match=r"InvalidGroup\.NotFound"):
        ec2.describe_security_groups(GroupIds=[group])


def test_the_security_group_of_a_cluster_stays_until_the_cluster_has_another(
    rds: Any, ec2: Any, group: str, create_cluster: CreateCluster
) -> None:
    other = ec2.create_security_group(GroupName=unique("group"), Description="Another")["GroupId"]
    cluster = create_cluster(VpcSecurityGroupIds=[group])
    refused(ec2, group)
    rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], VpcSecurityGroupIds=[other])
    ec2.delete_security_group(GroupId=group)
    refused(ec2, other)
    rds.delete_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], SkipFinalSnapshot=True)
    ec2.delete_security_group(GroupId=other)


def test_the_security_group_of_a_proxy_stays(rds: Any, ec2: Any, subnets: list[str], group: str) -> None:
    name = unique("proxy")
    rds.create_db_proxy(
        DBProxyName=name,
        EngineFamily="POSTGRESQL",
        Auth=[{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:a-AbCdEf"}],
        RoleArn="arn:aws:iam::123456789012:role/proxy",
        VpcSubnetIds=subnets,
        VpcSecurityGroupIds=[group],
    )
    refused(ec2, group)
    rds.delete_db_proxy(DBProxyName=name)
    ec2.delete_security_group(GroupId=group)


def test_the_security_group_of_an_interface_endpoint_stays(ec2: Any, subnets: list[str], group: str) -> None:
    [vpc] = {subnet["VpcId"] for subnet in ec2.describe_subnets(SubnetIds=subnets[:1])["Subnets"]}
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.us-east-1.rds-data",
        VpcEndpointType="Interface",
        SubnetIds=subnets[:1],
        SecurityGroupIds=[group],
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]["VpcEndpointId"]
    refused(ec2, group)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    ec2.delete_security_group(GroupId=group)


def test_the_security_group_of_a_network_interface_stays(ec2: Any, subnets: list[str], group: str) -> None:
    interface = ec2.create_network_interface(SubnetId=subnets[0], Groups=[group])["NetworkInterface"]
    refused(ec2, group)
    ec2.delete_network_interface(NetworkInterfaceId=interface["NetworkInterfaceId"])
    ec2.delete_security_group(GroupId=group)


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_security_group_in_a_rule_of_another_stays(ec2: Any, group: str, direction: str) -> None:
    other = ec2.create_security_group(GroupName=unique("group"), Description="Another")["GroupId"]
    permission = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, **from_group(group)}
    getattr(ec2, f"authorize_security_group_{direction}")(GroupId=other, IpPermissions=[permission])
    refused(ec2, group)
    getattr(ec2, f"revoke_security_group_{direction}")(GroupId=other, IpPermissions=[permission])
    ec2.delete_security_group(GroupId=group)


def from_group(group: str) -> dict[str, Any]:
    return {"UserIdGroupPairs": [{"GroupId": group}]}


def test_the_subnet_group_of_a_cluster_stays(rds: Any, subnets: list[str], create_cluster: CreateCluster) -> None:
    name = unique("subnets")
    rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription="Of a test", SubnetIds=subnets)
    cluster = create_cluster(DBSubnetGroupName=name)["DBClusterIdentifier"]
    with pytest.raises(ClientError, match=f"InvalidDBSubnetGroupStateFault.*'{name}' because.* cluster: {cluster} is"):
        rds.delete_db_subnet_group(DBSubnetGroupName=name)
    rds.delete_db_cluster(DBClusterIdentifier=cluster, SkipFinalSnapshot=True)
    rds.delete_db_subnet_group(DBSubnetGroupName=name)


def test_the_parameter_group_of_a_cluster_stays_until_the_cluster_has_another(
    rds: Any, create_cluster: CreateCluster
) -> None:
    name = unique("group")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily="aurora-postgresql17", Description="Of a test"
    )
    cluster = create_cluster(DBClusterParameterGroupName=name)["DBClusterIdentifier"]
    with pytest.raises(
        ClientError, match=f"InvalidDBParameterGroupState.*still members of this parameter group {name}"
    ):
        rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName=name)
    rds.modify_db_cluster(DBClusterIdentifier=cluster, DBClusterParameterGroupName="default.aurora-postgresql17")
    rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName=name)


def test_the_parameter_group_of_an_instance_stays_until_the_instance_has_another(
    rds: Any, create_cluster: CreateCluster, create_instance: CreateInstance
) -> None:
    name = unique("group")
    rds.create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily="aurora-postgresql17", Description="Of a test"
    )
    instance = create_instance(create_cluster(), DBParameterGroupName=name)["DBInstanceIdentifier"]
    with pytest.raises(
        ClientError, match=f"InvalidDBParameterGroupState.*still members of this parameter group {name}"
    ):
        rds.delete_db_parameter_group(DBParameterGroupName=name)
    rds.modify_db_instance(DBInstanceIdentifier=instance, DBParameterGroupName="default.aurora-postgresql17")
    rds.delete_db_parameter_group(DBParameterGroupName=name)


def test_aws_s_own_parameter_groups_stay(rds: Any) -> None:
    with pytest.raises(ClientError, match="Default DBClusterParameterGroup cannot be deleted"):
        rds.delete_db_cluster_parameter_group(DBClusterParameterGroupName="default.aurora-postgresql17")
    with pytest.raises(ClientError, match="Default DBParameterGroup cannot be deleted"):
        rds.delete_db_parameter_group(DBParameterGroupName="default.aurora-postgresql17")
