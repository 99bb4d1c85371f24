"""Performance Insights, Database Insights, enhanced monitoring and lifecycle support are kept and reported.

Stock moto drops them, on clusters wholly and on instances for the most part, so each plan would turn them on
again. What is set on an Aurora cluster holds for its instances, as on AWS: that shows when a configuration
sets it on both, which makes every plan a change.
"""

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import DBCluster, DBInstance, DBInstanceClustered, RDSBackend

from aurora_serverless.facts.limits import limit
from local_aws.patches.replacing import adding_property, replacing

DEFAULT_RETENTION_DAYS = limit("rds_insights_retention_standard")
ADVANCED_RETENTION_DAYS = limit("rds_insights_retention_advanced")

# The arguments that both kinds of resource take and stock moto drops, with AWS's defaults.
KEPT: dict[str, Any] = {
    "enable_performance_insights": False,
    "performance_insights_kms_key_id": None,
    "performance_insights_retention_period": None,
    "database_insights_mode": None,
    "engine_lifecycle_support": "open-source-rds-extended-support",
}
KEPT_BY_CLUSTERS: dict[str, Any] = KEPT | {"monitoring_interval": None, "monitoring_role_arn": None}


def patch() -> None:
    """Keep the arguments, report them, and let instances inherit from their cluster."""
    _keep(DBCluster, KEPT_BY_CLUSTERS)
    _keep(DBInstance, KEPT)
    _check_advanced_mode()
    _check_monitoring_level()

    adding_property(DBCluster, "performance_insights_enabled", property(_has_insights))
    _reported_by_clusters("performance_insights_retention_period", _retention)
    _reported_by_clusters(
        "database_insights_mode", lambda cluster: vars(cluster)["database_insights_mode"] or "standard"
    )

    adding_property(DBInstanceClustered, "performance_insights_enabled", property(_instance_has_insights))
    _inherited("performance_insights_retention_period", _retention)
    _inherited("performance_insights_kms_key_id", lambda owner: vars(owner)["performance_insights_kms_key_id"])
    _inherited("database_insights_mode", lambda owner: vars(owner)["database_insights_mode"] or "standard")
    _inherited("engine_lifecycle_support", lambda owner: vars(owner)["engine_lifecycle_support"], always=True)
    for name in ("monitoring_interval", "monitoring_role_arn"):
        _inherited_monitoring(name)


def _keep(owner: type, defaults: dict[str, Any]) -> None:
    @replacing(owner, "__init__")
    def creation(stock: Callable[..., None], resource: Any, *args: Any, **kwargs: Any) -> None:
        stock(resource, *args, **kwargs)
        for name, default in defaults.items():
            value = kwargs.get(name)
            setattr(resource, name, default if value is None else value)


def _has_insights(owner: Any) -> bool:
    return bool(owner.enable_performance_insights)


def _instance_has_insights(instance: Any) -> bool:
    return _has_insights(instance) or _has_insights(instance.cluster)


def _retention(owner: Any) -> int | None:
    if not _has_insights(owner):
        return None
    return vars(owner)["performance_insights_retention_period"] or DEFAULT_RETENTION_DAYS


def _reported_by_clusters(name: str, report: Callable[[Any], Any]) -> None:
    adding_property(DBCluster, name, property(report, _setter(name)))


def _inherited(name: str, report: Callable[[Any], Any], *, always: bool = False) -> None:
    def of_instance(instance: Any) -> Any:
        from_cluster = always or _has_insights(instance.cluster)
        return report(instance.cluster if from_cluster else instance)

    adding_property(DBInstanceClustered, name, property(of_instance, _setter(name)))


def _inherited_monitoring(name: str) -> None:
    def of_instance(instance: Any) -> Any:
        cluster = getattr(instance, "cluster", None)
        return vars(cluster if cluster is not None and cluster.monitoring_interval else instance)[name]

    adding_property(DBInstanceClustered, name, property(of_instance, _setter(name)))


def _setter(name: str) -> Callable[[Any, Any], None]:
    def keep(resource: Any, value: Any) -> None:
        vars(resource)[name] = value

    return keep


def _check_advanced_mode() -> None:
    """AWS refuses the advanced mode of Database Insights without long enough Performance Insights."""

    @replacing(RDSBackend, "create_db_cluster")
    def create_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        _refuse_advanced_mode_alone(kwargs.get)
        return stock(backend, kwargs)

    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = backend.clusters[kwargs["db_cluster_identifier"]]
        _refuse_advanced_mode_alone(lambda name: vars(cluster)[name] if kwargs.get(name) is None else kwargs[name])
        return stock(backend, kwargs)


def _refuse_advanced_mode_alone(setting: Callable[[str], Any]) -> None:
    if setting("database_insights_mode") != "advanced":
        return
    retention = setting("performance_insights_retention_period") or 0
    if not setting("enable_performance_insights") or retention < ADVANCED_RETENTION_DAYS:
        raise InvalidParameterCombination(
            "To enable the Advanced mode of Database Insights, modify your cluster to enable Performance Insights "
            f"and set the retention period for Performance Insights to at least {ADVANCED_RETENTION_DAYS} days."
        )


def _check_monitoring_level() -> None:
    """AWS refuses enhanced monitoring of an instance that differs from its cluster's."""

    @replacing(RDSBackend, "create_db_instance")
    def create_db_instance(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        _refuse_other_interval(backend.clusters.get(kwargs.get("db_cluster_identifier") or ""), kwargs)
        return stock(backend, kwargs)

    @replacing(RDSBackend, "modify_db_instance")
    def modify_db_instance(stock: Callable[..., Any], backend: Any, identifier: str, kwargs: Any) -> Any:
        _refuse_other_interval(getattr(backend.databases.get(identifier), "cluster", None), kwargs)
        return stock(backend, identifier, kwargs)


def _refuse_other_interval(cluster: Any, kwargs: Any) -> None:
    requested = kwargs.get("monitoring_interval")
    if cluster is not None and cluster.monitoring_interval and requested not in (None, cluster.monitoring_interval):
        raise InvalidParameterCombination("MonitoringInterval conflicts with cluster level parameter.")
