"""`[protection]`: what stands between a mistake and the data."""

from stacks.sections.section import Section, option


class Protection(Section):
    """Protection of the cluster and its data."""

    deletion_protection: bool | None = option(
        "Whether AWS refuses to delete the cluster.",
        default=None,
        unset="off",
        makes="`deletion_protection` of the cluster",
        example=True,
    )
    prevent_destroy: bool = option(
        "Whether Terraform refuses to plan deleting or replacing the cluster.",
        default=False,
        makes="`lifecycle.prevent_destroy` of the cluster",
        example=True,
    )
    final_snapshot: bool = option(
        "Whether a snapshot is taken when the cluster is deleted. Its name ends in the deployment's random suffix, so "
        "that no second delete fails on the name of the first.",
        default=False,
        makes="`final_snapshot_identifier` of the cluster, and `random_id.suffix` with mode managed",
        costs="backup storage for as long as the snapshot is kept",
        example=True,
    )
    copy_tags_to_snapshots: bool | None = option(
        "Whether snapshots get the cluster's tags.",
        default=None,
        unset="off",
        makes="`copy_tags_to_snapshot` of cluster and instances",
        example=True,
    )
