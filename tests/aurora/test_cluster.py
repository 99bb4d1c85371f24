from typing import Any

import pytest
from cdktf import TerraformVariable
from constructs import Construct

from aurora.cluster import AuroraServerlessCluster
from aurora.engine import EngineVersion
from aurora.rules import RuleViolation
from tests.terraform_json import TerraformJson, only, synthesize_alone


def cluster(scope: Construct, id_: str = "cluster", **arguments: Any) -> AuroraServerlessCluster:
    return AuroraServerlessCluster(
        scope,
        id_,
        **{
            "cluster_identifier": "shop",
            "instance_identifier": "shop-0",
            "engine_version": EngineVersion(17, 7),
            "minimum_acu": 0.5,
            "maximum_acu": 4,
            "database_name": "shop",
            "master_username": "shopadmin",
            "master_password": "${var.password}",
            "subnet_group_name": "shop-subnets",
            "security_group_ids": ["sg-1", "sg-2"],
            **arguments,
        },
    )


def synthesized_cluster(**arguments: Any) -> dict[str, Any]:
    return only(synthesize_alone(lambda stack: cluster(stack, **arguments)), "aws_rds_cluster")


def with_variables(**arguments: Any) -> dict[str, Any]:
    """Synthesize a cluster whose capacity comes from two Terraform variables."""

    def build(stack: Construct) -> None:
        minimum = TerraformVariable(stack, "min_capacity", type="number")
        maximum = TerraformVariable(stack, "max_capacity", type="number")
        cluster(stack, minimum_acu=minimum.number_value, maximum_acu=maximum.number_value, **arguments)

    return only(synthesize_alone(build), "aws_rds_cluster")


@pytest.fixture(scope="module")
def document() -> TerraformJson:
    return synthesize_alone(lambda stack: cluster(stack, tags={"Project": "shop"}, fixed_addresses=True))


def test_the_cluster_is_aurora_postgresql_serverless_v2(document: TerraformJson) -> None:
    found = only(document, "aws_rds_cluster")
    assert found["engine"] == "aurora-postgresql"
    assert found["engine_mode"] == "provisioned"
    assert found["engine_version"] == "17.7"
    assert found["serverlessv2_scaling_configuration"] == {"min_capacity": 0.5, "max_capacity": 4}


def test_the_cluster_has_names_network_and_tags(document: TerraformJson) -> None:
    found = only(document, "aws_rds_cluster")
    assert found["cluster_identifier"] == "shop"
    assert found["database_name"] == "shop"
    assert found["master_username"] == "shopadmin"
    assert found["master_password"] == "${var.password}"
    assert found["db_subnet_group_name"] == "shop-subnets"
    assert found["vpc_security_group_ids"] == ["sg-1", "sg-2"]
    assert found["tags"] == {"Project": "shop"}


def test_the_data_api_is_on_by_default_and_can_be_off(document: TerraformJson) -> None:
    assert only(document, "aws_rds_cluster")["enable_http_endpoint"] is True
    assert synthesized_cluster(data_api_enabled=False)["enable_http_endpoint"] is False


def test_backups_and_windows(document: TerraformJson) -> None:
    found = only(document, "aws_rds_cluster")
    assert found["backup_retention_period"] == 7
    assert found["preferred_backup_window"] == "03:00-04:00"
    assert found["preferred_maintenance_window"] == "sun:04:00-sun:05:00"
    found = synthesized_cluster(
        backup_retention_days=14, backup_window="01:00-02:00", maintenance_window="mon:02:00-mon:03:00"
    )
    assert found["backup_retention_period"] == 14
    assert found["preferred_backup_window"] == "01:00-02:00"
    assert found["preferred_maintenance_window"] == "mon:02:00-mon:03:00"


def test_changes_wait_for_the_maintenance_window_by_default(document: TerraformJson) -> None:
    assert only(document, "aws_rds_cluster")["apply_immediately"] is False
    assert synthesized_cluster(apply_immediately=True)["apply_immediately"] is True


def test_a_final_snapshot_is_taken_where_it_has_a_name(document: TerraformJson) -> None:
    found = only(document, "aws_rds_cluster")
    assert found["skip_final_snapshot"] is True
    assert "final_snapshot_identifier" not in found
    found = synthesized_cluster(final_snapshot_identifier="shop-final")
    assert found["skip_final_snapshot"] is False
    assert found["final_snapshot_identifier"] == "shop-final"


def test_no_argument_that_replaces_the_cluster_is_set_without_need(document: TerraformJson) -> None:
    found = only(document, "aws_rds_cluster")
    assert not {"availability_zones", "kms_key_id", "storage_encrypted", "snapshot_identifier"} & set(found)


def test_the_instance_is_serverless_and_follows_the_cluster(document: TerraformJson) -> None:
    assert only(document, "aws_rds_cluster_instance") == {
        "identifier": "shop-0",
        "cluster_identifier": "${aws_rds_cluster.aurora.id}",
        "instance_class": "db.serverless",
        "engine": "${aws_rds_cluster.aurora.engine}",
        "engine_version": "${aws_rds_cluster.aurora.engine_version}",
        "performance_insights_enabled": False,
        "tags": {"Project": "shop"},
    }


@pytest.mark.parametrize(("seconds", "sent"), [(None, 300), (600, 600)])
def test_the_pause_is_sent_while_the_minimum_is_0(seconds: int | None, sent: int) -> None:
    scaling = synthesized_cluster(minimum_acu=0, auto_pause_seconds=seconds)["serverlessv2_scaling_configuration"]
    assert scaling == {"min_capacity": 0, "max_capacity": 4, "seconds_until_auto_pause": sent}


def test_the_pause_is_not_sent_while_the_minimum_is_above_0() -> None:
    assert "seconds_until_auto_pause" not in synthesized_cluster()["serverlessv2_scaling_configuration"]


def test_the_pause_follows_a_minimum_that_only_terraform_knows() -> None:
    assert with_variables(auto_pause_seconds=600)["serverlessv2_scaling_configuration"] == {
        "min_capacity": "${var.min_capacity}",
        "max_capacity": "${var.max_capacity}",
        "seconds_until_auto_pause": "${(var.min_capacity < 0.5) ? 600 : null}",
    }


def test_an_engine_that_cannot_pause_is_never_sent_a_pause() -> None:
    scaling = with_variables(engine_version=EngineVersion(15, 4))["serverlessv2_scaling_configuration"]
    assert "seconds_until_auto_pause" not in scaling


def test_terraform_compares_capacities_that_only_it_knows() -> None:
    (precondition,) = with_variables()["lifecycle"]["precondition"]
    assert precondition["condition"] == "${(var.min_capacity <= var.max_capacity)}"
    assert precondition["error_message"] == (
        "min_capacity (${var.min_capacity} ACU) must not be above max_capacity (${var.max_capacity} ACU): "
        "lower the first or raise the second."
    )


def test_plain_numbers_need_no_precondition() -> None:
    assert "lifecycle" not in synthesized_cluster()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"minimum_acu": 0.3}, "minimum_acu"),
        ({"minimum_acu": 8}, "minimum_acu"),
        ({"minimum_acu": 0, "engine_version": EngineVersion(15, 4)}, "minimum_acu"),
        ({"maximum_acu": 256, "engine_version": EngineVersion(15, 4)}, "maximum_acu"),
        ({"auto_pause_seconds": 300}, "auto_pause_seconds"),
        ({"engine_version": EngineVersion(17, 3)}, "data_api_enabled"),
        ({"cluster_identifier": "Shop"}, "cluster_identifier"),
        ({"instance_identifier": "shop--0"}, "instance_identifier"),
        ({"database_name": "select"}, "database_name"),
        ({"master_username": "rdsadmin"}, "master_username"),
        ({"backup_retention_days": 0}, "backup_retention_days"),
        ({"backup_window": "3-4"}, "backup_window"),
        ({"maintenance_window": "sunday"}, "maintenance_window"),
        ({"maintenance_window": "sun:03:30-sun:04:30"}, "maintenance_window"),
    ],
)
def test_what_aws_refuses_is_refused(arguments: dict[str, Any], named: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        synthesized_cluster(**arguments)
    assert refusal.value.argument == named


def test_two_clusters_in_a_stack_have_instances_of_their_own() -> None:
    document = synthesize_alone(lambda stack: (cluster(stack, "one"), cluster(stack, "two")))
    instances = document["resource"]["aws_rds_cluster_instance"].values()
    assert len({instance["cluster_identifier"] for instance in instances}) == 2
