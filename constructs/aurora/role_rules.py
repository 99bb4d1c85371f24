"""IAM's rules for roles that use a database: their paths and boundaries, and what they may read."""

import re
from collections.abc import Sequence
from typing import Final

from aurora.encryption import check_key_arn
from aurora.rules import check_pattern, refuse

# Source: IAM API, CreateRole: Path, PermissionsBoundary. Of the characters that a path may hold only those that an ARN
# in a policy takes literally.
_PATH: Final = re.compile(r"/([A-Za-z0-9+=,.@_-]+/)*")
_LONGEST_PATH: Final = 512
_BOUNDARY: Final = re.compile(r"arn:aws:iam::(aws|[0-9]{12}):policy/[A-Za-z0-9+=,.@_/-]+")
# Source: AWS Secrets Manager User Guide, "What's in a Secrets Manager secret?": ARNs end in six random characters.
_SECRET_ARN: Final = re.compile(
    r"arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@!-]{1,512}-[A-Za-z0-9]{6}"
)
_SHORT_NAME: Final = re.compile(r"[a-z](-?[a-z0-9])*")


def check_role_path(value: str, *, argument: str = "path") -> None:
    """Raise `RuleViolation` unless `value` may be the path of a role."""
    rule = f"a role's path is / or starts and ends with /, and has at most {_LONGEST_PATH} characters"
    remedy = 'write, for example, "/service/"'
    check_pattern(argument, value, _PATH, rule, remedy)
    if len(value) > _LONGEST_PATH:
        refuse(argument, value, rule, remedy)


def check_permissions_boundary_arn(value: str, *, argument: str = "permissions_boundary_arn") -> None:
    """Raise `RuleViolation` unless `value` is the ARN of a managed policy."""
    check_pattern(
        argument,
        value,
        _BOUNDARY,
        "must be the ARN of a managed policy",
        'write, for example, "arn:aws:iam::123456789012:policy/boundary"',
    )


def check_secret_arn(value: str, *, argument: str = "secret_arns") -> None:
    """Raise `RuleViolation` unless `value` is the whole ARN of a secret.

    Without its six random characters it is the ARN of no secret, and a policy that names it allows nothing.
    """
    check_pattern(
        argument,
        value,
        _SECRET_ARN,
        "must be the whole ARN of a secret, with the hyphen and the six characters that Secrets Manager adds",
        'write, for example, "arn:aws:secretsmanager:us-east-1:123456789012:secret:mail-AbCdEf"',
    )


def check_secret_key_arn(value: str, *, argument: str = "secret_key_arns") -> None:
    """Raise `RuleViolation` unless `value` is the ARN of a key."""
    check_key_arn(value, argument=argument)


def check_secret_keys(secret_arns: Sequence[str], secret_key_arns: Sequence[str]) -> None:
    """Raise `RuleViolation` for keys of secrets where there is no secret."""
    if secret_key_arns and not secret_arns:
        refuse(
            "secret_key_arns",
            secret_key_arns,
            "they are the keys of secret_arns, and there are none",
            "leave it out, or name the secrets",
        )


def check_short_name(value: str, *, argument: str = "roles") -> None:
    """Raise `RuleViolation` unless `value` may be the short name of a role, of which its name and address are made."""
    check_pattern(
        argument,
        value,
        _SHORT_NAME,
        "a role's short name is lower-case letters, digits and single hyphens, starts with a letter and does not end "
        "with a hyphen",
        'write, for example, "worker"',
    )


def check_different(argument: str, values: Sequence[str], *, ignores_case: bool = False) -> None:
    """Raise `RuleViolation` if a value stands twice; IAM tells no names of roles apart by capitals."""
    compared = [value.lower() if ignores_case else value for value in values]
    for index, value in enumerate(values):
        if compared.index(compared[index]) < index:
            refuse(argument, value, "stands in the list twice", "leave one out")
