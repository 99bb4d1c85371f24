"""What a running cluster keeps is compared, not destroyed under it; tests/end_to_end has Terraform's own word."""

from typing import Any

import pytest

from tests.aurora_serverless.test_cluster import cluster, synthesized_cluster
from tests.terraform_json import blocks, only, synthesize_alone


def compared(**arguments: Any) -> str:
    return " ".join(check["condition"] for check in synthesized_cluster(**arguments)["lifecycle"]["postcondition"])


def test_a_cluster_without_encryption_must_not_keep_a_key() -> None:
    assert "self.storage_encrypted == false" in compared()
    assert "self.storage_encrypted == false" not in compared(storage_encrypted=True, kms_key_arn="arn:aws:kms:x")


def test_a_cluster_under_the_key_of_aws_must_not_keep_a_customer_key() -> None:
    found = blocks(synthesize_alone(lambda stack: cluster(stack, storage_encrypted=True, fixed_addresses=True)))
    key = found["data.aws_kms_key.storage"]
    assert key["count"] == "${length([for cluster in data.aws_rds_cluster.running : cluster.kms_key_id if " + (
        "cluster.storage_encrypted])}"
    )
    assert (
        found["data.aws_rds_cluster.running"]["count"] == "${length(data.aws_rds_clusters.running.cluster_identifiers)}"
    )
    assert key["lifecycle"]["postcondition"][0]["condition"] == '${self.key_manager == "AWS"}'


@pytest.mark.parametrize("arguments", [{}, {"storage_encrypted": True, "kms_key_arn": "arn:aws:kms:x"}])
def test_no_key_is_looked_up_where_none_or_a_given_one_encrypts(arguments: dict[str, Any]) -> None:
    found = blocks(synthesize_alone(lambda stack: cluster(stack, fixed_addresses=True, **arguments)))
    assert "data.aws_kms_key.storage" not in found


def test_a_cluster_without_a_port_must_not_keep_another() -> None:
    assert "${self.port == 5432}" in compared()
    assert "${self.port == 5432}" not in compared(port=5433)
    assert "port" not in synthesized_cluster()


def test_a_cluster_without_a_parameter_group_must_not_keep_its_own() -> None:
    said = '!startswith(coalesce(self.db_cluster_parameter_group_name, "default"), "shop-")'
    assert said in compared()
    assert said not in compared(cluster_parameter_group_name="own")


def test_an_instance_without_a_parameter_group_must_not_keep_its_own() -> None:
    found = only(synthesize_alone(cluster), "aws_rds_cluster_instance")
    (check,) = found["lifecycle"]["postcondition"]
    assert check["condition"] == '${!startswith(coalesce(self.db_parameter_group_name, "default"), "shop-")}'
    assert "instance_parameters = {}" in check["error_message"]


def test_a_final_snapshot_is_named_after_the_moment_that_made_the_cluster() -> None:
    found = synthesized_cluster(final_snapshot=True)
    assert found["skip_final_snapshot"] is False
    assert found["final_snapshot_identifier"] == 'shop-final-${formatdate("YYYYMMDDhhmmss", plantimestamp())}'
    assert "final_snapshot_identifier" in found["lifecycle"]["ignore_changes"]
    assert "coalesce(self.deletion_protection, false) || coalesce(self.final_snapshot_identifier" in compared(
        final_snapshot=True
    ), "asked for once AWS could delete it"


def test_a_cluster_without_a_final_snapshot_has_a_name_for_the_day_on_which_one_is_asked_for() -> None:
    found = synthesized_cluster()
    assert found["skip_final_snapshot"] is True
    assert found["final_snapshot_identifier"].startswith("shop-final-$")
    assert "self.final_snapshot_identifier" not in compared()


def test_a_name_that_is_given_is_sent_to_a_cluster_that_runs() -> None:
    found = synthesized_cluster(final_snapshot=True, final_snapshot_identifier="shop-last")
    assert found["final_snapshot_identifier"] == "shop-last"
    assert "final_snapshot_identifier" not in found["lifecycle"]["ignore_changes"]
    assert "self.final_snapshot_identifier" not in compared(final_snapshot=True, final_snapshot_identifier="shop-last")


@pytest.mark.parametrize(("protection", "refuses"), [(True, True), (False, None), (None, None)])
def test_terraform_plans_no_removal_that_aws_would_refuse(protection: bool | None, refuses: bool | None) -> None:
    found = synthesized_cluster(deletion_protection=protection)
    assert found["lifecycle"].get("prevent_destroy") is refuses


def test_what_is_off_is_sent_where_leaving_it_out_would_keep_it_on() -> None:
    found = synthesized_cluster()
    assert found["database_insights_mode"] == "standard"
    assert "performance_insights_enabled" not in found  # its default is false
    assert found["storage_type"] == "aurora"


def test_instances_are_patched_in_the_window_of_the_cluster_unless_they_keep_theirs() -> None:
    def instance(**arguments: Any) -> dict[str, Any]:
        return only(synthesize_alone(lambda stack: cluster(stack, **arguments)), "aws_rds_cluster_instance")

    found = instance(maintenance_window="mon:02:00-mon:03:00", apply_immediately=True)
    assert (found["preferred_maintenance_window"], found["apply_immediately"]) == ("mon:02:00-mon:03:00", True)
    kept = instance(instances_follow_maintenance=False, apply_immediately=True)
    assert not {"preferred_maintenance_window", "apply_immediately"} & set(kept)


@pytest.mark.parametrize(
    ("asked", "arguments"),
    [
        ("open-source-rds-extended-support", {}),
        ("open-source-rds-extended-support", {"extended_support": True}),
        ("open-source-rds-extended-support-disabled", {"extended_support": False}),
        ("open-source-rds-extended-support-disabled", {"extended_support": False, "adopted": True}),
    ],
)
def test_extended_support_that_only_a_new_cluster_takes_is_compared(asked: str, arguments: dict[str, Any]) -> None:
    assert f'coalesce(self.engine_lifecycle_support, "{asked}") == "{asked}"' in compared(**arguments)
    assert "engine_lifecycle_support" in synthesized_cluster(**arguments)["lifecycle"]["ignore_changes"]


def test_an_adopted_cluster_has_the_extended_support_that_it_has() -> None:
    assert "engine_lifecycle_support" not in compared(adopted=True)


@pytest.mark.parametrize(("asked", "other"), [(True, "false"), (False, "true")])
def test_whoever_asks_for_another_extended_support_is_told_what_there_is(asked: bool, other: str) -> None:
    checks = synthesized_cluster(extended_support=asked)["lifecycle"]["postcondition"]
    [text] = [check["error_message"] for check in checks if "engine_lifecycle_support" in check["condition"]]
    assert f"extended_support = {other} in [engine]" in text
