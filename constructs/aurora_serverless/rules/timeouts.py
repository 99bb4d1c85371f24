"""How long Terraform may wait."""

from typing import Final

from aurora_serverless.rules.violation import check_range

LONGEST_MINUTES: Final = 24 * 60
"""A day: longer than any credentials of a role last."""


def check_timeout(minutes: int, *, argument: str = "minutes") -> None:
    """Raise `RuleViolation` unless somebody would wait for `minutes`."""
    check_range(argument, minutes, 1, LONGEST_MINUTES, "minutes")
