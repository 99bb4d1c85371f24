"""What Terraform checks before and after a cluster is made, and which of its changes are not Terraform's to undo."""

from collections.abc import Sequence
from typing import Final

from cdktf import Op, Postcondition, Precondition, TerraformResourceLifecycle, Token

from aurora_serverless.rules.tokens import is_token

IGNORED_CHANGES: Final = (
    "snapshot_identifier",
    "restore_to_point_in_time",
    "global_cluster_identifier",
    "replication_source_identifier",
    "source_region",
    "final_snapshot_identifier",
    "engine_lifecycle_support",
)
"""Arguments of the creation that say nothing of a cluster once it is there.

The first two and the source's Region name where its data came from, and a change of them, or leaving them out, would
replace the cluster. The two between are moved by whoever makes a cluster part of a global database, or fails over in
one: Terraform would tear it out again, or promote it. They are ignored on every cluster, and not only where they are
set: what was restored or replicated must outlive the day on which the configuration no longer says so. The last
but one is a name that a cluster keeps until it is replaced, for whatever reason; the last is sent at creation only, and
compared afterwards (`kept_arguments`).
"""


def cluster_lifecycle(
    minimum_acu: float,
    maximum_acu: float,
    *,
    postconditions: Sequence[Postcondition],
    prevent_destroy: bool,
    sent_changes: Sequence[str] = (),
) -> TerraformResourceLifecycle:
    """Return the lifecycle of a cluster.

    Terraform compares the capacities that Python cannot see: a variable's validation cannot, since in Terraform 1.5 it
    refers to no other variable.
    """
    compares = is_token(minimum_acu) or is_token(maximum_acu)
    condition = Precondition(
        condition=Token.as_string(Op.lte(minimum_acu, maximum_acu)),
        error_message=f"min_capacity ({minimum_acu} ACU) must not be above max_capacity ({maximum_acu} ACU): "
        "lower the first or raise the second.",
    )
    return TerraformResourceLifecycle(
        precondition=[condition] if compares else None,
        postcondition=list(postconditions) or None,
        prevent_destroy=prevent_destroy or None,
        ignore_changes=[argument for argument in IGNORED_CHANGES if argument not in sent_changes],
    )
