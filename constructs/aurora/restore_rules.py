"""What a cluster may be restored from, and what AWS leaves off when it restores."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from aurora.rules import check_pattern, refuse

# Source: Amazon RDS API, CreateDBClusterSnapshot; automated snapshots are called `rds:<cluster>-<time>`, and those of
# AWS Backup `awsbackup:<job>`. The API also takes snapshots of a DB instance, which hold no Aurora cluster.
_SNAPSHOT: Final = r"(?:(?:rds|awsbackup):)?[A-Za-z](?:-?[A-Za-z0-9])*"
_SNAPSHOT_IDENTIFIER: Final = re.compile(
    rf"(?=.{{1,255}}\Z)(?:arn:aws:rds:[a-z0-9-]+:[0-9]{{12}}:cluster-snapshot:)?{_SNAPSHOT}"
)
# Source: Amazon RDS API, RestoreDBClusterToPointInTime; an ARN is how a cluster shared by another account is named.
_CLUSTER: Final = re.compile(r"(?:arn:aws:rds:[a-z0-9-]+:[0-9]{12}:cluster:)?(?P<identifier>[a-z](?:-?[a-z0-9]){0,62})")
_ARN_REGION: Final = re.compile(r"arn:aws:rds:(?P<region>[a-z0-9-]+):")


def check_snapshot_identifier(value: str, *, argument: str = "snapshot_identifier") -> None:
    """Raise `RuleViolation` unless `value` can be the identifier or the ARN of a cluster's snapshot."""
    check_pattern(
        argument,
        value,
        _SNAPSHOT_IDENTIFIER,
        "must be the identifier or the ARN of a snapshot of a cluster",
        'write, for example, "shop-before-upgrade" or "rds:shop-aurora-2026-10-31-03-05"',
    )


def check_source_cluster(value: str, *, argument: str = "source_cluster_identifier") -> None:
    """Raise `RuleViolation` unless `value` can be the identifier or the ARN of a cluster."""
    check_pattern(
        argument,
        value,
        _CLUSTER,
        "must be the identifier or the ARN of a cluster",
        'write, for example, "shop-aurora"',
    )


def check_restore_time(value: datetime, *, argument: str = "time") -> None:
    """Raise `RuleViolation` unless `value` is a moment, to the second: RDS takes no finer one."""
    if value.tzinfo is None:
        refuse(argument, value, "has no offset, so it is no moment", "add one: Z for UTC, or for example +02:00")
    if value.microsecond:
        refuse(argument, value, "has a fraction of a second, which RDS does not take", "write whole seconds")


def restore_time(value: datetime) -> str:
    """Return `value` as RDS and Terraform write it, in UTC: `2026-10-31T12:00:00Z`."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def check_is_other_cluster(
    source: str, cluster_identifier: str, *, argument: str = "source_cluster_identifier"
) -> None:
    """Raise `RuleViolation` if `source` names the cluster that shall be restored from it."""
    match = _CLUSTER.fullmatch(source)
    if match is not None and match["identifier"] == cluster_identifier:
        refuse(
            argument,
            source,
            "is the cluster itself, and RDS restores into a new cluster only",
            "name another cluster, or give this one another identifier",
        )


def check_source_region(source: str, region: str | None, *, argument: str) -> None:
    """Raise `RuleViolation` if `source` is an ARN of another Region than `region`, where that is known.

    RDS restores and clones within a Region.
    """
    match = _ARN_REGION.match(source)
    if match is not None and region is not None and match["region"] != region:
        refuse(
            argument,
            source,
            f"is in {match['region']}, and RDS restores within a Region, which here is {region}",
            f"copy a snapshot to {region} and name that",
        )


def restore_warnings(*, source: str, left_off: Sequence[str]) -> list[str]:
    """Return what a person should know who deploys a restored cluster.

    Args:
        source: What it is restored from, in words.
        left_off: What is asked for and is off after the restore.
    """
    warnings = [f"restore: only a new cluster is made from {source}; one that runs already stays as it is"]
    if left_off:
        warnings.append(
            f"restore: AWS restores with {' and '.join(left_off)} off; deploy a second time, which turns on what is off"
        )
    return warnings
