"""What the alias and the description of a customer key may be."""

import re
from typing import Final

from aurora.rules import check_pattern, refuse

# Source: AWS KMS API, CreateAlias: 256 characters with "alias/".
_ALIAS: Final = re.compile(r"[A-Za-z0-9/_-]{1,250}")
_LONGEST_DESCRIPTION: Final = 8192
"""Source: AWS KMS API, CreateKey."""


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
