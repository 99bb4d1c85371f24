"""A name that is taken is refused.

Stock moto silently replaces a cluster or a subnet group when another of its name is created. A Terraform that was
killed before it wrote its state would then go on as if nothing had happened, which it cannot on AWS.
"""

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import RDSClientError
from moto.rds.models import RDSBackend

from local_aws.patches.replacing import replacing


def patch() -> None:
    """Refuse a second cluster or subnet group of one name."""

    @replacing(RDSBackend, "create_db_cluster")
    def create_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        if kwargs["db_cluster_identifier"] in backend.clusters:
            raise RDSClientError("DBClusterAlreadyExistsFault", "DB Cluster already exists")
        return stock(backend, kwargs)

    @replacing(RDSBackend, "create_subnet_group")
    def create_subnet_group(stock: Callable[..., Any], backend: Any, name: str, *args: Any, **kwargs: Any) -> Any:
        if name in backend.subnet_groups:
            raise RDSClientError("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists.")
        return stock(backend, name, *args, **kwargs)
