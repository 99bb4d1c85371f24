"""Checks of the network: subnets in enough zones, and who may connect to the port."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from aurora_serverless.facts.limits import limit
from operations.checks.check import Check, Subject, failed, passed

FEWEST_ZONES: Final = limit("rds_subnet_group_least_zones")
"""RDS makes no cluster in a subnet group of fewer zones; a failover needs the second."""

_EVERYBODY: Final = frozenset({"0.0.0.0/0", "::/0"})


def subnets(subject: Subject) -> Iterator[Check]:
    """Check the subnet group."""
    name = subject.cluster.subnet_group
    [group] = subject.client("rds").describe_db_subnet_groups(DBSubnetGroupName=name)["DBSubnetGroups"]
    zones = {subnet["SubnetAvailabilityZone"]["Name"] for subnet in group["Subnets"]}
    inactive = [subnet["SubnetIdentifier"] for subnet in group["Subnets"] if subnet["SubnetStatus"] != "Active"]
    detail = f"{len(group['Subnets'])} in {len(zones)} zones of {group['VpcId']}"
    if inactive:
        yield failed("subnets", f"{detail}; not active: {', '.join(inactive)}", "remove them from the subnet group")
    elif len(zones) < FEWEST_ZONES:
        yield failed("subnets", detail, "add a subnet in another Availability Zone")
    else:
        yield passed("subnets", detail)


def security_groups(subject: Subject) -> Iterator[Check]:
    """Check who may connect."""
    ids, port = list(subject.cluster.security_group_ids), subject.cluster.port
    if not ids:
        yield failed("security group", "the cluster has none", "deploy again")
        return
    groups = subject.client("ec2").describe_security_groups(GroupIds=ids)["SecurityGroups"]
    sources = sorted({source for group in groups for rule in group["IpPermissions"] for source in _sources(rule, port)})
    shown = (
        f"{', '.join(ids)} lets in to port {port}: {', '.join(sources) or 'nobody, which the Data API does not need'}"
    )
    if _EVERYBODY & set(sources):
        yield failed("security group", shown, "remove that rule: nobody outside needs it")
    else:
        yield passed("security group", shown)


def _sources(rule: Mapping[str, Any], port: int) -> list[str]:
    """Return who a rule lets in to the port; nobody where it is about other ports."""
    is_all = rule["IpProtocol"] == "-1"
    if not is_all and not (rule["IpProtocol"] == "tcp" and rule["FromPort"] <= port <= rule["ToPort"]):
        return []
    return [
        *(source["CidrIp"] for source in rule.get("IpRanges", [])),
        *(source["CidrIpv6"] for source in rule.get("Ipv6Ranges", [])),
        *(source["GroupId"] for source in rule.get("UserIdGroupPairs", [])),
        *(source["PrefixListId"] for source in rule.get("PrefixListIds", [])),
    ]
