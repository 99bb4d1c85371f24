"""What is kept for a shorter time than before."""

import math
from collections.abc import Iterator
from typing import Final

from analysis.review.comparison import Comparison
from analysis.review.finding import Finding, Severity
from analysis.review.findings.left_out import is_kept
from analysis.review.findings.switches import number, turned

_SWITCHES: Final = (
    turned(
        ("aws_rds_cluster", "aws_rds_cluster_instance"),
        "performance_insights_enabled",
        False,
        Severity.LOW,
        "nobody can see any more which query caused the load",
    ),
)


def backups(comparison: Comparison) -> Iterator[Finding]:
    """Days that a cluster can be restored to."""
    # Source: RDS's API, CreateDBCluster: one day where none are given.
    for pair in comparison.of_type("aws_rds_cluster", "aws_db_instance"):
        was, now = number(pair, "backup_retention_period", unset=1)
        if is_kept(comparison, pair, "backup_retention_period"):
            continue
        if was is not None and now is not None and now < was:
            severity = Severity.HIGH if now <= 1 else Severity.MEDIUM
            yield Finding(
                severity,
                pair.address,
                f"backups are kept for {now:g} days, not {was:g}",
                "older days cannot be restored",
            )


def logs(comparison: Comparison) -> Iterator[Finding]:
    """Days that a log is kept."""
    # Source: CloudWatch Logs' API, PutRetentionPolicy: events never expire where none are given; the provider says 0.
    for pair in comparison.of_type("aws_cloudwatch_log_group"):
        was, now = (days or math.inf for days in number(pair, "retention_in_days", unset=0))
        if pair.before is not None and pair.after is not None and now < was:
            before = "for ever" if was == math.inf else f"{was:g} days"
            yield Finding(
                Severity.MEDIUM,
                pair.address,
                f"logs are kept for {now:g} days, not {before}",
                "AWS deletes the older ones",
            )


def insights(comparison: Comparison) -> Iterator[Finding]:
    """What is known of past load."""
    for pair in comparison.of_type("aws_rds_cluster", "aws_rds_cluster_instance"):
        was, now = number(pair, "performance_insights_retention_period")
        if was is not None and now is not None and now < was:
            what = f"insights are kept for {now:g} days, not {was:g}"
            yield Finding(Severity.LOW, pair.address, what, "older load cannot be analyzed")


RULES: Final = (*_SWITCHES, backups, logs, insights)
