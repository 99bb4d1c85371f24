"""Prices from AWS's Price List API, for one Region, into the file of prices.

Source: AWS Billing User Guide, "Using the AWS Price List Query API", and the service reference of GetProducts: a
product is a JSON text with `product.attributes` and `terms.OnDemand`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from aurora_serverless.facts.prices import CURRENCY, Price, PriceList
from aurora_serverless.rules.regions import currency_of
from operations.aws.errors import code_of, explained
from operations.errors import ErrorKind, OperationsError, failed, wrong_input
from operations.prices.price_list import OF_NO_REGION, Offer, Tier, price_of

ACTION: Final = "pricing:GetProducts"
SOURCE: Final = "AWS Price List API"
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


def check_currency(region: str) -> None:
    """Raise OperationsError (WRONG_INPUT) where AWS names no prices in US dollars, at an address of its own."""
    if (currency := currency_of(region)) != CURRENCY:
        raise wrong_input(
            f"--refresh: AWS names the prices of {region} in {currency}, and a file of prices has {CURRENCY} only; "
            "leave --refresh out, or name another environment"
        )


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
        price = price_of(row, region, _offers(pricing, row, region), source=SOURCE, today=today)
        if isinstance(price, str):
            missing[item] = price
        else:
            found.append(price)
    if not found:
        raise failed(f"AWS's Price List has none of the prices for {region}: check the Region's name")
    return Refreshed(prices.with_rows(found), tuple(found), missing)


def _offers(pricing: Any, row: Price, region: str) -> Iterator[Offer]:
    place = {"Field": "location", "Value": "Any"} if row.item in OF_NO_REGION else _region(region)
    filters = [{"Type": "TERM_MATCH"} | place, {"Type": "CONTAINS", "Field": "usagetype", "Value": row.usage_type}]
    pages = pricing.get_paginator("get_products").paginate(
        ServiceCode=row.service_code, Filters=filters, FormatVersion="aws_v1"
    )
    try:
        for page in pages:
            for text in page["PriceList"]:
                yield _offer(json.loads(text))
    except Exception as error:
        if code_of(error) in _DENIED:
            raise OperationsError(
                f"access denied: these credentials must be allowed the action {ACTION}; add it, or use other "
                "credentials (AWS_PROFILE)",
                ErrorKind.NO_ACCESS,
            ) from None
        raise explained(error) or error from None


def _region(region: str) -> dict[str, str]:
    return {"Field": "regionCode", "Value": region}


def _offer(product: Mapping[str, Any]) -> Offer:
    attributes = product.get("product", {}).get("attributes", {})
    tiers = tuple(
        Tier(Decimal(dimension.get("beginRange") or 0), Decimal(dimension["pricePerUnit"]["USD"]))
        for term in product.get("terms", {}).get("OnDemand", {}).values()
        for dimension in term["priceDimensions"].values()
        if "USD" in dimension["pricePerUnit"]
    )
    return Offer(attributes.get("usagetype", ""), attributes.get("databaseEngine", ""), tiers)
