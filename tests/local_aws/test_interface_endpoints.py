"""Interface endpoints on local AWS."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws

# Another Region than the other tests, which count on what every default VPC has.
REGION = "eu-west-1"
SERVICE = f"com.amazonaws.{REGION}.rds-data"


@pytest.fixture(scope="module")
def ec2(aws: LocalAws) -> Any:
    return aws.client("ec2", region=REGION)


@pytest.fixture
def vpc(ec2: Any) -> str:
    """Return a VPC as AWS makes one: with DNS, and without host names."""
    created: str = ec2.create_vpc(CidrBlock="10.8.0.0/16")["Vpc"]["VpcId"]
    return created


def switch_host_names_on(ec2: Any, vpc: str) -> None:
    ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})


def subnet(ec2: Any, vpc: str, number: int, zone: str) -> str:
    answer = ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.8.{number}.0/24", AvailabilityZone=zone)
    created: str = answer["Subnet"]["SubnetId"]
    return created


def endpoint(ec2: Any, vpc: str, *subnets: str, private_dns: bool = True) -> str:
    answer = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName=SERVICE,
        VpcEndpointType="Interface",
        SubnetIds=list(subnets),
        PrivateDnsEnabled=private_dns,
    )
    created: str = answer["VpcEndpoint"]["VpcEndpointId"]
    return created


def test_an_endpoint_in_two_zones_is_made(ec2: Any, vpc: str) -> None:
    switch_host_names_on(ec2, vpc)
    subnets = {subnet(ec2, vpc, 1, f"{REGION}a"), subnet(ec2, vpc, 2, f"{REGION}b")}
    created = endpoint(ec2, vpc, *subnets)
    [found] = ec2.describe_vpc_endpoints(VpcEndpointIds=[created])["VpcEndpoints"]
    assert set(found["SubnetIds"]) == subnets


def test_two_subnets_of_one_zone_are_refused(ec2: Any, vpc: str) -> None:
    switch_host_names_on(ec2, vpc)
    first, second = subnet(ec2, vpc, 1, f"{REGION}a"), subnet(ec2, vpc, 2, f"{REGION}a")
    with pytest.raises(ClientError, match="DuplicateSubnetsInSameZone"):
        endpoint(ec2, vpc, first, second)
    created = endpoint(ec2, vpc, first)
    with pytest.raises(ClientError, match="DuplicateSubnetsInSameZone"):
        ec2.modify_vpc_endpoint(VpcEndpointId=created, AddSubnetIds=[second])
    ec2.modify_vpc_endpoint(VpcEndpointId=created, AddSubnetIds=[second], RemoveSubnetIds=[first])


def test_private_dns_without_host_names_is_refused(ec2: Any, vpc: str) -> None:
    only = subnet(ec2, vpc, 1, f"{REGION}a")
    with pytest.raises(ClientError, match="both enableDnsSupport and enableDnsHostnames"):
        endpoint(ec2, vpc, only)
    assert endpoint(ec2, vpc, only, private_dns=False)


def test_a_second_endpoint_with_the_name_of_the_first_is_refused(ec2: Any, vpc: str) -> None:
    switch_host_names_on(ec2, vpc)
    only = subnet(ec2, vpc, 1, f"{REGION}a")
    first = endpoint(ec2, vpc, only)
    with pytest.raises(ClientError, match=r"conflicting DNS domain for rds-data\.eu-west-1\.amazonaws\.com"):
        endpoint(ec2, vpc, only)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[first])
    assert endpoint(ec2, vpc, only)
