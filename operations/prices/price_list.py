"""What AWS's Price List says of a price, by whichever way it is asked: the one place that knows its usage types.

Source: AWS Billing User Guide, "Using the AWS Price List Query API" and "Using the AWS Price List Bulk API": both have
the same products. The usage types of most Regions begin with a prefix of theirs, such as `EUC1-`, those of us-east-1
often with none.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from aurora_serverless.facts.prices import Price

CERTAINTY: Final = "price list"

OF_NO_REGION: Final = frozenset({"dashboard_month"})
"""Priced once for all Regions: the Price List has them with the location `Any`, and in no Region's file."""

_PREFIX: Final = r"(?:[A-Z][A-Z0-9]{1,7}|[a-z]{2}(?:-[a-z]+)+-\d)-"
_ENGINES: Final = ("Aurora PostgreSQL", "Any", "")


@dataclass(frozen=True)
class Tier:
    """A price of one of the Price List's units, in US dollars, from a quantity on."""

    begins: Decimal
    usd: Decimal


@dataclass(frozen=True)
class Offer:
    """A product of the Price List: its usage type, the engine that it is for ("" for none), and its tiers."""

    usage_type: str
    engine: str
    tiers: tuple[Tier, ...]

    def is_of(self, row: Price) -> bool:
        """Whether it is what a row is the price of, in whichever Region."""
        return re.fullmatch(f"(?:{_PREFIX})?{re.escape(row.usage_type)}", self.usage_type) is not None

    @property
    def first_paid(self) -> Decimal | None:
        """The price of the first tier that is not free; None where it has none in US dollars."""
        amounts = [tier.usd for tier in sorted(self.tiers, key=lambda tier: tier.begins)]
        return next((amount for amount in amounts if amount > 0), amounts[0] if amounts else None)


def price_of(row: Price, region: str, offers: Iterable[Offer], *, source: str, today: date) -> Price | str:
    """Return the price of what a row prices, in a Region; as text the reason where there is none, or several."""
    fitting = [offer for offer in offers if offer.is_of(row)]
    for engine in _ENGINES:
        amounts = {offer.first_paid for offer in fitting if offer.engine == engine} - {None}
        if len(amounts) > 1:
            return f"the Price List has {len(amounts)} prices of it"
        for amount in amounts:
            assert amount is not None  # noqa: S101 (None is taken out above)
            return Price(
                item=row.item,
                region=region,
                unit=row.unit,
                usd=_plain(amount * row.units),
                service_code=row.service_code,
                usage_type=row.usage_type,
                source=source,
                seen=today.isoformat(),
                certainty=CERTAINTY,
            )
    return "the Price List does not have it"


def _plain(amount: Decimal) -> Decimal:
    """Return the amount without zeros at its end, but with cents."""
    least, digits = Decimal("0.01"), amount.normalize()
    return amount.quantize(least) if digits == digits.quantize(least) else digits
