"""Deleting a cluster: its automated snapshots go with it, and the last snapshot must be asked for or refused.

Stock moto keeps the automated snapshots for ever, so nothing is ever destroyed without a rest, and deletes a
cluster without a word on its last snapshot, which AWS does not.
"""

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.responses import RDSResponse

from local_aws.mending.replacing import replacing


def mend() -> None:
    """Delete the automated snapshots unless asked to keep them, and check what is said on the last snapshot."""

    @replacing(RDSResponse, "delete_db_cluster")
    def delete_db_cluster(stock: Callable[..., Any], response: Any) -> Any:
        skips = bool(response.params.get("SkipFinalSnapshot"))
        final = response.params.get("FinalDBSnapshotIdentifier")
        if not skips and not final:
            raise InvalidParameterCombination(
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified."
            )
        if skips and final:
            raise InvalidParameterCombination(
                "FinalDBSnapshotIdentifier cannot be specified when SkipFinalSnapshot is enabled."
            )
        result = stock(response)
        if response.params.get("DeleteAutomatedBackups") is not False:
            _delete_automated_snapshots(response.backend, response.params["DBClusterIdentifier"])
        return result


def _delete_automated_snapshots(backend: Any, cluster_identifier: str) -> None:
    automated = [
        identifier
        for identifier, snapshot in backend.cluster_snapshots.items()
        if snapshot.snapshot_type == "automated"
        and snapshot.cluster.db_cluster_identifier == cluster_identifier.lower()
    ]
    for identifier in automated:
        del backend.cluster_snapshots[identifier]
