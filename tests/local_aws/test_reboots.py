"""Parameters that wait for a reboot; local_aws/patches/reboots.py names AWS's pages."""

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import unique
from tests.local_aws.data_api.database import Database, create_database

FAMILY = "aurora-postgresql17"


@dataclass(frozen=True)
class Groups:
    """A database with a parameter group of its own for its cluster, and one for its instance."""

    rds: Any
    cluster_group: str
    instance_group: str
    database: Database

    @property
    def instance(self) -> str:
        return f"{self.database.name}-1"

    @property
    def statuses(self) -> tuple[str, str]:
        """What the cluster's member and the instance say of their groups."""
        [cluster] = self.rds.describe_db_clusters(DBClusterIdentifier=self.database.name)["DBClusters"]
        [instance] = self.rds.describe_db_instances(DBInstanceIdentifier=self.instance)["DBInstances"]
        [member], [group] = cluster["DBClusterMembers"], instance["DBParameterGroups"]
        return member["DBClusterParameterGroupStatus"], group["ParameterApplyStatus"]

    def set(self, name: str, value: str, method: str = "pending-reboot", *, of: str = "cluster") -> None:
        parameters = [{"ParameterName": name, "ParameterValue": value, "ApplyMethod": method}]
        if of == "cluster":
            self.rds.modify_db_cluster_parameter_group(
                DBClusterParameterGroupName=self.cluster_group, Parameters=parameters
            )
        else:
            self.rds.modify_db_parameter_group(DBParameterGroupName=self.instance_group, Parameters=parameters)

    def reset(self, name: str, method: str) -> None:
        self.rds.reset_db_cluster_parameter_group(
            DBClusterParameterGroupName=self.cluster_group,
            Parameters=[{"ParameterName": name, "ApplyMethod": method}],
        )

    def reboot(self) -> str:
        answer = self.rds.reboot_db_instance(DBInstanceIdentifier=self.instance)
        status: str = answer["DBInstance"]["DBInstanceStatus"]
        return status

    def shown(self, name: str) -> str:
        value: str = self.database.value(f"SHOW {name}")["stringValue"]
        return value


@pytest.fixture
def groups(aws: LocalAws, rds: Any) -> Groups:
    cluster_group, instance_group = unique("group"), unique("group")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=cluster_group, DBParameterGroupFamily=FAMILY, Description="Of a test"
    )
    rds.create_db_parameter_group(
        DBParameterGroupName=instance_group, DBParameterGroupFamily=FAMILY, Description="Of a test"
    )
    database = create_database(
        aws,
        instance={"DBParameterGroupName": instance_group},
        DBClusterParameterGroupName=cluster_group,
        EngineVersion="17.7",
    )
    return Groups(rds, cluster_group, instance_group, database)


def test_a_static_parameter_waits_for_a_reboot_and_the_database_with_it(groups: Groups) -> None:
    assert groups.statuses == ("in-sync", "in-sync")
    groups.set("max_prepared_transactions", "7")
    assert groups.statuses == ("pending-reboot", "in-sync")
    assert groups.shown("max_prepared_transactions") == "0"
    assert groups.reboot() == "rebooting"
    assert groups.statuses == ("in-sync", "in-sync")
    assert groups.shown("max_prepared_transactions") == "7"


def test_a_dynamic_parameter_is_there_at_once_or_waits_as_it_was_sent(groups: Groups) -> None:
    groups.set("work_mem", "8192", "immediate", of="instance")
    assert groups.statuses == ("in-sync", "in-sync")
    assert groups.shown("work_mem") == "8MB"
    groups.set("work_mem", "16384", "pending-reboot", of="instance")
    assert groups.statuses == ("in-sync", "pending-reboot")
    assert groups.shown("work_mem") == "8MB"
    groups.reboot()
    assert groups.shown("work_mem") == "16MB"


def test_a_parameter_is_taken_out(groups: Groups) -> None:
    """The API reference of ResetDBClusterParameterGroup: static parameters wait."""
    groups.set("work_mem", "8192", "immediate")
    assert groups.shown("work_mem") == "8MB"
    groups.reset("work_mem", "immediate")
    assert groups.statuses == ("in-sync", "in-sync")
    assert groups.shown("work_mem") == "4MB"
    groups.set("max_prepared_transactions", "7")
    groups.reboot()
    groups.reset("max_prepared_transactions", "pending-reboot")
    assert groups.statuses == ("pending-reboot", "in-sync")
    with pytest.raises(ClientError, match="cannot use immediate apply method for static parameter"):
        groups.reset("max_prepared_transactions", "immediate")


def test_all_parameters_are_taken_out(rds: Any, groups: Groups) -> None:
    groups.set("work_mem", "8192", of="instance")
    rds.reset_db_parameter_group(DBParameterGroupName=groups.instance_group, ResetAllParameters=True)
    assert rds.describe_db_parameters(DBParameterGroupName=groups.instance_group)["Parameters"] == []
    for reset, name in ((rds.reset_db_parameter_group, "DB"), (rds.reset_db_cluster_parameter_group, "DBCluster")):
        with pytest.raises(ClientError, match="DBParameterGroupNotFound"):
            reset(**{f"{name}ParameterGroupName": "nowhere"}, ResetAllParameters=True)


def test_a_static_parameter_is_not_set_at_once(groups: Groups) -> None:
    """ministryofjustice/cloud-platform-environments 3649 has AWS's words."""
    for of in ("cluster", "instance"):
        with pytest.raises(ClientError, match="cannot use immediate apply method for static parameter"):
            groups.set("max_connections", "100", "immediate", of=of)
    with pytest.raises(ClientError, match="The parameter archive_mode cannot be modified"):
        groups.set("archive_mode", "on")


def test_another_cluster_parameter_group_waits_for_a_reboot(groups: Groups) -> None:
    groups.set("max_prepared_transactions", "7")
    groups.reboot()
    groups.rds.modify_db_cluster(
        DBClusterIdentifier=groups.database.name,
        DBClusterParameterGroupName="default.aurora-postgresql17",
        ApplyImmediately=True,
    )
    assert groups.statuses == ("pending-reboot", "in-sync")
    assert groups.shown("max_prepared_transactions") == "7"
    groups.reboot()
    assert groups.statuses == ("in-sync", "in-sync")
    assert groups.shown("max_prepared_transactions") == "0"


def test_the_limit_of_connections_follows_the_capacity_after_a_reboot(groups: Groups) -> None:
    """Amazon Aurora User Guide, "Performance and scaling for Aurora Serverless v2", maximum connections."""
    assert groups.shown("max_connections") == "189"
    groups.rds.modify_db_cluster(
        DBClusterIdentifier=groups.database.name,
        ServerlessV2ScalingConfiguration={"MinCapacity": 1, "MaxCapacity": 4},
        ApplyImmediately=True,
    )
    assert groups.statuses == ("pending-reboot", "pending-reboot")
    assert groups.shown("max_connections") == "189"
    groups.reboot()
    assert groups.statuses == ("in-sync", "in-sync")
    assert groups.shown("max_connections") == "823"


def test_a_limit_of_connections_of_ones_own_does_not_follow_the_capacity(groups: Groups) -> None:
    groups.set("max_connections", "50")
    groups.reboot()
    groups.rds.modify_db_cluster(
        DBClusterIdentifier=groups.database.name,
        ServerlessV2ScalingConfiguration={"MinCapacity": 1, "MaxCapacity": 4},
        ApplyImmediately=True,
    )
    assert groups.statuses == ("in-sync", "in-sync")
    assert groups.shown("max_connections") == "50"


def test_a_reboot_ends_the_sessions(groups: Groups) -> None:
    transaction = groups.database.begin()
    groups.reboot()
    assert groups.database.value("SELECT 1") == {"longValue": 1}
    code, _ = groups.database.error("SELECT 1", transactionId=transaction)
    assert code in {"DatabaseErrorException", "TransactionNotFoundException", "BadRequestException"}


def test_a_failover_needs_a_reader_and_reboots_nothing(rds: Any, groups: Groups) -> None:
    """The decision that a failover applies no parameter is local AWS's own: AWS's pages do not say."""
    name = groups.database.name
    with pytest.raises(ClientError, match=r"InvalidDBClusterStateFault.*at least two"):
        rds.failover_db_cluster(DBClusterIdentifier=name)
    rds.create_db_instance(
        DBInstanceIdentifier=f"{name}-2",
        DBClusterIdentifier=name,
        DBInstanceClass="db.serverless",
        Engine="aurora-postgresql",
    )
    groups.set("max_prepared_transactions", "7")
    rds.failover_db_cluster(DBClusterIdentifier=name)
    [cluster] = rds.describe_db_clusters(DBClusterIdentifier=name)["DBClusters"]
    members = {each["DBInstanceIdentifier"]: each for each in cluster["DBClusterMembers"]}
    assert members[f"{name}-2"]["IsClusterWriter"]
    assert {each["DBClusterParameterGroupStatus"] for each in members.values()} == {"pending-reboot"}


def test_an_upgrade_restarts_the_database_and_what_waited_is_in_effect(groups: Groups) -> None:
    groups.set("max_prepared_transactions", "7")
    groups.rds.modify_db_cluster(DBClusterIdentifier=groups.database.name, EngineVersion="17.9", ApplyImmediately=True)
    assert groups.statuses == ("in-sync", "in-sync")
    assert groups.shown("max_prepared_transactions") == "7"


def test_new_groups_of_a_major_upgrade_wait_for_a_reboot(rds: Any, groups: Groups) -> None:
    """Amazon Aurora User Guide, "Performing a major version upgrade": reboot the database after the upgrade."""
    new = unique("group")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=new, DBParameterGroupFamily="aurora-postgresql18", Description="Of a test"
    )
    groups = Groups(rds, new, groups.instance_group, groups.database)
    groups.set("max_prepared_transactions", "7")
    rds.modify_db_cluster(
        DBClusterIdentifier=groups.database.name,
        EngineVersion="18.4",
        AllowMajorVersionUpgrade=True,
        DBClusterParameterGroupName=new,
        DBInstanceParameterGroupName="default.aurora-postgresql18",
        ApplyImmediately=True,
    )
    assert groups.statuses == ("pending-reboot", "in-sync")
    groups.reboot()
    assert groups.statuses == ("in-sync", "in-sync")


def test_a_forced_failover_is_refused(groups: Groups) -> None:
    """The API reference of RebootDBInstance: an instance that isn't configured for Multi-AZ."""
    with pytest.raises(ClientError, match=r"InvalidParameterCombination.*Multi-AZ"):
        groups.rds.reboot_db_instance(DBInstanceIdentifier=groups.instance, ForceFailover=True)


def test_an_unknown_instance_is_not_rebooted(rds: Any) -> None:
    with pytest.raises(ClientError, match="DBInstanceNotFound"):
        rds.reboot_db_instance(DBInstanceIdentifier="nowhere")
