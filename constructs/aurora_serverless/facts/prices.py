"""The prices: a row an item and a Region, each with its source, its date and how certain it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import ClassVar, Final, Self

from aurora_serverless.facts.table import FOLDER, Fact, as_csv, parse_facts, read_facts

PRICES_FILE: Final = FOLDER / "prices.csv"

CURRENCY: Final = "USD"
"""Of all rows: a Region whose prices AWS names in another currency has none."""

_TOO_MUCH: Final = 1_000_000_000
_LARGE_UNITS: Final = {"million": 1_000_000, "100,000": 100_000, "10,000": 10_000}


def _dollars(text: str) -> Decimal:
    usd = Decimal(text)
    if not usd.is_finite() or not 0 <= usd < _TOO_MUCH:
        raise ValueError(text)
    return usd


@dataclass(frozen=True, kw_only=True)
class Price(Fact):
    """What one `unit` of an item costs in a Region, in US dollars.

    `usage_type` is AWS's name of it in the Price List, without the prefix of the Region; "" where it is not known.
    """

    KEY: ClassVar = ("item", "region")

    item: str
    region: str
    unit: str
    usd: Decimal = field(metadata={"read": _dollars, "what": "a price in US dollars such as 0.12"})
    service_code: str
    usage_type: str = ""

    @property
    def units(self) -> int:
        """How many of the Price List's own units `unit` is: 1,000,000 for `million requests`."""
        return _LARGE_UNITS.get(self.unit.partition(" ")[0], 1)

    @property
    def said(self) -> str:
        """The price for people, such as `$0.12 per ACU-hour`."""
        return f"${self.usd:f} per {self.unit}"


@dataclass(frozen=True)
class PriceList:
    """All rows, in their order."""

    rows: tuple[Price, ...]

    def find(self, item: str, region: str | None) -> Price | None:
        """Return the price of an item in a Region; None where nobody has written it down, never another Region's."""
        return None if region is None else self._by_item.get((item, region))

    @property
    def regions(self) -> tuple[str, ...]:
        """The Regions of which some price is known, sorted."""
        return tuple(sorted({row.region for row in self.rows}))

    def with_rows(self, rows: Iterable[Price]) -> Self:
        """Return the list with these rows in the place of those of the same item and Region, sorted by Region."""
        known = {**self._by_item, **{(row.item, row.region): row for row in rows}}
        regions = sorted({region for _, region in known})
        return type(self)(tuple(row for region in regions for row in known.values() if row.region == region))

    def as_csv(self) -> str:
        """Return the rows as the file has them."""
        return as_csv(Price, self.rows)

    @cached_property
    def _by_item(self) -> Mapping[tuple[str, str], Price]:
        return {(row.item, row.region): row for row in self.rows}


def load_prices(path: Path = PRICES_FILE) -> PriceList:
    """Read the prices of a file. Raises FactError."""
    return PriceList(read_facts(path, Price))


def parse_prices(text: str, path: str) -> PriceList:
    """Return the prices in the text of a file. Raises FactError."""
    return PriceList(parse_facts(text, path, Price))
