"""How many instances a cluster has, in which zones, and which reader becomes the writer."""

import re
from collections.abc import Sequence
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.facts.valid_values import valid_values
from aurora_serverless.rules.tokens import check_unless_token
from aurora_serverless.rules.violation import check_pattern, check_range, refuse

# Source: Amazon RDS User Guide for Aurora, "Quotas": a writer and up to 15 readers.
MOST_INSTANCES: Final = limit("rds_instances_per_cluster")
MOST_READERS: Final = limit("rds_readers_per_cluster")
# Source: Amazon RDS API, CreateDBInstance, PromotionTier.
LAST_PROMOTION_TIER: Final = limit("rds_promotion_tier_last")
CA_CERTIFICATES: Final = valid_values("rds_ca_certificate")

_ZONE: Final = re.compile(r"(?P<region>[a-z]{2}(?:-[a-z]+)+-[0-9]+)[a-z]")


def check_instance_count(count: int, *, argument: str = "instance_identifiers") -> None:
    """Raise `RuleViolation` unless a cluster can have `count` instances."""
    check_range(argument, count, 1, MOST_INSTANCES, "instances")


def check_reader_count(count: int, *, argument: str = "readers") -> None:
    """Raise `RuleViolation` unless a cluster can have `count` readers."""
    check_range(argument, count, 0, MOST_READERS, "readers")


def check_ca_certificate(identifier: str, *, argument: str = "ca_certificate") -> None:
    """Raise `RuleViolation` unless RDS has a certificate authority of that identifier."""
    if identifier not in CA_CERTIFICATES:
        refuse(argument, identifier, "is no certificate authority of RDS", f"write {' or '.join(CA_CERTIFICATES)}")


def check_promotion_tier(tier: int, *, argument: str = "promotion_tier") -> None:
    """Raise `RuleViolation` unless `tier` is a promotion tier."""
    check_range(argument, tier, 0, LAST_PROMOTION_TIER, "(a promotion tier)")


def tier_of_each_reader(
    tiers: int | Sequence[int] | None, readers: int, *, argument: str = "reader_promotion_tier"
) -> Sequence[int | None]:
    """Return the promotion tier of each reader, given one for all or one for each; None leaves it to AWS.

    Raises `RuleViolation` for a tier that there is not, and for another number of tiers than of readers.
    """
    if tiers is None:
        return (None,) * readers
    given = tiers if isinstance(tiers, Sequence) else (tiers,)
    for tier in given:
        check_unless_token(check_promotion_tier, tier, argument=argument)
    if given is not tiers:
        return tuple(given) * readers
    check_tier_count(given, readers, argument=argument)
    return given


def check_tier_count(tiers: Sequence[int], readers: int, *, argument: str) -> None:
    """Raise `RuleViolation` unless `tiers` has one for each of `readers`."""
    if len(tiers) != readers:
        refuse(
            argument,
            tiers,
            f"names {len(tiers)} tiers, and there are {readers} readers",
            "name one for each reader, or leave it out",
        )


def check_availability_zones(zones: Sequence[str], *, argument: str = "availability_zones") -> None:
    """Raise `RuleViolation` unless each of `zones` looks like the name of an availability zone."""
    for zone in zones:
        check_availability_zone(zone, argument=argument)


def check_availability_zone(zone: str, *, argument: str = "availability_zones") -> None:
    """Raise `RuleViolation` unless `zone` looks like the name of an availability zone."""
    check_pattern(
        argument, zone, _ZONE, "an availability zone is a Region and a letter", 'write, for example, "us-east-1a"'
    )


def zone_region(zone: str) -> str:
    """Return the Region of an availability zone: `us-east-1` for `us-east-1a`."""
    match = _ZONE.fullmatch(zone)
    return zone if match is None else match["region"]
