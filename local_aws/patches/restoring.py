"""A restored cluster has its source's data, and only those settings that the request names.

Stock moto copies the source whole: the Data API and IAM authentication are on where they were, the deletion protection
too, and a copy of a global database's member is in it as well. On AWS they are off unless the request turns them on,
and no request can turn on the Data API: a second deploy must, which here would have nothing to do. A customer key also
encrypts a cluster that is restored from a snapshot without a KMS key, and is refused for a copy of a cluster without.
"""

from collections.abc import Callable, Mapping
from typing import Any

from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import RDSBackend

from local_aws.patches.insights import KEPT_BY_CLUSTERS
from local_aws.patches.replacing import replacing


def patch() -> None:
    """Settle what is restored, from a snapshot and to a point in time."""

    @replacing(RDSBackend, "restore_db_cluster_from_snapshot")
    def restore_db_cluster_from_snapshot(
        stock: Callable[..., Any], backend: Any, from_snapshot_id: str, overrides: Mapping[str, Any]
    ) -> Any:
        cluster = stock(backend, from_snapshot_id, overrides)
        if overrides.get("kms_key_id"):
            cluster.storage_encrypted = True
        return _settled(cluster, overrides)

    @replacing(RDSBackend, "restore_db_cluster_to_point_in_time")
    def restore_db_cluster_to_point_in_time(stock: Callable[..., Any], backend: Any, **request: Any) -> Any:
        [source] = backend.describe_db_clusters(request["source_db_cluster_identifier"])
        if request.get("kms_key_id") and not source.storage_encrypted:
            raise InvalidParameterCombination("KmsKeyId cannot be specified: the source DB cluster isn't encrypted.")
        return _settled(stock(backend, **request), request)


def _settled(cluster: Any, request: Mapping[str, Any]) -> Any:
    cluster.enable_http_endpoint = False
    cluster.iam_auth = bool(request.get("enable_iam_database_authentication"))
    cluster.deletion_protection = bool(request.get("deletion_protection"))
    cluster.copy_tags_to_snapshot = bool(request.get("copy_tags_to_snapshot"))
    cluster.global_cluster_identifier = None
    for name, default in KEPT_BY_CLUSTERS.items():
        setattr(cluster, name, request.get(name, default))
    return cluster
