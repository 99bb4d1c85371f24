"""What AWS answers to a request that finds a cluster or an instance in the wrong state, or not at all.

Stock moto changes and deletes in any state, forgets at once what it deletes, and answers 500 to a change of an unknown
cluster. A key that is disabled or about to be deleted leaves the cluster as it was.
"""

from collections.abc import Callable
from typing import Any, Final

from moto.rds.exceptions import DBClusterNotFoundError, InvalidDBClusterStateFault, KMSKeyNotAccessibleFault
from moto.rds.exceptions import RDSClientError as RdsError
from moto.rds.models import DBCluster, RDSBackend
from moto.rds.responses import RDSResponse

from local_aws.patches.durations import is_going, keep_while_deleting, occupy
from local_aws.patches.replacing import replacing, replacing_property

AVAILABLE: Final = "available"
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html
INACCESSIBLE: Final = "inaccessible-encryption-credentials-recoverable"
_UNUSABLE_KEYS: Final = {"Disabled", "PendingDeletion"}


def patch() -> None:
    """Look for the resource, and at its state, before anything else does."""
    _fix_clusters()
    _fix_deletion()
    _fix_instances()
    stock_status = replacing_property(DBCluster, "status")(
        property(
            lambda cluster: stock_status.__get__(cluster) if _key_is_usable(cluster) else INACCESSIBLE,
            DBCluster.status.fset,  # type: ignore[attr-defined]
        )
    )


def _fix_clusters() -> None:
    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = _cluster(backend, kwargs["db_cluster_identifier"])
        if cluster.status != AVAILABLE:
            # aws-controllers-k8s/community 1107 has AWS's words
            raise InvalidDBClusterStateFault(
                f"DB cluster is not available for modification with status {cluster.status}"
            )
        return stock(backend, kwargs)

    @replacing(RDSBackend, "failover_db_cluster")
    def failover_db_cluster(stock: Callable[..., Any], backend: Any, db_cluster_identifier: str, **kwargs: Any) -> Any:
        _refuse_unavailable(_cluster(backend, db_cluster_identifier))
        return stock(backend, db_cluster_identifier, **kwargs)

    @replacing(RDSResponse, "create_db_cluster_snapshot")
    def create_db_cluster_snapshot(stock: Callable[..., Any], response: Any) -> Any:
        _refuse_unavailable(_cluster(response.backend, response.params["DBClusterIdentifier"]))
        return stock(response)


def _fix_deletion() -> None:
    @replacing(RDSBackend, "delete_db_cluster")
    def delete_db_cluster(
        stock: Callable[..., Any], backend: Any, cluster_identifier: str, snapshot_name: str | None = None
    ) -> Any:
        cluster = _cluster(backend, cluster_identifier)
        if cluster.status == INACCESSIBLE and snapshot_name:
            raise KMSKeyNotAccessibleFault(cluster.kms_key_id)
        if cluster.status != INACCESSIBLE:
            _refuse_unavailable(cluster)
        going = [member for member in cluster._members if is_going(member)]
        for member in going:
            del backend.databases[member.db_instance_identifier]
        try:
            stock(backend, cluster_identifier, snapshot_name)
            keep_while_deleting(backend.clusters, cluster_identifier, cluster)
        finally:
            backend.databases.update({member.db_instance_identifier: member for member in going})
        return cluster

    @replacing(DBCluster, "designate_writer")
    def designate_writer(_stock: Callable[..., None], cluster: Any) -> None:
        staying = [member for member in cluster._members if not is_going(member)]
        if staying and not any(member.is_cluster_writer for member in staying):
            for member in cluster._members:
                member.is_cluster_writer = False
            min(staying, key=lambda member: member.promotion_tier).is_cluster_writer = True


def _fix_instances() -> None:
    @replacing(RDSBackend, "create_db_instance")
    def create_db_instance(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = backend.clusters.get(kwargs.get("db_cluster_identifier") or "")
        if cluster is not None and cluster.status not in {AVAILABLE, "creating", "modifying"}:
            _refuse_unavailable(cluster)
        return stock(backend, kwargs)

    @replacing(RDSBackend, "modify_db_instance")
    def modify_db_instance(stock: Callable[..., Any], backend: Any, identifier: str, kwargs: Any) -> Any:
        instance = backend.databases.get(identifier)
        if instance is not None and instance.status != AVAILABLE:
            # hashicorp/terraform-provider-aws 30637 has AWS's words
            raise RdsError("InvalidDBInstanceState", "Database instance is not in available state.")
        changed = stock(backend, identifier, kwargs)
        occupy(changed, "modifying")
        return changed

    @replacing(RDSBackend, "delete_db_instance")
    def delete_db_instance(stock: Callable[..., Any], backend: Any, db_instance_identifier: str, **kwargs: Any) -> Any:
        instance = backend.databases.get(db_instance_identifier)
        if instance is not None and is_going(instance):
            # hashicorp/terraform-provider-aws 5624 has AWS's words
            raise RdsError("InvalidDBInstanceState", f"Instance {db_instance_identifier} is already being deleted.")
        deleted = stock(backend, db_instance_identifier, **kwargs)
        keep_while_deleting(backend.databases, db_instance_identifier, deleted)
        return deleted


def _cluster(backend: Any, identifier: str) -> Any:
    if identifier not in backend.clusters:
        raise DBClusterNotFoundError(identifier)
    return backend.clusters[identifier]


def _refuse_unavailable(cluster: Any) -> None:
    """Refuse the request; Terraform's provider looks for these words of AWS's."""
    if cluster.status != AVAILABLE:
        raise InvalidDBClusterStateFault(
            f"DB cluster {cluster.db_cluster_identifier} is not currently in the available state: {cluster.status}."
        )


def _key_is_usable(cluster: Any) -> bool:
    """Whether a cluster's key can be used; one that KMS does not know is taken for a good one."""
    if not cluster.storage_encrypted:
        return True
    try:
        key = cluster.backend.kms.describe_key(cluster.kms_key_id.rpartition("/")[2])
    except KeyError:
        return True
    return key.key_state not in _UNUSABLE_KEYS
