"""A stand-in for AWS's Price List API: a client of boto3 whose answers have the form of the real ones.

moto has no such service. What a product looks like is from AWS's "Using the AWS Price List Query API" and from
published answers of it; botocore checks requests and answers against its model of the service.
"""

import json
from collections.abc import Mapping
from typing import Any

from botocore.stub import ANY, Stubber  # type: ignore[import-untyped]

from tests.deployed.stubs import stubbed

Tiers = Mapping[str, str]
"""Prices of one unit in US dollars, by where their tier begins."""


def product(usage_type: str, price: str | Tiers, *, currency: str = "USD", **attributes: str) -> str:
    """Return a product of the Price List, as the text that the API answers."""
    sku = f"SKU{abs(hash(usage_type)) % 10**8}"
    tiers = {"0": price} if isinstance(price, str) else price
    dimensions = {
        f"{sku}.JRTCKXETXF.{begin}": {
            "unit": "ACU-Hr",
            "endRange": "Inf",
            "description": f"{amount} per unit",
            "appliesTo": [],
            "rateCode": f"{sku}.JRTCKXETXF.{begin}",
            "beginRange": begin,
            "pricePerUnit": {currency: amount},
        }
        for begin, amount in tiers.items()
    }
    term = {
        "priceDimensions": dimensions,
        "sku": sku,
        "effectiveDate": "2026-10-01T00:00:00Z",
        "offerTermCode": "JRTCKXETXF",
        "termAttributes": {},
    }
    return json.dumps(
        {
            "product": {
                "productFamily": "ServerlessV2",
                "attributes": {"usagetype": usage_type, "operation": "", "servicename": "Amazon"} | attributes,
                "sku": sku,
            },
            "serviceCode": "AmazonRDS",
            "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": term}},
            "version": "20261001000000",
            "publicationDate": "2026-10-01T00:00:00Z",
        }
    )


def answering(*answers: list[str]) -> tuple[Any, Stubber]:
    """Return a client that answers each question with the next list of products."""
    client, stubber = stubbed("pricing")
    for products in answers:
        stubber.add_response(
            "get_products",
            {"FormatVersion": "aws_v1", "PriceList": products},
            {"ServiceCode": ANY, "Filters": ANY, "FormatVersion": "aws_v1"},
        )
    return client, stubber
