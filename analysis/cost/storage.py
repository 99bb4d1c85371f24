"""What a cluster's data costs: storage, I/O, backups, replication, and the calls of the Data API."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from analysis.cost.line import Line, Quantity, Rates, free, number, unknown
from analysis.cost.usage import Usage, size_of
from analysis.synthesized.database import Database

# What replicates are the writes: a guess, half of the I/O.
_WRITTEN_PART: Final = Decimal("0.5")


def storage(cluster: Database, usage: Usage, rates: Rates) -> Iterator[Line]:
    """Yield what the data of a cluster and its movements cost."""
    gigabytes, millions = storage_gb(cluster, usage), io_millions(cluster, usage)
    yield rates.line(
        "storage", f"storage_gb_month_{cluster.storage_type}", Quantity.used(gigabytes), f"{number(gigabytes)} GB"
    )
    if cluster.is_io_optimized:
        yield free("I/O", f"{number(millions)} million requests, which I/O-Optimized storage does not bill")
    else:
        yield rates.line("I/O", "io_million", Quantity.used(millions), f"{number(millions)} million requests")
    yield _backup(cluster, gigabytes, usage, rates)
    if cluster.is_primary:
        # Source: Amazon Aurora User Guide, "Amazon CloudWatch metrics for Amazon Aurora",
        # AuroraGlobalDBReplicatedWriteIO: it is billed to the primary, once for each secondary.
        replicated = millions * _WRITTEN_PART if usage.replicated_io_millions is None else usage.replicated_io_millions
        how = f"{number(replicated)} million writes to one secondary"
        yield rates.line("replication", "replicated_write_io_million", Quantity.used(replicated), how)


def data_api(cluster: Database, usage: Usage, rates: Rates) -> Iterator[Line]:
    """Yield what the calls of the Data API cost, where it is on."""
    if cluster.has_data_api:
        sensible = size_of(cluster.maximum_acu).data_api_millions
        millions = sensible if usage.data_api_millions is None else usage.data_api_millions
        how = f"{number(millions)} million requests"
        yield rates.line("Data API", "data_api_million", Quantity.used(millions), how)


def _backup(cluster: Database, gigabytes: Decimal, usage: Usage, rates: Rates) -> Line:
    """Return what backups beyond the size of the cluster cost: the changes of each day but the newest one."""
    days = cluster.backup_retention_days
    if not isinstance(days, int):
        return unknown("backup", "for how many days it is kept is not a number in the JSON")
    changed = gigabytes * usage.daily_change_percent / 100
    beyond = changed * max(days - 1, 0)
    how = (
        f"({days} - 1) days x {number(gigabytes)} GB x {number(usage.daily_change_percent)} % changed a day = "
        f"{number(beyond)} GB beyond the size of the cluster"
    )
    return rates.line("backup", "backup_gb_month", Quantity.used(beyond), how)


def storage_gb(cluster: Database, usage: Usage) -> Decimal:
    """Return how many GB a cluster holds."""
    return size_of(cluster.maximum_acu).storage_gb if usage.storage_gb is None else usage.storage_gb


def io_millions(cluster: Database, usage: Usage) -> Decimal:
    """Return how many million I/O requests a cluster makes in a month, billed or not."""
    return size_of(cluster.maximum_acu).io_millions if usage.io_millions is None else usage.io_millions
