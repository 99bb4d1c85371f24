"""The three ways in which a cluster is made from data that is there already."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from aurora_serverless.rules.restore import check_restore_time, check_snapshot_identifier, check_source_cluster
from aurora_serverless.rules.tokens import check_unless_token


@dataclass(frozen=True)
class RestoreSource:
    """What a new cluster is made from: make one with `snapshot`, `point_in_time` or `clone`.

    Database, master user and encryption are then the source's, and the engine version too unless it is a snapshot.
    """

    snapshot_identifier: str | None = None
    cluster_identifier: str | None = None
    time: datetime | None = None
    is_clone: bool = False

    @classmethod
    def snapshot(cls, identifier: str) -> Self:
        """Restore a snapshot of a cluster, given by identifier or ARN, on the engine version that is asked for."""
        check_unless_token(check_snapshot_identifier, identifier)
        return cls(snapshot_identifier=identifier)

    @classmethod
    def point_in_time(cls, source_cluster_identifier: str, *, time: datetime | None = None) -> Self:
        """Copy a cluster, given by identifier or ARN, as it was at `time`, by default at the last restorable time."""
        check_unless_token(check_source_cluster, source_cluster_identifier)
        if time is not None:
            check_restore_time(time)
        return cls(cluster_identifier=source_cluster_identifier, time=time)

    @classmethod
    def clone(cls, source_cluster_identifier: str) -> Self:
        """Share the pages of a cluster, given by identifier or ARN, until one of the two changes them."""
        check_unless_token(check_source_cluster, source_cluster_identifier)
        return cls(cluster_identifier=source_cluster_identifier, is_clone=True)

    @property
    def keeps_engine_version(self) -> bool:
        """Whether the new cluster runs the source's engine version, whatever is asked for."""
        return self.cluster_identifier is not None
