"""What a secret's recovery window, its replicas' Regions and a password's version may be."""

from collections.abc import Sequence
from typing import Final

from aurora.regions import check_region
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


def check_replica_regions(regions: Sequence[str], *, argument: str = "replica_regions") -> None:
    """Raise `RuleViolation` unless each of `regions` is a Region, and named once."""
    for region in regions:
        check_region(region, argument=argument)
    if len(set(regions)) < len(regions):
        refuse(argument, regions, "names a Region twice", "name each once")


def check_replicates_elsewhere(
    regions: Sequence[str], region: str | None, *, argument: str = "replica_regions"
) -> None:
    """Raise `RuleViolation` if `regions` has the secret's own Region, where that is known."""
    if region is not None and region in regions:
        refuse(argument, regions, f"{region} is the secret's own Region", "leave it out")
