"""Prices, and the Regions that have some, against the Price List's public files."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from aurora_serverless.facts.prices import CURRENCY, Price, PriceList
from aurora_serverless.facts.regions import RegionFact, regions
from aurora_serverless.rules.regions import currency_of
from operations.errors import OperationsError
from operations.facts import price_files
from operations.facts.difference import Compared, Difference
from operations.prices.price_list import OF_NO_REGION, price_of

RDS: Final = "AmazonRDS"


def compare_regions(known: Sequence[RegionFact]) -> Compared:
    """Compare with the Regions that have prices of Amazon RDS. Raises OperationsError."""
    names = {row.region for row in known}
    obstacle = "add it by hand: the Price List tells neither its partition nor what is offered there"
    new = sorted(price_files.region_files(RDS).keys() - names)
    return Compared(
        "regions",
        tuple(known),
        tuple(Difference("regions", region, "Region", None, region, obstacle) for region in new),
        ("no API tells what is offered in a Region, such as the Data API: the Price List names the Regions alone",),
    )


def compare_prices(
    known: Sequence[Price], region: str | None, today: date, on_file: Callable[[str], None]
) -> tuple[Compared, list[OperationsError]]:
    """Compare the prices of a Region, or of all; and return what kept files from being read.

    Of a file that was not read whole nothing is taken. A Region whose prices are in another currency has no files here.
    """
    if region is not None and currency_of(region) != CURRENCY:
        return Compared("prices", tuple(known), silent=tuple(_in_other_currencies([region]))), []
    prices, failures = PriceList(tuple(known)), list[OperationsError]()
    told: list[Price] = []
    lacking: dict[str, list[str]] = {}
    for code, items in _by_service(known).items():
        try:
            files = price_files.region_files(code)
        except OperationsError as error:
            failures.append(error)
            continue
        if region is not None and region not in files:
            lacking[f"the Price List has no {code} in US dollars"] = [region]
            continue
        for name in sorted(files) if region is None else [region]:
            on_file(f"{code} in {name}")
            try:
                offers = price_files.read_offers(files[name], items)
            except OperationsError as error:
                failures.append(error)
                continue
            for row in items:
                found = price_of(row, name, offers, source=price_files.SOURCE, today=today)
                if isinstance(found, Price):
                    told.append(found)
                elif prices.find(row.item, name) is not None:
                    lacking.setdefault(f"{row.item}: {found}", []).append(name)
    silent = [*_not_asked(known)]
    silent += _in_other_currencies(regions()) if region is None else ()
    silent += (f"{what}, in {', '.join(names)}" for what, names in lacking.items())
    return Compared("prices", prices.with_rows(told).rows, tuple(_differences(prices, told)), tuple(silent)), failures


def _by_service(known: Sequence[Price]) -> Mapping[str, list[Price]]:
    """Return the items that a file can have, one row each, by the service whose files they are in."""
    items = {row.item: row for row in known if row.usage_type and row.item not in OF_NO_REGION}
    found: dict[str, list[Price]] = {}
    for row in items.values():
        found.setdefault(row.service_code, []).append(row)
    return found


def _differences(prices: PriceList, told: Sequence[Price]) -> Iterator[Difference]:
    for price in sorted(told, key=lambda price: (price.region, price.item)):
        before = prices.find(price.item, price.region)
        if before is None or before.usd != price.usd:
            name = f"{price.item} in {price.region}"
            yield Difference("prices", name, f"USD per {price.unit}", before and before.usd, price.usd)


def _in_other_currencies(names: Iterable[str]) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for name in sorted(names):
        found.setdefault(currency_of(name), []).append(name)
    for currency, priced in found.items():
        if currency != CURRENCY:
            yield f"AWS names the prices of {' and '.join(priced)} in {currency}, in files of their own"


def _not_asked(known: Sequence[Price]) -> Iterator[str]:
    unnamed = sorted({row.item for row in known} - {row.item for row in known if row.usage_type})
    if unnamed:
        yield f"the usage type of {', '.join(unnamed)} is not known here"
    if items := sorted({row.item for row in known} & OF_NO_REGION):
        yield f"{', '.join(items)} is priced for no Region: ./aurora-serverless cost --refresh asks for it"
