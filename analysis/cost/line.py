"""One line of an estimate, and how a price and three quantities make one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Self

from aurora_serverless.facts.prices import Price, PriceList

Number = Decimal | int


@dataclass(frozen=True)
class Quantity:
    """How much of something a month needs: at least, in the typical month, and at most."""

    floor: Decimal
    typical: Decimal
    ceiling: Decimal

    @classmethod
    def fixed(cls, amount: Number) -> Self:
        """Return what is the same in every month."""
        return cls(Decimal(amount), Decimal(amount), Decimal(amount))

    @classmethod
    def used(cls, amount: Number) -> Self:
        """Return what the usage decides and no argument bounds: nothing at least, the typical month's at most."""
        return cls(Decimal(0), Decimal(amount), Decimal(amount))

    def __add__(self, other: "Quantity") -> "Quantity":
        """Return the sum."""
        return Quantity(self.floor + other.floor, self.typical + other.typical, self.ceiling + other.ceiling)

    def __mul__(self, factor: Number) -> "Quantity":
        """Return the product."""
        return Quantity(self.floor * factor, self.typical * factor, self.ceiling * factor)

    def at_least(self, least: Number) -> "Quantity":
        """Return it with nothing below `least`."""
        amount = Decimal(least)
        return Quantity(max(self.floor, amount), max(self.typical, amount), max(self.ceiling, amount))

    @property
    def bounds(self) -> str:
        """What it is at least and at most, for people; empty where that is the same."""
        if self.floor == self.ceiling:
            return ""
        return f"{number(self.floor)} at least, {number(self.ceiling)} at most"


@dataclass(frozen=True)
class Line:
    """What one item costs a month, in US dollars; None where its price, or how much of it there is, is not known.

    `why` is the formula with its numbers. `prices` are the rows that it was made with.
    """

    item: str
    why: str
    floor: Decimal | None
    typical: Decimal | None
    ceiling: Decimal | None
    prices: tuple[Price, ...] = ()

    @property
    def is_known(self) -> bool:
        """Whether all three amounts are known."""
        return None not in {self.floor, self.typical, self.ceiling}

    def called(self, item: str) -> "Line":
        """Return the line under another name."""
        return replace(self, item=item)


@dataclass(frozen=True)
class Rates:
    """The prices of one Region; with `borrowed_from`, those of another one in the place of the unknown ones."""

    prices: PriceList
    region: str | None
    borrowed_from: str | None = None

    def price(self, item: str) -> Price | None:
        """Return the price of an item; None where it is not known."""
        return self.prices.find(item, self.region) or self.prices.find(item, self.borrowed_from)

    def line(self, item: str, price_item: str, quantity: Quantity, how: str, bounds: str = "") -> Line:
        """Return the line for a quantity of what `price_item` prices.

        `how` says how much the typical month needs; `bounds` what it is at least and at most.
        """
        price = self.price(price_item)
        after = f"; {bounds}" if bounds else ""
        if price is None:
            where = f"in {self.region}" if self.region else "while no Region is named"
            return unknown(item, f"{how} x {price_item}, whose price is not known {where}{after}")
        whose = f" ({price.region}'s)" if price.region != self.region else ""
        amounts = (quantity.floor * price.usd, quantity.typical * price.usd, quantity.ceiling * price.usd)
        return Line(item, f"{how} x {price.said}{whose}{after}", *amounts, prices=(price,))


def unknown(item: str, why: str) -> Line:
    """Return the line for what nobody can tell."""
    return Line(item, why, None, None, None)


def free(item: str, why: str) -> Line:
    """Return the line for what one might think costs something, and does not."""
    return Line(item, why, Decimal(0), Decimal(0), Decimal(0))


def together(item: str, lines: Iterable[Line]) -> Line:
    """Return one line for several: unknown where one of them is."""
    parts = list(lines)
    why = "; ".join(part.why for part in parts)
    prices = tuple(price for part in parts for price in part.prices)
    if not all(part.is_known for part in parts):
        return Line(item, why, None, None, None, prices)
    return Line(
        item,
        why,
        sum((part.floor or Decimal(0) for part in parts), Decimal(0)),
        sum((part.typical or Decimal(0) for part in parts), Decimal(0)),
        sum((part.ceiling or Decimal(0) for part in parts), Decimal(0)),
        prices,
    )


def number(value: Number) -> str:
    """Return a number as people write it: no zeros at its end, two places at most unless it is small."""
    amount = Decimal(value)
    places = Decimal("0.01") if abs(amount) >= 1 or amount == 0 else Decimal("0.0001")
    text = f"{amount.quantize(places):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
