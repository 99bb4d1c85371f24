"""What a cluster's log group is called, and for how long CloudWatch Logs can keep its lines."""

from typing import Final, Literal

from aurora_serverless.facts.limits import allowed_numbers
from aurora_serverless.facts.valid_values import valid_values
from aurora_serverless.rules.violation import refuse

LOG_TYPE: Final = "postgresql"
"""What the cluster exports: the value of `enabled_cloudwatch_logs_exports`."""

MORE_LOG_TYPES: Final = valid_values("rds_more_exported_logs")
"""What it can export beside that. Source: Amazon Aurora User Guide, "Aurora PostgreSQL database log files"."""
IAM_LOG_TYPE: Final = "iam-db-auth-error"

LogClass = Literal["STANDARD", "INFREQUENT_ACCESS"]

# Source: Amazon CloudWatch Logs API, PutRetentionPolicy, retentionInDays.
RETENTION_DAYS: Final = allowed_numbers("logs_retention_days")
DEFAULT_RETENTION_DAYS: Final = 30


def log_group_name(cluster_identifier: str, log_type: str = LOG_TYPE) -> str:
    """Return the name under which RDS looks for the log group of one of a cluster's logs."""
    return f"/aws/rds/cluster/{cluster_identifier}/{log_type}"


def check_more_log_type(log_type: str, *, argument: str = "more_exported_logs") -> None:
    """Raise `RuleViolation` unless Aurora PostgreSQL can export such a log beside its own."""
    if log_type not in MORE_LOG_TYPES:
        rule = (
            "is not one of the other logs that Aurora PostgreSQL exports "
            "(log_retention_days exports the PostgreSQL log)"
        )
        refuse(argument, log_type, rule, f"write {' or '.join(MORE_LOG_TYPES)}")


def check_log_retention(days: int, *, argument: str = "retention_days") -> None:
    """Raise `RuleViolation` unless CloudWatch Logs can keep lines for `days`.

    0, which Terraform takes for ever, is refused: logs that never expire are what the log group is made to prevent.
    """
    if days not in RETENTION_DAYS:
        enough = min((allowed for allowed in RETENTION_DAYS if allowed >= days > 0), default=RETENTION_DAYS[-1])
        refuse(
            argument,
            days,
            f"CloudWatch Logs keeps lines for {', '.join(map(str, RETENTION_DAYS))} days",
            f"write {enough}",
        )
