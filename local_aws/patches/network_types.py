"""Network types of clusters: DUAL only where each subnet of the subnet group has an IPv6 range.

Stock moto takes any, its subnet groups do not say which they support, and the state of a subnet's IPv6 range is a text
that no client understands. Source: Amazon Aurora User Guide, "Amazon
Aurora IP addressing"; Amazon RDS API, DBSubnetGroup, SupportedNetworkTypes.
"""

from collections.abc import Callable
from typing import Any

from moto.ec2.models.subnets import Subnet
from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import DBSubnetGroup, RDSBackend

from aurora_serverless.rules.network import DUAL_STACK
from local_aws.patches.replacing import adding_property, replacing, replacing_property


def patch() -> None:
    """Report what subnet groups support, and check the type of a new cluster, and of a changed one."""
    stock_ranges = replacing_property(Subnet, "ipv6_cidr_block_association_set")(
        property(lambda subnet: [_with_state(one) for one in stock_ranges.__get__(subnet)])
    )
    adding_property(DBSubnetGroup, "supported_network_types", property(_supported))

    @replacing(RDSBackend, "create_db_cluster")
    def create_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        _check(backend, kwargs.get("network_type"), kwargs.get("db_subnet_group_name"))
        return stock(backend, kwargs)

    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = backend.clusters[kwargs["db_cluster_identifier"]]
        _check(backend, kwargs.get("network_type"), vars(cluster).get("db_subnet_group_name"))
        return stock(backend, kwargs)


def _with_state(association: dict[str, Any]) -> dict[str, Any]:
    return {**association, "ipv6CidrBlockState": association["ipv6CidrBlockState"]["state"]}


def _supported(group: Any) -> list[str]:
    has_ipv6 = all(subnet.ipv6_cidr_block_association_set for subnet in group._subnets)
    return ["IPV4", DUAL_STACK] if has_ipv6 else ["IPV4"]


def _check(backend: Any, network_type: str | None, subnet_group: str | None) -> None:
    group = backend.subnet_groups.get((subnet_group or "").lower())
    if network_type == DUAL_STACK and (group is None or DUAL_STACK not in group.supported_network_types):
        raise InvalidParameterCombination(
            f"The DB subnet group {subnet_group} does not support the network type {network_type}: each of its subnets "
            "needs an IPv6 CIDR block."
        )
