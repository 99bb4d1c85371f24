"""How long Aurora keeps automated backups."""

from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.violation import check_range

# Source: Amazon RDS API, CreateDBCluster, BackupRetentionPeriod. Aurora cannot switch automated backups off.
SHORTEST_RETENTION_DAYS: Final = limit("rds_backup_retention_shortest")
LONGEST_RETENTION_DAYS: Final = limit("rds_backup_retention_longest")


def check_backup_retention(days: int, *, argument: str = "backup_retention_days") -> None:
    """Raise `RuleViolation` unless Aurora can keep automated backups for `days`."""
    check_range(argument, days, SHORTEST_RETENTION_DAYS, LONGEST_RETENTION_DAYS, "days")
