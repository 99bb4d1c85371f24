"""Regions and partitions: which are known, what is offered where, and what is said where that is not sure."""

import re
from dataclasses import replace

import pytest

from aurora_serverless.facts import regions as facts
from aurora_serverless.facts.regions import partitions, region_features, regions
from aurora_serverless.rules.arns import check_in_partition
from aurora_serverless.rules.regions import (
    FEATURES,
    Feature,
    check_offered,
    check_partition,
    check_region,
    check_zone_count,
    dns_suffix,
    feature_uncertainty,
    is_missing,
    known_regions,
    partition_of,
    regions_without,
    supported_partitions,
    zones_without,
)
from aurora_serverless.rules.violation import RuleViolation


@pytest.mark.parametrize("region", known_regions())
def test_every_known_region_looks_like_one_of_its_partition_and_of_no_other(region: str) -> None:
    check_region(region)
    matching = [row.partition for row in partitions().values() if re.search(row.region_pattern, region)]
    assert matching == [partition_of(region)]


def test_govcloud_and_china_are_supported() -> None:
    assert supported_partitions() == ("aws", "aws-cn", "aws-us-gov")
    assert [name for name in known_regions() if partition_of(name) != "aws"] == [
        *("cn-north-1", "cn-northwest-1"),
        *("us-gov-east-1", "us-gov-west-1"),
    ]


def test_services_have_another_suffix_in_china_only() -> None:
    assert [dns_suffix(name) for name in supported_partitions()] == [
        "amazonaws.com",
        "amazonaws.com.cn",
        "amazonaws.com",
    ]


def test_a_partition_that_aws_does_not_have_is_refused() -> None:
    with pytest.raises(RuleViolation, match='partition = "aws-foo": is not a partition of AWS; write aws or aws-cn'):
        dns_suffix("aws-foo")


@pytest.mark.parametrize("region", [None, "xx-nowhere-1", "${var.aws_region}"])
def test_a_region_that_is_not_known_is_taken_for_one_of_aws(region: str | None) -> None:
    assert partition_of(region) == "aws"


def test_every_feature_of_the_data_is_one_that_a_rule_asks_for_in_a_region_that_is_known() -> None:
    assert {feature for feature, _ in region_features()} == set(FEATURES)
    assert {region for _, region in region_features()} <= set(regions())


def test_the_data_api_is_missing_where_aws_says_so() -> None:
    assert regions_without("data_api", "aws") == (
        *("ap-east-2", "ap-south-2", "ap-southeast-4", "ap-southeast-6", "ca-west-1", "eu-central-2", "il-central-1"),
        "mx-central-1",
    )
    assert regions_without("data_api", "aws-cn") == ("cn-north-1", "cn-northwest-1")
    assert regions_without("data_api", "aws-us-gov") == ("us-gov-east-1", "us-gov-west-1")
    assert not is_missing("data_api", "ap-southeast-5")
    assert not is_missing("data_api", "ap-southeast-7")


def test_proxies_are_left_out_of_the_zones_without_them() -> None:
    assert zones_without("rds_proxy") == ("use1-az3", "usw1-az2")
    assert zones_without("data_api") == ()


@pytest.fixture
def one_region_without(monkeypatch: pytest.MonkeyPatch, feature: Feature, certainty: str) -> None:
    """Let the data say of us-east-1 that a feature is not there."""
    some = region_features()["data_api", "us-east-1"]
    row = replace(some, feature=feature, offered=False, certainty=certainty, source="a page", seen="2026-05")
    rows = {**region_features(), (feature, "us-east-1"): row}
    monkeypatch.setattr("aurora_serverless.rules.regions.region_features", lambda: rows)


@pytest.mark.usefixtures("one_region_without")
@pytest.mark.parametrize("certainty", ["aws page", "one source"])
@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_that_is_not_there_is_refused_by_its_row_alone(feature: Feature) -> None:
    rule = f"AWS does not offer {FEATURES[feature]} in us-east-1; do without, or choose another Region"
    with pytest.raises(RuleViolation, match=re.escape(f"key = true: {rule}")):
        check_offered(feature, "us-east-1", argument="key", value=True, remedy="do without")
    assert feature_uncertainty(feature, "us-east-1") is None
    for region in ("us-east-2", "${var.aws_region}", None):
        check_offered(feature, region, argument="key", value=True, remedy="do without")


@pytest.mark.usefixtures("one_region_without")
@pytest.mark.parametrize("certainty", [facts.UNCONFIRMED])
@pytest.mark.parametrize("feature", FEATURES)
def test_what_is_not_confirmed_is_a_doubt_and_no_refusal(feature: Feature) -> None:
    check_offered(feature, "us-east-1", argument="key", value=True, remedy="do without")
    assert feature_uncertainty(feature, "us-east-1") == (
        f"AWS may not offer {FEATURES[feature]} in us-east-1 (a page, seen 2026-05): try it first"
    )
    assert feature_uncertainty(feature, "us-east-2") is None
    assert feature_uncertainty(feature, None) is None


def test_a_region_or_an_arn_of_another_partition_is_refused() -> None:
    check_partition("us-gov-east-1", "aws-us-gov", argument="replica_regions")
    check_in_partition("arn:aws-cn:iam::aws:policy/x", "aws-cn", argument="arn")
    check_in_partition("${aws_iam_policy.x.arn}", "aws-cn", argument="arn")
    with pytest.raises(RuleViolation, match="cn-north-1 is a Region of the partition aws-cn, and the deployment is in"):
        check_partition("cn-north-1", "aws", argument="replica_regions")
    with pytest.raises(RuleViolation, match="is in the partition aws, and what uses it is in aws-cn"):
        check_in_partition("arn:aws:iam::aws:policy/x", "aws-cn", argument="arn")


def test_a_region_has_so_many_zones_as_far_as_it_is_known() -> None:
    check_zone_count(["eu-west-1a", "eu-west-1a", "eu-west-1b", "eu-west-1c"], "eu-west-1")
    check_zone_count([f"us-gov-west-1{letter}" for letter in "abcdefg"], "us-gov-west-1")
    with pytest.raises(RuleViolation, match="us-west-2 has 4 Availability Zones; name fewer"):
        check_zone_count([f"us-west-2{letter}" for letter in "abcde"], "us-west-2")
