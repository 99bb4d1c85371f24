"""Upgrades of the engine version: refused where AWS refuses them, and a major one takes the parameter groups along.

Stock moto sets any version: lower ones, versions that are no upgrade target, a new major version without a word that
it is allowed, with parameter groups of the old one, and on one member of a global database only.
"""

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import RDSBackend

from aurora_serverless.rules.engine import ENGINE, EngineVersion
from local_aws.patches.engine_versions import find_version, upgrade_targets
from local_aws.patches.global_databases import global_cluster_of
from local_aws.patches.parameter_groups import check_cluster_group, check_instance_group, default_group, is_custom
from local_aws.patches.replacing import replacing


def patch() -> None:
    """Check an upgrade that ModifyDBCluster asks for, and name the parameter groups that come with it."""

    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = backend.clusters[kwargs["db_cluster_identifier"]]
        if cluster.engine == ENGINE:
            _settle(backend, cluster, kwargs)
        return stock(backend, kwargs)


def target_version(running: str, requested: str | None) -> EngineVersion | None:
    """Return the version that a request asks a cluster to be upgraded to; None where it runs already.

    Raises InvalidParameterCombination for an unknown version and for one that is not an upgrade target.
    """
    now = find_version(running)
    if requested is None or requested == str(now.major):  # Terraform sends the major version with every change
        return None
    target = find_version(requested)
    if target == now:
        return None
    if target not in upgrade_targets(now):
        raise InvalidParameterCombination(f"Cannot upgrade {ENGINE} from {now} to {target}")
    return target


def check_major_is_allowed(running: str, target: EngineVersion, *, is_allowed: bool | None) -> bool:
    """Return whether the upgrade is a major one. Raises InvalidParameterCombination for one that is not allowed."""
    is_major = target.major != find_version(running).major
    if is_major and not is_allowed:
        raise InvalidParameterCombination(
            "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
        )
    return is_major


def _settle(backend: Any, cluster: Any, kwargs: Any) -> None:
    """Check a request, and write into it the version and the groups that the cluster gets."""
    running = cluster.engine_version
    target = target_version(running, kwargs.get("engine_version"))
    if "engine_version" in kwargs:
        kwargs["engine_version"] = str(target or running)
    is_major = target is not None and target.major != find_version(running).major
    if is_major and global_cluster_of(cluster) is not None:
        raise InvalidParameterCombination(
            "Major Version Upgrade isn't supported in a single member of a global cluster. "
            "Use ModifyGlobalCluster to upgrade all the members."
        )
    if target is not None:
        check_major_is_allowed(running, target, is_allowed=kwargs.get("allow_major_version_upgrade"))
        _check_replicas(cluster, target)
    if kwargs.get("db_instance_parameter_group_name") and not is_major:
        # hashicorp/terraform-provider-aws 30605
        raise InvalidParameterCombination(
            "The parameter db-instance-parameter-group-name can only be specified for a major version upgrade."
        )
    if is_major and target is not None:
        _settle_groups(cluster, target, kwargs)
        check_instance_group(backend, kwargs["db_instance_parameter_group_name"], target)
    if kwargs.get("db_cluster_parameter_group_name"):
        check_cluster_group(backend, kwargs["db_cluster_parameter_group_name"], target or find_version(running))


def _settle_groups(cluster: Any, target: EngineVersion, kwargs: Any) -> None:
    """Take AWS's own groups of the new version where those of the old one are there, and ask for any other."""
    custom = {
        "instance": next((each.db_parameter_group_name for each in cluster._members if _has_custom_group(each)), None),
        "cluster": cluster.parameter_group if is_custom(cluster.parameter_group) else None,
    }
    for kind, name in custom.items():
        argument = f"db_{kind}_parameter_group_name"
        if name and not kwargs.get(argument):
            raise InvalidParameterCombination(
                f"The current DB {kind} parameter group {name} is custom. You must explicitly specify a new DB {kind} "
                "parameter group, either default or custom, for the engine version upgrade."
            )
        kwargs[argument] = kwargs.get(argument) or default_group(target)


def _has_custom_group(instance: Any) -> bool:
    return is_custom(instance.db_parameter_group_name)


def _check_replicas(cluster: Any, target: EngineVersion) -> None:
    """Refuse to upgrade a writer before its replicas in other Regions: they must run the same version or a later one.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBCluster.html, EngineVersion. The words
    are our own.
    """
    found = global_cluster_of(cluster)
    if found is None or not cluster.is_writer:
        return
    for member in found.members:
        if member is not cluster and find_version(member.engine_version) < target:
            raise InvalidParameterCombination(
                f"Cannot upgrade {ENGINE} from {cluster.engine_version} to {target}: upgrade the secondary cluster "
                f"{member.db_cluster_arn} first, which runs {member.engine_version}."
            )
