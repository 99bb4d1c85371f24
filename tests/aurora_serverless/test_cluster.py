from typing import Any
from unittest.mock import ANY

import pytest
from cdktf import TerraformOutput, TerraformVariable
from constructs import Construct

from aurora_serverless.cluster import AuroraServerlessCluster
from aurora_serverless.instance_settings import InstanceSettings
from aurora_serverless.master_password import MasterPassword
from aurora_serverless.rules.engine import EngineVersion
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, only, synthesize_alone


def cluster(scope: Construct, id_: str = "cluster", **arguments: Any) -> AuroraServerlessCluster:
    return AuroraServerlessCluster(
        scope,
        id_,
        **{
            "cluster_identifier": "shop",
            "instance_identifiers": ["shop-0"],
            "engine_version": EngineVersion(17, 7),
            "minimum_acu": 0.5,
            "maximum_acu": 4,
            "database_name": "shop",
            "master_username": "shopadmin",
            "master_password": MasterPassword.given("${var.password}"),
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


def test_terraform_waits_as_long_as_it_is_asked_to_and_else_as_the_provider_does(document: TerraformJson) -> None:
    assert "timeouts" not in only(document, "aws_rds_cluster")
    waiting = synthesize_alone(lambda stack: cluster(stack, create_minutes=240, delete_minutes=180))
    for type_ in ("aws_rds_cluster", "aws_rds_cluster_instance"):
        assert only(waiting, type_)["timeouts"] == {"create": "240m", "delete": "180m"}


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


def test_backups_are_deleted_with_the_cluster_unless_they_shall_be_kept(document: TerraformJson) -> None:
    assert "delete_automated_backups" not in only(document, "aws_rds_cluster")
    assert synthesized_cluster(delete_automated_backups=False)["delete_automated_backups"] is False


def test_changes_wait_for_the_maintenance_window_by_default(document: TerraformJson) -> None:
    assert only(document, "aws_rds_cluster")["apply_immediately"] is False
    assert synthesized_cluster(apply_immediately=True)["apply_immediately"] is True


def test_a_final_snapshot_is_taken_where_it_has_a_name(document: TerraformJson) -> None:
    found = only(document, "aws_rds_cluster")
    assert found["skip_final_snapshot"] is True
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
        "preferred_maintenance_window": "sun:04:00-sun:05:00",
        "apply_immediately": False,
        "performance_insights_enabled": False,
        "tags": {"Project": "shop"},
        "lifecycle": {"postcondition": ANY},
    }


def test_every_instance_has_the_certificate_that_is_asked_for() -> None:
    def build(stack: Construct) -> None:
        cluster(stack, instance_identifiers=["shop-0", "shop-1"], ca_certificate="rds-ca-rsa4096-g1")

    found = synthesize_alone(build)["resource"]["aws_rds_cluster_instance"].values()
    assert [instance["ca_cert_identifier"] for instance in found] == ["rds-ca-rsa4096-g1"] * 2


def test_an_instance_has_what_is_its_own_and_the_others_what_all_have() -> None:
    own = InstanceSettings(
        instance_class="db.r7g.large",
        promotion_tier=15,
        availability_zone="us-east-1c",
        maintenance_window="mon:04:00-mon:05:00",
        parameter_group_name="reports",
    )

    def build(stack: Construct) -> None:
        cluster(
            stack,
            instance_identifiers=["shop-0", "shop-1", "shop-2"],
            availability_zones=["us-east-1a", "us-east-1b"],
            reader_promotion_tier=2,
            own_settings={1: own},
        )

    first, second, third = synthesize_alone(build)["resource"]["aws_rds_cluster_instance"].values()
    assert own == InstanceSettings(
        instance_class=second["instance_class"],
        promotion_tier=second["promotion_tier"],
        availability_zone=second["availability_zone"],
        maintenance_window=second["preferred_maintenance_window"],
        parameter_group_name=second["db_parameter_group_name"],
    )
    assert "lifecycle" not in second, "an instance with a group of its own is not refused for having one"
    for other, zone, tier in ((first, "us-east-1a", None), (third, "us-east-1a", 2)):
        assert other["instance_class"] == "db.serverless"
        assert (other["availability_zone"], other.get("promotion_tier")) == (zone, tier)
        assert other["preferred_maintenance_window"] == "sun:04:00-sun:05:00"
        assert "db_parameter_group_name" not in other


@pytest.mark.parametrize(
    "wrong",
    [
        {"instance_class": "r7g.large"},
        {"instance_class": "db.r7g"},
        {"promotion_tier": 16},
        {"availability_zone": "a"},
        {"maintenance_window": "sunday"},
    ],
)
def test_settings_of_an_instance_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(RuleViolation) as raised:
        InstanceSettings(**wrong)
    assert raised.value.argument == next(iter(wrong))


def test_a_class_without_the_data_api_is_refused_where_it_is_on() -> None:
    own = {0: InstanceSettings(instance_class="db.t4g.medium")}
    with pytest.raises(RuleViolation, match="the Data API does not work on T classes"):
        synthesized_cluster(own_settings=own)
    assert synthesized_cluster(own_settings=own, data_api_enabled=False)


def test_settings_of_more_instances_than_there_can_be_are_refused() -> None:
    with pytest.raises(RuleViolation):
        synthesized_cluster(own_settings={number: InstanceSettings() for number in range(17)})


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
    assert "precondition" not in synthesized_cluster()["lifecycle"]


def test_a_cluster_that_starts_empty_is_compared_with_no_source() -> None:
    found = synthesized_cluster()
    assert not {"snapshot_identifier", "restore_to_point_in_time", "global_cluster_identifier"} & set(found)
    assert not [check for check in found["lifecycle"]["postcondition"] if "the source" in check["error_message"]]


def test_a_cluster_that_shall_not_be_destroyed_says_so() -> None:
    assert synthesized_cluster(prevent_destroy=True)["lifecycle"]["prevent_destroy"] is True


def instances_of(**arguments: Any) -> dict[str, dict[str, Any]]:
    document = synthesize_alone(lambda stack: cluster(stack, fixed_addresses=True, **arguments))
    found: dict[str, dict[str, Any]] = document["resource"]["aws_rds_cluster_instance"]
    return found


def test_readers_have_addresses_of_their_own_and_the_first_instance_keeps_its() -> None:
    one = instances_of(instance_identifiers=["shop-0"])
    three = instances_of(instance_identifiers=["shop-0", "shop-1", "shop-2"])
    assert list(one) == ["aurora"]
    assert list(three) == ["aurora", "reader_1", "reader_2"]
    assert [instance["identifier"] for instance in three.values()] == ["shop-0", "shop-1", "shop-2"]
    two = instances_of(instance_identifiers=["shop-0", "shop-1"])
    for name, instance in two.items():
        assert three[name] == instance, "a reader added touches no other"


def test_readers_are_promoted_in_their_tier_and_the_first_instance_has_none() -> None:
    found = instances_of(instance_identifiers=["shop-0", "shop-1"], reader_promotion_tier=2)
    assert "promotion_tier" not in found["aurora"]
    assert found["reader_1"]["promotion_tier"] == 2


def test_each_reader_is_promoted_in_a_tier_of_its_own() -> None:
    found = instances_of(instance_identifiers=["shop-0", "shop-1", "shop-2"], reader_promotion_tier=[1, 15])
    assert "promotion_tier" not in found["aurora"]
    assert [found[name]["promotion_tier"] for name in ("reader_1", "reader_2")] == [1, 15]


def test_instances_take_the_zones_in_turn_and_the_cluster_none() -> None:
    zones = ["us-east-1a", "us-east-1b"]
    found = instances_of(instance_identifiers=["shop-0", "shop-1", "shop-2"], availability_zones=zones)
    assert [instance["availability_zone"] for instance in found.values()] == ["us-east-1a", "us-east-1b", "us-east-1a"]
    assert "availability_zones" not in synthesized_cluster(availability_zones=zones)


def test_a_password_managed_by_rds_excludes_any_other() -> None:
    found = synthesized_cluster(master_password=MasterPassword.managed())
    assert found["manage_master_user_password"] is True
    assert not [name for name in found if name.startswith("master_password")]
    found = synthesized_cluster(master_password=MasterPassword.managed(kms_key_arn="arn:aws:kms:x"))
    assert found["master_user_secret_kms_key_id"] == "arn:aws:kms:x"


def test_a_write_only_password_has_its_version_and_excludes_any_other() -> None:
    found = synthesized_cluster(master_password=MasterPassword.write_only("${ephemeral.x.y.z}", version=3))
    assert found["master_password_wo"] == "${ephemeral.x.y.z}"
    assert found["master_password_wo_version"] == 3
    assert not {"master_password", "manage_master_user_password"} & set(found)


@pytest.mark.parametrize(("storage", "sent"), [("standard", "aurora"), ("io_optimized", "aurora-iopt1")])
def test_storage_type(storage: str, sent: str) -> None:
    assert synthesized_cluster(storage_type=storage)["storage_type"] == sent


@pytest.mark.parametrize(
    ("kept", "sent"),
    [(True, "open-source-rds-extended-support"), (False, "open-source-rds-extended-support-disabled")],
)
def test_extended_support(kept: bool, sent: str) -> None:
    assert synthesized_cluster(extended_support=kept)["engine_lifecycle_support"] == sent


@pytest.mark.parametrize(("mode", "days"), [("standard", 7), ("advanced", 465)])
def test_insights_are_set_on_the_cluster_only(mode: str, days: int) -> None:
    found = synthesized_cluster(insights_mode=mode, kms_key_arn="arn:aws:kms:x")
    assert found["database_insights_mode"] == mode
    assert found["performance_insights_enabled"] is True
    assert found["performance_insights_retention_period"] == days
    assert found["performance_insights_kms_key_id"] == "arn:aws:kms:x"
    assert "performance_insights_enabled" not in instances_of(insights_mode=mode)["aurora"]


def test_enhanced_monitoring_is_set_on_the_instances_only_with_its_role() -> None:
    arguments: dict[str, Any] = {
        "enhanced_monitoring_seconds": 60,
        "enhanced_monitoring_role_arn": "arn:aws:iam::1:role/x",
        "instance_identifiers": ["shop-0", "shop-1"],
    }
    for instance in instances_of(**arguments).values():
        assert instance["monitoring_interval"] == 60
        assert instance["monitoring_role_arn"] == "arn:aws:iam::1:role/x"
    assert "monitoring_interval" not in synthesized_cluster(**arguments)


@pytest.mark.parametrize(
    ("argument", "value", "sent"),
    [
        ("storage_encrypted", True, {"storage_encrypted": True}),
        ("kms_key_arn", "arn:aws:kms:x", {"kms_key_id": "arn:aws:kms:x"}),
        ("iam_database_authentication", True, {"iam_database_authentication_enabled": True}),
        ("deletion_protection", True, {"deletion_protection": True}),
        ("copy_tags_to_snapshots", True, {"copy_tags_to_snapshot": True}),
        ("export_log", True, {"enabled_cloudwatch_logs_exports": ["postgresql"]}),
        ("cluster_parameter_group_name", "group", {"db_cluster_parameter_group_name": "group"}),
        ("local_write_forwarding", True, {"enable_local_write_forwarding": True}),
        (
            "insights_mode",
            "standard",
            {"performance_insights_enabled": True, "performance_insights_retention_period": 7},
        ),
    ],
)
def test_what_is_not_asked_for_is_not_sent(argument: str, value: object, sent: dict[str, Any]) -> None:
    assert not set(sent) & set(synthesized_cluster())
    assert sent.items() <= synthesized_cluster(**{argument: value}).items()


@pytest.mark.parametrize(
    ("argument", "value", "sent"),
    [
        ("automatic_minor_upgrades", False, {"auto_minor_version_upgrade": False}),
        ("instance_parameter_group_name", "group", {"db_parameter_group_name": "group"}),
        ("copy_tags_to_snapshots", True, {"copy_tags_to_snapshot": True}),
    ],
)
def test_what_is_not_asked_for_is_not_sent_with_an_instance(argument: str, value: object, sent: dict[str, Any]) -> None:
    assert not set(sent) & set(instances_of()["aurora"])
    assert sent.items() <= instances_of(**{argument: value})["aurora"].items()


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
        ({"instance_identifiers": ["shop--0"]}, "instance_identifiers"),
        ({"database_name": "select"}, "database_name"),
        ({"master_username": "rdsadmin"}, "master_username"),
        ({"backup_retention_days": 0}, "backup_retention_days"),
        ({"backup_window": "3-4"}, "backup_window"),
        ({"maintenance_window": "sunday"}, "maintenance_window"),
        ({"maintenance_window": "sun:03:30-sun:04:30"}, "maintenance_window"),
        ({"instance_identifiers": []}, "instance_identifiers"),
        ({"instance_identifiers": [f"shop-{n}" for n in range(17)]}, "instance_identifiers"),
        ({"reader_promotion_tier": 16}, "reader_promotion_tier"),
        ({"reader_promotion_tier": [16]}, "reader_promotion_tier"),
        ({"reader_promotion_tier": [1, 2]}, "reader_promotion_tier"),
        ({"availability_zones": ["us-east-1"]}, "availability_zones"),
        ({"enhanced_monitoring_seconds": 7, "enhanced_monitoring_role_arn": "arn"}, "enhanced_monitoring_seconds"),
        ({"enhanced_monitoring_seconds": 60}, "enhanced_monitoring_seconds"),
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


def test_nobody_waits_longer_than_a_day() -> None:
    with pytest.raises(RuleViolation) as error:
        synthesized_cluster(update_minutes=1441)
    assert error.value.argument == "update_minutes"


def test_each_instance_has_an_endpoint_of_its_own() -> None:
    def build(stack: Construct) -> None:
        made = cluster(stack, instance_identifiers=["shop-0", "shop-1"], fixed_addresses=True)
        TerraformOutput(stack, "endpoints", value=made.instance_endpoints)

    document = synthesize_alone(build)
    assert document["output"]["endpoints"]["value"] == [
        "${aws_rds_cluster_instance.aurora.endpoint}",
        "${aws_rds_cluster_instance.reader_1.endpoint}",
    ]


def test_an_instance_names_its_cluster_and_takes_the_version_from_it(document: TerraformJson) -> None:
    found = only(document, "aws_rds_cluster_instance")
    assert found["cluster_identifier"] == "${aws_rds_cluster.aurora.id}"
    assert found["engine_version"] == "${aws_rds_cluster.aurora.engine_version}"
