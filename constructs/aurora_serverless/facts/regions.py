"""The Regions and partitions of AWS, and what is offered where."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar, Final

from aurora_serverless.facts.table import FOLDER, Fact, read_facts

REGIONS_FILE: Final = FOLDER / "regions.csv"
PARTITIONS_FILE: Final = FOLDER / "partitions.csv"
FEATURES_FILE: Final = FOLDER / "region_features.csv"

UNCONFIRMED: Final = "unconfirmed"
"""The certainty of a row that is worth a warning, and not enough to refuse anything."""


def _pattern(text: str) -> str:
    re.compile(text)
    if "\\" in text:
        raise ValueError(text)
    return text


@dataclass(frozen=True, kw_only=True)
class RegionFact(Fact):
    """A Region in which Amazon RDS exists, of a partition that is supported here.

    `zones` is how many Availability Zones it has, None where that is not known. `provider_5` is whether the last
    hashicorp/aws 5 takes the Region without `skip_region_validation`.
    """

    KEY: ClassVar = ("region",)

    region: str
    partition: str
    zones: int | None
    provider_5: bool


@dataclass(frozen=True, kw_only=True)
class PartitionFact(Fact):
    """A partition, which the ARNs of its Regions begin with.

    `region_pattern` is what the names of its Regions look like, as a regular expression without backslashes, which
    Terraform would read itself. One of which `regions` has no Region is not supported here. `currency` is that of its
    prices, "" where it is not known.
    """

    KEY: ClassVar = ("partition",)

    partition: str
    dns_suffix: str
    region_pattern: str = field(metadata={"read": _pattern, "what": "a regular expression without backslashes"})
    currency: str = ""


@dataclass(frozen=True, kw_only=True)
class FeatureFact(Fact):
    """Whether something is offered in a Region; without a row it is not known.

    `without_zone` is the id of the Availability Zone of the Region in which it is not offered, "" where it is in all.
    """

    KEY: ClassVar = ("feature", "region")

    feature: str
    region: str
    offered: bool
    without_zone: str = ""


@cache
def regions() -> Mapping[str, RegionFact]:
    """Return the Regions by name."""
    return {row.region: row for row in read_facts(REGIONS_FILE, RegionFact)}


@cache
def partitions() -> Mapping[str, PartitionFact]:
    """Return the partitions by name."""
    return {row.partition: row for row in read_facts(PARTITIONS_FILE, PartitionFact)}


@cache
def region_features() -> Mapping[tuple[str, str], FeatureFact]:
    """Return what is offered where, by feature and Region."""
    return {(row.feature, row.region): row for row in read_facts(FEATURES_FILE, FeatureFact)}
