from typing import Any

import pytest
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance
from constructs import Construct

from aurora_serverless.read_scaling import ReadScaling
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone


def scaling(scope: Construct, **arguments: Any) -> ReadScaling:
    return ReadScaling(
        scope, "scaling", **{"cluster_identifier": "shop", "minimum_readers": 1, "maximum_readers": 4, **arguments}
    )


def synthesized(**arguments: Any) -> TerraformJson:
    return synthesize_alone(lambda stack: scaling(stack, **arguments))


def tracking(**arguments: Any) -> dict[str, Any]:
    policy = only(synthesized(**arguments), "aws_appautoscaling_policy")
    found: dict[str, Any] = policy["target_tracking_scaling_policy_configuration"]
    return found


def test_the_addresses_are_fixed() -> None:
    assert set(blocks(synthesized(fixed_addresses=True))) == {
        "aws_appautoscaling_target.readers",
        "aws_appautoscaling_policy.readers",
    }


def test_the_number_of_readers_is_scaled_between_two_numbers() -> None:
    assert only(synthesized(tags={"Project": "shop"}), "aws_appautoscaling_target") == {
        "service_namespace": "rds",
        "scalable_dimension": "rds:cluster:ReadReplicaCount",
        "resource_id": "cluster:shop",
        "min_capacity": 1,
        "max_capacity": 4,
        "tags": {"Project": "shop"},
    }


def test_the_policy_follows_the_target() -> None:
    found = only(synthesized(fixed_addresses=True), "aws_appautoscaling_policy")
    assert found["policy_type"] == "TargetTrackingScaling"
    assert found["name"] == "shop-readers-capacity"
    assert found["resource_id"] == "${aws_appautoscaling_target.readers.resource_id}"
    assert found["scalable_dimension"] == "${aws_appautoscaling_target.readers.scalable_dimension}"
    assert found["service_namespace"] == "${aws_appautoscaling_target.readers.service_namespace}"


def test_it_follows_the_capacity_by_default() -> None:
    assert tracking() == tracking(metric="capacity")
    assert tracking()["target_value"] == 70
    assert (tracking()["scale_in_cooldown"], tracking()["scale_out_cooldown"]) == (300, 300)


def test_it_still_follows_the_processor() -> None:
    found = tracking(metric="cpu")
    assert found["predefined_metric_specification"] == {"predefined_metric_type": "RDSReaderAverageCPUUtilization"}
    assert "customized_metric_specification" not in found


def test_it_follows_connections() -> None:
    found = tracking(metric="connections", target_value=500)
    assert found["target_value"] == 500
    assert found["predefined_metric_specification"] == {"predefined_metric_type": "RDSReaderAverageDatabaseConnections"}


def test_it_follows_the_capacity_of_the_readers() -> None:
    found = tracking(metric="capacity", target_value=80)
    assert found["target_value"] == 80
    assert found["customized_metric_specification"] == {
        "namespace": "AWS/RDS",
        "metric_name": "ACUUtilization",
        "statistic": "Average",
        "dimensions": [
            {"name": "DBClusterIdentifier", "value": "shop"},
            {"name": "Role", "value": "READER"},
        ],
    }
    assert "predefined_metric_specification" not in found


def test_each_direction_waits_its_time() -> None:
    found = tracking(scale_in_cooldown_seconds=600, scale_out_cooldown_seconds=0)
    assert found["scale_in_cooldown"] == 600
    assert found["scale_out_cooldown"] == 0


def test_the_cluster_may_be_a_token_and_its_instances_come_first() -> None:
    def build(stack: Construct) -> None:
        instance = RdsClusterInstance(
            stack, "reader", cluster_identifier="shop", instance_class="db.serverless", engine="aurora-postgresql"
        )
        scaling(stack, cluster_identifier=instance.cluster_identifier, depends_on=[instance])

    found = only(synthesize_alone(build), "aws_appautoscaling_target")
    assert found["resource_id"] == "cluster:${aws_rds_cluster_instance.reader.cluster_identifier}"
    assert found["depends_on"] == ["aws_rds_cluster_instance.reader"]


@pytest.mark.parametrize(("minimum", "maximum"), [(0, 1), (15, 15), (0, 15)])
def test_the_numbers_may_be_at_their_limits(minimum: int, maximum: int) -> None:
    found = only(synthesized(minimum_readers=minimum, maximum_readers=maximum), "aws_appautoscaling_target")
    assert (found["min_capacity"], found["max_capacity"]) == (minimum, maximum)


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"cluster_identifier": "Shop"}, "cluster_identifier"),
        ({"minimum_readers": -1}, "minimum_readers"),
        ({"minimum_readers": 5}, "minimum_readers"),
        ({"minimum_readers": 0, "maximum_readers": 0}, "maximum_readers"),
        ({"maximum_readers": 16}, "maximum_readers"),
        ({"metric": "memory"}, "metric"),
        ({"target_value": 0}, "target_value"),
        ({"target_value": 101}, "target_value"),
        ({"metric": "capacity", "target_value": 101}, "target_value"),
        ({"metric": "connections"}, "target_value"),
        ({"metric": "connections", "target_value": 0}, "target_value"),
        ({"scale_in_cooldown_seconds": -1}, "scale_in_cooldown_seconds"),
        ({"scale_out_cooldown_seconds": -1}, "scale_out_cooldown_seconds"),
    ],
)
def test_what_cannot_be_scaled_is_refused(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        synthesized(**arguments)
    assert refusal.value.argument == named
