"""Parameter groups of clusters and instances: AWS's own by default, and only of the engine version's family.

Stock moto gives each cluster a group of Aurora MySQL by default, takes a group of any family, and for clusters also one
that does not exist, so that an upgrade which AWS refuses would pass here. AWS's own groups of clusters are not there.
"""

from collections.abc import Callable
from typing import Any, Final

from moto.rds.exceptions import (
    DBClusterParameterGroupNotFoundError,
    DBParameterGroupNotFoundError,
    InvalidParameterCombination,
)
from moto.rds.models import DBClusterParameterGroup, RDSBackend

from aurora_serverless.facts.engine_versions import engine_majors
from aurora_serverless.rules.engine import ENGINE, EngineVersion
from aurora_serverless.rules.parameter_groups import parameter_group_family
from local_aws.patches.replacing import replacing

DEFAULT_PREFIX: Final = "default."


def patch() -> None:
    """Check the groups of new clusters and instances, and name and describe the default one."""

    @replacing(RDSBackend, "create_db_cluster")
    def create_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        if kwargs.get("engine") == ENGINE:
            version = EngineVersion.parse(kwargs["engine_version"])
            name = kwargs.get("db_cluster_parameter_group_name") or default_group(version)
            check_cluster_group(backend, name, version)
            kwargs["db_cluster_parameter_group_name"] = name
        return stock(backend, kwargs)

    @replacing(RDSBackend, "create_db_instance")
    def create_db_instance(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = backend.clusters.get(kwargs.get("db_cluster_identifier") or "")
        _check_group_of_member(backend, cluster, kwargs.get("db_parameter_group_name"))
        return stock(backend, kwargs)

    @replacing(RDSBackend, "modify_db_instance")
    def modify_db_instance(stock: Callable[..., Any], backend: Any, identifier: str, kwargs: Any) -> Any:
        cluster = getattr(backend.databases.get(identifier), "cluster", None)
        _check_group_of_member(backend, cluster, kwargs.get("db_parameter_group_name"))
        _ensure_default_group(backend, kwargs.get("db_parameter_group_name"))
        return stock(backend, identifier, kwargs)

    @replacing(RDSBackend, "describe_db_cluster_parameter_groups")
    def describe_db_cluster_parameter_groups(stock: Callable[..., Any], backend: Any, group_name: str | None) -> Any:
        if group_name and _is_unknown_default(backend, group_name):
            family = group_name.removeprefix(DEFAULT_PREFIX)
            group_type: Any = DBClusterParameterGroup  # abstract by its types, and moto makes it all the same
            return [group_type(backend, group_name, f"Default cluster parameter group for {family}", family)]
        return stock(backend, group_name)

    @replacing(RDSBackend, "describe_db_cluster_parameters")
    def describe_db_cluster_parameters(
        stock: Callable[..., Any], backend: Any, db_cluster_parameter_group_name: str
    ) -> Any:
        if _is_unknown_default(backend, db_cluster_parameter_group_name):
            return []
        return stock(backend, db_cluster_parameter_group_name)


def default_group(version: EngineVersion) -> str:
    """Return the name of AWS's own group, of clusters and instances alike."""
    return DEFAULT_PREFIX + parameter_group_family(version.major)


def is_custom(name: str | None) -> bool:
    """Whether a group is a customer's; an instance without one has AWS's own."""
    return bool(name) and not str(name).startswith(DEFAULT_PREFIX)


def check_cluster_group(backend: Any, name: str, version: EngineVersion) -> None:
    """Refuse a group that does not exist, or that is of another family than the version's."""
    groups = backend.db_cluster_parameter_groups
    if is_custom(name) and name not in groups:
        raise DBClusterParameterGroupNotFoundError(name)
    _check_family(name, groups[name].db_parameter_group_family if is_custom(name) else None, version)


def check_instance_group(backend: Any, name: str, version: EngineVersion) -> None:
    """Refuse a group that does not exist, or that is of another family than the version's."""
    groups = backend.db_parameter_groups
    if is_custom(name) and name not in groups:
        raise DBParameterGroupNotFoundError(name)
    _check_family(name, groups[name].family if is_custom(name) else None, version)


def _is_unknown_default(backend: Any, name: str) -> bool:
    """Whether a cluster parameter group is AWS's own, which moto does not have."""
    families = {parameter_group_family(major) for major in engine_majors()}
    is_default = not is_custom(name) and name.removeprefix(DEFAULT_PREFIX) in families
    return is_default and name not in backend.db_cluster_parameter_groups


def _check_group_of_member(backend: Any, cluster: Any, name: str | None) -> None:
    if name and cluster is not None and cluster.engine == ENGINE:
        check_instance_group(backend, name, EngineVersion.parse(cluster.engine_version))


def _ensure_default_group(backend: Any, name: str | None) -> None:
    """Make AWS's own group where a change names it: moto makes it only when an instance is described."""
    if name and not is_custom(name) and name not in backend.db_parameter_groups:
        family = name.removeprefix(DEFAULT_PREFIX)
        group = {"db_parameter_group_name": name, "db_parameter_group_family": family}
        backend.create_db_parameter_group({**group, "description": f"Default parameter group for {family}"})


def _check_family(name: str, family: str | None, version: EngineVersion) -> None:
    """Refuse the family as AWS does (mattermost/mattermost-load-test-ng 707 has its words)."""
    found, wanted = family or name.removeprefix(DEFAULT_PREFIX), parameter_group_family(version.major)
    if found != wanted:
        raise InvalidParameterCombination(
            f"The parameter group {name} with DBParameterGroupFamily {found} can't be used for this instance. "
            f"Use a parameter group with DBParameterGroupFamily {wanted}."
        )
