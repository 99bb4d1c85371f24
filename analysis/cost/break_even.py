"""From when on I/O-Optimized storage costs less than Standard."""

from dataclasses import dataclass
from decimal import Decimal

from analysis.cost.line import Quantity, Rates
from analysis.cost.storage import io_millions, storage_gb
from analysis.cost.usage import Usage
from analysis.synthesized.database import Database

_PRICES = (
    "acu_hour_standard",
    "acu_hour_io_optimized",
    "storage_gb_month_standard",
    "storage_gb_month_io_optimized",
    "io_million",
)


@dataclass(frozen=True)
class StoragePrices:
    """What the two configurations of storage cost, in US dollars: an ACU-hour, a GB-month, a million I/O requests."""

    standard_acu_hour: Decimal
    io_optimized_acu_hour: Decimal
    standard_gb_month: Decimal
    io_optimized_gb_month: Decimal
    million: Decimal

    def standard(self, acu_hours: Decimal, gigabytes: Decimal, millions: Decimal) -> Decimal:
        """Return what a month costs on Standard storage: compute, storage, I/O."""
        return acu_hours * self.standard_acu_hour + gigabytes * self.standard_gb_month + millions * self.million

    def io_optimized(self, acu_hours: Decimal, gigabytes: Decimal) -> Decimal:
        """Return what a month costs on I/O-Optimized storage, whatever its I/O."""
        return acu_hours * self.io_optimized_acu_hour + gigabytes * self.io_optimized_gb_month

    def break_even_millions(self, acu_hours: Decimal, gigabytes: Decimal) -> Decimal | None:
        """Return above how many million I/O requests a month I/O-Optimized costs less; None where I/O is free."""
        if self.million == 0:
            return None
        return (
            self.io_optimized(acu_hours, gigabytes) - self.standard(acu_hours, gigabytes, Decimal(0))
        ) / self.million

    def break_even_acu_hours(self, gigabytes: Decimal, millions: Decimal) -> Decimal | None:
        """Return below how many ACU-hours a month I/O-Optimized costs less; None where an ACU-hour costs the same.

        Below 0 it never does.
        """
        more_an_hour = self.io_optimized_acu_hour - self.standard_acu_hour
        if more_an_hour <= 0:
            return None
        more_storage = gigabytes * (self.io_optimized_gb_month - self.standard_gb_month)
        return (millions * self.million - more_storage) / more_an_hour


def storage_prices(rates: Rates) -> StoragePrices | None:
    """Return the prices of both configurations in a Region; None where one is not known."""
    found = [rates.price(item) for item in _PRICES]
    known = [price.usd for price in found if price is not None]
    return StoragePrices(*known) if len(known) == len(_PRICES) else None


@dataclass(frozen=True)
class BreakEven:
    """From how much I/O on a cluster is better off with I/O-Optimized storage, in the typical month.

    `millions` is that I/O, `io_millions` what the month has; both in million requests.
    """

    cluster: str
    is_io_optimized: bool
    acu_hours: Decimal
    storage_gb: Decimal
    io_millions: Decimal
    millions: Decimal

    @property
    def saving_is_missed(self) -> bool:
        """Whether the other configuration would cost less."""
        return self.is_io_optimized != (self.io_millions > self.millions)


def break_even(cluster: Database, acu_hours: Quantity | None, usage: Usage, rates: Rates) -> BreakEven | None:
    """Return it for a cluster with these ACU-hours; None where a price or the ACU-hours are not known."""
    prices = storage_prices(rates)
    if prices is None or acu_hours is None:
        return None
    gigabytes = storage_gb(cluster, usage)
    millions = prices.break_even_millions(acu_hours.typical, gigabytes)
    if millions is None:
        return None
    return BreakEven(
        cluster.name, cluster.is_io_optimized, acu_hours.typical, gigabytes, io_millions(cluster, usage), millions
    )
