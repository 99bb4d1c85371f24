"""What EC2 has of an environment and its state does not: security groups, their rules and interface endpoints."""

from collections.abc import Mapping
from typing import Any, Final

from analysis.synthesized.expressions import references
from analysis.synthesized.stack import Block
from operations.checks.unmanaged_search import Found, Search, Unmanaged, differing, tags_of

# Source: Amazon EC2 API, SecurityGroupRule; hashicorp/aws, aws_vpc_security_group_ingress_rule.
_OTHER_ENDS: Final = {
    "cidr_ipv4": "CidrIpv4",
    "cidr_ipv6": "CidrIpv6",
    "prefix_list_id": "PrefixListId",
    "referenced_security_group_id": "ReferencedGroupInfo",
}
_ALL_PROTOCOLS: Final = "-1"


def security_group(search: Search, block: Block) -> Found:
    """A security group of the name in the VPC of the environment."""
    name, vpc = search.text(block, "name"), search.in_vpc(block, "vpc_id")
    if "${" in vpc:
        return
    filters = [{"Name": "group-name", "Values": [name]}, {"Name": "vpc-id", "Values": [vpc]}]
    found = search.aws.ask("ec2", lambda ec2: ec2.describe_security_groups(Filters=filters)["SecurityGroups"])
    for group in found or ():
        identifier, differs = group["GroupId"], differing(search.tags(block), tags_of(group.get("Tags")))
        before: tuple[str, ...] = ()
        if differs is None:
            search.found_group(block.address, identifier)
            before = _closing(search, block, identifier)
        yield Unmanaged(block.address, identifier, f"the security group {name}", before, differs)


def _closing(search: Search, block: Block, group: str) -> tuple[str, ...]:
    """Return what takes out the rule with which EC2 makes a group, and which Terraform had no time to take out.

    It lets everything out. Where the rules are inside the group, Terraform sees it.
    """
    if "egress" in block.arguments:
        return ()
    wanted = [
        one
        for one in search.stack.of_type("aws_vpc_security_group_egress_rule")
        if block.address in references(one.get("security_group_id"))
    ]
    left = [
        described["SecurityGroupRuleId"]
        for described in search.rules(group)
        if described["IsEgress"]
        and described["IpProtocol"] == _ALL_PROTOCOLS
        and not any(_is_same(search, one, described) for one in wanted)
    ]
    arguments = f"--group-id {group} --security-group-rule-ids {' '.join(left)} --region {search.aws.region}"
    return (f"aws ec2 revoke-security-group-egress {arguments}",) if left else ()


def rule(search: Search, block: Block) -> Found:
    """A rule of a security group of the environment; EC2 also makes one by itself, which lets everything out."""
    if (group := search.group_of(block)) is None:
        return
    for described in search.rules(group):
        if _is_same(search, block, described):
            what = f"the rule {block.get('description', default=block.name)} of {group}"
            yield Unmanaged(block.address, described["SecurityGroupRuleId"], what)


def _is_same(search: Search, block: Block, described: Mapping[str, Any]) -> bool:
    """Whether EC2 would take the rule of a block for one that is there."""
    protocol = str(block.get("ip_protocol"))
    if (described["IsEgress"], described["IpProtocol"]) != ("egress" in block.type, protocol):
        return False
    ports = described.get("FromPort"), described.get("ToPort")
    if protocol != _ALL_PROTOCOLS and ports != (block.get("from_port"), block.get("to_port")):
        return False
    for argument, field in _OTHER_ENDS.items():
        wanted, end = search.in_vpc(block, argument), described.get(field) or ""
        if wanted != (end["GroupId"] if isinstance(end, Mapping) else end):
            return False
    return True


def endpoint(search: Search, block: Block) -> Found:
    """An interface endpoint of the service in the VPC. It has no name: without tags nobody knows whose it is."""
    service, vpc = search.text(block, "service_name"), search.in_vpc(block, "vpc_id")
    if "${" in service + vpc:
        return
    filters = [{"Name": "service-name", "Values": [service]}, {"Name": "vpc-id", "Values": [vpc]}]
    found = search.aws.ask("ec2", lambda ec2: ec2.describe_vpc_endpoints(Filters=filters)["VpcEndpoints"])
    tags = search.tags(block)
    for described in found or ():
        differs = (
            differing(tags, tags_of(described.get("Tags"))) if tags else "an endpoint without tags may be anybody's"
        )
        if described.get("PrivateDnsEnabled"):
            identifier = described["VpcEndpointId"]
            yield Unmanaged(
                block.address, identifier, f"the interface endpoint {identifier} of {service}", differs=differs
            )
