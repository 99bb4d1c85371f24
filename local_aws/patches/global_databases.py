"""Global databases: members of any Region join and leave, and a secondary is told what it cannot have.

Stock moto finds a source, and a member that leaves, in one Region only, and calls the member by the ARN of its global
cluster instead of the identifier, so that Terraform never finds it in it, and cannot take it out. It has no writer
then, drops tags and lifecycle support, lists all global clusters when asked for one, cannot change any nor its tags,
keeps telling the version that it began with, and lets a secondary have users and passwords, which AWS refuses.
"""

from collections.abc import Callable, Iterable
from typing import Any

from moto.core.responses import ActionResult
from moto.rds.exceptions import DBClusterNotFoundError, InvalidParameterCombination, RDSClientError
from moto.rds.models import GlobalCluster, RDSBackend, rds_backends
from moto.rds.responses import RDSResponse

from local_aws.patches.replacing import adding, adding_property, replacing

DEFAULT_LIFECYCLE_SUPPORT = "open-source-rds-extended-support"

# What AWS refuses of a secondary, in its words.
REFUSED = {
    "database_name": "database name",
    "master_username": "user name",
    "master_user_password": "password",
}


def patch() -> None:
    """Let clusters of all Regions join and leave, and check what is asked for a secondary."""
    _fix_creation()
    _fix_leaving()
    _fix_the_rest()

    def engine_version(found: Any) -> str:
        version: str = next((each.engine_version for each in found.members if each.is_writer), found.patched_version)
        return version

    def set_engine_version(found: Any, value: str) -> None:
        found.patched_version = value

    adding_property(GlobalCluster, "engine_version", property(engine_version, set_engine_version))

    @replacing(RDSBackend, "_get_resource_for_tagging")
    def get_resource_for_tagging(stock: Callable[..., Any], backend: Any, arn: str) -> Any:
        # Its ARN names no Region, and so looks like none to moto.
        if ":global-cluster:" in arn:
            return find_global_cluster(backend.account_id, arn.rpartition(":")[2])
        return stock(backend, arn)

    @replacing(RDSBackend, "create_db_cluster")
    def create_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        identifier = kwargs.get("global_cluster_identifier")
        if identifier and find_global_cluster(backend.account_id, identifier).members:
            _check_secondary(kwargs, find_global_cluster(backend.account_id, identifier))
        return stock(backend, kwargs)


def _fix_creation() -> None:
    @replacing(RDSResponse, "create_global_cluster")
    def create_global_cluster(stock: Callable[..., Any], response: Any) -> Any:
        source_arn = response.params.get("SourceDBClusterIdentifier")
        if not source_arn:
            return stock(response)
        source = _cluster(response.current_account, source_arn)
        made: Any = GlobalCluster(
            backend=response.global_backend,
            global_cluster_identifier=response.params["GlobalClusterIdentifier"],
            engine=source.engine,
            engine_version=source.engine_version,
            storage_encrypted=source.storage_encrypted,
            deletion_protection=response.params.get("DeletionProtection"),
        )
        made.engine_lifecycle_support = response.params.get("EngineLifecycleSupport") or DEFAULT_LIFECYCLE_SUPPORT
        made.tags = response.params.get("Tags") or []
        made.members.append(source)
        source.global_cluster_identifier = made.global_cluster_identifier
        source.is_writer = True
        response.global_backend.global_clusters[made.global_cluster_identifier] = made
        return ActionResult({"GlobalCluster": made})


def _fix_leaving() -> None:
    @replacing(RDSBackend, "remove_from_global_cluster")
    def remove_from_global_cluster(
        _stock: Callable[..., Any], backend: Any, global_cluster_identifier: str, db_cluster_identifier: str
    ) -> Any:
        found = find_global_cluster(backend.account_id, global_cluster_identifier)
        for member in found.members:
            if db_cluster_identifier in (member.db_cluster_arn, member.db_cluster_identifier):
                found.members.remove(member)
                member.global_cluster_identifier = None
                return found
        raise DBClusterNotFoundError(db_cluster_identifier)


def _fix_the_rest() -> None:
    @replacing(RDSResponse, "describe_global_clusters")
    def describe_global_clusters(stock: Callable[..., Any], response: Any) -> Any:
        asked = response.params.get("GlobalClusterIdentifier")
        if asked:
            return ActionResult({"GlobalClusters": [find_global_cluster(response.current_account, asked)]})
        return stock(response)

    @adding(RDSResponse, "modify_global_cluster")
    def modify_global_cluster(response: Any) -> ActionResult:
        found = find_global_cluster(response.current_account, response.params["GlobalClusterIdentifier"])
        if response.params.get("DeletionProtection") is not None:
            found.deletion_protection = response.params["DeletionProtection"]
        return ActionResult({"GlobalCluster": found})

    @replacing(RDSBackend, "delete_global_cluster")
    def delete_global_cluster(stock: Callable[..., Any], backend: Any, global_cluster_identifier: str) -> Any:
        if find_global_cluster(backend.account_id, global_cluster_identifier).deletion_protection:
            raise InvalidParameterCombination(
                "Cannot delete protected Cluster, please disable deletion protection and try again."
            )
        return stock(backend, global_cluster_identifier)


def _check_secondary(request: Any, global_cluster: Any) -> None:
    for name, what in REFUSED.items():
        if request.get(name):
            raise InvalidParameterCombination(f"Cannot specify {what} for cross region replication cluster")
    if global_cluster.storage_encrypted and not request.get("kms_key_id"):
        raise InvalidParameterCombination("For encrypted cross-region replica, kmsKeyId should be explicitly specified")


def global_cluster_of(cluster: Any) -> Any:
    """Return the global database that a cluster is a member of, or None."""
    identifier = cluster.global_cluster_identifier
    return find_global_cluster(cluster.account_id, identifier) if identifier else None


def _backends(account_id: str) -> Iterable[Any]:
    return list(rds_backends[account_id].values())


def find_global_cluster(account_id: str, identifier: str) -> Any:
    """Return a global database by its identifier, wherever it was created. Raises GlobalClusterNotFoundFault."""
    for backend in _backends(account_id):
        if identifier in backend.global_clusters:
            return backend.global_clusters[identifier]
    raise RDSClientError("GlobalClusterNotFoundFault", f"Global cluster {identifier} not found")


def _cluster(account_id: str, arn: str) -> Any:
    for backend in _backends(account_id):
        for cluster in backend.clusters.values():
            if cluster.db_cluster_arn == arn:
                return cluster
    raise DBClusterNotFoundError(arn)
