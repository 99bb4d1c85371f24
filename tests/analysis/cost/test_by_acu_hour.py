"""What is billed by the ACU-hours of all instances: proxy, insights, Extended Support."""

from datetime import date
from typing import Any

import pytest

from tests.analysis.cost.documents import dollars, estimate_of, has_line, line_of, stack_of

TARGET = {"aurora": {"db_cluster_identifier": "${aws_rds_cluster.aurora.cluster_identifier}"}}


@pytest.mark.parametrize(
    ("minimum", "maximum", "amounts"),
    [
        (0.5, 1, ("87.60", "87.60", "87.60")),
        (2, 16, ("87.60", "98.55", "175.20")),
        (16, 32, ("175.20", "262.80", "350.40")),
    ],
)
def test_a_proxy_is_billed_for_8_acu_at_least(minimum: float, maximum: float, amounts: tuple[str, ...]) -> None:
    line = line_of(estimate_of(stack_of(minimum=minimum, maximum=maximum, aws_db_proxy_target=TARGET)), "RDS Proxy")
    assert tuple(dollars(amount) for amount in (line.floor, line.typical, line.ceiling)) == amounts


def test_a_proxy_is_billed_for_all_instances() -> None:
    stack = stack_of(minimum=8, maximum=8, instances={"aurora": {}, "reader": {}}, aws_db_proxy_target=TARGET)
    assert dollars(line_of(estimate_of(stack), "RDS Proxy").floor) == "175.20"


def test_two_proxies_are_billed_twice() -> None:
    targets = TARGET | {"second": TARGET["aurora"]}
    line = line_of(estimate_of(stack_of(aws_db_proxy_target=targets)), "RDS Proxy")
    assert dollars(line.floor) == "175.20"
    assert line.why.startswith("2 proxies x 8 ACU")


def test_the_least_of_a_proxy_is_said() -> None:
    line = line_of(estimate_of(stack_of(aws_db_proxy_target=TARGET)), "RDS Proxy")
    assert line.why == "8 ACU, which is the least that is billed, x 730 h x $0.015 per ACU-hour"


def test_without_a_proxy_there_is_no_line() -> None:
    assert not has_line(estimate_of(stack_of()), "RDS Proxy")


def test_advanced_insights_are_billed_by_the_acu_hour() -> None:
    """5 ACU x 730 h x $0.003125."""
    found = estimate_of(stack_of(minimum=2, maximum=8, cluster={"database_insights_mode": "advanced"}))
    line = line_of(found, "Database Insights")
    assert (dollars(line.floor), dollars(line.typical), dollars(line.ceiling)) == ("4.56", "11.41", "18.25")


@pytest.mark.parametrize("days", [None, 7])
def test_standard_insights_are_free(days: int | None) -> None:
    arguments = {"performance_insights_enabled": True, "performance_insights_retention_period": days}
    line = line_of(estimate_of(stack_of(cluster=arguments)), "Database Insights")
    assert line.floor == line.ceiling == 0
    assert "free of charge" in line.why


def test_a_longer_retention_without_the_advanced_mode_has_no_known_price() -> None:
    arguments = {"performance_insights_enabled": True, "performance_insights_retention_period": 731}
    assert estimate_of(stack_of(cluster=arguments)).unknown == ("Database Insights",)


@pytest.mark.parametrize(
    ("version", "today", "price"),
    [
        ("13.23", date(2026, 2, 28), None),
        ("13.23", date(2026, 3, 1), "0.085"),
        ("13.23", date(2028, 2, 29), "0.085"),
        ("13.23", date(2028, 3, 1), "0.17"),
        ("13", date(2026, 11, 1), "0.085"),
        ("17.7", date(2026, 11, 1), None),
        ("15.4", date(2026, 11, 1), None),
    ],
    ids=str,
)
def test_extended_support_begins_after_the_end_of_a_major_version(version: str, today: date, price: str | None) -> None:
    found = estimate_of(stack_of(cluster={"engine_version": version}), today)
    assert has_line(found, "Extended Support") == (price is not None)
    if price is not None:
        line = line_of(found, "Extended Support")
        assert f"x ${price} per ACU-hour" in line.why
        assert "standard support of 13 ended on 2026-02-28" in line.why
        assert line.floor is not None
        assert float(line.floor) == pytest.approx(0.5 * 730 * float(price))


def test_extended_support_that_is_switched_off_costs_nothing() -> None:
    arguments = {"engine_version": "13.23", "engine_lifecycle_support": "open-source-rds-extended-support-disabled"}
    assert not has_line(estimate_of(stack_of(cluster=arguments)), "Extended Support")


@pytest.mark.parametrize("version", ["12.9", "${var.version}", None, "latest"])
def test_a_version_of_which_nothing_is_known_is_named(version: str | None) -> None:
    found = estimate_of(stack_of(cluster={"engine_version": version}))
    assert found.unknown == ("Extended Support",)


@pytest.mark.parametrize(
    ("item", "cluster", "resources"),
    [
        ("RDS Proxy", {}, {"aws_db_proxy_target": TARGET}),
        ("Database Insights", {"database_insights_mode": "advanced"}, {}),
        ("Extended Support", {"engine_version": "13.23"}, {}),
    ],
)
def test_what_follows_from_an_unknown_capacity_is_unknown_too(
    item: str, cluster: dict[str, Any], resources: dict[str, Any]
) -> None:
    found = estimate_of(stack_of(maximum="${var.max_capacity}", cluster=cluster, **resources))
    assert item in found.unknown
    assert "ACU-hours, which are not known" in line_of(found, item).why
