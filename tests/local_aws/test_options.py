"""What options of a deployment need of local AWS: scalable targets with tags, parameters with a source."""

from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from local_aws.process import LocalAws
from tests.local_aws.conftest import CreateCluster, unique


def test_tags_of_a_scalable_target_are_kept_changed_and_taken_out(aws: LocalAws, create_cluster: CreateCluster) -> None:
    scaling = aws.client("application-autoscaling")
    target = {
        "ServiceNamespace": "rds",
        "ResourceId": f"cluster:{create_cluster()['DBClusterIdentifier']}",
        "ScalableDimension": "rds:cluster:ReadReplicaCount",
    }
    arn = scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=3, Tags={"a": "1"})["ScalableTargetARN"]
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "1"}

    scaling.tag_resource(ResourceARN=arn, Tags={"b": "2"})
    scaling.untag_resource(ResourceARN=arn, TagKeys=["a"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"b": "2"}


def test_a_scalable_target_has_no_tags_by_default(aws: LocalAws, create_cluster: CreateCluster) -> None:
    scaling = aws.client("application-autoscaling")
    arn = scaling.register_scalable_target(
        ServiceNamespace="rds",
        ResourceId=f"cluster:{create_cluster()['DBClusterIdentifier']}",
        ScalableDimension="rds:cluster:ReadReplicaCount",
        MinCapacity=1,
        MaxCapacity=3,
    )["ScalableTargetARN"]
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {}


def test_a_parameter_of_an_instance_says_who_set_it(rds: Any) -> None:
    name = unique("parameters")
    rds.create_db_parameter_group(
        DBParameterGroupName=name, DBParameterGroupFamily="aurora-postgresql17", Description="of a test"
    )
    rds.modify_db_parameter_group(
        DBParameterGroupName=name,
        Parameters=[{"ParameterName": "work_mem", "ParameterValue": "8192", "ApplyMethod": "immediate"}],
    )
    [parameter] = rds.describe_db_parameters(DBParameterGroupName=name)["Parameters"]
    assert (parameter["ParameterName"], parameter["ParameterValue"], parameter["Source"]) == (
        "work_mem",
        "8192",
        "user",
    )


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("io_method", "worker", "Could not find parameter with name: io_method"),
        ("ssl_ecdh_curve", "prime256v1", "Could not find parameter with name: ssl_ecdh_curve"),
        ("log_connections", "1", "Invalid parameter value: 1 for: log_connections allowed values are: receipt,"),
        ("wal_level", "logical", "The parameter wal_level cannot be modified."),
    ],
)
def test_a_parameter_that_18_does_not_take_is_refused(rds: Any, name: str, value: str, message: str) -> None:
    group = unique("parameters")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=group, DBParameterGroupFamily="aurora-postgresql18", Description="of a test"
    )
    with pytest.raises(ClientError, match=message):
        rds.modify_db_cluster_parameter_group(
            DBClusterParameterGroupName=group,
            Parameters=[{"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}],
        )


def test_a_parameter_that_18_takes_and_one_that_is_aws_s_own_are_set(rds: Any) -> None:
    group = unique("parameters")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=group, DBParameterGroupFamily="aurora-postgresql18", Description="of a test"
    )
    given = {"log_connections": "receipt,setup_durations", "ssl_groups": "X25519", "rds.some_new_one": "1"}
    rds.modify_db_cluster_parameter_group(
        DBClusterParameterGroupName=group,
        Parameters=[
            {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
            for name, value in given.items()
        ],
    )
    found = rds.describe_db_cluster_parameters(DBClusterParameterGroupName=group)["Parameters"]
    assert {each["ParameterName"]: each["ParameterValue"] for each in found} == given
