"""Prices in what is said of keys, from the files of facts: those of one Region, which docs/options.md names."""

from decimal import Decimal
from functools import cache
from typing import Final

from aurora_serverless.facts.prices import PriceList, load_prices

PRICES_OF: Final = "us-east-1"
"""The Region whose prices are shown, and named, where none is deployed to."""
HOURS_A_MONTH: Final = 730

_CENT: Final = Decimal("0.01")


def dollars(item: str, times: int = 1) -> str:
    """Return what so many units of an item cost, such as `$0.12`. Raises KeyError for an unknown one."""
    price = _prices().find(item, PRICES_OF)
    if price is None:
        raise KeyError(item)
    return f"${price.usd:f}" if times == 1 else f"${(price.usd * times).quantize(_CENT):f}"


def times_as_much(item: str, other: str) -> Decimal:
    """Return how many times the price of `other` an item has. Raises KeyError for an unknown one."""
    found = [_prices().find(each, PRICES_OF) for each in (item, other)]
    if None in found:
        raise KeyError(item)
    mine, others = (price.usd for price in found if price is not None)
    return mine / others


@cache
def _prices() -> PriceList:
    return load_prices()
