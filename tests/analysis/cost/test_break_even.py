"""When I/O-Optimized storage costs less than Standard: the formula, and what an estimate says of it."""

from decimal import Decimal

import pytest

from analysis.cost.break_even import StoragePrices, storage_prices
from analysis.cost.line import Rates
from aurora_serverless.facts.prices import PriceList, load_prices
from tests.analysis.cost.documents import NOWHERE, estimate_of, stack_of

PRICES = StoragePrices(Decimal("0.12"), Decimal("0.16"), Decimal("0.10"), Decimal("0.225"), Decimal("0.20"))


@pytest.mark.parametrize(("acu", "gigabytes"), [(1, 0), (0, 100), (5, 100), (12, 500)])
def test_the_documented_formula(acu: int, gigabytes: int) -> None:
    """(0.04 x ACU x 730 + 0.125 x GB) / 0.20."""
    expected = (Decimal("0.04") * acu * 730 + Decimal("0.125") * gigabytes) / Decimal("0.20")
    assert PRICES.break_even_millions(Decimal(acu * 730), Decimal(gigabytes)) == expected


def test_at_the_break_even_both_cost_the_same() -> None:
    acu_hours, gigabytes = Decimal(3650), Decimal(100)
    millions = PRICES.break_even_millions(acu_hours, gigabytes)
    assert millions is not None
    assert PRICES.standard(acu_hours, gigabytes, millions) == PRICES.io_optimized(acu_hours, gigabytes)
    more = millions + 1
    assert PRICES.standard(acu_hours, gigabytes, more) > PRICES.io_optimized(acu_hours, gigabytes)


def test_in_acu_hours_it_is_the_same_point() -> None:
    millions = PRICES.break_even_millions(Decimal(3650), Decimal(100))
    assert millions is not None
    assert PRICES.break_even_acu_hours(Decimal(100), millions) == 3650


def test_without_io_it_never_pays_off() -> None:
    acu_hours = PRICES.break_even_acu_hours(Decimal(100), Decimal(0))
    assert acu_hours is not None
    assert acu_hours < 0


def test_prices_that_do_not_differ_have_no_break_even() -> None:
    same = StoragePrices(Decimal("0.12"), Decimal("0.12"), Decimal("0.10"), Decimal("0.225"), Decimal(0))
    assert same.break_even_millions(Decimal(1), Decimal(1)) is None
    assert same.break_even_acu_hours(Decimal(1), Decimal(1)) is None


def test_an_unknown_price_makes_it_unknown() -> None:
    prices = load_prices()
    assert storage_prices(Rates(prices, "us-east-1")) == PRICES
    assert storage_prices(Rates(prices, NOWHERE)) is None
    without = PriceList(tuple(row for row in prices.rows if row.item != "io_million"))
    assert storage_prices(Rates(without, "us-east-1")) is None
    assert estimate_of(stack_of(region=NOWHERE)).break_evens == ()


@pytest.mark.parametrize(
    ("type_", "millions", "is_missed"),
    [("aurora", 1522, False), ("aurora", 1523, True), ("aurora-iopt1", 1522, True), ("aurora-iopt1", 1523, False)],
)
def test_an_estimate_says_when_the_other_storage_would_cost_less(type_: str, millions: int, *, is_missed: bool) -> None:
    """Two instances of 5 ACU and 100 GB: (0.04 x 10 x 730 + 12.5) / 0.20 = 1522.5 million."""
    stack = stack_of(minimum=2, maximum=8, cluster={"storage_type": type_}, instances={"aurora": {}, "reader": {}})
    [crossing] = estimate_of(stack, io_millions=millions).break_evens
    assert crossing.millions == Decimal("1522.5")
    assert crossing.saving_is_missed == is_missed


def test_a_capacity_that_is_not_known_has_no_break_even() -> None:
    assert estimate_of(stack_of(maximum="${var.max_capacity}")).break_evens == ()
