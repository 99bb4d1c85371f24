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
# Source: Amazon Aurora User Guide, "How Aurora serverless works", on the scaling of readers.
LAST_TIER_WITH_THE_WRITERS_CAPACITY: Final = limit("rds_last_tier_that_follows_the_writer")
CA_CERTIFICATES: Final = valid_values("rds_ca_certificate")
SERVERLESS_CLASS: Final = "db.serverless"
CLASS_TYPES: Final = valid_values("aurora_postgresql_class_type")

_CLASS: Final = re.compile(r"(?P<type>db\.[a-z]+[0-9]+[a-z]*)\.(?:[0-9]*x)?(?:large|medium)(?:\.[a-z0-9]+)*")
# Source: Amazon Aurora User Guide, "Limitations for the Amazon RDS Data API".
_WITHOUT_DATA_API: Final = "db.t"
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
        refuse(argument, identifier, "is not a certificate authority of RDS", f"write {' or '.join(CA_CERTIFICATES)}")


def check_instance_class(name: str, *, argument: str = "instance_class") -> None:
    """Raise `RuleViolation` unless `name` is `db.serverless` or looks like the name of a provisioned class."""
    if name != SERVERLESS_CLASS:
        check_pattern(
            argument,
            name,
            _CLASS,
            "an instance class is db.serverless, or db, a type and a size with dots between them",
            'write, for example, "db.r7g.large"',
        )


def check_class_has_data_api(name: str, *, data_api: bool, argument: str = "instance_class") -> None:
    """Raise `RuleViolation` where the Data API is on and has no instances of that class."""
    if data_api and name.startswith(_WITHOUT_DATA_API):
        rule = "the Data API does not work on T classes"
        refuse(argument, name, rule, 'write another class, such as "db.r7g.large", or access.data_api = false')


def is_known_class(name: str) -> bool:
    """Whether Aurora PostgreSQL is known to have instances of a class, by its type."""
    match = _CLASS.fullmatch(name)
    return name == SERVERLESS_CLASS or (match is not None and match["type"] in CLASS_TYPES)


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
