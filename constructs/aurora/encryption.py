"""What the ARN and the deletion window of a customer key may be."""

import re
from typing import Final

from aurora.rules import check_pattern, check_range

# Source: AWS KMS API, ScheduleKeyDeletion, PendingWindowInDays.
SHORTEST_DELETION_WINDOW_DAYS: Final = 7
LONGEST_DELETION_WINDOW_DAYS: Final = 30

_KEY_ARN: Final = re.compile(r"arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+")


def check_deletion_window(days: int, *, argument: str = "deletion_window_days") -> None:
    """Raise `RuleViolation` unless KMS can wait `days` before it deletes a key."""
    check_range(argument, days, SHORTEST_DELETION_WINDOW_DAYS, LONGEST_DELETION_WINDOW_DAYS, "days")


def check_key_arn(arn: str, *, argument: str = "key_arn") -> None:
    """Raise `RuleViolation` unless `arn` is the ARN of a key: RDS keeps it, and an alias would show as a change."""
    check_pattern(
        argument,
        arn,
        _KEY_ARN,
        "must be the ARN of a key, not of an alias",
        'write, for example, "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"',
    )
