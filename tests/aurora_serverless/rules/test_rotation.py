import pytest

from aurora_serverless.rules.rotation import (
    check_rotation_days,
    check_rotation_schedule,
    check_rotation_window,
    check_window_in_schedule,
)
from aurora_serverless.rules.violation import RuleViolation

SCHEDULES = [
    "rate(4 hours)",
    "rate(1 day)",
    "rate(999 days)",
    "rate(23976 hours)",
    "cron(0 4 ? * SUN *)",
    "cron(0 4/12 * * ? *)",
    "cron(0 0 1,15 JAN-DEC ? *)",
    "cron(0 8 ? * 2#1 *)",
]
WRONG = {
    "": "neither a rate nor a cron expression",
    "rate(10)": "neither a rate nor a cron expression",
    "rate(0 days)": "neither a rate nor a cron expression",
    "rate(10 weeks)": "neither a rate nor a cron expression",
    "rate(10 days) ": "neither a rate nor a cron expression",
    "rate(3 hours)": "every 4 hours to every 999 days; write rate\\(4 hours\\)",
    "rate(1000 days)": "every 4 hours to every 999 days; write rate\\(999 days\\)",
    "cron(0 4 ? * SUN)": "has not six fields",
    "cron(30 4 ? * SUN *)": "0 for the minutes",
    "cron(0 4 ? * SUN 2027)": "\\* for the year",
    "cron(0 * ? * SUN *)": "must have an hour",
    "cron(0 24 ? * SUN *)": "must have an hour",
    "cron(0 0/3 * * ? *)": "a step of 4 hours or more",
    "cron(0 4 * * SUN *)": "not for both",
    "cron(0 4 ? * ? *)": "not for both",
}


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_a_schedule_that_secrets_manager_takes(schedule: str) -> None:
    check_rotation_schedule(schedule)


@pytest.mark.parametrize("schedule", WRONG)
def test_a_schedule_that_secrets_manager_refuses(schedule: str) -> None:
    with pytest.raises(RuleViolation, match=WRONG[schedule]):
        check_rotation_schedule(schedule)


@pytest.mark.parametrize("days", [0, 1001])
def test_days_that_secrets_manager_refuses(days: int) -> None:
    check_rotation_days(1)
    check_rotation_days(1000)
    with pytest.raises(RuleViolation, match="must be 1 to 1000 days"):
        check_rotation_days(days)


@pytest.mark.parametrize("hours", [0, 25])
def test_a_window_that_is_no_part_of_a_day_is_refused(hours: int) -> None:
    check_rotation_window(24)
    with pytest.raises(RuleViolation, match="must be 1 to 24 hours"):
        check_rotation_window(hours)


@pytest.mark.parametrize(
    ("schedule", "longest"),
    [
        ("rate(10 days)", 24),
        ("rate(4 hours)", 4),
        ("rate(48 hours)", 24),
        ("cron(0 22 * * ? *)", 2),
        ("cron(0 4/12 * * ? *)", 12),
    ],
)
def test_a_window_ends_before_the_next_one_and_the_end_of_the_day(schedule: str, longest: int) -> None:
    check_window_in_schedule(schedule, longest)
    if longest < 24:
        with pytest.raises(RuleViolation, match=f"goes on into .*; write at most {longest}"):
            check_window_in_schedule(schedule, longest + 1)
