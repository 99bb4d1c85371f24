"""AWS Backup on local AWS: plans and selections, backups when the window comes, and what AWS refuses."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.environment import MAINTENANCE_PATH
from local_aws.process import LocalAws
from tests.local_aws.conftest import Cluster, CreateCluster, Describe, unique
from tests.local_aws.data_api.database import ask

ROLE = "arn:aws:iam::123456789012:role/backup"


@pytest.fixture(scope="module")
def backup(aws: LocalAws) -> Any:
    return aws.client("backup")


def rules(vault: str, **more: Any) -> dict[str, Any]:
    rule = {"RuleName": "daily", "TargetBackupVaultName": vault, "Lifecycle": {"DeleteAfterDays": 30}, **more}
    return {"BackupPlanName": unique("plan"), "Rules": [rule]}


def select(backup: Any, cluster: Cluster, **more: Any) -> tuple[str, str, str]:
    """Return vault, plan and selection, made for a cluster."""
    vault = unique("vault")
    backup.create_backup_vault(BackupVaultName=vault)
    plan = backup.create_backup_plan(BackupPlan=rules(vault, **more))["BackupPlanId"]
    selection = {"SelectionName": "a", "IamRoleArn": ROLE, "Resources": [cluster["DBClusterArn"]]}
    made = backup.create_backup_selection(BackupPlanId=plan, BackupSelection=selection)
    return vault, plan, made["SelectionId"]


def refused(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as error:
        call(**arguments)
    message: str = error.value.response["Error"]["Message"]
    return message


def test_a_plan_goes_after_its_selections_and_its_vault_after_the_backups(
    aws: LocalAws, backup: Any, create_cluster: CreateCluster
) -> None:
    vault, plan, selection = select(backup, create_cluster())
    ask(aws, MAINTENANCE_PATH, {})
    assert "selections must be deleted" in refused(backup.delete_backup_plan, BackupPlanId=plan)
    backup.delete_backup_selection(BackupPlanId=plan, SelectionId=selection)
    backup.delete_backup_plan(BackupPlanId=plan)
    assert "contains recovery points" in refused(backup.delete_backup_vault, BackupVaultName=vault)
    [point] = backup.list_recovery_points_by_backup_vault(BackupVaultName=vault)["RecoveryPoints"]
    backup.delete_recovery_point(BackupVaultName=vault, RecoveryPointArn=point["RecoveryPointArn"])
    backup.delete_backup_vault(BackupVaultName=vault)


def test_a_continuous_backup_takes_over_the_retention_of_its_cluster(
    aws: LocalAws, rds: Any, backup: Any, create_cluster: CreateCluster, describe: Describe
) -> None:
    cluster = create_cluster(BackupRetentionPeriod=7)
    select(backup, cluster, EnableContinuousBackup=True)
    ask(aws, MAINTENANCE_PATH, {})
    assert describe(cluster)["BackupRetentionPeriod"] == 30
    assert ":recovery-point:continuous:" in describe(cluster)["AwsBackupRecoveryPointArn"]
    name = cluster["DBClusterIdentifier"]
    told = refused(rds.modify_db_cluster, DBClusterIdentifier=name, BackupRetentionPeriod=7)
    assert "can be blank, or you can use the current value, 30" in told
    rds.modify_db_cluster(DBClusterIdentifier=name, BackupRetentionPeriod=30)


def test_a_vault_has_its_tags(backup: Any) -> None:
    arn = backup.create_backup_vault(BackupVaultName=unique("vault"), BackupVaultTags={"Team": "a"})["BackupVaultArn"]
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {"Team": "a"}


def test_a_plan_changes_and_its_name_is_free_once_it_is_gone(backup: Any) -> None:
    document = rules("Default")
    plan = backup.create_backup_plan(BackupPlan=document)["BackupPlanId"]
    document["Rules"][0]["Lifecycle"] = {"DeleteAfterDays": 7}
    backup.update_backup_plan(BackupPlanId=plan, BackupPlan=document)
    [rule] = backup.get_backup_plan(BackupPlanId=plan)["BackupPlan"]["Rules"]
    assert rule["Lifecycle"] == {"DeleteAfterDays": 7}
    backup.delete_backup_plan(BackupPlanId=plan)
    backup.create_backup_plan(BackupPlan=document)
