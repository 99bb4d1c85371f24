"""Prices from AWS's Price List API, for one Region, into the file of prices.

Source: AWS Billing User Guide, "Using the AWS Price List Query API", and the service reference of GetProducts: a
product is a JSON text with `product.attributes` and `terms.OnDemand`; the usage types of most Regions begin with a
prefix of theirs, such as `EUC1-`, and those of us-east-1 often with none.
"""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from operations.aws_errors import code_of, explained
from operations.errors import OperationsError, failed, wrong_input
from operations.exit_status import ExitStatus
from prices import Price, PriceList

ACTION: Final = "pricing:GetProducts"
CERTAINTY: Final = "price list"

# Priced once for all Regions: the Price List has them with the location `Any`.
_OF_NO_REGION: Final = frozenset({"dashboard_month"})
_PREFIX: Final = r"(?:[A-Z][A-Z0-9]{1,7}|[a-z]{2}(?:-[a-z]+)+-\d)-"
_ENGINES: Final = ("Aurora PostgreSQL", "Any", "")
_DENIED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


@dataclass(frozen=True)
class Refreshed:
    """What AWS answered: the new list, which rows it changed or added, and the items that it has no price of."""

    prices: PriceList
    found: tuple[Price, ...]
    missing: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return what was found, and what was not, as JSON has it."""
        return {
            "region": self.found[0].region,
            "found": {price.item: price.usd for price in self.found},
            "missing": dict(self.missing),
        }


def endpoint_region(region: str) -> str:
    """Return where the Price List API is asked: it has an endpoint in a few Regions, and each knows all Regions."""
    return "eu-central-1" if region.startswith("eu-") else "us-east-1"


def refresh(prices: PriceList, region: str, pricing: Any, *, today: date) -> Refreshed:
    """Ask for every item in a Region; `pricing` is boto3's client. Raises OperationsError, and what boto3 does."""
    items = {row.item: row for row in prices.rows}
    found: list[Price] = []
    missing: dict[str, str] = {}
    for item, row in items.items():
        if not row.usage_type:
            missing[item] = "its usage type is not known here"
            continue
        products = [product for product in _products(pricing, row, region) if _is_of(product, row)]
        price, reason = _price(products)
        if price is None:
            missing[item] = reason
            continue
        found.append(
            Price(
                item=item,
                region=region,
                unit=row.unit,
                usd=_plain(price * row.units),
                service_code=row.service_code,
                usage_type=row.usage_type,
                source="AWS Price List API",
                seen=today.isoformat(),
                certainty=CERTAINTY,
            )
        )
    if not found:
        raise failed(f"AWS's Price List has none of the prices for {region}: check the Region's name")
    return Refreshed(prices.with_rows(found), tuple(found), missing)


def write(prices: PriceList, path: Path) -> None:
    """Write the file in one step: whoever reads it meanwhile sees the old one or the new one.

    Raises OperationsError (2).
    """
    temporary = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=".prices-", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(prices.as_csv())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise wrong_input(f"{path} cannot be written: {error.strerror}; name another file with --prices") from None


def _products(pricing: Any, row: Price, region: str) -> Iterator[dict[str, Any]]:
    place = {"Field": "location", "Value": "Any"} if row.item in _OF_NO_REGION else _region(region)
    filters = [{"Type": "TERM_MATCH"} | place, {"Type": "CONTAINS", "Field": "usagetype", "Value": row.usage_type}]
    pages = pricing.get_paginator("get_products").paginate(
        ServiceCode=row.service_code, Filters=filters, FormatVersion="aws_v1"
    )
    try:
        for page in pages:
            for text in page["PriceList"]:
                yield json.loads(text)
    except Exception as error:
        if code_of(error) in _DENIED:
            raise OperationsError(
                f"access denied: these credentials must be allowed the action {ACTION}; add it, or use other "
                "credentials (AWS_PROFILE)",
                ExitStatus.NO_ACCESS,
            ) from None
        raise explained(error) or error from None


def _region(region: str) -> dict[str, str]:
    return {"Field": "regionCode", "Value": region}


def _is_of(product: Mapping[str, Any], row: Price) -> bool:
    usage_type = product.get("product", {}).get("attributes", {}).get("usagetype", "")
    return re.fullmatch(f"(?:{_PREFIX})?{re.escape(row.usage_type)}", usage_type) is not None


def _price(products: list[dict[str, Any]]) -> tuple[Decimal | None, str]:
    """Return the price of one of the Price List's units; None with the reason where it has none, or several."""
    for engine in _ENGINES:
        of_engine = [
            product for product in products if product["product"]["attributes"].get("databaseEngine", "") == engine
        ]
        amounts = {amount for product in of_engine if (amount := _first_paid(product)) is not None}
        if len(amounts) == 1:
            return amounts.pop(), ""
        if amounts:
            return None, f"the Price List has {len(amounts)} prices of it"
    return None, "the Price List does not have it"


def _first_paid(product: Mapping[str, Any]) -> Decimal | None:
    """Return the price of the first tier that is not free, in US dollars."""
    dimensions = [
        dimension
        for term in product.get("terms", {}).get("OnDemand", {}).values()
        for dimension in term["priceDimensions"].values()
        if "USD" in dimension["pricePerUnit"]
    ]
    tiers = sorted(dimensions, key=lambda dimension: Decimal(dimension.get("beginRange") or 0))
    amounts = [Decimal(dimension["pricePerUnit"]["USD"]) for dimension in tiers]
    return next((amount for amount in amounts if amount > 0), amounts[0] if amounts else None)


def _plain(amount: Decimal) -> Decimal:
    """Return the amount without zeros at its end, but with cents."""
    least, digits = Decimal("0.01"), amount.normalize()
    return amount.quantize(least) if digits == digits.quantize(least) else digits
