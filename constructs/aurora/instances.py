"""How many instances a cluster has, in which zones, and which reader becomes the writer."""

import re
from collections.abc import Sequence
from typing import Final

from aurora.rules import check_pattern, check_range

# Source: Amazon RDS User Guide for Aurora, "Quotas": a writer and up to 15 readers.
MOST_INSTANCES: Final = 16
MOST_READERS: Final = MOST_INSTANCES - 1
# Source: Amazon RDS API, CreateDBInstance, PromotionTier.
LAST_PROMOTION_TIER: Final = 15

_ZONE: Final = re.compile(r"[a-z]{2}(-[a-z]+)+-[0-9][a-z]")


def check_instance_count(count: int, *, argument: str = "instance_identifiers") -> None:
    """Raise `RuleViolation` unless a cluster can have `count` instances."""
    check_range(argument, count, 1, MOST_INSTANCES, "instances")


def check_reader_count(count: int, *, argument: str = "readers") -> None:
    """Raise `RuleViolation` unless a cluster can have `count` readers."""
    check_range(argument, count, 0, MOST_READERS, "readers")


def check_promotion_tier(tier: int, *, argument: str = "promotion_tier") -> None:
    """Raise `RuleViolation` unless `tier` is a promotion tier."""
    check_range(argument, tier, 0, LAST_PROMOTION_TIER, "(a promotion tier)")


def check_availability_zones(zones: Sequence[str], *, argument: str = "availability_zones") -> None:
    """Raise `RuleViolation` unless each of `zones` looks like the name of an availability zone."""
    for zone in zones:
        check_pattern(
            argument, zone, _ZONE, "an availability zone is a Region and a letter", 'write, for example, "us-east-1a"'
        )
