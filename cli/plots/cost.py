"""Draws what a month costs against the average capacity: on either storage, and pausing or not."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from analysis.cost.break_even import StoragePrices, storage_prices
from analysis.cost.estimate import Estimate
from analysis.cost.line import Rates, number
from analysis.cost.storage import io_millions, storage_gb
from analysis.synthesized.database import databases
from analysis.synthesized.stack import SynthesizedStack
from aurora_serverless.facts.prices import PriceList
from cli.plots.metrics import save
from operations.errors import wrong_input

_SIZE_INCHES: Final = (10.0, 4.6)
_ROOM_FOR_LEGEND: Final = 1.3
_BLUE, _ORANGE, _GREY = "#1f5fa8", "#c85a11", "0.35"


@dataclass(frozen=True)
class _Case:
    """A cluster as it is drawn: one line each for its ways of paying, over its capacities."""

    prices: StoragePrices
    least: Decimal
    maximum: Decimal
    instances: Decimal
    hours: Decimal
    hours_awake: Decimal
    pauses: bool
    is_io_optimized: bool
    gigabytes: Decimal
    millions: Decimal

    @property
    def hours_at_average(self) -> Decimal:
        """For how many hours instances have their average capacity."""
        return (self.hours_awake if self.pauses else self.hours) * self.instances

    @property
    def acu_hour(self) -> Decimal:
        return self.prices.io_optimized_acu_hour if self.is_io_optimized else self.prices.standard_acu_hour

    def standard(self, average: Decimal) -> Decimal:
        return self.prices.standard(average * self.hours_at_average, self.gigabytes, self.millions)

    def io_optimized(self, average: Decimal) -> Decimal:
        return self.prices.io_optimized(average * self.hours_at_average, self.gigabytes)

    def pausing(self, average: Decimal) -> Decimal:
        return average * self.hours_awake * self.instances * self.acu_hour

    def not_pausing(self, average: Decimal) -> Decimal:
        return self.pausing(average) + (self.hours - self.hours_awake) * self.least * self.instances * self.acu_hour

    @property
    def break_even(self) -> Decimal | None:
        """The average capacity at which both storages cost the same; None where it is out of sight."""
        acu_hours = self.prices.break_even_acu_hours(self.gigabytes, self.millions)
        if acu_hours is None or not self.hours_at_average:
            return None
        average = acu_hours / self.hours_at_average
        return average if self.least < average < self.maximum else None


def draw(stack: SynthesizedStack, estimate: Estimate, prices: PriceList, path: Path) -> None:
    """Write the picture of the first cluster of a stack. Raises OperationsError (2)."""
    case = _case(stack, estimate, Rates(prices, estimate.region, estimate.borrowed_from))
    import matplotlib as mpl  # noqa: PLC0415 (slow)

    mpl.use("Agg")
    from matplotlib import pyplot  # noqa: PLC0415

    figure, (left, right) = pyplot.subplots(1, 2, figsize=_SIZE_INCHES, layout="constrained")
    _draw_storage(left, case)
    _draw_pausing(right, case)
    figure.suptitle(f"{estimate.environment}: cost of a month against the average capacity", fontsize=12)
    figure.supxlabel(estimate.prices_said, fontsize=8, color=_GREY)
    save(figure, path)


def _case(stack: SynthesizedStack, estimate: Estimate, rates: Rates) -> _Case:
    found = databases(stack)
    if not found:
        raise wrong_input(f"--plot: {estimate.environment} has no cluster to draw")
    cluster = found[0]
    prices = storage_prices(rates)
    if prices is None:
        raise wrong_input(
            f"--plot: not all prices of {rates.region or 'a Region not named'} are known; give --prices-of us-east-1"
        )
    if cluster.least_awake_acu is None or cluster.maximum_acu is None:
        raise wrong_input(f"--plot: the capacity of {cluster.name} is not a number in the JSON")
    usage = estimate.usage
    awake, _ = usage.awake(cluster.expected_pause_seconds)
    fixed = sum(instance.block.copies or 0 for instance in cluster.instances) + cluster.scaled_readers[0]
    return _Case(
        prices=prices,
        least=cluster.least_awake_acu,
        maximum=cluster.maximum_acu,
        instances=Decimal(fixed),
        hours=usage.hours,
        hours_awake=awake,
        pauses=cluster.shall_pause and not any(instance.awake_because for instance in cluster.instances),
        is_io_optimized=cluster.is_io_optimized,
        gigabytes=storage_gb(cluster, usage),
        millions=io_millions(cluster, usage),
    )


def _draw_storage(panel: Any, case: _Case) -> None:
    ends = (case.least, case.maximum)
    _line(panel, ends, [case.standard(acu) for acu in ends], ("Standard", _BLUE), is_own=not case.is_io_optimized)
    costs = [case.io_optimized(acu) for acu in ends]
    _line(panel, ends, costs, ("I/O-Optimized", _ORANGE), is_own=case.is_io_optimized)
    awake = f", awake {number(case.hours_awake)} h" if case.pauses else ""
    average = case.break_even
    cheaper = "I/O-Optimized" if case.io_optimized(case.least) < case.standard(case.least) else "Standard"
    everywhere = f": {cheaper} costs less everywhere" if average is None else ""
    _dress(
        panel,
        "Storage: Standard or I/O-Optimized",
        f"compute, storage and I/O: {_instances(case)}{awake},\n{number(case.gigabytes)} GB, "
        f"{number(case.millions)} million I/O requests{everywhere}",
        "average ACU of an instance while awake" if case.pauses else "average ACU of an instance",
    )
    if average is None:
        return
    cost = case.standard(average)
    panel.plot([float(average)], [float(cost)], marker="o", color="black", zorder=5)
    is_right = average > (case.least + case.maximum) / 2
    panel.annotate(
        f"break-even: {number(average)} ACU\nI/O-Optimized costs less below",
        (float(average), float(cost)),
        xytext=(-14 if is_right else 14, 26 if is_right else -34),
        textcoords="offset points",
        ha="right" if is_right else "left",
        fontsize=9,
    )


def _draw_pausing(panel: Any, case: _Case) -> None:
    ends = (case.least, case.maximum)
    costs = [case.not_pausing(acu) for acu in ends]
    _line(panel, ends, costs, (f"idle at {number(case.least)} ACU", _BLUE), is_own=not case.pauses)
    _line(panel, ends, [case.pausing(acu) for acu in ends], ("paused when idle", _ORANGE), is_own=case.pauses)
    saved = case.not_pausing(case.least) - case.pausing(case.least)
    _dress(
        panel,
        "Idle hours: paused or not",
        f"compute: {_instances(case)}, in use for {number(case.hours_awake)} of {number(case.hours)} h;\n"
        f"a pause in the other hours saves ${saved:,.2f}",
        "average ACU of an instance in use",
    )


def _line(
    panel: Any, acu: tuple[Decimal, Decimal], costs: list[Decimal], look: tuple[str, str], *, is_own: bool
) -> None:
    label, colour = look
    panel.plot(
        [float(x) for x in acu],
        [float(y) for y in costs],
        color=colour,
        linewidth=2.4 if is_own else 1.4,
        label=label + (" (as it is)" if is_own else ""),
    )


def _dress(panel: Any, title: str, subtitle: str, x_label: str) -> None:
    panel.set_title(f"{title}\n", loc="left", fontsize=11, fontweight="bold", pad=18)
    panel.text(0, 1.02, subtitle, transform=panel.transAxes, fontsize=8.5, color=_GREY, va="bottom")
    panel.set_xlabel(x_label, fontsize=9)
    panel.set_ylabel("US dollars a month", fontsize=9)
    panel.set_ylim(0, panel.get_ylim()[1] * _ROOM_FOR_LEGEND)
    panel.margins(x=0)
    panel.grid(visible=True, color="0.9")
    panel.spines[["top", "right"]].set_visible(False)
    panel.legend(loc="upper left", fontsize=9, frameon=False)


def _instances(case: _Case) -> str:
    return "1 instance" if case.instances == 1 else f"{number(case.instances)} instances"
