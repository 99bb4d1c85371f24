"""IAM's rules for roles that use a database: their paths and boundaries, and what they may read."""

import re
from collections.abc import Sequence
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.arns import MANAGED_POLICY, SECRET, check_arn, check_in_partition, check_in_region
from aurora_serverless.rules.encryption import check_key_arn
from aurora_serverless.rules.tokens import check_unless_token
from aurora_serverless.rules.violation import check_pattern, refuse

# Source: IAM API, CreateRole: Path, PermissionsBoundary. Of the characters that a path may hold only those that an ARN
# in a policy takes literally.
_PATH: Final = re.compile(r"/([A-Za-z0-9+=,.@_-]+/)*")
_LONGEST_PATH: Final = limit("iam_role_path_longest")
# Source: IAM User Guide, "IAM and AWS STS quotas": not adjustable.
LONGEST_INLINE_POLICIES: Final = limit("iam_inline_policies_of_a_role_longest")
_REFERENCE: Final = re.compile(r"\$\{[^}]*\}")
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
    check_arn(value, MANAGED_POLICY, argument=argument)


def check_boundary(value: str | None, partition: str, *, argument: str = "permissions_boundary_arn") -> None:
    """Raise `RuleViolation` unless `value`, where there is one, may be the boundary of a role of the partition."""
    if value is not None:
        check_unless_token(check_permissions_boundary_arn, value, argument=argument)
        check_in_partition(value, partition, argument=argument)


def check_secret_arn(value: str, *, argument: str = "secret_arns") -> None:
    """Raise `RuleViolation` unless `value` is the whole ARN of a secret.

    Without its six random characters it is the ARN of no secret, and a policy that names it allows nothing.
    """
    check_arn(value, SECRET, argument=argument)


def check_secret_key_arn(value: str, *, argument: str = "secret_key_arns", region: str | None = None) -> None:
    """Raise `RuleViolation` unless `value` is the ARN of a key, of `region` where that is known.

    A role may use it through the Secrets Manager of that Region only.
    """
    check_key_arn(value, argument=argument)
    check_in_region(
        value,
        region,
        argument=argument,
        why="the role may use it through the Secrets Manager of its own Region only",
        remedy="name keys of secrets of that Region",
    )


def check_policy_size(document: str, *, argument: str, value: object, remedy: str) -> None:
    """Raise `RuleViolation` if IAM takes no inline policy as long as `document`; what only Terraform knows counts 0."""
    size = len("".join(_REFERENCE.sub("", document).split()))
    if size > LONGEST_INLINE_POLICIES:
        refuse(
            argument,
            value,
            f"makes a policy of {size:,} characters, and IAM takes {LONGEST_INLINE_POLICIES:,} in all inline policies "
            "of a role, white space not counted",
            remedy,
        )


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
