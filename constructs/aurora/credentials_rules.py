"""What a secret's recovery window and a password's version may be."""

from typing import Final

from aurora.rules import refuse

# Source: AWS Secrets Manager API, DeleteSecret, RecoveryWindowInDays.
SHORTEST_RECOVERY_WINDOW_DAYS: Final = 7
LONGEST_RECOVERY_WINDOW_DAYS: Final = 30


def check_recovery_window(days: int, *, argument: str = "recovery_window_days") -> None:
    """Raise `RuleViolation` unless Secrets Manager takes `days`."""
    if days != 0 and not SHORTEST_RECOVERY_WINDOW_DAYS <= days <= LONGEST_RECOVERY_WINDOW_DAYS:
        refuse(
            argument,
            days,
            f"must be 0, or {SHORTEST_RECOVERY_WINDOW_DAYS} to {LONGEST_RECOVERY_WINDOW_DAYS} days",
            f"write {0 if days < SHORTEST_RECOVERY_WINDOW_DAYS else LONGEST_RECOVERY_WINDOW_DAYS}",
        )


def check_password_version(version: int, *, argument: str = "version") -> None:
    """Raise `RuleViolation` unless `version` can be the version of a write-only password."""
    if version < 1:
        refuse(argument, version, "must be 1 or more", "write 1")
