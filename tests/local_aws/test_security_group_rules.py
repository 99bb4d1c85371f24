"""Security group rules on local AWS."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import unique


@pytest.fixture(scope="module")
def ec2(aws: LocalAws) -> Any:
    return aws.client("ec2")


@pytest.fixture
def group(ec2: Any) -> str:
    created: str = ec2.create_security_group(GroupName=unique("group"), Description="test")["GroupId"]
    return created


def rules_of(ec2: Any, group: str, *, egress: bool = False) -> list[dict[str, Any]]:
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])["SecurityGroupRules"]
    return [rule for rule in rules if rule["IsEgress"] == egress]


def let_in(ec2: Any, group: str, **source: Any) -> str:
    permission = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, **source}
    answer = ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
    created: str = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    return created


def change(ec2: Any, group: str, rule_id: str, **rule: Any) -> None:
    ec2.modify_security_group_rules(
        GroupId=group, SecurityGroupRules=[{"SecurityGroupRuleId": rule_id, "SecurityGroupRule": rule}]
    )


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


def test_a_rule_for_a_range_keeps_its_description(ec2: Any, group: str) -> None:
    let_in(ec2, group, IpRanges=[{"CidrIp": "10.0.0.0/8", "Description": "the office"}])
    [rule] = rules_of(ec2, group)
    assert rule["Description"] == "the office"


@pytest.mark.parametrize(
    ("source", "reference"),
    [
        ({"IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, {"CidrIpv4": "10.0.0.0/9"}),
        ({"Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}]}, {"CidrIpv6": "2001:db8::/33"}),
    ],
)
def test_range_and_description_of_a_rule_can_be_changed(
    ec2: Any, group: str, source: dict[str, Any], reference: dict[str, str]
) -> None:
    rule_id = let_in(ec2, group, **source)
    change(ec2, group, rule_id, IpProtocol="tcp", FromPort=5432, ToPort=5432, Description="new", **reference)
    [rule] = rules_of(ec2, group)
    assert rule["SecurityGroupRuleId"] == rule_id
    assert rule["Description"] == "new"
    assert reference.items() <= rule.items()


def test_the_description_of_a_rule_for_a_group_can_be_changed(ec2: Any, group: str) -> None:
    rule_id = let_in(ec2, group, UserIdGroupPairs=[{"GroupId": group}])
    change(
        ec2, group, rule_id, IpProtocol="tcp", FromPort=5432, ToPort=5432, Description="new", ReferencedGroupId=group
    )
    [rule] = rules_of(ec2, group)
    assert rule["Description"] == "new"
    assert rule["ReferencedGroupInfo"]["GroupId"] == group


def test_a_rule_for_all_protocols_has_no_ports_to_change(ec2: Any, group: str) -> None:
    [rule] = rules_of(ec2, group, egress=True)
    change(ec2, group, rule["SecurityGroupRuleId"], IpProtocol="-1", CidrIpv4="0.0.0.0/0", Description="everything")
    [rule] = rules_of(ec2, group, egress=True)
    assert rule["Description"] == "everything"


def test_an_unknown_rule_is_refused(ec2: Any, group: str) -> None:
    with pytest.raises(ClientError, match=r"InvalidSecurityGroupRuleId\.NotFound"):
        change(ec2, group, "sgr-01234567890abcdef", IpProtocol="-1", CidrIpv4="0.0.0.0/0")


def test_a_rule_is_described_by_its_id(ec2: Any, group: str) -> None:
    rule = let_in(ec2, group, IpRanges=[{"CidrIp": "10.0.0.0/8"}])
    described = [{"SecurityGroupRuleId": rule, "Description": "the office"}]
    ec2.update_security_group_rule_descriptions_ingress(GroupId=group, SecurityGroupRuleDescriptions=described)
    assert rules_of(ec2, group)[0]["Description"] == "the office"
    described[0]["SecurityGroupRuleId"] = "sgr-0123456789abcdef0"
    with pytest.raises(ClientError, match=r"InvalidSecurityGroupRuleId\.NotFound"):
        ec2.update_security_group_rule_descriptions_ingress(GroupId=group, SecurityGroupRuleDescriptions=described)


@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_a_rule_is_revoked_once(ec2: Any, group: str, direction: str) -> None:
    """The provider takes this code, and no other, for a rule that is gone already."""
    permission = {"IpProtocol": "tcp", "FromPort": 1, "ToPort": 2, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
    made = getattr(ec2, f"authorize_security_group_{direction}")(GroupId=group, IpPermissions=[permission])
    rule = made["SecurityGroupRules"][0]["SecurityGroupRuleId"]
    revoke = getattr(ec2, f"revoke_security_group_{direction}")
    revoke(GroupId=group, SecurityGroupRuleIds=[rule])
    with pytest.raises(ClientError, match=r"InvalidSecurityGroupRuleId\.NotFound"):
        revoke(GroupId=group, SecurityGroupRuleIds=[rule])
