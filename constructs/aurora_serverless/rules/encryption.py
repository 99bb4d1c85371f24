"""How AWS encrypts a cluster, and what the ARN, the alias and the rest of a customer key may be."""

import re
from typing import Final

from aurora_serverless.facts.encryption_types import encryption_types
from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.arns import KEY, check_arn
from aurora_serverless.rules.violation import check_pattern, check_range, refuse

# Source: AWS KMS API, ScheduleKeyDeletion, PendingWindowInDays.
SHORTEST_DELETION_WINDOW_DAYS: Final = limit("kms_deletion_window_shortest")
LONGEST_DELETION_WINDOW_DAYS: Final = limit("kms_deletion_window_longest")

_LONGEST_ALIAS: Final = limit("kms_alias_name_longest") - len("alias/")
_ALIAS: Final = re.compile(rf"[A-Za-z0-9/_-]{{1,{_LONGEST_ALIAS}}}")
_LONGEST_DESCRIPTION: Final = limit("kms_description_longest")
"""Source: AWS KMS API, CreateKey."""

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


def full_alias_name(alias_name: str) -> str:
    """Return the name of a key's alias as KMS has it."""
    return f"alias/{alias_name}"


def check_alias_name(value: str, *, argument: str = "alias_name") -> None:
    """Raise `RuleViolation` unless `value`, behind `alias/`, may name a key."""
    if value.startswith("alias/"):
        refuse(argument, value, "alias/ is put before it", f'write "{value.removeprefix("alias/")}"')
    if value.startswith("aws/"):
        refuse(argument, value, "must not start with aws/, which AWS keeps for its own keys", "write another name")
    check_pattern(
        argument,
        value,
        _ALIAS,
        "a key's alias is 1 to 250 letters, digits and /_- after alias/",
        'write, for example, "alex-aurora"',
    )


def check_description(value: str, *, argument: str = "description") -> None:
    """Raise `RuleViolation` unless KMS takes `value` as a key's description."""
    if len(value) > _LONGEST_DESCRIPTION:
        refuse(argument, value, f"a key's description has at most {_LONGEST_DESCRIPTION} characters", "shorten it")
