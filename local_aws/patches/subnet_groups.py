"""Subnet groups: at least two availability zones, and a changed group is still there afterwards.

Stock moto accepts subnets of a single zone, which AWS refuses, and loses a group when it is modified: the next
plan would create it again.
"""

from collections.abc import Callable, Iterable
from typing import Any

from moto.rds.exceptions import DBSubnetGroupNotFoundError, RDSClientError
from moto.rds.models import RDSBackend

from aurora_serverless.facts.limits import limit
from local_aws.patches.replacing import replacing

LEAST_ZONES = limit("rds_subnet_group_least_zones")


def patch() -> None:
    """Check the zones at creation and change, and keep the changed group."""

    @replacing(RDSBackend, "create_subnet_group")
    def create_subnet_group(stock: Callable[..., Any], backend: Any, name: str, *args: Any) -> Any:
        _description, subnets, _tags = args
        _refuse_single_zone(subnets)
        return stock(backend, name, *args)

    @replacing(RDSBackend, "modify_db_subnet_group")
    def modify_db_subnet_group(
        stock: Callable[..., Any], backend: Any, name: str, description: str, subnets: list[Any]
    ) -> Any:
        if name not in backend.subnet_groups:
            raise DBSubnetGroupNotFoundError(name)
        _refuse_single_zone(subnets)
        group = stock(backend, name, description, subnets)
        backend.subnet_groups[name] = group
        return group


def _refuse_single_zone(subnets: Iterable[Any]) -> None:
    zones = sorted({subnet.availability_zone for subnet in subnets})
    if len(zones) < LEAST_ZONES:
        raise RDSClientError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
            f"Current AZ coverage: {', '.join(zones)}. Add subnets to cover at least {LEAST_ZONES} AZs.",
        )
