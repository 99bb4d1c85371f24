"""Protective arguments that a resource keeps when they are taken out of its configuration, and a new one would lack."""

from collections.abc import Iterator, Mapping
from typing import Final

from analysis.review.comparison import Comparison, Pair
from analysis.review.finding import Finding, Severity
from analysis.review.replacement import kept_when_removed

_PROTECTIVE: Final[Mapping[str, tuple[str, ...]]] = {
    "aws_rds_cluster": (
        "storage_encrypted",
        "kms_key_id",
        "master_user_secret_kms_key_id",
        "performance_insights_kms_key_id",
        "backup_retention_period",
    ),
    "aws_rds_global_cluster": ("storage_encrypted",),
    "aws_kms_key": ("policy",),
    "aws_secretsmanager_secret": ("policy",),
    "aws_sns_topic": ("policy",),
    "aws_vpc_endpoint": ("policy",),
}


def no_longer_said(comparison: Comparison) -> Iterator[Finding]:
    """Arguments that protect what is deployed, though its configuration no longer says so."""
    for pair in comparison.of_type(*_PROTECTIVE):
        for argument in _PROTECTIVE[pair.type]:
            if pair.was(argument) not in (None, False) and is_kept(comparison, pair, argument):
                yield Finding(
                    Severity.LOW,
                    pair.address,
                    f"{argument} is no longer set",
                    "what is deployed keeps it; a recreated one gets AWS's default",
                )


RULES: Final = (no_longer_said,)


def is_kept(comparison: Comparison, pair: Pair, argument: str) -> bool:
    """Whether a resource keeps an argument although it is no longer given, because it is not created again."""
    return (
        argument in kept_when_removed(pair.type)
        and pair.before is not None
        and pair.after is not None
        and pair.now(argument) is None
        and pair.address not in comparison.replacements
    )
