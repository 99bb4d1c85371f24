"""What options of a deployment need of local AWS: scalable targets with tags, parameters with a source."""

from typing import Any

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
