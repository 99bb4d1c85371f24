"""How AWS encrypts a cluster, and what the ARN and the deletion window of a customer key may be."""

from typing import Final

from aurora_serverless.facts.encryption_types import encryption_types
from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.arns import KEY, check_arn
from aurora_serverless.rules.violation import check_range

# Source: AWS KMS API, ScheduleKeyDeletion, PendingWindowInDays.
SHORTEST_DELETION_WINDOW_DAYS: Final = limit("kms_deletion_window_shortest")
LONGEST_DELETION_WINDOW_DAYS: Final = limit("kms_deletion_window_longest")

# The values of StorageEncryptionType, from `facts/encryption_types.csv`.
NOT_ENCRYPTED: Final = "none"
KMS_KEY: Final = "sse-kms"
AWS_OWNED_KEY: Final = "sse-rds"


def encrypted_since() -> str:
    """Return the day since which AWS encrypts each new cluster, such as 1 May 2026."""
    day = encryption_types()[AWS_OWNED_KEY].default_since
    assert day is not None  # noqa: S101 (the file says it)
    return f"{day.day} {day:%B %Y}"


def check_deletion_window(days: int, *, argument: str = "deletion_window_days") -> None:
    """Raise `RuleViolation` unless KMS can wait `days` before it deletes a key."""
    check_range(argument, days, SHORTEST_DELETION_WINDOW_DAYS, LONGEST_DELETION_WINDOW_DAYS, "days")


def check_key_arn(arn: str, *, argument: str = "key_arn") -> None:
    """Raise `RuleViolation` unless `arn` is the ARN of a key: RDS keeps it, and an alias would show as a change."""
    check_arn(arn, KEY, argument=argument)
