"""Performance Insights, Database Insights, enhanced monitoring and lifecycle support on local AWS."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.local_aws.conftest import Cluster, CreateCluster

Describe = Callable[[Cluster], Cluster]
CreateInstance = Callable[..., dict[str, Any]]

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
ROLE = "arn:aws:iam::123456789012:role/monitoring"


def test_performance_insights_of_a_cluster_are_kept(create_cluster: CreateCluster, describe: Describe) -> None:
    described = describe(
        create_cluster(
            EnablePerformanceInsights=True, PerformanceInsightsRetentionPeriod=31, PerformanceInsightsKMSKeyId=KEY
        )
    )

    assert described["PerformanceInsightsEnabled"] is True
    assert described["PerformanceInsightsRetentionPeriod"] == 31
    assert described["PerformanceInsightsKMSKeyId"] == KEY


def test_performance_insights_keep_7_days_by_default(create_cluster: CreateCluster, describe: Describe) -> None:
    assert describe(create_cluster(EnablePerformanceInsights=True))["PerformanceInsightsRetentionPeriod"] == 7


def test_performance_insights_are_off_by_default(create_cluster: CreateCluster, describe: Describe) -> None:
    described = describe(create_cluster())

    assert described["PerformanceInsightsEnabled"] is False
    assert "PerformanceInsightsRetentionPeriod" not in described


def test_performance_insights_can_be_changed(rds: Any, create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster(EnablePerformanceInsights=True, PerformanceInsightsRetentionPeriod=31)

    rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], EnablePerformanceInsights=False)

    assert describe(cluster)["PerformanceInsightsEnabled"] is False


def test_performance_insights_of_an_instance_are_kept_and_changed(
    rds: Any, create_cluster: CreateCluster, create_instance: CreateInstance
) -> None:
    instance = create_instance(create_cluster(), EnablePerformanceInsights=True, PerformanceInsightsRetentionPeriod=62)
    assert instance["PerformanceInsightsEnabled"] is True
    assert instance["PerformanceInsightsRetentionPeriod"] == 62

    changed = rds.modify_db_instance(
        DBInstanceIdentifier=instance["DBInstanceIdentifier"], EnablePerformanceInsights=False
    )["DBInstance"]

    assert changed["PerformanceInsightsEnabled"] is False


def test_an_instance_reports_the_performance_insights_of_its_cluster(
    create_cluster: CreateCluster, create_instance: CreateInstance
) -> None:
    cluster = create_cluster(EnablePerformanceInsights=True, PerformanceInsightsRetentionPeriod=31)

    instance = create_instance(cluster, EnablePerformanceInsights=False)

    assert instance["PerformanceInsightsEnabled"] is True
    assert instance["PerformanceInsightsRetentionPeriod"] == 31


def test_the_advanced_mode_of_database_insights_is_kept(
    create_cluster: CreateCluster, describe: Describe, create_instance: CreateInstance
) -> None:
    cluster = create_cluster(
        DatabaseInsightsMode="advanced", EnablePerformanceInsights=True, PerformanceInsightsRetentionPeriod=465
    )

    assert describe(cluster)["DatabaseInsightsMode"] == "advanced"
    assert create_instance(cluster)["DatabaseInsightsMode"] == "advanced"


def test_the_standard_mode_of_database_insights_is_the_default(
    create_cluster: CreateCluster, describe: Describe
) -> None:
    assert describe(create_cluster())["DatabaseInsightsMode"] == "standard"


@pytest.mark.parametrize(
    "arguments", [{}, {"EnablePerformanceInsights": True, "PerformanceInsightsRetentionPeriod": 31}]
)
def test_the_advanced_mode_is_refused_without_long_performance_insights(
    rds: Any, create_cluster: CreateCluster, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ClientError, match="at least 465 days"):
        create_cluster(DatabaseInsightsMode="advanced", **arguments)
    cluster = create_cluster(**arguments)
    with pytest.raises(ClientError, match="at least 465 days"):
        rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], DatabaseInsightsMode="advanced")


def test_lifecycle_support_is_kept(
    create_cluster: CreateCluster, describe: Describe, create_instance: CreateInstance
) -> None:
    cluster = create_cluster(EngineLifecycleSupport="open-source-rds-extended-support-disabled")

    assert describe(cluster)["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"
    assert create_instance(cluster)["EngineLifecycleSupport"] == "open-source-rds-extended-support-disabled"


def test_lifecycle_support_is_on_by_default(create_cluster: CreateCluster, describe: Describe) -> None:
    assert describe(create_cluster())["EngineLifecycleSupport"] == "open-source-rds-extended-support"


def test_enhanced_monitoring_of_an_instance_is_kept_and_changed(
    rds: Any, create_cluster: CreateCluster, create_instance: CreateInstance
) -> None:
    instance = create_instance(create_cluster(), MonitoringInterval=60, MonitoringRoleArn=ROLE)
    assert (instance["MonitoringInterval"], instance["MonitoringRoleArn"]) == (60, ROLE)

    changed = rds.modify_db_instance(DBInstanceIdentifier=instance["DBInstanceIdentifier"], MonitoringInterval=30)

    assert changed["DBInstance"]["MonitoringInterval"] == 30


def test_an_instance_reports_the_enhanced_monitoring_of_its_cluster(
    create_cluster: CreateCluster, describe: Describe, create_instance: CreateInstance
) -> None:
    cluster = create_cluster(MonitoringInterval=30, MonitoringRoleArn=ROLE)

    assert describe(cluster)["MonitoringInterval"] == 30
    assert create_instance(cluster)["MonitoringInterval"] == 30


def test_enhanced_monitoring_of_an_instance_against_its_cluster_is_refused(
    rds: Any, create_cluster: CreateCluster, create_instance: CreateInstance
) -> None:
    cluster = create_cluster(MonitoringInterval=30, MonitoringRoleArn=ROLE)
    with pytest.raises(ClientError, match="MonitoringInterval conflicts with cluster level parameter"):
        create_instance(cluster, MonitoringInterval=60, MonitoringRoleArn=ROLE)
    instance = create_instance(cluster)
    with pytest.raises(ClientError, match="MonitoringInterval conflicts with cluster level parameter"):
        rds.modify_db_instance(DBInstanceIdentifier=instance["DBInstanceIdentifier"], MonitoringInterval=0)


def test_arguments_of_an_instance_that_moto_knows_are_kept(
    create_cluster: CreateCluster, create_instance: CreateInstance
) -> None:
    arguments = {
        "PromotionTier": 3,
        "AutoMinorVersionUpgrade": False,
        "CopyTagsToSnapshot": True,
        "PreferredMaintenanceWindow": "sun:04:00-sun:05:00",
        "PubliclyAccessible": False,
    }

    instance = create_instance(create_cluster(), **arguments)

    assert {name: instance[name] for name in arguments} == arguments
