"""Security group rules on local AWS."""

from typing import Any

import pytest

from local_aws.process import LocalAws
from tests.local_aws.conftest import unique


@pytest.fixture(scope="module")
def ec2(aws: LocalAws) -> Any:
    return aws.client("ec2")


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_for_a_group_keeps_its_description(ec2: Any, direction: str) -> None:
    [vpc] = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    group, other = (
        ec2.create_security_group(GroupName=unique("group"), Description="of a test", VpcId=vpc["VpcId"])["GroupId"]
        for _ in range(2)
    )
    pair = {"GroupId": other, "Description": "the other"}
    permission = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [pair]}
    getattr(ec2, f"authorize_security_group_{direction}")(GroupId=group, IpPermissions=[permission])
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    assert [rule["Description"] for rule in rules if rule.get("ReferencedGroupInfo")] == ["the other"]
