"""The reference deployment to the letter, and how an environment file changes the stack."""

import json
from tempfile import gettempdir
from typing import Any

import pytest
from cdktf import App

from local_aws.programs import engine
from stacks.database import DatabaseStack
from stacks.environment import Environment
from tests.conftest import TODAY
from tests.terraform_json import TerraformJson, blocks, synthesize_stack

TAGS = {"Project": "alex", "Part": "5"}


@pytest.fixture(scope="module")
def reference(synthesized: dict[str, TerraformJson]) -> TerraformJson:
    return synthesized["reference"]


def environment(**keys: Any) -> Environment:
    return Environment.model_validate({"name": "shop", "name_prefix": "shop", "engine": {"version": "17.7"}, **keys})


def stack_of(**keys: Any) -> TerraformJson:
    return synthesize_stack(DatabaseStack(App(outdir=gettempdir()), environment(**keys), today=TODAY))


def test_the_reference_has_exactly_the_documented_addresses(reference: TerraformJson) -> None:
    assert set(blocks(reference)) == {
        "data.aws_caller_identity.current",
        "data.aws_vpc.default",
        "data.aws_subnets.default",
        "random_password.db_password",
        "random_id.suffix",
        "aws_secretsmanager_secret.db_credentials",
        "aws_secretsmanager_secret_version.db_credentials",
        "aws_db_subnet_group.aurora",
        "aws_security_group.aurora",
        "aws_rds_cluster.aurora",
        "aws_rds_cluster_instance.aurora",
        "aws_iam_role.lambda_aurora_role",
        "aws_iam_role_policy.lambda_aurora_policy",
        "aws_iam_role_policy_attachment.lambda_basic",
    }


def test_the_reference_has_exactly_the_documented_cluster(reference: TerraformJson) -> None:
    cluster = dict(blocks(reference)["aws_rds_cluster.aurora"])
    cluster.pop("lifecycle")
    assert cluster == {
        "cluster_identifier": "alex-aurora",
        "engine": "aurora-postgresql",
        "engine_mode": "provisioned",
        "engine_version": "15.4",
        "database_name": "alex",
        "master_username": "alexadmin",
        "master_password": "${random_password.db_password.result}",
        "serverlessv2_scaling_configuration": {
            "min_capacity": "${var.min_capacity}",
            "max_capacity": "${var.max_capacity}",
        },
        "enable_http_endpoint": True,
        "db_subnet_group_name": "${aws_db_subnet_group.aurora.name}",
        "vpc_security_group_ids": ["${aws_security_group.aurora.id}"],
        "backup_retention_period": 7,
        "preferred_backup_window": "03:00-04:00",
        "preferred_maintenance_window": "sun:04:00-sun:05:00",
        "skip_final_snapshot": True,
        "apply_immediately": True,
        "tags": TAGS,
    }


def test_the_reference_has_the_documented_names_and_tags(reference: TerraformJson) -> None:
    found = blocks(reference)
    assert found["aws_secretsmanager_secret.db_credentials"] == {
        "name": "alex-db-credentials-${random_id.suffix.hex}",
        "recovery_window_in_days": 0,
        "tags": TAGS,
    }
    assert found["aws_db_subnet_group.aurora"]["name"] == "alex-aurora-subnet-group"
    assert found["aws_db_subnet_group.aurora"]["tags"] == TAGS
    assert found["aws_security_group.aurora"]["name"] == "alex-aurora-sg"
    assert found["aws_security_group.aurora"]["description"] == "Security group for Alex Aurora cluster"
    assert found["aws_security_group.aurora"]["tags"] == TAGS
    assert found["aws_rds_cluster_instance.aurora"]["identifier"] == "alex-aurora-0"
    assert found["aws_rds_cluster_instance.aurora"]["tags"] == TAGS
    assert found["aws_iam_role.lambda_aurora_role"]["name"] == "alex-lambda-aurora-role"
    assert found["aws_iam_role.lambda_aurora_role"]["tags"] == TAGS
    assert found["aws_iam_role_policy.lambda_aurora_policy"]["name"] == "alex-lambda-aurora-policy"


def test_the_role_is_wired_to_cluster_secret_region_and_account(reference: TerraformJson) -> None:
    policy = json.loads(blocks(reference)["aws_iam_role_policy.lambda_aurora_policy"]["policy"])
    assert [statement["Resource"] for statement in policy["Statement"]] == [
        "${aws_rds_cluster.aurora.arn}",
        "${aws_secretsmanager_secret.db_credentials.arn}",
        "arn:aws:logs:${var.aws_region}:${data.aws_caller_identity.current.account_id}:*",
    ]


def test_the_reference_has_the_documented_variables(reference: TerraformJson) -> None:
    told = {
        name: {key: variable[key] for key in ("type", "default", "description") if key in variable}
        for name, variable in reference["variable"].items()
    }
    assert told == {
        "aws_region": {"type": "string", "description": "AWS region for resources"},
        "min_capacity": {
            "type": "number",
            "default": 0.5,
            "description": "Minimum capacity for Aurora Serverless v2 (in ACUs)",
        },
        "max_capacity": {
            "type": "number",
            "default": 1,
            "description": "Maximum capacity for Aurora Serverless v2 (in ACUs)",
        },
    }


def test_the_reference_has_the_documented_outputs(reference: TerraformJson) -> None:
    values = {name: output["value"] for name, output in reference["output"].items()}
    instructions = values.pop("setup_instructions")
    assert values == {
        "aurora_cluster_arn": "${aws_rds_cluster.aurora.arn}",
        "aurora_cluster_endpoint": "${aws_rds_cluster.aurora.endpoint}",
        "aurora_reader_endpoint": "${aws_rds_cluster.aurora.reader_endpoint}",
        "aurora_port": 5432,
        "aurora_cluster_resource_id": "${aws_rds_cluster.aurora.cluster_resource_id}",
        "aurora_secret_arn": "${aws_secretsmanager_secret.db_credentials.arn}",
        "security_group_id": "${aws_security_group.aurora.id}",
        "subnet_group_name": "${aws_db_subnet_group.aurora.name}",
        "database_name": "${aws_rds_cluster.aurora.database_name}",
        "lambda_role_arn": "${aws_iam_role.lambda_aurora_role.arn}",
        "data_api_enabled": '${aws_rds_cluster.aurora.enable_http_endpoint ? "Enabled" : "Disabled"}',
    }
    for part in (
        "AURORA_CLUSTER_ARN=${aws_rds_cluster.aurora.arn}\n",
        "AURORA_SECRET_ARN=${aws_secretsmanager_secret.db_credentials.arn}\n",
        "AURORA_ENDPOINT=${aws_rds_cluster.aurora.endpoint}\n",
        "LAMBDA_ROLE_ARN=${aws_iam_role.lambda_aurora_role.arn}\n",
        "DATABASE_NAME=${aws_rds_cluster.aurora.database_name}\n",
        "./aurora-serverless wait reference ",
        "aws rds-data execute-statement",
        "CREATE TABLE",
        "aws rds-data batch-execute-statement",
        "Scaling now: ${var.min_capacity} to ${var.max_capacity} ACU",
        "var.min_capacity * 0.12 * 730",
        "To pause",
    ):
        assert part in instructions


def test_instructions_of_an_engine_that_pauses_say_how(synthesized: dict[str, TerraformJson]) -> None:
    instructions = synthesized["dev"]["output"]["setup_instructions"]["value"]
    assert "set the minimum to 0 (minimum_acu = 0 under [capacity] of environments/dev.toml)" in instructions
    assert '${var.min_capacity < 0.5 ? "The cluster pauses by itself when idle." : ' in instructions
    assert "stop-db-cluster" not in instructions


def test_provider_constraints_are_ranges(reference: TerraformJson) -> None:
    assert reference["terraform"]["required_version"] == ">= 1.5"
    assert reference["terraform"]["required_providers"] == {
        "aws": {"source": "hashicorp/aws", "version": "~> 6.0" if engine() == "cdktn" else "~> 5.0"},
        "random": {"source": "hashicorp/random", "version": "~> 3.5"},
    }


def test_the_provider_takes_its_region_from_the_variable(reference: TerraformJson) -> None:
    assert reference["provider"]["aws"] == [{"region": "${var.aws_region}"}]


def test_another_region_is_refused_but_to_a_state_that_is_adopted_nothing_is_added(reference: TerraformJson) -> None:
    kept = blocks(stack_of(region="eu-west-1"))["terraform_data.region"]
    assert kept["input"] == {"name": "${var.aws_region}"}
    assert kept["lifecycle"]["ignore_changes"] == ["input"]
    (check,) = kept["lifecycle"]["postcondition"]
    assert check["condition"] == "${self.output.name == var.aws_region}"
    for document in (reference, stack_of(network={"security_group_rules": "inline"})):
        assert "terraform_data" not in document["resource"]


def test_the_local_state_lies_beside_cdktf_out_and_its_path_is_relative(reference: TerraformJson) -> None:
    assert reference["terraform"]["backend"] == {"local": {"path": "../../../terraform.reference.tfstate"}}


def test_dev_pauses_on_a_long_term_support_engine(synthesized: dict[str, TerraformJson]) -> None:
    dev = synthesized["dev"]
    cluster = blocks(dev)["aws_rds_cluster.aurora"]
    assert cluster["engine_version"] == "17.7"
    assert cluster["serverlessv2_scaling_configuration"]["seconds_until_auto_pause"] == (
        "${(var.min_capacity < 0.5) ? 300 : null}"
    )
    assert dev["variable"]["min_capacity"]["default"] == 0
    assert dev["variable"]["aws_region"]["default"] == "us-east-1"


def test_dev_and_reference_share_no_name(synthesized: dict[str, TerraformJson]) -> None:
    def names(document: TerraformJson) -> set[str]:
        keys = ("name", "identifier", "cluster_identifier")
        found = blocks(document).values()
        return {block[key] for block in found for key in keys if not block.get(key, "$").startswith("$")}

    assert not names(synthesized["dev"]) & names(synthesized["reference"])


def test_every_name_can_be_set() -> None:
    found = blocks(
        stack_of(
            names={
                "cluster": "my-cluster",
                "instances": ("my-writer",),
                "secret": "my-secret",
                "subnet_group": "my-subnets",
                "security_group": "my-sg",
                "lambda_role": "my-role",
                "lambda_policy": "my-policy",
            },
            database={"name": "mine", "master_username": "me"},
            network={"security_group_description": "My group"},
        )
    )
    assert found["aws_rds_cluster.aurora"]["cluster_identifier"] == "my-cluster"
    assert found["aws_rds_cluster.aurora"]["database_name"] == "mine"
    assert found["aws_rds_cluster.aurora"]["master_username"] == "me"
    assert found["aws_rds_cluster_instance.aurora"]["identifier"] == "my-writer"
    assert found["aws_secretsmanager_secret.db_credentials"]["name"] == "my-secret-${random_id.suffix.hex}"
    assert found["aws_db_subnet_group.aurora"]["name"] == "my-subnets"
    assert found["aws_security_group.aurora"]["name"] == "my-sg"
    assert found["aws_security_group.aurora"]["description"] == "My group"
    assert found["aws_iam_role.lambda_aurora_role"]["name"] == "my-role"
    assert found["aws_iam_role_policy.lambda_aurora_policy"]["name"] == "my-policy"


def test_without_tags_no_resource_has_any() -> None:
    assert not [address for address, block in blocks(stack_of()).items() if "tags" in block]


def test_backup_and_windows_come_from_the_file() -> None:
    cluster = blocks(
        stack_of(backup={"retention_days": 14, "window": "01:00-02:00"}, maintenance={"window": "mon:02:00-mon:03:00"})
    )["aws_rds_cluster.aurora"]
    assert cluster["backup_retention_period"] == 14
    assert cluster["preferred_backup_window"] == "01:00-02:00"
    assert cluster["preferred_maintenance_window"] == "mon:02:00-mon:03:00"


def test_only_the_allowed_accounts_are_allowed() -> None:
    provider = stack_of(allowed_account_ids=("123456789012",))["provider"]["aws"]
    assert provider == [{"region": "${var.aws_region}", "allowed_account_ids": ["123456789012"]}]


def test_the_s3_backend_locks_with_its_own_file_and_asks_for_the_terraform_that_can() -> None:
    terraform = stack_of(region="eu-west-1", backend={"type": "s3", "bucket": "shop-state"})["terraform"]
    assert terraform["backend"] == {
        "s3": {
            "bucket": "shop-state",
            "key": "shop/terraform.tfstate",
            "region": "eu-west-1",
            "encrypt": True,
            "use_lockfile": True,
        }
    }
    assert terraform["required_version"] == ">= 1.10"


def test_the_s3_backend_without_a_lock_file_works_on_older_terraform() -> None:
    terraform = stack_of(
        backend={
            "type": "s3",
            "bucket": "shop-state",
            "key": "databases/shop.tfstate",
            "region": "us-east-1",
            "use_lockfile": False,
        }
    )["terraform"]
    assert terraform["backend"]["s3"] == {
        "bucket": "shop-state",
        "key": "databases/shop.tfstate",
        "region": "us-east-1",
        "encrypt": True,
    }
    assert terraform["required_version"] == ">= 1.5"


@pytest.mark.parametrize(
    ("version", "name", "condition", "said"),
    [
        ("15.4", "min_capacity", "var.min_capacity >= 0.5 && var.min_capacity <= 128", "needs 13.15+, 14.12+, 15.7+"),
        ("15.4", "max_capacity", "var.max_capacity >= 1 && var.max_capacity <= 128", "256 needs 13.13+"),
        ("17.7", "min_capacity", "var.min_capacity >= 0 && var.min_capacity <= 256", "is 0 to 256 ACU."),
        ("17.7", "max_capacity", "var.max_capacity >= 1 && var.max_capacity <= 256", "is 1 to 256 ACU."),
    ],
)
def test_capacity_variables_are_checked_against_the_engine(version: str, name: str, condition: str, said: str) -> None:
    ranges, steps = stack_of(engine={"version": version})["variable"][name]["validation"]
    assert ranges["condition"] == f"${{{condition}}}"
    assert f"{name} is ${{var.{name}}}" in ranges["error_message"]
    assert said in ranges["error_message"]
    assert steps["condition"] == f"${{floor(var.{name} * 2) == var.{name} * 2}}"


def test_validations_refer_to_their_own_variable_only_as_terraform_1_5_wants(
    synthesized: dict[str, TerraformJson],
) -> None:
    for document in synthesized.values():
        for name, variable in document["variable"].items():
            assert variable["nullable"] is False
            for validation in variable["validation"]:
                text = validation["condition"] + validation["error_message"]
                assert text.count("var.") == text.count(f"var.{name}")
                assert not [kind for kind in ("local.", "data.", "aws_rds") if kind in text]
