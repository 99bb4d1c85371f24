"""Upgrades of the engine version by ModifyDBCluster, as AWS allows and refuses them."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from tests.local_aws.conftest import Cluster, CreateCluster, CreateInstance, Describe, unique

TO_17 = {"EngineVersion": "17.7", "AllowMajorVersionUpgrade": True, "ApplyImmediately": True}


def cluster_group(rds: Any, family: str) -> str:
    name = unique("group")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=name, DBParameterGroupFamily=family, Description="Of a test"
    )
    return name


def instance_group(rds: Any, family: str) -> str:
    name = unique("group")
    rds.create_db_parameter_group(DBParameterGroupName=name, DBParameterGroupFamily=family, Description="Of a test")
    return name


def modify(rds: Any, cluster: Cluster, **arguments: Any) -> None:
    rds.modify_db_cluster(DBClusterIdentifier=cluster["DBClusterIdentifier"], **arguments)


def groups_of(rds: Any, describe: Describe, cluster: Cluster) -> tuple[str, list[str]]:
    """Return the parameter group of a cluster, and those of its instances."""
    described = describe(cluster)
    names = [member["DBInstanceIdentifier"] for member in described["DBClusterMembers"]]
    instances = [rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"][0] for name in names]
    groups = [each["DBParameterGroups"][0]["DBParameterGroupName"] for each in instances]
    return described["DBClusterParameterGroup"], groups


def refused(rds: Any, cluster: Cluster, code: str, **arguments: Any) -> str:
    """Return the words of an error with this code."""
    with pytest.raises(ClientError) as error:
        modify(rds, cluster, ApplyImmediately=True, **arguments)
    assert error.value.response["Error"]["Code"] == code
    message: str = error.value.response["Error"]["Message"]
    return message


def test_a_minor_upgrade_needs_no_permission(rds: Any, create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster(EngineVersion="17.7")
    modify(rds, cluster, EngineVersion="17.9", ApplyImmediately=True)
    assert describe(cluster)["EngineVersion"] == "17.9"


def test_a_major_upgrade_needs_permission(rds: Any, create_cluster: CreateCluster, describe: Describe) -> None:
    """hashicorp/terraform-provider-aws 13389 has AWS's words."""
    cluster = create_cluster(EngineVersion="16.8")
    message = refused(rds, cluster, "InvalidParameterCombination", EngineVersion="17.7")
    assert message == "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
    assert describe(cluster)["EngineVersion"] == "16.8"


@pytest.mark.parametrize(("requested", "told"), [("17.6", "17.6"), ("16.14", "16.14"), ("16", "16.14")])
@pytest.mark.parametrize("permission", [{}, {"AllowMajorVersionUpgrade": True}])
def test_a_lower_version_is_refused_ever(
    rds: Any, create_cluster: CreateCluster, requested: str, told: str, permission: dict[str, bool]
) -> None:
    """anomalyco/sst 6156 has AWS's words."""
    cluster = create_cluster(EngineVersion="17.7")
    message = refused(rds, cluster, "InvalidParameterCombination", EngineVersion=requested, **permission)
    assert message == f"Cannot upgrade aurora-postgresql from 17.7 to {told}"


def test_a_newer_major_version_that_is_older_than_what_runs_is_no_target(
    rds: Any, create_cluster: CreateCluster
) -> None:
    """terraform-aws-modules/terraform-aws-rds-aurora 308: 13.6 is older than 12.11."""
    cluster = create_cluster(EngineVersion="16.14")
    message = refused(rds, cluster, "InvalidParameterCombination", EngineVersion="17.9", AllowMajorVersionUpgrade=True)
    assert message == "Cannot upgrade aurora-postgresql from 16.14 to 17.9"


def test_a_retired_version_is_no_target(rds: Any, create_cluster: CreateCluster) -> None:
    """AWS's release calendar: 15.8 is not offered any more."""
    cluster = create_cluster(EngineVersion="15.4")
    assert "15.4 to 15.8" in refused(rds, cluster, "InvalidParameterCombination", EngineVersion="15.8")


def test_the_version_that_runs_is_no_upgrade(rds: Any, create_cluster: CreateCluster, describe: Describe) -> None:
    cluster = create_cluster(EngineVersion="17.7")
    modify(rds, cluster, EngineVersion="17.7", AllowMajorVersionUpgrade=True, ApplyImmediately=True)
    assert describe(cluster)["EngineVersion"] == "17.7"


def test_a_major_upgrade_takes_the_default_parameter_groups_along(
    rds: Any, create_cluster: CreateCluster, create_instance: CreateInstance, describe: Describe
) -> None:
    """Amazon Aurora User Guide, "Performing a major version upgrade": default groups change to the new family's."""
    cluster = create_cluster(EngineVersion="16.8")
    create_instance(cluster)
    assert groups_of(rds, describe, cluster) == ("default.aurora-postgresql16", ["default.aurora-postgresql16"])
    modify(rds, cluster, **TO_17)
    assert groups_of(rds, describe, cluster) == ("default.aurora-postgresql17", ["default.aurora-postgresql17"])


def test_a_major_upgrade_with_a_custom_cluster_group_names_the_new_one(
    rds: Any, create_cluster: CreateCluster, describe: Describe
) -> None:
    """The words are as those for instances, of which aws/aws-sdk 392 is the source."""
    old, new = cluster_group(rds, "aurora-postgresql16"), cluster_group(rds, "aurora-postgresql17")
    cluster = create_cluster(EngineVersion="16.8", DBClusterParameterGroupName=old)
    message = refused(rds, cluster, "InvalidParameterCombination", **_without_time(TO_17))
    assert message.startswith(f"The current DB cluster parameter group {old} is custom. You must explicitly specify")
    modify(rds, cluster, DBClusterParameterGroupName=new, **TO_17)
    assert describe(cluster)["DBClusterParameterGroup"] == new


def test_a_major_upgrade_with_a_custom_instance_group_names_the_new_one(
    rds: Any, create_cluster: CreateCluster, create_instance: CreateInstance, describe: Describe
) -> None:
    """aws/aws-sdk 392, hashicorp/terraform-provider-aws 17111."""
    old, new = instance_group(rds, "aurora-postgresql16"), instance_group(rds, "aurora-postgresql17")
    cluster = create_cluster(EngineVersion="16.8")
    create_instance(cluster)
    create_instance(cluster, DBParameterGroupName=old)
    message = refused(rds, cluster, "InvalidParameterCombination", **_without_time(TO_17))
    assert message.startswith(f"The current DB instance parameter group {old} is custom. You must explicitly specify")
    modify(rds, cluster, DBInstanceParameterGroupName=new, **TO_17)
    assert groups_of(rds, describe, cluster) == ("default.aurora-postgresql17", [new, new])


@pytest.mark.parametrize("change", [{}, {"EngineVersion": "17.9"}])
def test_an_instance_group_is_for_a_major_upgrade_only(
    rds: Any, create_cluster: CreateCluster, change: dict[str, str]
) -> None:
    """hashicorp/terraform-provider-aws 30605."""
    cluster = create_cluster(EngineVersion="17.7")
    group = instance_group(rds, "aurora-postgresql17")
    message = refused(rds, cluster, "InvalidParameterCombination", DBInstanceParameterGroupName=group, **change)
    assert message.startswith("The parameter db-instance-parameter-group-name can only be specified for a major")


@pytest.mark.parametrize("argument", ["DBClusterParameterGroupName", "DBInstanceParameterGroupName"])
def test_a_group_of_the_old_family_is_refused_in_an_upgrade(
    rds: Any, create_cluster: CreateCluster, argument: str
) -> None:
    """mattermost/mattermost-load-test-ng 707 has AWS's words."""
    make = cluster_group if "Cluster" in argument else instance_group
    group = make(rds, "aurora-postgresql16")
    cluster = create_cluster(EngineVersion="16.8")
    message = refused(rds, cluster, "InvalidParameterCombination", **_without_time(TO_17), **{argument: group})
    assert f"{group} with DBParameterGroupFamily aurora-postgresql16 can't be used" in message


@pytest.mark.parametrize("argument", ["DBClusterParameterGroupName", "DBInstanceParameterGroupName"])
def test_a_group_that_does_not_exist_is_refused(rds: Any, create_cluster: CreateCluster, argument: str) -> None:
    """The errors of ModifyDBCluster in botocore's model."""
    cluster = create_cluster(EngineVersion="16.8")
    with pytest.raises(ClientError, match="ParameterGroupNotFound"):
        modify(rds, cluster, **TO_17, **{argument: "nowhere"})


def test_a_cluster_and_an_instance_begin_with_a_group_of_their_family(
    rds: Any, create_cluster: CreateCluster, create_instance: CreateInstance
) -> None:
    """awslabs/aws-rails-provisioner 5: AWS refuses another one."""
    with pytest.raises(ClientError, match=r"InvalidParameterCombination.*aurora-postgresql16"):
        create_cluster(DBClusterParameterGroupName=cluster_group(rds, "aurora-postgresql16"))
    with pytest.raises(ClientError, match="DBClusterParameterGroup not found"):
        create_cluster(DBClusterParameterGroupName="nowhere")
    with pytest.raises(ClientError, match=r"InvalidParameterCombination.*aurora-postgresql16"):
        create_instance(create_cluster(), DBParameterGroupName=instance_group(rds, "aurora-postgresql16"))


def test_aws_s_own_group_of_a_cluster_is_described(rds: Any, create_cluster: CreateCluster) -> None:
    name = create_cluster()["DBClusterParameterGroup"]
    [group] = rds.describe_db_cluster_parameter_groups(DBClusterParameterGroupName=name)["DBClusterParameterGroups"]
    assert group["DBParameterGroupFamily"] == "aurora-postgresql17"
    assert rds.describe_db_cluster_parameters(DBClusterParameterGroupName=name)["Parameters"] == []
    with pytest.raises(ClientError, match="DBParameterGroupNotFound"):
        rds.describe_db_cluster_parameter_groups(DBClusterParameterGroupName="default.aurora-postgresql99")


def _without_time(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if name != "ApplyImmediately"}
