"""Deleting a cluster: refused where AWS refuses it, before anything is gone, and its automated snapshots go with it.

Stock moto keeps the automated snapshots for ever, so nothing is ever destroyed without a rest. It deletes a cluster
without a word on its last snapshot, and a member of a global database. A last snapshot whose name is taken is refused
only after the master user's secret is deleted, and the last instance of a global database's writer goes before the
readers.
"""

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import (
    DBClusterSnapshotAlreadyExistsError,
    InvalidDBClusterStateFault,
    InvalidParameterCombination,
)
from moto.rds.models import RDSBackend
from moto.rds.responses import RDSResponse

from local_aws.patches.global_databases import global_cluster_of
from local_aws.patches.replacing import replacing


def patch() -> None:
    """Check a deletion, and delete the automated snapshots unless asked to keep them."""

    @replacing(RDSResponse, "delete_db_cluster")
    def delete_db_cluster(stock: Callable[..., Any], response: Any) -> Any:
        _check_last_snapshot(response.params)
        result = stock(response)
        if response.params.get("DeleteAutomatedBackups") is not False:
            _delete_automated_snapshots(response.backend, response.params["DBClusterIdentifier"])
        return result

    @replacing(RDSBackend, "delete_db_cluster")
    def delete_known_cluster(
        stock: Callable[..., Any], backend: Any, cluster_identifier: str, snapshot_name: str | None = None
    ) -> Any:
        cluster = backend.clusters.get(cluster_identifier)
        if cluster is not None and not cluster.deletion_protection and not cluster.members:
            _refuse_member(cluster)
            if snapshot_name and snapshot_name in backend.cluster_snapshots:
                raise DBClusterSnapshotAlreadyExistsError(snapshot_name)
        return stock(backend, cluster_identifier, snapshot_name)

    @replacing(RDSBackend, "delete_db_instance")
    def delete_db_instance(stock: Callable[..., Any], backend: Any, db_instance_identifier: str, **kwargs: Any) -> Any:
        _refuse_last_instance_of_writer(backend.databases.get(db_instance_identifier))
        return stock(backend, db_instance_identifier, **kwargs)


def _check_last_snapshot(params: Any) -> None:
    skips = bool(params.get("SkipFinalSnapshot"))
    final = params.get("FinalDBSnapshotIdentifier")
    if not skips and not final:
        raise InvalidParameterCombination(
            "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
        )
    if skips and final:
        raise InvalidParameterCombination(
            "FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is enabled."
        )


def _refuse_member(cluster: Any) -> None:
    """Refuse a member of a global database; the words are those that Terraform's provider looks for."""
    if global_cluster_of(cluster) is not None:
        raise InvalidDBClusterStateFault(
            "This cluster is a part of a global cluster, please remove it from globalcluster first"
        )


def _refuse_last_instance_of_writer(instance: Any) -> None:
    """Refuse it while there are readers in other Regions (awslabs/amazon-documentdb-tools 126 has the words)."""
    cluster = getattr(instance, "cluster", None)
    if cluster is None or not cluster.is_writer or len(cluster.members) > 1:
        return
    found = global_cluster_of(cluster)
    if found is not None and len(found.members) > 1:
        raise InvalidDBClusterStateFault(
            "Cannot delete the last instance of the master cluster. "
            "Delete the replica cluster before deleting the last master cluster instance."
        )


def _delete_automated_snapshots(backend: Any, cluster_identifier: str) -> None:
    automated = [
        identifier
        for identifier, snapshot in backend.cluster_snapshots.items()
        if snapshot.snapshot_type == "automated"
        and snapshot.cluster.db_cluster_identifier == cluster_identifier.lower()
    ]
    for identifier in automated:
        del backend.cluster_snapshots[identifier]
