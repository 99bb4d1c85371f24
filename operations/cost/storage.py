"""What a cluster's data costs: storage, I/O, backups, replication, and the calls of the Data API."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from operations.cost.clusters import Cluster
from operations.cost.line import Line, Quantity, Rates, free, number, unknown
from operations.cost.usage import Usage, size_of

# Source: Amazon RDS API, CreateDBCluster, BackupRetentionPeriod: the default.
DEFAULT_RETENTION_DAYS: Final = 1
# What replicates are the writes: a guess, half of the I/O.
_WRITTEN_PART: Final = Decimal("0.5")


def storage(cluster: Cluster, usage: Usage, rates: Rates) -> Iterator[Line]:
    """Yield what the data of a cluster and its movements cost."""
    gigabytes = _given(usage.storage_gb, cluster, "storage_gb")
    yield rates.line("storage", f"storage_gb_month_{cluster.storage}", Quantity.used(gigabytes), _gb(gigabytes))
    millions = _given(usage.io_millions, cluster, "io_millions")
    if cluster.is_io_optimized:
        yield free("I/O", f"{number(millions)} million requests, which I/O-Optimized storage does not bill")
    else:
        yield rates.line("I/O", "io_million", Quantity.used(millions), f"{number(millions)} million requests")
    yield _backup(cluster, gigabytes, usage, rates)
    if cluster.block.get("global_cluster_identifier") is not None:
        replicated = millions * _WRITTEN_PART if usage.replicated_io_millions is None else usage.replicated_io_millions
        how = f"{number(replicated)} million writes from the primary"
        yield rates.line("replication", "replicated_write_io_million", Quantity.used(replicated), how)


def data_api(cluster: Cluster, usage: Usage, rates: Rates) -> Iterator[Line]:
    """Yield what the calls of the Data API cost, where it is on."""
    if cluster.block.get("enable_http_endpoint", default=False):
        millions = _given(usage.data_api_millions, cluster, "data_api_millions")
        how = f"{number(millions)} million requests"
        yield rates.line("Data API", "data_api_million", Quantity.used(millions), how)


def _backup(cluster: Cluster, gigabytes: Decimal, usage: Usage, rates: Rates) -> Line:
    """Return what backups beyond the size of the cluster cost: the changes of each day but the newest one."""
    days = cluster.block.get("backup_retention_period", default=DEFAULT_RETENTION_DAYS)
    if not isinstance(days, int):
        return unknown("backup", "for how many days it is kept is no number in the JSON")
    changed = gigabytes * usage.daily_change_percent / 100
    beyond = changed * max(days - 1, 0)
    how = (
        f"{number(gigabytes)} GB free of charge, beyond that {days} days - 1 x {number(gigabytes)} GB x "
        f"{number(usage.daily_change_percent)} % changed a day = {number(beyond)} GB"
    )
    return rates.line("backup", "backup_gb_month", Quantity.used(beyond), how)


def _given(value: Decimal | None, cluster: Cluster, name: str) -> Decimal:
    if value is not None:
        return value
    sensible: Decimal = getattr(size_of(cluster.maximum_acu or Decimal(0)), name)
    return sensible


def _gb(gigabytes: Decimal) -> str:
    return f"{number(gigabytes)} GB"
