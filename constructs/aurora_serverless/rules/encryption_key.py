"""What the alias and the description of a customer key may be."""

import re
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.violation import check_pattern, refuse

_LONGEST_ALIAS: Final = limit("kms_alias_name_longest") - len("alias/")
_ALIAS: Final = re.compile(rf"[A-Za-z0-9/_-]{{1,{_LONGEST_ALIAS}}}")
_LONGEST_DESCRIPTION: Final = limit("kms_description_longest")
"""Source: AWS KMS API, CreateKey."""


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
