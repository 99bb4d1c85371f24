"""`[backup]` and `[maintenance]`: what is kept, and when AWS may work on the cluster."""

from typing import Annotated

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.aws_backup import AwsBackup
from aurora_serverless.options.section import Section, checked_by, option
from aurora_serverless.rules.backup import LONGEST_RETENTION_DAYS, SHORTEST_RETENTION_DAYS, check_backup_retention
from aurora_serverless.rules.windows import check_backup_window, check_maintenance_window


class Backup(Section):
    """Automated backups, from which the cluster can be restored to any second of the days they are kept."""

    retention_days: Annotated[int, checked_by(check_backup_retention)] = option(
        "Days for which backups are kept.",
        default=7,
        makes="`backup_retention_period` of the cluster",
        costs="storage of backups beyond the size of the cluster; one day's are free",
        example=14,
        schema={"minimum": SHORTEST_RETENTION_DAYS, "maximum": LONGEST_RETENTION_DAYS},
    )
    window: Annotated[str, checked_by(check_backup_window)] = option(
        "Daily window in UTC in which a backup is made.",
        default="03:00-04:00",
        allowed=f"`hh:mm-hh:mm`, at least {limit('rds_window_shortest')} minutes, apart from the maintenance window",
        makes="`preferred_backup_window` of the cluster",
        example="22:15-23:00",
    )
    # Source: Amazon Aurora User Guide, "Retaining automated backups".
    delete_automated_backups: bool = option(
        "Whether backups are deleted with the cluster. With false they outlive it, until they are as old as "
        "retention_days says: AWS restores a cluster from them by its resource id, to any second that they hold. They "
        "go in the end, and a final snapshot stays. To count, a change must be deployed before the cluster is deleted.",
        default=True,
        makes="`delete_automated_backups` of the cluster",
        costs="with false, storage of the backups that outlive the cluster; one day's are free",
        example=False,
    )

    aws_backup: AwsBackup | None = option(
        "Backups by AWS Backup, in addition to RDS's own or, if continuous, instead of them; the table alone, even "
        "empty, makes "
        "them. The deployment's account must have Aurora among the services that AWS Backup may back up.",
        default=None,
        unset="RDS's automated backups alone",
        makes="`aws_backup_plan.aurora`, `aws_backup_selection.aurora`, `aws_backup_vault.aurora` and "
        "`aws_iam_role.aws_backup`",
        costs="storage of the snapshots; a continuous backup costs what RDS's own does",
    )


class Maintenance(Section):
    """When AWS may work on the cluster."""

    window: Annotated[str, checked_by(check_maintenance_window)] = option(
        "Weekly window in UTC in which AWS may change the cluster.",
        default="sun:04:00-sun:05:00",
        allowed=f"`ddd:hh:mm-ddd:hh:mm`, {limit('rds_window_shortest')} minutes to a day, apart from the backup window",
        makes="`preferred_maintenance_window` of the cluster and, with `instances`, of each instance",
        example="sat:22:00-sat:23:30",
    )
    apply_immediately: bool = option(
        "Whether a change is made at once, with the restart that it may need, or waits for the window where AWS lets "
        "it wait: a minor version and IAM authentication do, and a plan may show them again until then. Passwords, "
        "protection, capacity, new instances and a major version that is allowed never wait; static parameters wait "
        "for a restart, whatever this says.",
        default=True,
        makes="`apply_immediately` of the cluster and, with `instances`, of each instance",
        example=False,
    )
    instances: bool | None = option(
        "Whether the window and apply_immediately hold for the instances too. With false AWS patches each in a window "
        "that it chose at random, and its changes wait for that.",
        default=None,
        unset='true; false where network.security_group_rules = "inline", as in a deployment that is adopted',
        makes="`preferred_maintenance_window` and `apply_immediately` of the instances",
        example=False,
    )
