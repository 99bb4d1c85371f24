"""The estimate as a whole: the documented figures, what is not known, whose prices it says it has."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from analysis.cost.estimate import estimate, knows_nothing
from analysis.cost.usage import Usage
from analysis.synthesized.stack import SynthesizedStack
from aurora_serverless.facts.prices import PriceList, load_prices
from tests.analysis.cost.documents import NOWHERE, TODAY, US_EAST_1, dollars, estimate_of, has_line, line_of, stack_of
from tests.terraform_json import TerraformJson

DOCUMENTED_HOURS = 24 * 30


@pytest.mark.parametrize(
    ("capacities", "usage", "compute", "storage", "io", "together"),
    [
        ((0.5, 1), {"average_acu": 0.75, "storage_gb": 10, "io_millions": 0.1}, 65, 1, 0, 66),
        ((2, 8), {"average_acu": 5, "storage_gb": 100, "io_millions": 10}, 432, 10, 2, 444),
        ((8, 16), {"average_acu": 12, "storage_gb": 500, "io_millions": 100}, 1037, 50, 20, 1107),
    ],
    ids=["development", "production", "high-scale"],
)
@pytest.mark.parametrize("is_given", [True, False], ids=["given", "by default"])
def test_the_documented_examples_come_out_to_the_dollar(
    capacities: tuple[float, float],
    usage: dict[str, float],
    compute: int,
    storage: int,
    io: int,
    together: int,
    *,
    is_given: bool,
) -> None:
    minimum, maximum = capacities
    found = estimate_of(
        stack_of(minimum=minimum, maximum=maximum), hours=DOCUMENTED_HOURS, **(usage if is_given else {})
    )
    amounts = [line_of(found, item).typical for item in ("compute: aurora", "storage", "I/O")]
    assert [round(amount or 0) for amount in amounts] == [compute, storage, io]
    assert round(sum(amount or 0 for amount in amounts)) == together


def test_the_documented_floor_of_half_an_acu() -> None:
    assert dollars(line_of(estimate_of(stack_of()), "compute: aurora").floor) == "43.80"


def test_every_environment_that_ships_is_known_to_the_last_item(synthesized: dict[str, TerraformJson]) -> None:
    for name, document in synthesized.items():
        found = estimate(SynthesizedStack(name, document), region="us-east-1", today=TODAY)
        assert (name, found.unknown) == (name, ())
        assert 0 < found.floor < found.typical < found.ceiling


def test_totals_are_the_sums_of_the_lines() -> None:
    found = estimate_of(stack_of(aws_kms_key={"aurora": {}}, aws_cloudwatch_dashboard={"aurora": {}}))
    for name in ("floor", "typical", "ceiling"):
        assert getattr(found, name) == sum(getattr(line, name) for line in found.lines)


def test_money_is_never_a_float() -> None:
    for line in estimate_of(stack_of(), average_acu="0.7").lines:
        assert {type(amount) for amount in (line.floor, line.typical, line.ceiling)} == {Decimal}


def test_a_price_that_is_not_known_is_none_and_named_and_in_no_sum() -> None:
    prices = load_prices()
    known = PriceList(tuple(row for row in prices.rows if row.item != "io_million"))
    found = estimate(stack_of(), known, today=TODAY)
    line = line_of(found, "I/O")
    assert (line.floor, line.typical, line.ceiling) == (None, None, None)
    assert "io_million, whose price is not known in us-east-1" in line.why
    assert found.unknown == ("I/O",)
    assert found.typical == estimate(stack_of(), prices, today=TODAY).typical - Decimal("0.02")


def test_a_region_without_prices_takes_none_of_another() -> None:
    found = estimate(stack_of(region=NOWHERE), today=TODAY)
    assert len(found.unknown) == len(found.lines)
    assert found.floor == found.typical == found.ceiling == 0
    assert found.prices_as_of is None
    assert found.prices_said == f"no price is known for {NOWHERE}"


def seen(first: str, others: str) -> PriceList:
    """Return the prices with the day on which the first and the others were seen."""
    first_row, *rows = US_EAST_1.rows
    return PriceList((replace(first_row, seen=first), *(replace(row, seen=others) for row in rows)))


def test_where_aws_bills_in_another_currency_no_price_is_known() -> None:
    found = estimate(stack_of(region="cn-northwest-1"), today=TODAY)
    assert (found.prices, knows_nothing(found)) == ((), True)
    assert found.prices_said == "no price is known for cn-northwest-1, where AWS bills in CNY"


def test_prices_that_are_borrowed_are_said_to_be() -> None:
    prices = seen("2025-10", "2025-10")
    own = replace(prices.rows[0], region=NOWHERE, usd=Decimal("0.14"), seen="2026-10-31")
    found = estimate(stack_of(region=NOWHERE), prices.with_rows([own]), borrowed_from="us-east-1", today=TODAY)
    assert found.unknown == ()
    assert "x $0.14 per ACU-hour;" in line_of(found, "compute: aurora").why
    assert line_of(found, "storage").why == "10 GB x $0.10 per GB-month (us-east-1's)"
    assert found.prices_said == (
        f"prices of us-east-1 and {NOWHERE}, 2025-10 to 2026-10-31, up to 396 days old; us-east-1's stand in for "
        f"unknown ones of {NOWHERE}"
    )


def test_the_age_of_the_prices_is_that_of_the_oldest_one() -> None:
    found = estimate(stack_of(), seen("2025-10", "2026-03"), today=date(2026, 4, 1))
    assert found.prices_as_of == date(2025, 10, 1)
    assert found.prices_said == "prices of us-east-1, 2025-10 to 2026-03, up to 182 days old"


def test_a_price_that_was_not_needed_makes_the_others_no_older() -> None:
    found = estimate(stack_of(cluster={"storage_type": "aurora-iopt1"}), seen("2020-01", "2026-03"), today=TODAY)
    assert found.prices_as_of == date(2026, 3, 1)


def test_the_age_of_prices_of_one_day_is_exact() -> None:
    found = estimate(stack_of(), seen("2026-10-31", "2026-10-31"), today=TODAY)
    assert found.prices_said == "prices of us-east-1, 2026-10-31, 1 day old"


def test_a_stack_without_a_region_is_estimated_for_the_one_that_is_given() -> None:
    stack = stack_of(region=None)
    assert estimate(stack, today=TODAY).prices_said == "no price is known: no Region is named"
    assert "while no Region is named" in estimate(stack, today=TODAY).lines[0].why
    assert estimate(stack, region="us-east-1", today=TODAY).unknown == ()


def test_the_stacks_own_region_counts_before_a_given_one() -> None:
    assert estimate(stack_of(region="eu-west-1"), region="us-east-1", today=TODAY).region == "eu-west-1"


@pytest.mark.parametrize(
    ("type_", "is_unknown"),
    [("aws_nat_gateway", True), ("aws_lambda_function", True), ("aws_security_group", False), ("random_id", False)],
)
def test_a_type_of_which_nothing_is_known_here_is_named(type_: str, *, is_unknown: bool) -> None:
    resources: dict[str, Any] = {type_: {"one": {}}}
    found = estimate_of(stack_of(**resources))
    assert found.unknown == ((f"{type_}.one",) if is_unknown else ())


def test_another_engine_is_not_priced_as_postgresql() -> None:
    found = estimate_of(stack_of(cluster={"engine": "aurora-mysql"}))
    assert found.unknown == ("aws_rds_cluster.aurora",)
    assert "not of aurora-mysql" in found.lines[0].why
    assert found.break_evens == ()


@pytest.mark.parametrize("more", [{"count": 2}, {"for_each": "${var.names}"}])
def test_a_block_of_several_clusters_is_not_known(more: dict[str, Any]) -> None:
    assert estimate_of(stack_of(cluster=more)).unknown == ("aws_rds_cluster.aurora",)


def test_the_lines_of_several_clusters_are_told_apart() -> None:
    stack = stack_of()
    document: dict[str, Any] = dict(stack.document)
    resources = document["resource"]
    resources["aws_rds_cluster"]["other"] = resources["aws_rds_cluster"]["aurora"] | {"cluster_identifier": "other"}
    resources["aws_rds_cluster_instance"]["other"] = {
        "cluster_identifier": "${aws_rds_cluster.other.id}",
        "instance_class": "db.serverless",
    }
    found = estimate_of(SynthesizedStack("two", document))
    assert has_line(found, "aurora: compute: aurora")
    assert has_line(found, "other: compute: other")
    assert not has_line(found, "other: compute: aurora")


def test_a_stack_without_a_cluster_costs_what_it_has() -> None:
    stack = SynthesizedStack("alarm", {"resource": {"aws_kms_key": {"key": {}}}})
    assert dollars(estimate(stack, region="us-east-1", today=TODAY).floor) == "1.00"


def test_an_empty_stack_costs_nothing_and_says_so_without_a_price() -> None:
    found = estimate(SynthesizedStack("empty", {}), region="us-east-1", usage=Usage(), today=TODAY)
    assert (found.lines, found.unknown) == ((), ())
    assert found.floor == 0
