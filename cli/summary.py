"""The table that a synthesis ends with: the environments, how much each makes and costs, and what to know of it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from analysis.cost.estimate import Estimate, estimate, totals, whose_prices
from analysis.synthesized.stack import SynthesizedStack as ReadStack
from aurora_serverless.facts.prices import load_prices

if TYPE_CHECKING:
    from stacks.synthesis import SynthesizedStack

_HEADER: Final = ("environment", "resources", "floor", "ceiling", "warnings")


_prices: Final = cache(load_prices)


def examine(name: str, document: Mapping[str, Any], *, today: date) -> Estimate:
    """Return what a stack costs, by its JSON."""
    return estimate(ReadStack(name, document), _prices(), today=today)


def lines(stacks: "Sequence[SynthesizedStack]") -> Iterator[str]:
    """Yield the lines of the table of examined stacks, and whose prices they are made with: US dollars a month."""
    estimates: list[Estimate] = [stack.examined for stack in stacks]
    rows = [_HEADER]
    for stack, estimated in zip(stacks, estimates, strict=True):
        floor, _, ceiling = totals(estimated)
        rows.append((stack.name, str(stack.resource_count), floor, ceiling, str(len(stack.warnings) or "")))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    for row in rows:
        name, *cells = (f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join((f"{name.strip():<{widths[0]}}", *cells)).rstrip()
    known = [estimated for estimated in estimates if estimated.prices]
    yield f"US dollars a month: {whose_prices(known) if known else 'no price is known'}"
    unknown = [estimated.environment for estimated in estimates if estimated.unknown]
    if unknown:
        yield f"what is unknown, and why: ./aurora-serverless cost {unknown[0]}"
