"""Changes that wait for the maintenance window, where the request does not say that they shall be applied at once.

Stock moto applies every change at once and reports no pending values. AWS lets these wait, and applies the rest at once
whatever `ApplyImmediately` says: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html
(EngineVersion; IAM authentication and the new identifier in its earlier editions, and among PendingModifiedValues) and
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html. The window comes on request only:
`local_aws/maintenance.py`.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from moto.rds.models import BlueGreenDeployment, DBCluster, DBInstance, RDSBackend

from local_aws.patches.replacing import adding, adding_property, replacing

# By argument, as moto names them, the pending value that AWS reports.
_OF_CLUSTERS: Final = {
    "engine_version": "EngineVersion",
    "enable_iam_database_authentication": "IAMDatabaseAuthenticationEnabled",
    "new_db_cluster_identifier": "DBClusterIdentifier",
}
_OF_INSTANCES: Final = {
    "db_instance_class": "DBInstanceClass",
    "ca_certificate_identifier": "CACertificateIdentifier",
    "new_db_instance_identifier": "DBInstanceIdentifier",
}
# What belongs to a major upgrade waits with it.
_OF_UPGRADES: Final = (
    "allow_major_version_upgrade",
    "db_cluster_parameter_group_name",
    "db_instance_parameter_group_name",
)


def patch() -> None:
    """Keep what waits, report it, and apply it with the next change that is applied at once."""
    adding_property(DBCluster, "pending_modified_values", property(lambda found: _reported(found, _OF_CLUSTERS)))
    adding_property(DBInstance, "pending_modified_values", property(lambda found: _reported(found, _OF_INSTANCES)))

    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = backend.clusters[kwargs["db_cluster_identifier"]]
        waiting = [*_OF_CLUSTERS]
        if _major(kwargs.get("engine_version")) not in (None, _major(cluster.engine_version)):
            waiting += _OF_UPGRADES
        _let_wait(cluster, kwargs, waiting)
        return stock(backend, kwargs)

    @replacing(BlueGreenDeployment, "switchover")
    def switchover(stock: Callable[..., None], deployment: Any) -> None:
        """Rename clusters and instances at once: moto does so as if by requests."""
        deployment.backend.patched_waits_for_nothing = True
        try:
            stock(deployment)
        finally:
            del deployment.backend.patched_waits_for_nothing

    stock_change = RDSBackend.modify_db_instance

    @adding(RDSBackend, "patched_apply_instance_change")
    def apply_instance_change(backend: Any, identifier: str, kwargs: Any) -> Any:
        return stock_change(backend, identifier, kwargs)

    @replacing(RDSBackend, "modify_db_instance")
    def modify_db_instance(_stock: Callable[..., Any], backend: Any, identifier: str, kwargs: Any) -> Any:
        if identifier in backend.databases:
            _let_wait(backend.databases[identifier], kwargs, [*_OF_INSTANCES])
        return backend.patched_apply_instance_change(identifier, kwargs)


def apply_pending(backend: Any) -> Iterator[str]:
    """Apply what waits in a Region, and yield the ARN of each cluster and instance that is changed."""
    for cluster in list(backend.clusters.values()):
        if pending := _taken(cluster):
            backend.patched_apply_change({"db_cluster_identifier": cluster.db_cluster_identifier, **pending})
            yield cluster.db_cluster_arn
    for instance in list(backend.databases.values()):
        if pending := _taken(instance):
            backend.patched_apply_instance_change(instance.db_instance_identifier, pending)
            yield instance.db_instance_arn


def _let_wait(resource: Any, kwargs: Any, names: list[str]) -> None:
    """Take what waits out of a request, or put what has waited until now into it."""
    if kwargs.get("apply_immediately") or hasattr(resource.backend, "patched_waits_for_nothing"):
        for name, value in _taken(resource).items():
            if kwargs.get(name) is None:
                kwargs[name] = value
        return
    pending: dict[str, Any] = resource.__dict__.setdefault("patched_pending", {})
    for name in names:
        if kwargs.get(name) is None:
            continue
        pending.pop(name, None)
        if _is_changed(resource, kwargs, name):
            pending[name] = kwargs.pop(name)


def _major(version: str | None) -> str | None:
    return version.partition(".")[0] if version else None


def _taken(resource: Any) -> dict[str, Any]:
    taken: dict[str, Any] = resource.__dict__.pop("patched_pending", {})
    return taken


def _is_changed(resource: Any, kwargs: Any, name: str) -> bool:
    """Whether a request asks for another value than the resource has."""
    attribute = {"enable_iam_database_authentication": "iam_auth"}.get(name, name)
    return bool(kwargs.get(name) is not None and kwargs[name] != getattr(resource, attribute, None))


def _reported(resource: Any, names: dict[str, str]) -> dict[str, Any]:
    pending = vars(resource).get("patched_pending", {})
    return {reported: pending[name] for name, reported in names.items() if name in pending}
