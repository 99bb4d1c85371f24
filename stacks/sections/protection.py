"""`[protection]`: what stands between a mistake and the data."""

from pydantic import Field

from stacks.sections.section import Section


class Protection(Section):
    """Protection of the cluster and its data."""

    deletion_protection: bool | None = Field(
        default=None, description="Whether AWS refuses to delete the cluster; by default it does not."
    )
    prevent_destroy: bool = Field(default=False, description="Whether Terraform refuses to plan deleting the cluster.")
    final_snapshot: bool = Field(
        default=False, description="Whether a snapshot is taken when the cluster is deleted, under a name of its own."
    )
    copy_tags_to_snapshots: bool | None = Field(
        default=None, description="Whether snapshots get the cluster's tags; by default they do not."
    )
