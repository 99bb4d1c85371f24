"""Backup and maintenance windows in UTC: how they are written, how long they are, and that they do not meet.

Source: Amazon RDS API, CreateDBCluster, PreferredBackupWindow and PreferredMaintenanceWindow.
"""

import re
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.violation import refuse

SHORTEST_MINUTES: Final = limit("rds_window_shortest")
LONGEST_MAINTENANCE_MINUTES: Final = limit("rds_maintenance_window_longest")
"""A maintenance window is at most a day; RDS refuses a longer one."""

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = 24 * 60
_WEEK: Final = 7 * _DAY
_TIME = r"([01][0-9]|2[0-3]):([0-5][0-9])"
_BACKUP: Final = re.compile(rf"{_TIME}-{_TIME}")
_MAINTENANCE: Final = re.compile(rf"({'|'.join(_DAYS)}):{_TIME}-({'|'.join(_DAYS)}):{_TIME}")


def check_backup_window(window: str, *, argument: str = "backup_window") -> None:
    """Raise `RuleViolation` unless `window` is `hh:mm-hh:mm` of at least 30 minutes."""
    _backup_span(window, argument)


def check_maintenance_window(window: str, *, argument: str = "maintenance_window") -> None:
    """Raise `RuleViolation` unless `window` is `ddd:hh:mm-ddd:hh:mm` of 30 minutes to a day."""
    _maintenance_span(window, argument)


def check_windows_apart(backup_window: str, maintenance_window: str, *, argument: str = "maintenance_window") -> None:
    """Raise `RuleViolation` if the daily backup window meets the weekly maintenance window."""
    backup_start, backup_minutes = _backup_span(backup_window, "backup_window")
    start, minutes = _maintenance_span(maintenance_window, argument)
    # From a day before the week to a day after it: both windows may run over midnight, and over Sunday.
    for day in range(-1, 9):
        meets = backup_start + day * _DAY < start + minutes and start < backup_start + day * _DAY + backup_minutes
        if meets:
            refuse(
                argument,
                maintenance_window,
                f"must not overlap the backup window, which is {backup_window}",
                "move one of the two",
            )


def _backup_span(window: str, argument: str) -> tuple[int, int]:
    match = _BACKUP.fullmatch(window)
    if match is None:
        refuse(argument, window, "must be hh:mm-hh:mm in UTC", 'write, for example, "03:00-04:00"')
    start, end = (int(match[i]) * 60 + int(match[i + 1]) for i in (1, 3))
    minutes = (end - start) % _DAY
    _check_length(argument, window, minutes, _DAY)
    return start, minutes


def _maintenance_span(window: str, argument: str) -> tuple[int, int]:
    match = _MAINTENANCE.fullmatch(window)
    if match is None:
        refuse(
            argument,
            window,
            "must be ddd:hh:mm-ddd:hh:mm in UTC, days mon to sun in lower case",
            'write, for example, "sun:04:00-sun:05:00"',
        )
    start, end = (_DAYS.index(match[i]) * _DAY + int(match[i + 1]) * 60 + int(match[i + 2]) for i in (1, 4))
    minutes = (end - start) % _WEEK
    _check_length(argument, window, minutes, LONGEST_MAINTENANCE_MINUTES)
    return start, minutes


def _check_length(argument: str, window: str, minutes: int, longest: int) -> None:
    if not SHORTEST_MINUTES <= minutes <= longest:
        refuse(
            argument,
            window,
            f"must be {SHORTEST_MINUTES} minutes to {longest // 60} hours long, and is {minutes} minutes",
            "move its end",
        )
