"""What makes a cluster the secondary of a global database: it gets its data, its users and its names from another."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GlobalReplica:
    """The global database that a cluster joins when it is created, read-only until it is promoted."""

    global_cluster_identifier: str
    """Identifier of the global cluster, whose primary is in another Region."""

    source_region: str
    """Region of its primary."""
