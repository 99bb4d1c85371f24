"""The AWS Regions that an environment may name, their partitions, and what is offered in them."""

import difflib
import re
from collections.abc import Collection, Mapping
from typing import Final, Literal

from aurora_serverless.facts.regions import UNCONFIRMED, FeatureFact, partitions, region_features, regions
from aurora_serverless.rules.violation import refuse

REGION_PATTERN: Final = r"^[a-z]{2,4}(-[a-z]+)+-[0-9]+$"
"""What every Region looks like."""

DEFAULT_PARTITION: Final = "aws"
"""The partition of a deployment whose Region only Terraform knows."""

_MOST_USED: Final = "us-east-1"

Feature = Literal[
    "data_api", "rds_proxy", "database_insights", "database_insights_advanced", "global_database", "auto_pause"
]
"""What AWS offers in some Regions only."""

FEATURES: Final[Mapping[Feature, str]] = {
    "data_api": "the Data API",
    "rds_proxy": "RDS Proxy",
    "database_insights": "Database Insights",
    "database_insights_advanced": "the advanced mode of Database Insights",
    "global_database": "Aurora global databases",
    "auto_pause": "a minimum capacity of 0 ACU",
}
"""The features in words."""


def known_regions() -> tuple[str, ...]:
    """Return the Regions in which Amazon RDS exists and which the provider knows, sorted."""
    return tuple(sorted(name for name, row in regions().items() if row.provider_5))


def is_known(region: str) -> bool:
    """Whether a Region is one in which Amazon RDS exists."""
    return region in regions()


def supported_partitions() -> tuple[str, ...]:
    """Return the partitions of which Regions are known, sorted."""
    return tuple(sorted({row.partition for row in regions().values()}))


def check_region(region: str, *, argument: str = "region") -> None:
    """Raise `RuleViolation` unless `region` is one of `known_regions`."""
    found = regions().get(region)
    if found is None:
        partition = next((row.partition for row in partitions().values() if re.search(row.region_pattern, region)), "")
        if partition and partition not in supported_partitions():
            rule = f"is a Region of the partition {partition}, which is not supported here"
            refuse(argument, region, rule, f"name a Region of {' or '.join(supported_partitions())}")
        nearest = difflib.get_close_matches(region.lower(), known_regions(), n=1, cutoff=0.0)
        refuse(argument, region, "is not a Region of AWS in which Amazon RDS is known", f'did you mean "{nearest[0]}"?')
    if not found.provider_5:
        refuse(argument, region, "is newer than the last hashicorp/aws 5, which refuses it", "choose another Region")


def partition_of(region: str | None) -> str:
    """Return the partition of a Region, which its ARNs begin with: `aws`, `aws-cn` or `aws-us-gov`.

    A Region that is not named, or not known, is taken for one of `aws`.
    """
    found = None if region is None else regions().get(region)
    return DEFAULT_PARTITION if found is None else found.partition


def dns_suffix(partition: str) -> str:
    """Return what the names of AWS's services end in: `amazonaws.com`, in China with `.cn`. Raises RuleViolation."""
    if partition not in partitions():
        refuse("partition", partition, "is not a partition of AWS", f"write {' or '.join(supported_partitions())}")
    return partitions()[partition].dns_suffix


def currency_of(region: str | None) -> str:
    """Return the currency in which AWS names the prices of a Region: USD, in China CNY."""
    return partitions()[partition_of(region)].currency


def check_partition(region: str, partition: str, *, argument: str) -> None:
    """Raise `RuleViolation` if a Region is not of this partition: credentials of one are unknown in another."""
    other = partition_of(region)
    if other != partition:
        rule = f"{region} is a Region of the partition {other}, and the deployment is in {partition}"
        refuse(argument, region, rule, f"name a Region of {partition}")


def example_region(partition: str) -> str:
    """Return a Region of a partition, for messages."""
    names = [name for name in known_regions() if partition_of(name) == partition]
    return _MOST_USED if _MOST_USED in names else names[0]


def region_pattern(partition: str) -> str:
    """Return what the names of a partition's Regions look like, as a regular expression that Terraform understands."""
    return partitions()[partition].region_pattern


def check_zone_count(zones: Collection[str], region: str | None, *, argument: str = "availability_zones") -> None:
    """Raise `RuleViolation` if a Region, where it is known, has fewer Availability Zones than are named."""
    found = None if region is None else regions().get(region)
    if found is not None and found.zones is not None and len(set(zones)) > found.zones:
        refuse(argument, tuple(zones), f"{region} has {found.zones} Availability Zones", "name fewer")


def is_missing(feature: Feature, region: str | None) -> bool:
    """Whether AWS says that it does not offer a feature in a Region."""
    found = _known(feature, region)
    return found is not None and not found.offered and found.certainty != UNCONFIRMED


def regions_without(feature: Feature, partition: str) -> tuple[str, ...]:
    """Return the Regions of a partition in which AWS says that it does not offer a feature, sorted."""
    return tuple(name for name in sorted(regions()) if partition_of(name) == partition and is_missing(feature, name))


def zones_without(feature: Feature) -> tuple[str, ...]:
    """Return the ids of the Availability Zones without a feature that their Region has."""
    return tuple(
        row.without_zone for (name, _), row in region_features().items() if name == feature and row.without_zone
    )


def check_offered(feature: Feature, region: str | None, *, argument: str, value: object, remedy: str) -> None:
    """Raise `RuleViolation` if AWS does not offer a feature in a Region, where that is known."""
    if is_missing(feature, region):
        rule = f"AWS does not offer {FEATURES[feature]} in {region}"
        refuse(argument, value, rule, f"{remedy}, or choose another Region")


def feature_uncertainty(feature: Feature, region: str | None) -> str | None:
    """Return what to know before a deploy where nothing of AWS's confirms that it offers a feature in a Region, or not.

    None where it is known, or nothing is said of it at all.
    """
    found = _known(feature, region)
    if found is None or found.offered or found.certainty != UNCONFIRMED:
        return None
    return f"AWS may not offer {FEATURES[feature]} in {region} ({found.source}, seen {found.seen}): try it first"


def _known(feature: Feature, region: str | None) -> FeatureFact | None:
    return None if region is None else region_features().get((feature, region))
