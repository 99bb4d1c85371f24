"""The prices: a row an item and a Region, each with its source, its date and how certain it is.

Apart from the estimate, because the instructions after a deploy take a price too, and need nothing but the standard
library for it.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cached_property
from pathlib import Path
from typing import Final, Self

PRICES_FILE: Final = Path(__file__).with_name("prices.csv")

COLUMNS: Final = ("item", "region", "unit", "usd", "service_code", "usage_type", "source", "date", "certainty")
CERTAINTIES: Final = ("price list", "several sources", "one source", "weak")
"""From the surest to the least sure; `price list` is AWS's own answer to `alexdb cost --refresh`."""

_LARGE_UNITS: Final = {"million": 1_000_000, "100,000": 100_000, "10,000": 10_000}
_LENGTH_OF_A_MONTH: Final = len("2026-03")


class PriceFileError(ValueError):
    """The file of prices cannot be read, or says something that is no price: one line, with the place."""


@dataclass(frozen=True)
class Price:
    """What one `unit` of an item costs in a Region, in US dollars.

    `usage_type` is AWS's name of it in the Price List, without the prefix of the Region. `seen` is when it was last
    seen at its source: a day such as 2026-03-05, or a month such as 2026-03.
    """

    item: str
    region: str
    unit: str
    usd: Decimal
    service_code: str
    usage_type: str
    source: str
    seen: str
    certainty: str

    @property
    def date(self) -> date:
        """The day on which it was last seen; of a month, the first day."""
        return _day(self.seen)

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
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in self.rows:
            cells = (row.item, row.region, row.unit, f"{row.usd:f}", row.service_code, row.usage_type)
            writer.writerow((*cells, row.source, row.seen, row.certainty))
        return text.getvalue()

    @cached_property
    def _by_item(self) -> Mapping[tuple[str, str], Price]:
        return {(row.item, row.region): row for row in self.rows}


def load_prices(path: Path = PRICES_FILE) -> PriceList:
    """Read the prices of a file. Raises PriceFileError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise PriceFileError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise PriceFileError(f"{path} is not UTF-8: save it as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise PriceFileError(f"{path} is no file of prices: its first line must be {','.join(COLUMNS)}")
    rows: dict[tuple[str, str], Price] = {}
    for cells in reader:
        row = _price(cells, f"{path}:{reader.line_num}")
        if (row.item, row.region) in rows:
            raise PriceFileError(f"{path}:{reader.line_num}: {row.item} in {row.region} is there twice; keep one")
        rows[row.item, row.region] = row
    return PriceList(tuple(rows.values()))


def _price(cells: Mapping[str, str | None], place: str) -> Price:
    if None in cells or None in cells.values():
        raise PriceFileError(f"{place}: a row has {len(COLUMNS)} columns: {', '.join(COLUMNS)}")
    values = {column: (cells[column] or "").strip() for column in COLUMNS}
    empty = [column for column, value in values.items() if not value and column != "usage_type"]
    if empty:
        raise PriceFileError(f"{place}: {empty[0]} is empty")
    if values["certainty"] not in CERTAINTIES:
        raise PriceFileError(f"{place}: certainty {values['certainty']} is none of {', '.join(CERTAINTIES)}")
    try:
        _day(values["date"])
    except ValueError:
        raise PriceFileError(f"{place}: date {values['date']} is no date such as 2026-03 or 2026-03-05") from None
    usd = _dollars(values.pop("usd"), place)
    return Price(usd=usd, seen=values.pop("date"), **values)


def _dollars(text: str, place: str) -> Decimal:
    try:
        usd = Decimal(text)
    except InvalidOperation:
        usd = Decimal("nan")
    if not usd.is_finite() or usd < 0:
        raise PriceFileError(f"{place}: usd {text} is no price in US dollars such as 0.12")
    return usd


def _day(text: str) -> date:
    return date.fromisoformat(f"{text}-01" if len(text) == _LENGTH_OF_A_MONTH else text)
