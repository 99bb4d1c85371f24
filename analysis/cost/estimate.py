"""The estimate of one synthesized stack: its lines, their sums, and how old its prices are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from analysis.cost import by_acu_hour, other_resources, storage
from analysis.cost.break_even import BreakEven, break_even
from analysis.cost.compute import Compute, compute
from analysis.cost.line import Line, Rates, unknown
from analysis.cost.other_resources import is_known
from analysis.cost.usage import Usage
from analysis.synthesized.database import Database, databases
from analysis.synthesized.stack import SynthesizedStack
from aurora_serverless.facts.prices import CURRENCY, Price, PriceList, load_prices
from aurora_serverless.rules.engine import ENGINE
from aurora_serverless.rules.regions import currency_of


@dataclass(frozen=True)
class Estimate:
    """What an environment costs a month, in US dollars.

    `floor` is what it costs when nobody uses it, `typical` the month of the usage, `ceiling` the same month with every
    instance at its maximum capacity all the time; each is the sum of what is known, and `unknown` names the rest.
    """

    environment: str
    region: str | None
    borrowed_from: str | None
    usage: Usage
    today: date
    lines: tuple[Line, ...]
    break_evens: tuple[BreakEven, ...]

    @property
    def floor(self) -> Decimal:
        """The sum of what is known at least."""
        return sum((line.floor for line in self.lines if line.floor is not None), Decimal(0))

    @property
    def typical(self) -> Decimal:
        """The sum of what is known in the typical month."""
        return sum((line.typical for line in self.lines if line.typical is not None), Decimal(0))

    @property
    def ceiling(self) -> Decimal:
        """The sum of what is known at most."""
        return sum((line.ceiling for line in self.lines if line.ceiling is not None), Decimal(0))

    @property
    def unknown(self) -> tuple[str, ...]:
        """The items whose cost is not known, and which no sum contains."""
        return tuple(line.item for line in self.lines if not line.is_known)

    @property
    def prices(self) -> tuple[Price, ...]:
        """The prices that it was made with, each once."""
        return tuple(dict.fromkeys(price for line in self.lines for price in line.prices))

    @property
    def prices_as_of(self) -> date | None:
        """The day of the oldest price that it was made with; None where it was made with none."""
        return min((price.date for price in self.prices), default=None)

    @property
    def prices_said(self) -> str:
        """Whose prices these are and how old, as every output says it."""
        if self.prices_as_of is not None:
            return whose_prices([self])
        if self.region is None:
            return "no price is known: no Region is named"
        currency = currency_of(self.region)
        return f"no price is known for {self.region}" + (f", where AWS bills in {currency}" * (currency != CURRENCY))


def whose_prices(estimates: Sequence[Estimate]) -> str:
    """Return whose prices all of these are and how old, and which stand in for others; some price must be known."""
    prices = tuple(dict.fromkeys(price for estimate in estimates for price in estimate.prices))
    borrowed = dict.fromkeys(
        f"; {each.borrowed_from}'s stand in for unknown ones of {each.region or 'a Region not named'}"
        for each in estimates
        if any(price.region != each.region for price in each.prices)
    )
    return age_of(prices, estimates[0].today) + "".join(borrowed)


def age_of(prices: Sequence[Price], today: date) -> str:
    """Return whose prices these are and how old: `prices of us-east-1, 2025-10 to 2026-03, up to 420 days old`."""
    regions = " and ".join(sorted({price.region for price in prices}))
    oldest, newest = (choose(prices, key=lambda price: price.date) for choose in (min, max))
    days = (today - oldest.date).days
    age = f"{days} day{'' if days == 1 else 's'} old"
    if oldest.seen == newest.seen:
        return f"prices of {regions}, {oldest.seen}, {age}"
    return f"prices of {regions}, {oldest.seen} to {newest.seen}, up to {age}"


def estimate(
    stack: SynthesizedStack,
    prices: PriceList | None = None,
    usage: Usage | None = None,
    *,
    region: str | None = None,
    borrowed_from: str | None = None,
    today: date | None = None,
) -> Estimate:
    """Return what a stack costs a month.

    Args:
        stack: The synthesized stack.
        prices: The prices; by default those of the file that ships.
        usage: The typical month; by default a sensible one for the size of each cluster.
        region: The Region, where the stack names none; by default the stack's own.
        borrowed_from: The Region whose prices stand in for unknown ones; by default none, and they stay unknown.
        today: The day on which it is made: Extended Support and the age of the prices depend on it.

    Raises:
        UsageError: The usage does not fit the stack.
    """
    rates = Rates(prices or load_prices(), stack.region or region, borrowed_from)
    usage, today = usage or Usage(), today or date.today()
    lines: list[Line] = []
    break_evens: list[BreakEven] = []
    found = databases(stack)
    for cluster in found:
        if reason := _not_priced(cluster):
            lines.append(unknown(cluster.address, reason))
            continue
        computed = compute(cluster, usage, rates)
        of_cluster = _of_cluster(cluster, computed, usage=usage, today=today, rates=rates)
        lines += (line.called(f"{cluster.name}: {line.item}") if len(found) > 1 else line for line in of_cluster)
        if crossing := break_even(cluster, computed.acu_hours, usage, rates):
            break_evens.append(crossing)
    lines += _around(stack, found, usage, rates)
    return Estimate(stack.name, rates.region, borrowed_from, usage, today, tuple(lines), tuple(break_evens))


def _around(stack: SynthesizedStack, found: Sequence[Database], usage: Usage, rates: Rates) -> Iterator[Line]:
    yield from other_resources.secrets(stack, found, usage, rates)
    yield from other_resources.keys(stack, usage, rates)
    yield from other_resources.alarms(stack, usage, rates)
    yield from other_resources.endpoints(stack, usage, rates)
    yield from other_resources.elsewhere(stack, found)
    for block in stack.resources.values():
        if not is_known(block.type):
            yield unknown(block.address, f"nothing is known here of what an {block.type} costs")


def _not_priced(cluster: Database) -> str | None:
    """Return why a cluster has no price here; None where it has."""
    engine = cluster.block.get("engine")
    if engine != ENGINE:
        return f"the prices are those of {ENGINE}, not of {engine}"
    if cluster.block.copies != 1:
        return "it makes several clusters, or only Terraform knows how many"
    return None


def _of_cluster(cluster: Database, computed: Compute, *, usage: Usage, today: date, rates: Rates) -> Iterator[Line]:
    yield from computed.lines
    yield from storage.storage(cluster, usage, rates)
    yield from storage.data_api(cluster, usage, rates)
    yield from by_acu_hour.proxy(cluster, computed.acu_hours, usage, rates)
    yield from other_resources.logs(cluster, usage, rates)
    yield from by_acu_hour.insights(cluster, computed.acu_hours, rates)
    yield from by_acu_hour.extended_support(cluster, computed.acu_hours, today, rates)


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
