"""Interface endpoints: one subnet a zone, and private DNS where the VPC has DNS and no other endpoint has the name.

Stock moto makes every endpoint that it is asked for, so that a stack which AWS refuses would pass here.
"""

from collections.abc import Callable, Iterable
from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models.vpcs import VPCBackend

from local_aws.patches.replacing import replacing

INTERFACE = "interface"


def patch() -> None:
    """Refuse what AWS refuses, at creation and change."""

    @replacing(VPCBackend, "create_vpc_endpoint")
    def create_vpc_endpoint(stock: Callable[..., Any], backend: Any, **kwargs: Any) -> Any:
        if (kwargs["endpoint_type"] or "").lower() == INTERFACE:
            _refuse_two_in_a_zone(backend, kwargs["subnet_ids"] or [])
            if kwargs["private_dns_enabled"]:
                _refuse_private_dns(backend, kwargs["vpc_id"], kwargs["service_name"])
        return stock(backend, **kwargs)

    @replacing(VPCBackend, "modify_vpc_endpoint")
    def modify_vpc_endpoint(stock: Callable[..., None], backend: Any, **kwargs: Any) -> None:
        [endpoint] = backend.describe_vpc_endpoints(vpc_end_point_ids=[kwargs["vpc_id"]])
        if endpoint.vpc_endpoint_type.lower() == INTERFACE:
            staying = set(endpoint.subnet_ids) - set(kwargs["remove_subnets"] or [])
            _refuse_two_in_a_zone(backend, staying | set(kwargs["add_subnets"] or []))
        stock(backend, **kwargs)


def _refuse_two_in_a_zone(backend: Any, subnet_ids: Iterable[str]) -> None:
    zones = set()
    for subnet_id in subnet_ids:
        zone = backend.get_subnet(subnet_id).availability_zone
        if zone in zones:
            raise EC2ClientError(
                "DuplicateSubnetsInSameZone",
                f"Found another VPC endpoint subnet in the availability zone of {subnet_id}. VPC endpoint subnets "
                "should be in different availability zones supported by the VPC endpoint service.",
            )
        zones.add(zone)


def _refuse_private_dns(backend: Any, vpc_id: str, service_name: str) -> None:
    vpc = backend.get_vpc(vpc_id)
    if not (vpc.enable_dns_support and vpc.enable_dns_hostnames):
        raise EC2ClientError(
            "InvalidParameter",
            "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true for "
            f"{vpc_id}",
        )
    for other in backend.vpc_end_points.values():
        if (other.vpc_id, other.service_name, other.state) == (vpc_id, service_name, "available"):
            _, _, region, service = service_name.split(".", maxsplit=3)
            raise EC2ClientError(
                "InvalidParameter",
                "private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                f"{service}.{region}.amazonaws.com in the VPC {vpc_id}",
            )
