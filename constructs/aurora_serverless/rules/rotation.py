"""When Secrets Manager rotates a secret.

Source: AWS Secrets Manager User Guide, "Rotation schedules"; API Reference, RotationRulesType.
"""

import re
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.violation import check_range, refuse

LONGEST_ROTATION_DAYS: Final = limit("secretsmanager_rotation_days_longest")
SHORTEST_RATE_HOURS: Final = limit("secretsmanager_rotation_rate_hours_shortest")
LONGEST_RATE_DAYS: Final = limit("secretsmanager_rotation_rate_days_longest")
HOURS_A_DAY: Final = 24

_RATE: Final = re.compile(r"rate\((?P<value>[1-9][0-9]{0,5}) (?P<unit>hours?|days?)\)", re.ASCII)
_CRON: Final = re.compile(r"cron\((?P<fields>[0-9A-Za-z#?*\-/, ]+)\)", re.ASCII)
_HOURS: Final = re.compile(r"(?P<start>[0-9]{1,2})(?:/(?P<step>[0-9]{1,2}))?", re.ASCII)


def check_rotation_days(days: int, *, argument: str = "rotation_days") -> None:
    """Raise `RuleViolation` unless Secrets Manager rotates a secret every `days` days."""
    check_range(argument, days, 1, LONGEST_ROTATION_DAYS, "days")


def check_rotation_window(hours: int, *, argument: str = "rotation_window_hours") -> None:
    """Raise `RuleViolation` unless a window of rotation can be `hours` long: it ends within its day."""
    check_range(argument, hours, 1, HOURS_A_DAY, "hours")


def check_rotation_schedule(schedule: str, *, argument: str = "rotation_schedule") -> None:
    """Raise `RuleViolation` unless Secrets Manager takes the expression `schedule`."""
    if (rate := _RATE.fullmatch(schedule)) is not None:
        _check_rate(schedule, int(rate["value"]), rate["unit"], argument)
    elif (cron := _CRON.fullmatch(schedule)) is not None:
        _check_cron(schedule, cron["fields"].split(" "), argument)
    else:
        refuse(
            argument,
            schedule,
            "is neither a rate nor a cron expression",
            'write it as in "rate(10 days)" or "cron(0 4 ? * SUN *)", in UTC',
        )


def check_window_in_schedule(schedule: str, hours: int, *, argument: str = "rotation_window_hours") -> None:
    """Raise `RuleViolation` if a window goes on into the next one, or into the next day."""
    start, longest = 0, HOURS_A_DAY
    if (rate := _RATE.fullmatch(schedule)) is not None:
        longest = min(longest, int(rate["value"])) if rate["unit"].startswith("hour") else longest
    elif (cron := _CRON.fullmatch(schedule)) is not None:
        found = _HOURS.fullmatch(cron["fields"].split(" ")[1])
        start = int(found["start"]) if found is not None else 0
        longest = min(longest - start, int(found["step"])) if found is not None and found["step"] else longest - start
    if hours > longest:
        refuse(
            argument,
            hours,
            f"goes on into the next window, or the next day (UTC), with {schedule}",
            f"write at most {longest}",
        )


def _check_rate(schedule: str, value: int, unit: str, argument: str) -> None:
    in_hours = unit.startswith("hour")
    shortest = SHORTEST_RATE_HOURS if in_hours else 1
    longest = LONGEST_RATE_DAYS * (HOURS_A_DAY if in_hours else 1)
    if not shortest <= value <= longest:
        refuse(
            argument,
            schedule,
            f"must be from every {SHORTEST_RATE_HOURS} hours to every {LONGEST_RATE_DAYS} days",
            f"write rate({min(max(value, shortest), longest)} {'hours' if in_hours else 'days'})",
        )


def _check_cron(schedule: str, fields: list[str], argument: str) -> None:
    if len(fields) != len(("minutes", "hours", "day of month", "month", "day of week", "year")):
        refuse(argument, schedule, "has not six fields", 'write them all, as in "cron(0 4 ? * SUN *)"')
    minutes, hours, day_of_month, _, day_of_week, year = fields
    if minutes != "0" or year != "*":
        refuse(argument, schedule, "must have 0 for the minutes and * for the year", 'write "cron(0 4 ? * SUN *)"')
    found = _HOURS.fullmatch(hours)
    # A step starts again each day; "every four hours" is the shortest that Secrets Manager takes.
    wrong_step = found is not None and found["step"] and int(found["step"]) < SHORTEST_RATE_HOURS
    if found is None or int(found["start"]) >= HOURS_A_DAY or wrong_step:
        refuse(
            argument,
            schedule,
            f"must have an hour, 0 to 23, or one with a step of {SHORTEST_RATE_HOURS} hours or more",
            'write the hour as in "cron(0 4 ? * SUN *)" or "cron(0 0/12 ? * * *)"',
        )
    if (day_of_month == "?") == (day_of_week == "?"):
        refuse(
            argument,
            schedule,
            "must have ? for the day of the month or for that of the week, and not for both",
            'write "cron(0 4 ? * SUN *)", or "cron(0 4 1 * ? *)"',
        )
