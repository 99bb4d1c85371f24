"""What a deployment finds on local AWS, and its subnet groups."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import unique


def default_subnets(aws: LocalAws, region: str) -> list[dict[str, Any]]:
    ec2 = aws.client("ec2", region=region)
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    subnets: list[dict[str, Any]] = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])[
        "Subnets"
    ]
    return subnets


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-1", "ap-southeast-2"])
def test_every_region_has_a_default_vpc_with_subnets_in_two_zones_or_more(aws: LocalAws, region: str) -> None:
    assert len({subnet["AvailabilityZone"] for subnet in default_subnets(aws, region)}) >= 2


def test_the_managed_policies_exist(aws: LocalAws) -> None:
    arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"

    assert aws.client("iam").get_policy(PolicyArn=arn)["Policy"]["PolicyName"] == "AWSLambdaBasicExecutionRole"


def create_group(aws: LocalAws, count: int) -> str:
    subnets = sorted(default_subnets(aws, "us-east-1"), key=lambda subnet: subnet["AvailabilityZone"])
    name = unique("subnet-group")
    aws.client("rds").create_db_subnet_group(
        DBSubnetGroupName=name,
        DBSubnetGroupDescription="test",
        SubnetIds=[subnet["SubnetId"] for subnet in subnets[:count]],
    )
    return name


def test_a_subnet_group_of_one_zone_is_refused(aws: LocalAws) -> None:
    with pytest.raises(ClientError, match=r"DBSubnetGroupDoesNotCoverEnoughAZs.*us-east-1a"):
        create_group(aws, 1)


def test_a_changed_subnet_group_is_still_there(aws: LocalAws, rds: Any) -> None:
    name = create_group(aws, 2)
    subnets = [subnet["SubnetId"] for subnet in default_subnets(aws, "us-east-1")[:3]]

    rds.modify_db_subnet_group(DBSubnetGroupName=name, SubnetIds=subnets)

    [group] = rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]
    assert sorted(subnet["SubnetIdentifier"] for subnet in group["Subnets"]) == sorted(subnets)


def test_changing_a_subnet_group_to_one_zone_is_refused(aws: LocalAws, rds: Any) -> None:
    name = create_group(aws, 2)

    with pytest.raises(ClientError, match="DBSubnetGroupDoesNotCoverEnoughAZs"):
        rds.modify_db_subnet_group(DBSubnetGroupName=name, SubnetIds=[default_subnets(aws, "us-east-1")[0]["SubnetId"]])

    assert rds.describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]


def test_changing_an_unknown_subnet_group_is_refused(aws: LocalAws, rds: Any) -> None:
    subnets = [subnet["SubnetId"] for subnet in default_subnets(aws, "us-east-1")]

    with pytest.raises(ClientError, match="DBSubnetGroupNotFoundFault"):
        rds.modify_db_subnet_group(DBSubnetGroupName="nowhere", SubnetIds=subnets)


def test_a_second_subnet_group_of_one_name_is_refused(aws: LocalAws, rds: Any) -> None:
    name = create_group(aws, 2)
    subnets = [subnet["SubnetId"] for subnet in default_subnets(aws, "us-east-1")]

    with pytest.raises(ClientError, match="DBSubnetGroupAlreadyExists"):
        rds.create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription="test", SubnetIds=subnets)
