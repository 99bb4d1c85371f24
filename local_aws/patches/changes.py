"""Changes of a cluster: IAM authentication and log exports are changed too, and a refused change loses nothing.

Stock moto sets each argument as an attribute of its own name. IAM authentication is reported from another one, and
the change of the log exports is looked for under a wrong name: both stay as they were, and each plan would change
them again. A request that moto refuses half-way also makes the cluster disappear.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from moto.rds.models import RDSBackend

from local_aws.patches.durations import occupy
from local_aws.patches.reboots import restart_upgraded
from local_aws.patches.replacing import adding, replacing

UPGRADING: Final = "upgrading"


def patch() -> None:
    """Apply the two changes, and put the cluster back when a change is refused.

    `patched_apply_change` of a backend is what changes a cluster, whoever asks for it and when; it checks nothing.
    """
    stock_change = RDSBackend.modify_db_cluster

    @adding(RDSBackend, "patched_apply_change")
    def apply_change(backend: Any, kwargs: Any) -> Any:
        identifier = kwargs["db_cluster_identifier"]
        cluster = backend.clusters[identifier]
        status = _status_of_change(cluster, kwargs)
        try:
            stock_change(backend, kwargs)
        except Exception:
            backend.clusters[identifier] = cluster
            raise
        _apply_iam_authentication(cluster, kwargs)
        _apply_log_exports(cluster, kwargs)
        _apply_instance_group(cluster, kwargs)
        occupy(cluster, status)
        if status == UPGRADING:
            vars(cluster).get("patched_pending", {}).pop("engine_version", None)  # it would be a downgrade now
            for instance in cluster._members:
                occupy(instance, status)
                restart_upgraded(instance)
        return cluster

    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(_stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        return backend.patched_apply_change(kwargs)


def _status_of_change(cluster: Any, kwargs: Mapping[str, Any]) -> str:
    """Return what a cluster does while it is changed.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html
    """
    if kwargs.get("engine_version") not in (None, cluster.engine_version):
        return UPGRADING
    return "resetting-master-credentials" if kwargs.get("master_user_password") else "modifying"


def _apply_iam_authentication(cluster: Any, kwargs: Mapping[str, Any]) -> None:
    enabled = kwargs.get("enable_iam_database_authentication")
    if enabled is not None:
        cluster.iam_auth = enabled


def _apply_log_exports(cluster: Any, kwargs: Mapping[str, Any]) -> None:
    change = kwargs.get("cloudwatch_logs_export_configuration") or {}
    off = set(change.get("disable_log_types", []))
    on = set(change.get("enable_log_types", []))
    cluster.enabled_cloudwatch_logs_exports = sorted(set(cluster.enabled_cloudwatch_logs_exports) - off | on)


def _apply_instance_group(cluster: Any, kwargs: Mapping[str, Any]) -> None:
    name = kwargs.get("db_instance_parameter_group_name")
    for instance in cluster._members if name else ():
        instance.db_parameter_group_name = name
