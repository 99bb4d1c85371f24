"""What a secret's recovery window, its replicas' Regions and a password's version may be."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.regions import check_region
from aurora_serverless.rules.violation import LARGEST_EXACT_INTEGER, check_different, check_range, refuse

# Source: AWS Secrets Manager API, DeleteSecret, RecoveryWindowInDays.
SHORTEST_RECOVERY_WINDOW_DAYS: Final = limit("secretsmanager_recovery_window_shortest")
LONGEST_RECOVERY_WINDOW_DAYS: Final = limit("secretsmanager_recovery_window_longest")

_FIRST_YEAR: Final = 2000


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
    """Raise `RuleViolation` unless `version` can be the version of a password."""
    check_range(argument, version, 1, LARGEST_EXACT_INTEGER, "(a version)")


def check_rotation_date(day: date, *, argument: str = "rotation_date") -> None:
    """Raise `RuleViolation` unless a password can be of `day`: a year of fewer digits is a slip."""
    if day.year < _FIRST_YEAR:
        refuse(argument, day, f"is before the year {_FIRST_YEAR}", "write the day of the rotation, as in 2026-11-01")


def check_replica_regions(regions: Sequence[str], *, argument: str = "replica_regions") -> None:
    """Raise `RuleViolation` unless each of `regions` is a Region, and named once."""
    for region in regions:
        check_region(region, argument=argument)
    check_different(argument, regions)


def check_replicates_elsewhere(
    regions: Sequence[str], region: str | None, *, argument: str = "replica_regions"
) -> None:
    """Raise `RuleViolation` if `regions` has the secret's own Region, where that is known."""
    if region is not None and region in regions:
        refuse(argument, regions, f"{region} is the secret's own Region", "leave it out")
