"""Database Insights and enhanced monitoring: what is watched inside the database, and for how long it is kept."""

from typing import Final, Literal

from aurora_serverless.facts.limits import allowed_numbers, limit
from aurora_serverless.rules.arns import ROLE, check_arn
from aurora_serverless.rules.violation import refuse

InsightsMode = Literal["standard", "advanced"]

# Source: Amazon RDS User Guide for Aurora, "Database Insights": standard keeps 7 days free of charge, advanced needs
# 15 months.
STANDARD_RETENTION_DAYS: Final = limit("rds_insights_retention_standard")
ADVANCED_RETENTION_DAYS: Final = limit("rds_insights_retention_advanced")
RECOMMENDED_MINIMUM_ACU: Final = limit("database_insights_recommended_minimum_acu")
# Source: Amazon RDS API, CreateDBCluster, MonitoringInterval.
ENHANCED_MONITORING_SECONDS: Final = allowed_numbers("rds_enhanced_monitoring_intervals")


def insights_retention_days(mode: InsightsMode | None) -> int | None:
    """Return the days for which `mode` keeps what it sees; None where there is nothing to keep."""
    if mode == "standard":
        return STANDARD_RETENTION_DAYS
    return ADVANCED_RETENTION_DAYS if mode == "advanced" else None


def insights_warnings(mode: InsightsMode | None, minimum_acu: float) -> list[str]:
    """Return what AWS says of insights on instances that may become as small as `minimum_acu`."""
    if mode is None or minimum_acu >= RECOMMENDED_MINIMUM_ACU:
        return []
    return [
        f'monitoring.insights = "{mode}": AWS recommends a minimum capacity of {RECOMMENDED_MINIMUM_ACU} ACU with '
        f"Database Insights, and capacity.minimum_acu is {minimum_acu:g}"
    ]


def check_monitoring_role_arn(value: str, *, argument: str = "enhanced_monitoring_role_arn") -> None:
    """Raise `RuleViolation` unless `value` is the ARN of a role."""
    check_arn(value, ROLE, argument=argument)


def check_enhanced_monitoring_interval(
    seconds: int | None, *, role_is_given: bool, argument: str = "enhanced_monitoring_seconds"
) -> None:
    """Raise `RuleViolation` unless RDS takes the interval, and has the role that it needs for it."""
    if seconds is None:
        return
    if seconds not in ENHANCED_MONITORING_SECONDS:
        allowed = ", ".join(str(value) for value in ENHANCED_MONITORING_SECONDS)
        refuse(argument, seconds, f"must be one of {allowed} seconds", "write one of these")
    if seconds > 0 and not role_is_given:
        refuse(argument, seconds, "enhanced monitoring needs a role", "give enhanced_monitoring_role_arn")
