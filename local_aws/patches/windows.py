"""Maintenance windows: a cluster or an instance without one gets half an hour of its own.

Stock moto gives all of them the same one, so nobody would see that an instance does not have its cluster's, and takes a
window that begins when that of the backups ends for an overlap. AWS chooses at random: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
"""

import random
from collections.abc import Callable
from typing import Any, Final

from moto.rds import models
from moto.rds.models import RDSBackend

from aurora_serverless.facts.limits import limit
from local_aws.patches.replacing import replacing

ARGUMENT: Final = "preferred_maintenance_window"
_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LENGTH_MINUTES: Final = limit("rds_window_shortest")
_DAY_MINUTES: Final = 24 * 60
_DEFAULT_BACKUP: Final = "01:37-02:07"  # moto's


def patch() -> None:
    """Choose a window where none is asked for, apart from that of the backups, which one may touch."""
    _let_windows_touch()

    @replacing(RDSBackend, "create_db_cluster")
    def create_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        if not kwargs.get(ARGUMENT):
            kwargs[ARGUMENT] = _choose(kwargs.get("preferred_backup_window") or _DEFAULT_BACKUP)
        return stock(backend, kwargs)

    @replacing(RDSBackend, "create_db_instance")
    def create_db_instance(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = backend.clusters.get(kwargs.get("db_cluster_identifier") or "")
        if cluster is not None and not kwargs.get(ARGUMENT):
            kwargs[ARGUMENT] = _choose(cluster.preferred_backup_window)
        return stock(backend, kwargs)

    stock_check = models.valid_preferred_maintenance_window  # type: ignore[attr-defined]

    def check(maintenance_window: str, backup_window: str) -> str | None:
        """Let a window begin when the other ends, which stock moto takes for an overlap."""
        message: str | None = stock_check(maintenance_window, backup_window)
        if message is None or "overlap" not in message:
            return message
        times = "-".join(time.partition(":")[2] for time in maintenance_window.split("-"))
        return message if _minutes(times) & _minutes(backup_window) else None

    models.valid_preferred_maintenance_window = check  # type: ignore[attr-defined]


def _minutes(window: str) -> set[int]:
    """Return the minutes of the day in a window such as `03:00-04:00`, without the one at which it ends."""
    begin, end = (int(hour) * 60 + int(minute) for hour, minute in (t.split(":") for t in window.split("-")))
    return {minute % _DAY_MINUTES for minute in range(begin, end + (_DAY_MINUTES if end < begin else 0))}


def _let_windows_touch() -> None:
    module: Any = models
    stock = module.valid_preferred_maintenance_window

    def check(maintenance_window: Any, backup_window: Any) -> Any:
        return stock(maintenance_window, _without_its_ends(backup_window) if backup_window else backup_window)

    module.valid_preferred_maintenance_window = check


def _without_its_ends(window: str) -> str:
    """Return a window that begins a minute later and ends a minute earlier."""
    begin, end = (int(hour) * 60 + int(minute) for hour, minute in (time.split(":") for time in window.split("-")))
    return "-".join(f"{at // 60:02}:{at % 60:02}" for at in ((begin + 1) % _DAY_MINUTES, (end - 1) % _DAY_MINUTES))


def _choose(backup_window: str) -> str:
    backup = _minutes(backup_window)
    starts = [
        start
        for start in range(_DAY_MINUTES - _LENGTH_MINUTES)
        if backup.isdisjoint(range(start - 1, start + _LENGTH_MINUTES + 1))
    ]
    day, start = random.choice(_DAYS), random.choice(starts)  # noqa: S311  # no secret
    return "-".join(f"{day}:{at // 60:02}:{at % 60:02}" for at in (start, start + _LENGTH_MINUTES))
