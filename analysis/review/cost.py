"""What an environment costs before and after, and by which lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from analysis.cost.estimate import Estimate, estimate
from analysis.cost.line import Line
from analysis.cost.usage import Usage, size_of
from analysis.synthesized.database import databases
from analysis.synthesized.stack import SynthesizedStack

Month = tuple[Decimal | None, Decimal | None, Decimal | None]
"""US dollars a month: floor, typical, ceiling; None is unknown."""


@dataclass(frozen=True)
class CostLine:
    """A line of the estimate that is not the same: None where there is no such line."""

    item: str
    why: str
    before: Month | None
    after: Month | None


@dataclass(frozen=True)
class CostChange:
    """The estimates of both sides, and the lines that changed. None is where there was no environment.

    One whose file goes costs after what it did before: what is deployed stays.

    `unknown` are the items after whose price is not known: they are in no sum.
    """

    before: Month | None
    after: Month | None
    lines: tuple[CostLine, ...]
    unknown: tuple[str, ...]
    prices: str

    @property
    def unknown_lines(self) -> tuple[str, ...]:
        """The items that changed, and of which nobody can tell by how much."""
        return tuple(line.item for line in self.lines if None in (*(line.before or ()), *(line.after or ())))

    @property
    def typical_increase(self) -> Decimal:
        """How much more a typical month costs; an environment that is not there costs nothing."""
        return _typical(self.after) - _typical(self.before)


def cost_change(
    before: SynthesizedStack | None, after: SynthesizedStack | None, today: date | None = None
) -> CostChange | None:
    """Return what the change costs, or None where there is no stack on either side."""
    usage = _usage(before or after)
    old = None if before is None else estimate(before, usage=usage, today=today)
    new = old if after is None else estimate(after, usage=usage, today=today)
    if new is None:
        return None
    return CostChange(
        before=_month(old),
        after=_month(new),
        lines=tuple(_lines(old, new)),
        unknown=new.unknown,
        prices=new.prices_said,
    )


def month_text(month: Month | None) -> str:
    """Return what a month costs."""
    if month is None:
        return "nothing"
    floor, typical, ceiling = ("unknown" if value is None else f"${value:,.2f}" for value in month)
    return typical if floor == typical == ceiling else f"{typical} (from {floor} to {ceiling})"


def _usage(stack: SynthesizedStack | None) -> Usage | None:
    """Return the same data and calls for both sides: a larger maximum alone makes no larger database."""
    found = () if stack is None else databases(stack)
    largest = max((cluster.maximum_acu for cluster in found if cluster.maximum_acu is not None), default=None)
    if largest is None:
        return None
    size = size_of(largest)
    return Usage(
        storage_gb=size.storage_gb,
        io_millions=size.io_millions,
        data_api_millions=size.data_api_millions,
        log_gb=size.log_gb,
    )


def _lines(before: Estimate | None, after: Estimate | None) -> list[CostLine]:
    old, new = _by_item(before), _by_item(after)
    found = []
    for item in {**old, **new}:
        line = new.get(item) or old[item]
        months = _month(old.get(item)), _month(new.get(item))
        # Of an unknown amount its formula tells that it is another.
        is_unknown = months[0] is not None and None in months[0]
        if months[0] != months[1] or (is_unknown and old[item].why != new[item].why):
            found.append(CostLine(item, line.why, *months))
    return found


def _by_item(estimate: Estimate | None) -> Mapping[str, Line]:
    return {} if estimate is None else {line.item: line for line in estimate.lines}


def _month(line: Estimate | Line | None) -> Month | None:
    return None if line is None else (line.floor, line.typical, line.ceiling)


def _typical(month: Month | None) -> Decimal:
    return Decimal(0) if month is None or month[1] is None else month[1]
