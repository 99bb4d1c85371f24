"""`[backup]` and `[maintenance]`: what is kept, and when AWS may work on the cluster."""

from typing import Annotated

from pydantic import Field

from aurora.backup import check_backup_retention
from aurora.windows import check_backup_window, check_maintenance_window
from stacks.sections.section import Section, checked_by


class Backup(Section):
    """Automated backups."""

    retention_days: Annotated[int, checked_by(check_backup_retention)] = Field(
        default=7, description="Days for which backups are kept, 1 to 35."
    )
    window: Annotated[str, checked_by(check_backup_window)] = Field(
        default="03:00-04:00", description="Daily window, hh:mm-hh:mm in UTC, at least 30 minutes."
    )


class Maintenance(Section):
    """When AWS may work on the cluster."""

    window: Annotated[str, checked_by(check_maintenance_window)] = Field(
        default="sun:04:00-sun:05:00", description="Weekly window, ddd:hh:mm-ddd:hh:mm in UTC, at least 30 minutes."
    )
