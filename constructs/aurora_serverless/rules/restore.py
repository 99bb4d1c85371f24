"""What a cluster may be restored from, and what AWS leaves off when it restores."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.arns import ArnKind, check_arn, check_in_region, parse_arn
from aurora_serverless.rules.violation import check_pattern, refuse

# Source: Amazon RDS API, CreateDBClusterSnapshot; automated snapshots are called `rds:<cluster>-<time>`, and those of
# AWS Backup `awsbackup:<job>`. The API also takes snapshots of a DB instance, which hold no Aurora cluster.
_LONGEST_SNAPSHOT: Final = limit("rds_cluster_snapshot_identifier_longest")
_LONGEST_CLUSTER: Final = limit("rds_cluster_identifier_longest")
_SNAPSHOT: Final = rf"(?=.{{1,{_LONGEST_SNAPSHOT}}}\Z)(?:(?:rds|awsbackup):)?[A-Za-z](?:-?[A-Za-z0-9])*"
# Source: Amazon RDS API, RestoreDBClusterToPointInTime; an ARN is how a cluster shared by another account is named.
_CLUSTER: Final = rf"(?=.{{1,{_LONGEST_CLUSTER}}}\Z)[a-z](?:-?[a-z0-9])*"
CLUSTER_SNAPSHOT: Final = ArnKind(
    "the identifier or the ARN of a snapshot of a cluster",
    "rds",
    re.compile(f"cluster-snapshot:{_SNAPSHOT}"),
    "arn:aws:rds:us-east-1:123456789012:cluster-snapshot:shop-before-upgrade",
)
CLUSTER: Final = ArnKind(
    "the identifier or the ARN of a cluster",
    "rds",
    re.compile(f"cluster:{_CLUSTER}"),
    "arn:aws:rds:us-east-1:123456789012:cluster:shop-aurora",
)
# The service is older than its clusters.
_FIRST_YEAR: Final = 2014
_LAST_YEAR: Final = 9998


def check_snapshot_identifier(value: str, *, argument: str = "snapshot_identifier") -> None:
    """Raise `RuleViolation` unless `value` can be the identifier or the ARN of a cluster's snapshot."""
    remedy = 'write, for example, "shop-before-upgrade" or "rds:shop-aurora-2026-10-31-03-05"'
    _check_identifier_or_arn(value, CLUSTER_SNAPSHOT, _SNAPSHOT, argument, remedy)


def check_source_cluster(value: str, *, argument: str = "source_cluster_identifier") -> None:
    """Raise `RuleViolation` unless `value` can be the identifier or the ARN of a cluster."""
    _check_identifier_or_arn(value, CLUSTER, _CLUSTER, argument, 'write, for example, "shop-aurora"')


def _check_identifier_or_arn(value: str, kind: ArnKind, identifier: str, argument: str, remedy: str) -> None:
    if parse_arn(value) is not None:
        check_arn(value, kind, argument=argument)
    else:
        check_pattern(argument, value, re.compile(identifier), f"must be {kind.what}", remedy)


def check_restore_time(value: datetime, *, argument: str = "time") -> None:
    """Raise `RuleViolation` unless `value` is a moment that a backup can be of, to the second: RDS takes no finer."""
    if value.tzinfo is None:
        refuse(argument, value, "has no offset, so it is not a moment", "add one: Z for UTC, or for example +02:00")
    try:
        value.astimezone(UTC)
    except OverflowError:
        refuse(argument, value, "is in UTC not within the years 1 to 9999", "name a moment whose data is there")
    if value.microsecond:
        refuse(argument, value, "has a fraction of a second, which RDS does not take", "write whole seconds")
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        refuse(
            argument,
            value,
            f"is in the year {value.year}, of which no cluster has a backup",
            "write a moment within the source's backup retention",
        )


def restore_time(value: datetime) -> str:
    """Return `value` as RDS and Terraform write it, in UTC: `2026-10-31T12:00:00Z`."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def check_is_other_cluster(
    source: str, cluster_identifier: str, *, argument: str = "source_cluster_identifier"
) -> None:
    """Raise `RuleViolation` if `source` names the cluster that shall be restored from it."""
    arn = parse_arn(source)
    if (source if arn is None else arn.resource.removeprefix("cluster:")) == cluster_identifier:
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
    check_in_region(
        source,
        region,
        argument=argument,
        why="RDS restores within a Region",
        remedy=f"copy a snapshot to {region} and name that",
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
