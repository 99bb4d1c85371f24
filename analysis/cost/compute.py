"""What the capacity of a cluster costs: a line an instance, and the ACU-hours that other lines are billed by."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from analysis.cost.line import Line, Quantity, Rates, number, unknown
from analysis.cost.usage import Usage
from analysis.errors import Field, UsageError
from analysis.synthesized.database import Database, Instance
from aurora_serverless.rules.instances import SERVERLESS_CLASS


@dataclass(frozen=True)
class Compute:
    """The lines of a cluster's instances, and the sum of their ACU-hours; None where one of them is not known."""

    lines: tuple[Line, ...]
    acu_hours: Quantity | None


@dataclass(frozen=True)
class _Capacity:
    """What an instance of a cluster has, in ACU, and for how long it is awake where it pauses."""

    least: Decimal
    average: Decimal
    reader_average: Decimal
    maximum: Decimal
    hours: Decimal
    shall_pause: bool
    hours_awake: Decimal
    why_awake: str

    def acu_hours(self, average: Decimal, awake_because: Sequence[str]) -> Quantity:
        """Return the ACU-hours of an instance."""
        if self.shall_pause and not awake_because:
            return Quantity(Decimal(0), average * self.hours_awake, self.maximum * self.hours)
        return Quantity(self.least * self.hours, average * self.hours, self.maximum * self.hours)

    def how(self, average: Decimal, awake_because: Sequence[str]) -> str:
        """Return the formula of the typical month."""
        if self.shall_pause and not awake_because:
            return f"{number(average)} ACU x {number(self.hours_awake)} h awake ({self.why_awake})"
        return f"{number(average)} ACU x {number(self.hours)} h"

    def bounds(self, awake_because: Sequence[str]) -> str:
        """Return the capacities at least and at most, and why it never pauses where it shall."""
        least = f"{number(self.least)} ACU"
        if self.shall_pause:
            least = f"{least}, never pausing ({', '.join(awake_because)})" if awake_because else "paused"
        return f"at least {least}, at most {number(self.maximum)} ACU x {number(self.hours)} h"


def compute(cluster: Database, usage: Usage, rates: Rates) -> Compute:
    """Return what the instances of a cluster cost. Raises UsageError where the usage does not fit it."""
    capacity = _capacity(cluster, usage)
    lines: list[Line] = []
    total: Quantity | None = Quantity.fixed(0)
    for instance in sorted(cluster.instances, key=lambda instance: instance.block.name):
        line, acu_hours = _instance(instance, cluster, capacity, usage.hours, rates)
        lines.append(line)
        total = None if total is None or acu_hours is None else total + acu_hours
    if cluster.scaled_readers[1] > 0 and capacity is not None:
        line, acu_hours = _scaled_readers(cluster, capacity, usage, rates)
        lines.append(line)
        total = None if total is None else total + acu_hours
    return Compute(tuple(lines), total)


def _capacity(cluster: Database, usage: Usage) -> _Capacity | None:
    """Return what the capacities are; None where they are not in the JSON."""
    least, maximum = cluster.least_awake_acu, cluster.maximum_acu
    if least is None or maximum is None:
        return None
    average = (least + maximum) / 2
    if usage.average_acu is not None:
        average = _within(usage.average_acu, least, maximum, cluster.name, Field("average_acu"))
    readers = average
    if usage.reader_average_acu is not None:
        readers = _within(usage.reader_average_acu, least, maximum, cluster.name, Field("reader_average_acu"))
    awake, why = usage.awake(cluster.expected_pause_seconds)
    return _Capacity(least, average, readers, maximum, usage.hours, cluster.shall_pause, awake, why)


def _within(given: Decimal, least: Decimal, maximum: Decimal, name: str, field: Field) -> Decimal:
    if given > maximum:
        raise UsageError(
            field,
            f" {given}: an instance of the cluster {name} has at most {number(maximum)} ACU; write less, or "
            "raise its maximum",
        )
    if given < least:
        raise UsageError(
            field,
            f" {given}: an instance of the cluster {name} has at least {number(least)} ACU while it is awake; "
            "write more, or lower its minimum",
        )
    return given


def _instance(
    instance: Instance, cluster: Database, capacity: _Capacity | None, hours: Decimal, rates: Rates
) -> tuple[Line, Quantity | None]:
    item = f"compute: {instance.block.name}"
    if instance.block.copies is None:
        return unknown(item, "how many there are is not in the JSON"), None
    if instance.instance_class != SERVERLESS_CLASS:
        quantity = Quantity.fixed(hours * instance.block.copies)
        price_item = f"instance_hour_{cluster.storage_type}_{instance.instance_class}"
        each = f"{instance.block.copies} instances x " if instance.block.copies != 1 else ""
        return rates.line(item, price_item, quantity, f"{each}{number(hours)} h"), None
    if capacity is None:
        return unknown(item, "the capacity of its cluster is not a number in the JSON"), None
    average = capacity.average if instance.is_writer else capacity.reader_average
    if instance.follows:
        average = max(average, capacity.average)
    how, bounds = capacity.how(average, instance.awake_because), capacity.bounds(instance.awake_because)
    if instance.block.copies != 1:
        how, bounds = f"{instance.block.copies} instances x {how}", f"each {bounds}"
    if instance.follows:
        bounds += f"; a reader of tier {instance.tier} scales with the writer"
    acu_hours = capacity.acu_hours(average, instance.awake_because) * instance.block.copies
    return rates.line(item, f"acu_hour_{cluster.storage_type}", acu_hours, how, bounds), acu_hours


def _scaled_readers(cluster: Database, capacity: _Capacity, usage: Usage, rates: Rates) -> tuple[Line, Quantity]:
    """Return the line of the readers that auto scaling adds; they are in the last tier, and scale for themselves."""
    fewest, most = cluster.scaled_readers
    typical = Decimal(fewest) if usage.readers is None else usage.readers - cluster.readers
    if not fewest <= typical <= most:
        raise UsageError(
            Field("readers"),
            f" {usage.readers}: the cluster {cluster.name} has {fewest + cluster.readers} to "
            f"{most + cluster.readers} readers; write as many",
        )
    each = capacity.acu_hours(capacity.reader_average, cluster.awake_because)
    acu_hours = Quantity(each.floor * fewest, each.typical * typical, each.ceiling * most)
    how = f"{number(typical)} readers x {capacity.how(capacity.reader_average, cluster.awake_because)}"
    bounds = f"{fewest} to {most} readers, each {capacity.bounds(cluster.awake_because)}"
    item = "compute: readers of auto scaling"
    return rates.line(item, f"acu_hour_{cluster.storage_type}", acu_hours, how, bounds), acu_hours
