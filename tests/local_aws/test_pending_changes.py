"""Changes that wait for the maintenance window; local_aws/patches/pending_changes.py names AWS's pages."""

import urllib.error
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.environment import MAINTENANCE_PATH
from local_aws.process import LocalAws
from tests.local_aws.conftest import Cluster, CreateCluster, CreateInstance, Describe
from tests.local_aws.data_api.database import ask

LetWindowCome = Callable[..., list[str]]


@pytest.fixture
def let_window_come(aws: LocalAws) -> LetWindowCome:
    def come(**document: Any) -> list[str]:
        changed: list[str] = ask(aws, MAINTENANCE_PATH, document)["changed"]
        return changed

    return come


def modify(rds: Any, cluster: Cluster, **arguments: Any) -> None:
    rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], **arguments)


def instance_of(rds: Any, instance: dict[str, Any]) -> dict[str, Any]:
    name = instance["DBInstanceIdentifier"]
    [found] = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    described: dict[str, Any] = found
    return described


def test_an_upgrade_waits_for_the_window(
    rds: Any, create_cluster: CreateCluster, describe: Describe, let_window_come: LetWindowCome
) -> None:
    cluster = create_cluster(EngineVersion="16.8")
    modify(rds, cluster, EngineVersion="17.7", AllowMajorVersionUpgrade=True)
    waiting = describe(cluster)
    assert waiting["PendingModifiedValues"] == {"EngineVersion": "17.7"}
    assert (waiting["EngineVersion"], waiting["DBClusterParameterGroup"]) == ("16.8", "default.aurora-postgresql16")
    assert cluster["DBClusterArn"] in let_window_come()
    upgraded = describe(cluster)
    assert (upgraded["EngineVersion"], upgraded["DBClusterParameterGroup"]) == ("17.7", "default.aurora-postgresql17")
    assert not upgraded.get("PendingModifiedValues")
    assert cluster["DBClusterArn"] not in let_window_come()


def test_iam_authentication_and_a_new_name_wait(
    rds: Any, create_cluster: CreateCluster, describe: Describe, let_window_come: LetWindowCome
) -> None:
    cluster = create_cluster()
    name = cluster["DBClusterIdentifier"]
    modify(rds, cluster, EnableIAMDatabaseAuthentication=True, NewDBClusterIdentifier=f"{name}-new")
    waiting = describe(cluster)
    assert waiting["IAMDatabaseAuthenticationEnabled"] is False
    assert waiting["PendingModifiedValues"] == {
        "IAMDatabaseAuthenticationEnabled": True,
        "DBClusterIdentifier": f"{name}-new",
    }
    let_window_come()
    [changed] = rds.describe_db_clusters(DBClusterIdentifier=f"{name}-new")["DBClusters"]
    assert changed["IAMDatabaseAuthenticationEnabled"] is True


@pytest.mark.parametrize(
    "change",
    [
        {"DeletionProtection": True},
        {"BackupRetentionPeriod": 9},
        {"PreferredMaintenanceWindow": "sun:04:00-sun:05:00"},
        {"DBClusterParameterGroupName": "default.aurora-postgresql17"},
    ],
)
def test_the_rest_is_applied_at_once(
    rds: Any, create_cluster: CreateCluster, describe: Describe, change: dict[str, Any]
) -> None:
    cluster = create_cluster()
    modify(rds, cluster, **change)
    described = describe(cluster)
    reported = {"DBClusterParameterGroupName": "DBClusterParameterGroup"}
    assert {name: described[reported.get(name, name)] for name in change} == change
    assert not described.get("PendingModifiedValues")


def test_the_next_change_at_once_takes_what_waits_along(
    rds: Any, create_cluster: CreateCluster, describe: Describe
) -> None:
    """The API reference of ModifyDBCluster, ApplyImmediately: the request and any pending modifications."""
    cluster = create_cluster()
    modify(rds, cluster, EngineVersion="17.9")
    modify(rds, cluster, BackupRetentionPeriod=9, ApplyImmediately=True)
    described = describe(cluster)
    assert (described["EngineVersion"], described["BackupRetentionPeriod"]) == ("17.9", 9)


def test_asking_for_what_runs_takes_a_waiting_upgrade_back(
    rds: Any, create_cluster: CreateCluster, describe: Describe, let_window_come: LetWindowCome
) -> None:
    cluster = create_cluster(EngineVersion="17.7")
    modify(rds, cluster, EngineVersion="17.9")
    modify(rds, cluster, EngineVersion="17.7")
    assert not describe(cluster).get("PendingModifiedValues")
    assert cluster["DBClusterArn"] not in let_window_come()


def test_an_upgrade_that_is_refused_does_not_wait(rds: Any, create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster()
    with pytest.raises(ClientError, match="Cannot upgrade"):
        modify(rds, cluster, EngineVersion="16.14")
    assert not describe(cluster).get("PendingModifiedValues")


def test_another_class_of_an_instance_waits(
    rds: Any, create_cluster: CreateCluster, create_instance: CreateInstance, let_window_come: LetWindowCome
) -> None:
    """The API reference of ModifyDBInstance, DBInstanceClass."""
    instance = create_instance(create_cluster())
    name = instance["DBInstanceIdentifier"]
    rds.modify_db_instance(DBInstanceIdentifier=name, DBInstanceClass="db.r6g.large", PromotionTier=3)
    waiting = instance_of(rds, instance)
    assert (waiting["DBInstanceClass"], waiting["PromotionTier"]) == ("db.serverless", 3)
    assert waiting["PendingModifiedValues"] == {"DBInstanceClass": "db.r6g.large"}
    assert instance["DBInstanceArn"] in let_window_come()
    assert instance_of(rds, instance)["DBInstanceClass"] == "db.r6g.large"


def test_automatic_minor_upgrades_come_with_the_window_on_demand(
    create_cluster: CreateCluster, create_instance: CreateInstance, describe: Describe, let_window_come: LetWindowCome
) -> None:
    """terraform-aws-modules/terraform-aws-rds-aurora 454; AWS: all instances of the cluster must have them on."""
    moving, staying = create_cluster(), create_cluster()
    create_instance(moving)
    create_instance(staying)
    create_instance(staying, AutoMinorVersionUpgrade=False)
    let_window_come()
    assert describe(moving)["EngineVersion"] == "17.7"
    assert moving["DBClusterArn"] in let_window_come(automatic_minor_upgrades=True)
    assert describe(moving)["EngineVersion"] == "17.11"
    assert describe(staying)["EngineVersion"] == "17.7"


@pytest.mark.parametrize(
    ("method", "document", "status"), [("GET", None, 405), ("POST", [], 400), ("POST", {"upgrades": True}, 400)]
)
def test_a_wrong_request_for_the_window_is_refused(aws: LocalAws, method: str, document: Any, status: int) -> None:
    with pytest.raises(urllib.error.HTTPError) as error:
        ask(aws, MAINTENANCE_PATH, document, method)
    with error.value as answer:
        assert answer.code == status
