"""What stands between a mistake and the data, and no longer does."""

from collections.abc import Iterator
from typing import Final

from analysis.review.comparison import Comparison
from analysis.review.finding import Finding, Severity
from analysis.review.findings.switches import number, turned

_CLUSTERS: Final = ("aws_rds_cluster", "aws_rds_global_cluster", "aws_db_instance")
_SWITCHES: Final = (
    turned(_CLUSTERS, "deletion_protection", False, Severity.HIGH, "a wrong plan or a click deletes the database"),
    turned(_CLUSTERS, "skip_final_snapshot", True, Severity.HIGH, "deleting it leaves nothing to restore from"),
    turned(
        ("aws_rds_cluster", "aws_db_instance"),
        "delete_automated_backups",
        True,
        Severity.MEDIUM,
        "its automated backups go with the cluster",
        unset=True,
    ),
)


def prevent_destroy(comparison: Comparison) -> Iterator[Finding]:
    """Terraform's refusal to plan a destruction."""
    for pair in comparison.pairs:
        if pair.before is None or pair.after is None:
            continue
        if pair.before.lifecycle.get("prevent_destroy") is True and not pair.after.lifecycle.get("prevent_destroy"):
            yield Finding(
                Severity.HIGH, pair.address, "prevent_destroy is off", "Terraform may plan to destroy or replace it"
            )


def recovery_window(comparison: Comparison) -> Iterator[Finding]:
    """Days in which a deleted secret can be brought back."""
    # Source: Secrets Manager's API, DeleteSecret: 30 days where none are given.
    for pair in comparison.of_type("aws_secretsmanager_secret"):
        was, now = number(pair, "recovery_window_in_days", unset=30)
        if was is not None and now is not None and now < was:
            yield Finding(
                Severity.HIGH if now == 0 else Severity.MEDIUM,
                pair.address,
                f"a deleted secret is kept for {now:g} days, not {was:g}",
                "it is gone at once" if now == 0 else "there is less time to notice",
            )


def key_deletion_window(comparison: Comparison) -> Iterator[Finding]:
    """Days in which the deletion of a key can be called off."""
    # Source: KMS's API, ScheduleKeyDeletion: 7 to 30 days, 30 where none are given.
    for pair in comparison.of_type("aws_kms_key"):
        was, now = number(pair, "deletion_window_in_days", unset=30)
        if was is not None and now is not None and now < was:
            yield Finding(
                Severity.MEDIUM,
                pair.address,
                f"a deleted key is kept for {now:g} days, not {was:g}",
                "with the key goes all that it encrypts",
            )


RULES: Final = (*_SWITCHES, prevent_destroy, recovery_window, key_deletion_window)
