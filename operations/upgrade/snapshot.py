"""The snapshot before an upgrade: the only way back from a major upgrade, which cannot be undone in place."""

import time
from collections.abc import Callable
from typing import Any, Final

from operations.errors import ErrorKind, OperationsError, failed
from operations.times import duration
from operations.upgrade.subject import UpgradeSubject

POLL_SECONDS: Final = 5.0


def free_name(subject: UpgradeSubject) -> str:
    """Return a name that no snapshot of the account and Region has. Raises what boto3 does."""
    first = f"{subject.target.cluster_identifier}-before-{str(subject.to).replace('.', '-')}"
    pages = subject.client("rds").get_paginator("describe_db_cluster_snapshots").paginate(SnapshotType="manual")
    taken = {snapshot["DBClusterSnapshotIdentifier"] for page in pages for snapshot in page["DBClusterSnapshots"]}
    number, name = 1, first
    while name in taken:
        number += 1
        name = f"{first}-{number}"
    return name


def take(
    subject: UpgradeSubject,
    name: str,
    *,
    deadline_seconds: float,
    on_progress: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Make the snapshot and wait until it is available. Raises OperationsError, and what boto3 does."""
    rds = subject.client("rds")
    rds.create_db_cluster_snapshot(
        DBClusterIdentifier=subject.target.cluster_identifier, DBClusterSnapshotIdentifier=name
    )
    started = clock()
    while True:
        snapshot = _described(rds, name)
        status = snapshot["Status"]
        if status == "available":
            return
        if status not in {"creating", "pending"}:
            raise failed(f"the snapshot {name} is {status}: nothing was changed; delete it and try again")
        if clock() - started > deadline_seconds:
            raise OperationsError(
                f"the snapshot {name} is not available after {duration(deadline_seconds)}, and nothing was changed: "
                "AWS is still creating it; try again with a longer --deadline-seconds",
                ErrorKind.TOO_LATE,
            )
        on_progress(f"snapshot {name}: {snapshot.get('PercentProgress', 0)} %")
        sleep(POLL_SECONDS)


def _described(rds: Any, name: str) -> dict[str, Any]:
    [found] = rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=name)["DBClusterSnapshots"]
    result: dict[str, Any] = found
    return result
