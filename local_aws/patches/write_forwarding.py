"""Write forwarding of a cluster's readers, and of a secondary: reported and changed.

Stock moto forgets the local one, and takes the global one at creation only. AWS reports the local one as a status.
"""

from collections.abc import Callable, Mapping
from typing import Any

from moto.rds.models import DBCluster, RDSBackend

from local_aws.patches.replacing import adding_property, replacing


def patch() -> None:
    """Keep what a creation, a restore and a change ask for."""
    adding_property(DBCluster, "local_write_forwarding_status", property(_status))

    @replacing(DBCluster, "__init__")
    def creation(stock: Callable[..., None], cluster: Any, *args: Any, **kwargs: Any) -> None:
        stock(cluster, *args, **kwargs)
        _keep(cluster, kwargs)

    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = stock(backend, kwargs)
        _keep(backend.clusters[kwargs.get("new_db_cluster_identifier") or kwargs["db_cluster_identifier"]], kwargs)
        return cluster


def _keep(cluster: Any, kwargs: Mapping[str, Any]) -> None:
    if kwargs.get("enable_local_write_forwarding") is not None:
        cluster.patched_local_write_forwarding = kwargs["enable_local_write_forwarding"]
    if kwargs.get("enable_global_write_forwarding") is not None:
        cluster._global_write_forwarding_requested = kwargs["enable_global_write_forwarding"]


def _status(cluster: Any) -> str | None:
    enabled: bool | None = vars(cluster).get("patched_local_write_forwarding")
    return None if enabled is None else "enabled" if enabled else "disabled"
