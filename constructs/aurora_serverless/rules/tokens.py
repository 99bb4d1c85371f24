"""Values that only Terraform knows: rules skip them, and Terraform checks them at plan or apply."""

from collections.abc import Callable
from typing import Any, Final

_SMALLEST_NUMBER: Final = -1e100
"""CDKTF hides a reference to a number in a number far below this."""


def is_token(value: object) -> bool:
    """Whether `value` is, or holds, a reference that only Terraform resolves.

    Told from its looks, as CDKTF itself tells it: asking Node would cost a call for each argument.
    """
    if isinstance(value, str):
        return "${" in value
    if isinstance(value, (int, float)):
        return value < _SMALLEST_NUMBER
    if isinstance(value, (list, tuple)):
        return len(value) == 1 and isinstance(value[0], str) and value[0].startswith("#{")  # the list as a whole
    return False


def check_unless_token(check: Callable[..., None], value: Any, **arguments: Any) -> None:
    """Apply a rule to `value` unless only Terraform knows it."""
    if not is_token(value):
        check(value, **arguments)
