"""What a cluster's capacity costs: each instance, and what is billed by the same ACU-hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from aurora.engine import MAJOR_SUPPORT_ENDED, EngineVersion
from aurora.rules import RuleViolation
from operations.cost.clusters import SERVERLESS, Cluster, Instance
from operations.cost.line import Line, Quantity, Rates, free, number, unknown
from operations.cost.usage import Usage
from operations.errors import wrong_input

# Source: "Amazon RDS Proxy pricing": for Aurora Serverless v2 the charge is for 8 ACU at least.
LEAST_PROXY_ACU: Final = 8
# Source: "Amazon RDS Extended Support charges": the price of years 1 and 2, and the higher one from then on.
YEARS_OF_FIRST_PRICE: Final = 2
FREE_INSIGHTS_DAYS: Final = 7
_EXTENDED_SUPPORT_OFF: Final = "open-source-rds-extended-support-disabled"


@dataclass(frozen=True)
class Compute:
    """The lines of a cluster's instances, and the sum of their ACU-hours; None where one of them is not known."""

    lines: tuple[Line, ...]
    acu_hours: Quantity | None


@dataclass(frozen=True)
class _Capacity:
    """The capacities and hours of one cluster in one usage."""

    least_acu: Decimal
    average_acu: Decimal
    reader_average_acu: Decimal
    maximum_acu: Decimal
    hours: Decimal
    hours_awake: Decimal
    why_awake: str
    pauses: bool

    def acu_hours(self, average_acu: Decimal) -> Quantity:
        floor = Decimal(0) if self.pauses else self.least_acu * self.hours
        return Quantity(floor, average_acu * self.hours_awake, self.maximum_acu * self.hours)

    def how(self, average_acu: Decimal) -> str:
        least = "0 ACU while paused" if self.pauses else f"{number(self.least_acu)} ACU at least"
        awake = "" if self.pauses or self.hours_awake == self.hours else "awake "
        if self.pauses:
            awake = f"({self.why_awake}) "
        typical = f"{number(average_acu)} ACU on average x {number(self.hours_awake)} h {awake}".rstrip()
        return f"{least}, {typical}, {number(self.maximum_acu)} ACU at most x {number(self.hours)} h;"


def compute(cluster: Cluster, usage: Usage, rates: Rates) -> Compute:
    """Return what the instances of a cluster cost. Raises OperationsError (2) where the usage does not fit it."""
    capacity = _capacity(cluster, usage)
    price_item = f"acu_hour_{cluster.storage}"
    lines: list[Line] = []
    total: Quantity | None = Quantity.fixed(0)
    for instance in cluster.instances:
        line, acu_hours = _instance(instance, capacity, price_item, rates)
        lines.append(line)
        total = None if total is None or acu_hours is None else total + acu_hours
    if capacity is not None and cluster.scaled_readers[1] > 0:
        acu_hours = _scaled_readers(cluster, capacity, usage)
        fewest, most = cluster.scaled_readers
        how = f"{fewest} to {most} readers; each {capacity.how(capacity.reader_average_acu)}"
        lines.append(rates.line("compute: readers of auto scaling", price_item, acu_hours, how))
        total = None if total is None else total + acu_hours
    return Compute(tuple(lines), total)


def _capacity(cluster: Cluster, usage: Usage) -> _Capacity | None:
    """Return what the capacities are; None where they are not in the JSON."""
    least, maximum = cluster.least_awake_acu, cluster.maximum_acu
    if least is None or maximum is None:
        return None
    average = _within(cluster, usage.average_acu, (least + maximum) / 2, "--average-acu")
    readers = _within(cluster, usage.reader_average_acu, average, "--reader-average-acu")
    awake, why = usage.awake(cluster.pause_seconds) if cluster.pauses else (usage.hours, "")
    return _Capacity(least, average, readers, maximum, usage.hours, awake, why, cluster.pauses)


def _within(cluster: Cluster, given: Decimal | None, otherwise: Decimal, option: str) -> Decimal:
    least, maximum = cluster.least_awake_acu, cluster.maximum_acu
    if given is None or least is None or maximum is None:
        return otherwise
    if given > maximum:
        raise wrong_input(
            f"{option} {given}: {cluster.name} has at most {number(maximum)} ACU an instance; write less, or raise "
            "the maximum"
        )
    if given < least:
        raise wrong_input(
            f"{option} {given}: an instance of {cluster.name} has at least {number(least)} ACU while it is awake; "
            "write more"
        )
    return given


def _instance(
    instance: Instance, capacity: _Capacity | None, price_item: str, rates: Rates
) -> tuple[Line, Quantity | None]:
    item = f"compute: {instance.name}"
    if instance.instance_class != SERVERLESS:
        return unknown(item, f"the price of {instance.instance_class or 'its class'} is not among the prices"), None
    if capacity is None:
        return unknown(item, "the capacity of its cluster is no number in the JSON"), None
    if instance.count is None:
        return unknown(item, "how many there are is not in the JSON"), None
    average = capacity.average_acu
    follows = ""
    if instance.follows:
        average = max(average, capacity.reader_average_acu)
        follows = f"scales with the writer (tier {instance.tier}); "
    elif instance.tier > 1:
        average = capacity.reader_average_acu
    how = capacity.how(average)
    if instance.count != 1:
        how = f"{instance.count} instances, each {how}"
    acu_hours = capacity.acu_hours(average) * instance.count
    return rates.line(item, price_item, acu_hours, f"{follows}{how}"), acu_hours


def _scaled_readers(cluster: Cluster, capacity: _Capacity, usage: Usage) -> Quantity:
    fewest, most = (Decimal(count) for count in cluster.scaled_readers)
    typical = fewest if usage.readers is None else usage.readers - cluster.readers
    if not fewest <= typical <= most:
        lowest, highest = fewest + cluster.readers, most + cluster.readers
        raise wrong_input(f"--readers {usage.readers}: {cluster.name} has {lowest} to {highest} readers; write as many")
    each = capacity.acu_hours(capacity.reader_average_acu)
    return Quantity(each.floor * fewest, each.typical * typical, each.ceiling * most)


def proxy(cluster: Cluster, acu_hours: Quantity | None, usage: Usage, rates: Rates) -> Iterator[Line]:
    """Yield what an RDS Proxy before the cluster costs."""
    if not cluster.has_proxy:
        return
    if acu_hours is None:
        yield unknown("RDS Proxy", "it is billed by the cluster's ACU-hours, which are not known")
        return
    billed = acu_hours.at_least(LEAST_PROXY_ACU * usage.hours)
    how = f"{billed.said} ACU-hours of all instances, {LEAST_PROXY_ACU} ACU x {number(usage.hours)} h at least"
    yield rates.line("RDS Proxy", "proxy_acu_hour", billed, how)


def insights(cluster: Cluster, acu_hours: Quantity | None, rates: Rates) -> Iterator[Line]:
    """Yield what Database Insights cost."""
    item = "Database Insights"
    if cluster.block.get("database_insights_mode") == "advanced":
        if acu_hours is None:
            yield unknown(item, "they are billed by the cluster's ACU-hours, which are not known")
        else:
            how = f"advanced: {acu_hours.said} ACU-hours of all instances"
            yield rates.line(item, "insights_advanced_acu_hour", acu_hours, how)
        return
    if not cluster.block.get("performance_insights_enabled", default=False):
        return
    days = cluster.block.get("performance_insights_retention_period", default=FREE_INSIGHTS_DAYS)
    if days == FREE_INSIGHTS_DAYS:
        yield free(item, f"standard, {FREE_INSIGHTS_DAYS} days: free of charge")
    else:
        yield unknown(item, f"the price of {days} days without the advanced mode is not among the prices")


def extended_support(cluster: Cluster, acu_hours: Quantity | None, today: date, rates: Rates) -> Iterator[Line]:
    """Yield what Extended Support of the cluster's major version costs on the day `today`.

    Source: Amazon Aurora User Guide, "Amazon RDS Extended Support charges": from the day after the end of standard
    support of a major version. The end of a minor version's costs nothing: AWS upgrades it.
    """
    version = cluster.block.get("engine_version")
    try:
        major = EngineVersion.parse(str(version)).major
    except RuleViolation:
        yield unknown("Extended Support", f"whether AWS still supports version {version} is not known here")
        return
    ended = MAJOR_SUPPORT_ENDED.get(major)
    if ended is None or today <= ended or cluster.block.get("engine_lifecycle_support") == _EXTENDED_SUPPORT_OFF:
        return
    first_price_until = ended.replace(year=ended.year + YEARS_OF_FIRST_PRICE)
    year = 1 if today <= first_price_until else 3
    if acu_hours is None:
        yield unknown("Extended Support", "it is billed by the cluster's ACU-hours, which are not known")
        return
    how = f"standard support of {major} ended on {ended}: {acu_hours.said} ACU-hours of all instances"
    yield rates.line("Extended Support", f"extended_support_year_{year}_acu_hour", acu_hours, how)
