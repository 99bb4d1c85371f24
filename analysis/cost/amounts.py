"""Amounts of money for people: dollars and cents, and a word where nothing is known."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from analysis.cost.estimate import Estimate

UNKNOWN: Final = "unknown"
_CENT: Final = Decimal("0.01")


def money(amount: Decimal | None) -> str:
    """Return an amount in US dollars; `unknown` where it is not known, never 0."""
    if amount is None:
        return UNKNOWN
    if 0 < amount < _CENT / 2:
        return "< 0.01"
    return f"{amount.quantize(_CENT, ROUND_HALF_UP):,f}"


def knows_nothing(estimate: Estimate) -> bool:
    """Whether no price of an estimate is known: what is left then is what costs nothing."""
    return bool(estimate.unknown) and not estimate.prices


def totals(estimate: Estimate) -> tuple[str, str, str]:
    """Return floor, typical month and ceiling; with a plus where the sum lacks something that is not known."""
    if knows_nothing(estimate):
        return UNKNOWN, UNKNOWN, UNKNOWN
    more = " +" if estimate.unknown else ""
    return f"{money(estimate.floor)}{more}", f"{money(estimate.typical)}{more}", f"{money(estimate.ceiling)}{more}"
