"""Log groups to which a cluster exports; hashicorp/terraform-provider-aws 42858 is the source."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import CreateCluster, CreateInstance


@pytest.fixture
def logs(aws: LocalAws) -> Any:
    return aws.client("logs")


def groups_of(logs: Any, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return found


def test_a_log_group_that_is_deleted_while_the_cluster_exports_comes_back_without_retention(
    rds: Any, logs: Any, create_cluster: CreateCluster, create_instance: CreateInstance
) -> None:
    cluster = create_cluster(EnableCloudwatchLogsExports=["postgresql"])
    group = f"/aws/rds/cluster/{cluster['DBClusterIdentifier']}/postgresql"
    logs.create_log_group(logGroupName=group)
    logs.put_retention_policy(logGroupName=group, retentionInDays=7)
    create_instance(cluster)
    assert [found["retentionInDays"] for found in groups_of(logs, group)] == [7]
    logs.delete_log_group(logGroupName=group)
    rds.modify_db_cluster(
        DBClusterIdentifier=cluster["DBClusterIdentifier"],
        CloudwatchLogsExportConfiguration={"DisableLogTypes": ["postgresql"]},
    )
    assert ["retentionInDays" in found for found in groups_of(logs, group)] == [False]
    logs.delete_log_group(logGroupName=group)
    assert groups_of(logs, group) == []


def test_a_log_group_is_too_late_after_the_export(
    logs: Any, create_cluster: CreateCluster, create_instance: CreateInstance
) -> None:
    cluster = create_cluster(EnableCloudwatchLogsExports=["postgresql"])
    create_instance(cluster)
    with pytest.raises(ClientError, match="ResourceAlreadyExistsException"):
        logs.create_log_group(logGroupName=f"/aws/rds/cluster/{cluster['DBClusterIdentifier']}/postgresql")
