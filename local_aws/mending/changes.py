"""Changes of a cluster: IAM authentication and log exports are changed too, and a refused change loses nothing.

Stock moto sets each argument as an attribute of its own name. IAM authentication is reported from another one, and
the change of the log exports is looked for under a wrong name: both stay as they were, and each plan would change
them again. A request that moto refuses half-way also makes the cluster disappear, and one for an unknown
cluster answers 500.
"""

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import DBClusterNotFoundError
from moto.rds.models import RDSBackend

from local_aws.mending.replacing import replacing


def mend() -> None:
    """Apply the two changes, and put the cluster back when a change is refused."""

    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        identifier = kwargs["db_cluster_identifier"]
        if identifier not in backend.clusters:
            raise DBClusterNotFoundError(identifier)
        cluster = backend.clusters[identifier]
        try:
            stock(backend, kwargs)
        except Exception:
            backend.clusters[identifier] = cluster
            raise
        _apply_iam_authentication(cluster, kwargs)
        _apply_log_exports(cluster, kwargs)
        return cluster


def _apply_iam_authentication(cluster: Any, kwargs: Any) -> None:
    enabled = kwargs.get("enable_iam_database_authentication")
    if enabled is not None:
        cluster.iam_auth = enabled


def _apply_log_exports(cluster: Any, kwargs: Any) -> None:
    change = kwargs.get("cloudwatch_logs_export_configuration") or {}
    off = set(change.get("disable_log_types", []))
    on = set(change.get("enable_log_types", []))
    cluster.enabled_cloudwatch_logs_exports = sorted(set(cluster.enabled_cloudwatch_logs_exports) - off | on)
