"""`[protection]`: what stands between a mistake and the data."""

from collections.abc import Sequence
from typing import Annotated

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.section import Rule, Section, checked_by, option
from aurora_serverless.rules.names import check_identifier
from aurora_serverless.rules.violation import refuse

_LONGEST = limit("rds_cluster_identifier_longest")


class Protection(Section):
    """Protection of the cluster and its data."""

    deletion_protection: bool | None = option(
        "Whether AWS refuses to delete the cluster. Terraform then refuses to plan that too: it would delete the "
        "instances first. To delete it, deploy once without protection, then destroy; to replace it, deploy once "
        "without protection and with prevent_destroy, then the change.",
        default=None,
        unset="off",
        makes="`deletion_protection` and `lifecycle.prevent_destroy` of the cluster",
        example=True,
    )
    prevent_destroy: bool = option(
        "Whether Terraform refuses to plan deleting or replacing the cluster.",
        default=False,
        makes="`lifecycle.prevent_destroy` of the cluster",
        example=True,
    )
    final_snapshot: bool = option(
        "Whether a snapshot is taken when the cluster is deleted. Its name ends in the moment at which the cluster was "
        "made, so that no second delete fails on the name of the first.",
        default=False,
        makes="`skip_final_snapshot` of the cluster, and `random_id.suffix` with mode managed",
        costs="backup storage for as long as the snapshot is kept",
        example=True,
    )
    final_snapshot_identifier: Annotated[str, checked_by(check_identifier)] | None = option(
        "Another name for the final snapshot. Only a cluster created without a name needs one, before "
        "final_snapshot can be turned on: the plan says so. It must be another for each cluster. With final_snapshot "
        "only.",
        default=None,
        unset="`<cluster>-final-<suffix>-<time>`",
        allowed=f"1 to {_LONGEST} lower-case letters, digits and single hyphens, first a letter",
        makes="`final_snapshot_identifier` of the cluster",
        example="alex-aurora-final-1",
    )
    copy_tags_to_snapshots: bool | None = option(
        "Whether snapshots get the cluster's tags.",
        default=None,
        unset="off",
        makes="`copy_tags_to_snapshot` of cluster and instances",
        example=True,
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """A final snapshot has a name where there is one."""
        return (self._name_suits_snapshot,)

    def _name_suits_snapshot(self) -> None:
        if self.final_snapshot_identifier is not None and not self.final_snapshot:
            refuse(
                "final_snapshot_identifier",
                self.final_snapshot_identifier,
                "there is no final snapshot to name",
                "leave it out, or write final_snapshot = true",
            )
