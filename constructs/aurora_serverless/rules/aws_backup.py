"""What AWS Backup takes for a plan of an Aurora cluster: its vault, schedule, retention, copies and lock."""

import re
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.arns import BACKUP_VAULT, check_arn
from aurora_serverless.rules.violation import check_pattern, check_range, refuse

LONGEST_NAME: Final = limit("backup_name_longest")
LONGEST_RETENTION_DAYS: Final = limit("backup_retention_longest")
LONGEST_CONTINUOUS_DAYS: Final = limit("backup_continuous_retention_longest")
SHORTEST_CHANGEABLE_DAYS: Final = limit("backup_vault_lock_changeable_shortest")

DEFAULT_SCHEDULE: Final = "cron(0 5 ? * * *)"
"""AWS's own: at 5 every day, UTC."""
DEFAULT_PLAN_RETENTION_DAYS: Final = LONGEST_CONTINUOUS_DAYS

_VAULT_NAME: Final = re.compile(rf"[a-zA-Z0-9_-]{{2,{LONGEST_NAME}}}")
_PLAN_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# Source: AWS Backup API, BackupRule, ScheduleExpression: a CRON expression of six fields.
_SCHEDULE: Final = re.compile(r"cron\([0-9A-Z*?,/#-]+( [0-9A-Z*?,/#-]+){5}\)")


def check_vault_name(name: str, *, argument: str = "vault_name") -> None:
    """Raise `RuleViolation` unless `name` may name a backup vault."""
    rule = f"a vault's name is 2 to {LONGEST_NAME} letters, digits, hyphens and underscores"
    check_pattern(argument, name, _VAULT_NAME, rule, 'write, for example, "databases"')


def check_plan_id(plan_id: str, *, argument: str = "plan_id") -> None:
    """Raise `RuleViolation` unless `plan_id` looks like the id of a backup plan."""
    remedy = 'write, for example, "a1b2c3d4-5678-90ab-cdef-0123456789ab"'
    check_pattern(argument, plan_id, _PLAN_ID, "must be the id of a backup plan", remedy)


def check_vault_arn(arn: str, *, argument: str = "copy_vault_arns") -> None:
    """Raise `RuleViolation` unless `arn` is the ARN of a backup vault."""
    check_arn(arn, BACKUP_VAULT, argument=argument)


def check_schedule(schedule: str, *, argument: str = "schedule") -> None:
    """Raise `RuleViolation` unless AWS Backup could read `schedule`."""
    rule = "a schedule is cron(minutes hours day-of-month month day-of-week year) in UTC"
    check_pattern(argument, schedule, _SCHEDULE, rule, f'write, for example, "{DEFAULT_SCHEDULE}"')


def check_plan_retention(days: int, *, argument: str = "delete_after_days") -> None:
    """Raise `RuleViolation` unless AWS Backup can keep a backup for `days`."""
    check_range(argument, days, 1, LONGEST_RETENTION_DAYS, "days")


def check_continuous_retention(days: int, *, argument: str = "delete_after_days") -> None:
    """Raise `RuleViolation` unless a continuous backup can go back as far."""
    if days > LONGEST_CONTINUOUS_DAYS:
        refuse(
            argument,
            days,
            f"a continuous backup goes back {LONGEST_CONTINUOUS_DAYS} days at most",
            f"write {LONGEST_CONTINUOUS_DAYS}, or continuous = false",
        )


def check_changeable_days(days: int, *, argument: str = "lock_changeable_days") -> None:
    """Raise `RuleViolation` unless a lock can be taken off for `days` before it is final."""
    check_range(argument, days, SHORTEST_CHANGEABLE_DAYS, LONGEST_RETENTION_DAYS, "days")


def check_lock(
    delete_after_days: int, minimum_days: int | None, maximum_days: int | None, *, argument: str = "delete_after_days"
) -> None:
    """Raise `RuleViolation` where the lock of a vault refuses what the plan keeps. AWS tells it job by job only."""
    least, most = minimum_days or 1, maximum_days or LONGEST_RETENTION_DAYS
    if least > most:
        refuse("lock_maximum_days", most, f"is below lock_minimum_days, which is {least}", "raise it, or leave one out")
    if not least <= delete_after_days <= most:
        rule = f"the vault lock accepts backups of {least} to {most} days, and each job would fail"
        refuse(argument, delete_after_days, rule, f"write {least if delete_after_days < least else most}")
