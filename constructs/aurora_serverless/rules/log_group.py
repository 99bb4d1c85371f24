"""What a cluster's log group is called, and for how long CloudWatch Logs can keep its lines."""

from typing import Final

from aurora_serverless.facts.limits import allowed_numbers
from aurora_serverless.rules.violation import refuse

LOG_TYPE: Final = "postgresql"
"""What the cluster exports: the value of `enabled_cloudwatch_logs_exports`."""

# Source: Amazon CloudWatch Logs API, PutRetentionPolicy, retentionInDays.
RETENTION_DAYS: Final = allowed_numbers("logs_retention_days")
DEFAULT_RETENTION_DAYS: Final = 30


def log_group_name(cluster_identifier: str) -> str:
    """Return the name under which RDS looks for a cluster's log group."""
    return f"/aws/rds/cluster/{cluster_identifier}/{LOG_TYPE}"


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
