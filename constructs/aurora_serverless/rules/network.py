"""Which VPC and subnets a database may live in, and which addresses and groups may reach it.

What only AWS knows, whether the subnets lie in the VPC and in two zones, Terraform checks: see `subnet_zones`.
"""

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPV4LENGTH, IPV6LENGTH, IPv4Network, IPv6Network, collapse_addresses, ip_network
from typing import Final, Literal

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.tags import LONGEST_KEY, LONGEST_VALUE, MOST_TAGS, PROTOTYPE
from aurora_serverless.rules.violation import check_different, check_pattern, check_range, refuse

SecurityGroupRules = Literal["separate", "inline"]
Egress = Literal["open", "closed"]
EVERYWHERE: Final = "0.0.0.0/0"
EndpointService = Literal["rds-data", "secretsmanager", "ssm", "ssmmessages", "ec2messages"]
DATA_API: Final = "rds-data"
"""The service of the Data API."""
SESSION_SERVICES: Final = frozenset({"ssm", "ssmmessages", "ec2messages"})
"""What Session Manager needs of an instance. Source: AWS Systems Manager User Guide, "Improve the security of EC2
instances by using VPC endpoints for Systems Manager": ec2messages only in Regions from before 2024."""

# Source: Amazon RDS API, CreateDBCluster, NetworkType.
NetworkType = Literal["IPV4", "DUAL"]
DUAL_STACK: Final = "DUAL"
# Source: Amazon RDS API, CreateDBCluster, Port. A proxy listens on the usual port, whatever its database does.
POSTGRESQL_PORT: Final = limit("postgresql_port")
LOWEST_PORT: Final = limit("rds_port_lowest")
HIGHEST_PORT: Final = limit("rds_port_highest")

# Source: Amazon Aurora User Guide, "Working with a DB cluster in a VPC": a subnet group has subnets in at least two
# availability zones.
LEAST_SUBNETS: Final = limit("rds_subnet_group_least_subnets")
LEAST_ZONES: Final = limit("rds_subnet_group_least_zones")

# Source: Amazon EC2 User Guide, "Resource IDs": 8 digits until 2018, 17 since.
_ID: Final = "-(?:[0-9a-f]{8}|[0-9a-f]{17})"
_VPC_ID: Final = re.compile(f"vpc{_ID}")
_SUBNET_ID: Final = re.compile(f"subnet{_ID}")
_SECURITY_GROUP_ID: Final = re.compile(f"sg{_ID}")
_GROUP_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")


def check_vpc_id(value: str, *, argument: str = "vpc_id") -> None:
    """Raise `RuleViolation` unless `value` looks like the id of a VPC."""
    _check_id(argument, value, _VPC_ID, "a VPC's id is vpc-", "vpc-0123456789abcdef0")


def check_subnet_id(value: str, *, argument: str = "subnet_ids") -> None:
    """Raise `RuleViolation` unless `value` looks like the id of a subnet."""
    _check_id(argument, value, _SUBNET_ID, "a subnet's id is subnet-", "subnet-0123456789abcdef0")


def check_security_group_id(value: str, *, argument: str = "allowed_security_group_ids") -> None:
    """Raise `RuleViolation` unless `value` looks like the id of a security group."""
    _check_id(argument, value, _SECURITY_GROUP_ID, "a security group's id is sg-", "sg-0123456789abcdef0")


def check_groups_say_who_is_let_in(value: Sequence[str] | None, *, argument: str) -> None:
    """Raise `RuleViolation` unless a group is named where the cluster has none of its own; RDS takes the VPC's then."""
    if not value:
        rule = "own_security_group = false makes no group, and RDS then takes the VPC's default group"
        refuse(argument, value, rule, "name the groups whose rules allow connections")


def _check_id(argument: str, value: str, pattern: re.Pattern[str], start: str, example: str) -> None:
    check_pattern(
        argument, value, pattern, f"{start} and 8 or 17 digits of 0-9 and a-f", f'write, for example, "{example}"'
    )


def check_group_name(value: str, *, argument: str = "allowed_security_group_ids") -> None:
    """Raise `RuleViolation` unless the rule of a security group can be called after `value`."""
    check_pattern(
        argument,
        value,
        _GROUP_NAME,
        "a group's own name is 1 to 64 lower-case letters, digits and underscores, and starts with a letter",
        'write, for example, {"functions": group.id}',
    )


def check_port(value: int, *, argument: str = "port") -> None:
    """Raise `RuleViolation` unless a cluster can listen on the TCP port `value`."""
    check_range(argument, value, LOWEST_PORT, HIGHEST_PORT, "(a TCP port)")


def check_subnet_count(values: Sequence[str], *, argument: str = "subnet_ids") -> None:
    """Raise `RuleViolation` unless `values` can be the subnets of a subnet group: two at least, each once."""
    if len(values) < LEAST_SUBNETS:
        refuse(
            argument,
            values,
            f"Aurora needs at least {LEAST_SUBNETS} subnets, in different availability zones",
            "name another one, or leave it out for all subnets of the VPC",
        )
    check_different(argument, values)


def check_lookup_tags(tags: Mapping[str, str], *, argument: str) -> None:
    """Raise `RuleViolation` unless a VPC or a subnet can have all of `tags`; those of AWS itself may be looked for.

    EC2's tags hold any character. In a value * stands for any text and ? for any character, as in EC2's filters; a
    backslash before one of them takes it as it is.
    Source: Amazon EC2 User Guide, "Tag your Amazon EC2 resources", and EC2 API, Filter.
    """
    if not tags:
        refuse(argument, {}, "the table is empty, which anything matches", "name at least one tag, or leave it out")
    own = [key for key in tags if not key.lower().startswith("aws:")]
    if len(own) > MOST_TAGS:
        refuse(argument, f"{len(own)} tags", f"a resource has at most {MOST_TAGS}", "leave some out")
    for key, value in tags.items():
        if not 1 <= len(key) <= LONGEST_KEY:
            refuse(key or '""', value, f"a tag's key is 1 to {LONGEST_KEY} characters", "write the key as EC2 shows it")
        if len(value) > LONGEST_VALUE:
            rule = f"a tag's value is at most {LONGEST_VALUE} characters"
            refuse(key, value, rule, "write the value as EC2 shows it")
        if key == PROTOTYPE:
            refuse(key, value, "is a key that JavaScript, in which CDKTF runs, keeps for itself", "write another tag")


def check_found_one_way(ids: object, tags: object, *, ids_argument: str, tags_argument: str) -> None:
    """Raise `RuleViolation` if VPC or subnets are named both by id and by tags."""
    if ids is not None and tags is not None:
        refuse(tags_argument, tags, f"{ids_argument} names them already", "leave one of the two out")


def check_cidr_block(value: str, *, argument: str = "allowed_cidr_blocks") -> None:
    """Raise `RuleViolation` unless `value` is a range of IPv4 addresses, as EC2 writes it, and not all of them.

    IPv6 is refused: the clusters made here have IPv4 addresses only, so an IPv6 range lets nobody in.
    EC2 clears host bits by itself, and every plan would then change the rule again.
    Source: Amazon Aurora User Guide, "Amazon Aurora IP addressing": IPv6 needs a cluster of network type `DUAL`.
    """
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        refuse(argument, value, "is not a CIDR block of IPv4 addresses", 'write, for example, "10.0.0.0/16"')
    if isinstance(network, IPv6Network):
        mapped = _mapped(network)
        refuse(
            argument,
            value,
            "is a range of IPv6 addresses, and the cluster has an IPv4 address only: nobody could connect",
            f'write "{mapped}"' if mapped else 'name IPv4 ranges, for example "10.0.0.0/16"',
        )
    if str(network) != value:
        refuse(argument, value, "a CIDR block is a network with its length, without host bits", f'write "{network}"')
    _refuse_everybody(argument, value, [network])


def check_cidr_blocks(values: Sequence[str], *, argument: str = "allowed_cidr_blocks") -> None:
    """Raise `RuleViolation` unless `values` are CIDR blocks, each named once, and together not everybody."""
    for value in values:
        check_cidr_block(value, argument=argument)
    check_different(argument, values)
    _refuse_everybody(argument, values, [IPv4Network(value) for value in values])


def _mapped(network: IPv6Network) -> IPv4Network | None:
    """Return the IPv4 network that an IPv6 network stands for, as ::ffff:10.0.0.0/104 for 10.0.0.0/8."""
    address = network.network_address.ipv4_mapped
    length = network.prefixlen - (IPV6LENGTH - IPV4LENGTH)
    return None if address is None or length <= 0 else IPv4Network((address, length))


def _refuse_everybody(argument: str, value: object, networks: Sequence[IPv4Network]) -> None:
    if IPv4Network("0.0.0.0/0") in collapse_addresses(networks):
        refuse(
            argument,
            value,
            "would let the whole internet reach the database",
            "name the ranges of the networks that need it; the Data API needs none",
        )


def check_ipv6_cidr_blocks(values: Sequence[str], *, argument: str = "allowed_ipv6_cidr_blocks") -> None:
    """Raise `RuleViolation` unless `values` are ranges of IPv6 addresses, each named once, and none is everybody."""
    for value in values:
        check_ipv6_cidr_block(value, argument=argument)
    check_different(argument, values)


def check_ipv6_cidr_block(value: str, *, argument: str = "allowed_ipv6_cidr_blocks") -> None:
    """Raise `RuleViolation` unless `value` is a range of IPv6 addresses, as EC2 writes it, and not all of them."""
    try:
        network = IPv6Network(value, strict=False)
    except ValueError:
        refuse(argument, value, "is not a CIDR block of IPv6 addresses", 'write, for example, "2001:db8:1234::/56"')
    if str(network) != value:
        refuse(argument, value, "a CIDR block is a network with its length, without host bits", f'write "{network}"')
    if network.prefixlen == 0:
        refuse(
            argument,
            value,
            "would let the whole internet reach the database",
            "name the ranges of the networks that need it; the Data API needs none",
        )


def check_ipv6_is_there(network_type: str | None, values: Sequence[str], *, argument: str) -> None:
    """Raise `RuleViolation` where IPv6 ranges are let in to a cluster that has no IPv6 address."""
    if values and network_type != DUAL_STACK:
        rule = "the cluster has an IPv4 address only: nobody could connect"
        refuse(argument, values, rule, f'leave it out, or write network_type = "{DUAL_STACK}"')


def check_services(services: Sequence[str], *, argument: str = "interface_endpoints") -> None:
    """Raise `RuleViolation` unless `services` names services, each once."""
    if not services:
        refuse(argument, services, "the list is empty", "name a service, or leave it out")
    check_different(argument, services)
