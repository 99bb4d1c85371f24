"""What `[restore]` and `[global_database]` make of the stack, and what a person is told."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from aurora_serverless.cluster_lifecycle import IGNORED_CHANGES
from stacks.environment import Environment
from stacks.environment_files import environment_of
from stacks.synthesis import synthesize
from tests.conftest import TODAY
from tests.stacks.test_options import CLUSTER, actions_of, stack_of
from tests.terraform_json import TerraformJson, blocks

SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf"
SNAPSHOT = {"type": "snapshot", "snapshot_identifier": "before-upgrade"}
CLONE = {"type": "clone", "source_cluster_identifier": "orders-aurora"}
SECONDARY = {
    "role": "secondary",
    "identifier": "orders-global",
    "source_region": "us-east-1",
    "secret_arn": SECRET_ARN,
}


def warnings_of(**keys: Any) -> list[str]:
    keys.setdefault("engine", {"version": "17.7"})
    keys.setdefault("capacity", {"minimum_acu": 8.0, "maximum_acu": 16.0})
    environment = Environment.model_validate({"name": "shop", "name_prefix": "shop", **keys})
    return list(environment.warnings(TODAY))


def test_a_snapshot_is_restored() -> None:
    found = blocks(stack_of(restore=SNAPSHOT))
    assert found[CLUSTER]["snapshot_identifier"] == "before-upgrade"
    assert found[CLUSTER]["master_password"] == "${random_password.db_password.result}"


def test_a_time_is_sent_in_utc() -> None:
    restore = {
        "type": "point_in_time",
        "source_cluster_identifier": "orders-aurora",
        "time": datetime(2026, 10, 31, 12, tzinfo=UTC),
    }
    block = blocks(stack_of(restore=restore))[CLUSTER]["restore_to_point_in_time"]
    assert block["restore_to_time"] == "2026-10-31T12:00:00Z"


def test_a_clone_is_copied_on_write() -> None:
    assert blocks(stack_of(restore=CLONE))[CLUSTER]["restore_to_point_in_time"]["restore_type"] == "copy-on-write"


def test_the_section_adds_to_the_cluster_only() -> None:
    plain, restored = blocks(stack_of()), blocks(stack_of(restore=SNAPSHOT))
    assert plain.keys() == restored.keys()
    assert {address for address in plain if plain[address] != restored[address]} == {CLUSTER}


def test_no_shipped_cluster_is_replaced_for_where_it_came_from(synthesized: dict[str, TerraformJson]) -> None:
    for document in synthesized.values():
        ignored = set(blocks(document)[CLUSTER]["lifecycle"]["ignore_changes"])
        assert ignored >= set(IGNORED_CHANGES) - {"engine_lifecycle_support"}  # which an adopted one is not asked


@pytest.mark.parametrize(
    ("restore", "off"),
    [(SNAPSHOT, "the Data API and IAM authentication and insights"), (CLONE, "the Data API and insights")],
)
def test_what_a_restore_leaves_off_is_told(restore: dict[str, str], off: str) -> None:
    asked = {"access": {"iam_authentication": True}, "monitoring": {"insights": "standard"}}
    first, second = warnings_of(restore=restore, **asked)
    assert "only a new cluster is made from" in first
    assert f"AWS restores with {off} off; deploy a second time" in second
    assert "with the Data API off" in warnings_of(restore=restore)[1]
    assert len(warnings_of(restore=restore, access={"data_api": False})) == 1, "nothing is off that was asked for"


def test_a_primary_has_a_global_cluster_after_its_instances() -> None:
    found = blocks(
        stack_of(
            global_database={"role": "primary"},
            protection={"deletion_protection": True, "prevent_destroy": True},
            instances={"readers": 1},
        )
    )
    assert found["aws_rds_global_cluster.aurora"] == {
        "global_cluster_identifier": "shop-global",
        "source_db_cluster_identifier": "${aws_rds_cluster.aurora.arn}",
        "force_destroy": True,
        "deletion_protection": True,
        "lifecycle": {"prevent_destroy": True},
        "depends_on": ["aws_rds_cluster_instance.aurora", "aws_rds_cluster_instance.reader_1"],
    }
    assert "global_cluster_identifier" not in found[CLUSTER]


def test_becoming_a_primary_changes_nothing_else() -> None:
    plain, primary = blocks(stack_of()), blocks(stack_of(global_database={"role": "primary"}))
    assert primary.pop("aws_rds_global_cluster.aurora")
    for found in (plain, primary):
        del found["terraform_data.protected_cluster"]  # which changes nothing in AWS
    assert plain == primary


def test_what_is_protected_with_a_primary_is_kept_and_a_secondary_has_none_of_it() -> None:
    def kept(**keys: Any) -> Any:
        document = stack_of(region="eu-west-1", protection={"deletion_protection": True}, **keys)
        return blocks(document)["terraform_data.protected_cluster"]["input"].get("global database")

    assert kept(global_database={"role": "primary"}) == "shop-global"
    assert kept(global_database=SECONDARY, encryption={"key": "own"}) is None
    assert kept() is None


def test_a_secondary_joins_with_no_password_of_its_own() -> None:
    document = stack_of(region="eu-west-1", global_database=SECONDARY, encryption={"key": "own"})
    found = blocks(document)
    assert found[CLUSTER]["global_cluster_identifier"] == "orders-global"
    assert found[CLUSTER]["source_region"] == "us-east-1"
    assert found[CLUSTER]["kms_key_id"] == "${aws_kms_key.aurora.arn}"
    assert not [address for address in found if address.startswith(("random_", "aws_secretsmanager", "aws_rds_global"))]


def test_a_secondarys_role_reads_the_replica_and_decrypts_with_no_key() -> None:
    document = stack_of(region="eu-west-1", global_database=SECONDARY, encryption={"key": "own"})
    assert actions_of(document)["secretsmanager:GetSecretValue"] == SECRET_ARN
    assert "kms:Decrypt" not in actions_of(document)
    assert document["output"]["aurora_secret_arn"]["value"] == SECRET_ARN


def test_a_secondary_can_have_a_preset_and_a_final_snapshot() -> None:
    document = stack_of(preset="production", region="eu-west-1", global_database=SECONDARY)
    found = blocks(document)
    assert found[CLUSTER]["final_snapshot_identifier"].endswith("-${random_id.suffix.hex}")
    assert "manage_master_user_password" not in found[CLUSTER]


def test_replicas_of_the_secret_are_made_and_told() -> None:
    document = stack_of(region="us-east-1", credentials={"replica_regions": ("eu-west-1",)})
    assert blocks(document)["aws_secretsmanager_secret.db_credentials"]["replica"] == [{"region": "eu-west-1"}]
    assert document["output"]["aurora_secret_replica_arns"]["value"] == [
        '${replace(aws_secretsmanager_secret.db_credentials.arn, ":${var.aws_region}:", ":eu-west-1:")}'
    ]
    assert "aurora_secret_replica_arns" not in stack_of()["output"]


@pytest.mark.parametrize("part", [{"role": "primary"}, SECONDARY])
def test_a_cluster_of_a_global_database_never_pauses(part: dict[str, str]) -> None:
    told = warnings_of(global_database=part, capacity={"minimum_acu": 0.0, "maximum_acu": 16.0})
    assert any(
        f"the cluster never pauses, because it is the {part['role']} of a global database" in line for line in told
    )


def test_a_small_primary_is_told() -> None:
    primary = {"role": "primary"}
    assert warnings_of(global_database=primary) == []
    (told,) = warnings_of(global_database=primary, capacity={"minimum_acu": 0.5, "maximum_acu": 16.0})
    assert told == (
        "capacity.minimum_acu = 0.5: AWS recommends 8 ACU or more in the primary Region of a global database"
    )


def test_what_a_secondary_cannot_do_yet_is_told() -> None:
    (told,) = warnings_of(global_database=SECONDARY)
    assert "the Data API of a secondary answers only once it is promoted" in told
    assert len(warnings_of(global_database=SECONDARY, monitoring={"insights": "standard"})) == 1
    advanced = warnings_of(global_database=SECONDARY, monitoring={"insights": "advanced"})[1]
    assert 'deploy once with "standard"' in advanced
    assert warnings_of(global_database=SECONDARY, access={"data_api": False}) == []


@pytest.mark.parametrize(
    ("keys", "name"),
    [("", "postgres"), ('name = "orders-2"', "orders-2"), ('name = "postgres"', "postgres"), ('name = "DB"', "DB")],
)
def test_outputs_lead_to_a_database_that_was_made_by_hand(keys: str, name: str, tmp_path: Path) -> None:
    text = f'name_prefix = "shop"\n[engine]\nversion = "17.7"\n[database]\ninitial_database = false\n{keys}\n'
    environment = environment_of(tmp_path / "shop.toml", text.encode())
    (stack,) = synthesize([environment], tmp_path / "out", today=TODAY)
    assert "database_name" not in stack.document["resource"]["aws_rds_cluster"]["aurora"]
    assert stack.document["output"]["database_name"]["value"] == name
    assert f"DATABASE_NAME={name}" in stack.document["output"]["setup_instructions"]["value"]
