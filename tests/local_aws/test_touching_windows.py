"""The maintenance window of an instance may begin when the backups' ends, as in every deployment of this project."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.local_aws.conftest import CreateCluster, unique


@pytest.mark.parametrize(
    ("window", "is_refused"),
    [("sun:04:00-sun:05:00", False), ("sun:02:30-sun:03:00", False), ("sun:03:30-sun:04:30", True)],
)
def test_windows_that_touch_do_not_overlap(
    rds: Any, create_cluster: CreateCluster, window: str, *, is_refused: bool
) -> None:
    cluster = create_cluster(PreferredBackupWindow="03:00-04:00", PreferredMaintenanceWindow="sun:10:00-sun:11:00")
    name = unique("instance")
    rds.create_db_instance(
        DBInstanceIdentifier=name,
        DBClusterIdentifier=cluster["DBClusterIdentifier"],
        DBInstanceClass="db.r6g.large",
        Engine="aurora-postgresql",
    )
    try:
        rds.modify_db_instance(DBInstanceIdentifier=name, PreferredMaintenanceWindow=window)
        was_refused = False
    except ClientError:
        was_refused = True
    rds.delete_db_instance(DBInstanceIdentifier=name, SkipFinalSnapshot=True)
    assert was_refused is is_refused
