from collections.abc import Callable
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster
from constructs import Construct

from aurora_serverless.credentials import DatabaseCredentials, WriteOnlyCredentials
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone


def credentials(scope: Construct, id_: str = "credentials", **arguments: Any) -> DatabaseCredentials:
    return DatabaseCredentials(
        scope, id_, **{"master_username": "shopadmin", "secret_name": "shop-db-credentials", **arguments}
    )


def write_only(scope: Construct, id_: str = "credentials", **arguments: Any) -> WriteOnlyCredentials:
    return WriteOnlyCredentials(
        scope, id_, **{"master_username": "shopadmin", "secret_name": "shop-db-credentials", **arguments}
    )


@pytest.fixture(scope="module")
def document() -> TerraformJson:
    return synthesize_alone(lambda stack: credentials(stack, tags={"Project": "shop"}, fixed_addresses=True))


def test_the_password_is_long_and_has_no_character_that_rds_refuses(document: TerraformJson) -> None:
    password = blocks(document)["random_password.db_password"]
    assert password["length"] == 32
    assert password["special"] is True
    assert password["override_special"] == "!#$%&*()-_=+[]{}<>:?"
    assert not set('/@" ') & set(password["override_special"])


def test_the_secrets_name_ends_in_a_random_suffix(document: TerraformJson) -> None:
    assert blocks(document)["random_id.suffix"]["byte_length"] == 4
    assert only(document, "aws_secretsmanager_secret")["name"] == "shop-db-credentials-${random_id.suffix.hex}"


@pytest.mark.parametrize("make", [credentials, write_only])
def test_another_name_of_the_secret_draws_another_suffix(make: Callable[..., object]) -> None:
    found = blocks(synthesize_alone(lambda stack: make(stack, fixed_addresses=True)))
    assert found["terraform_data.secret_name"] == {"input": {"name": "shop-db-credentials"}}
    lifecycle = {"create_before_destroy": True, "replace_triggered_by": ["terraform_data.secret_name"]}
    assert found["random_id.suffix"]["lifecycle"] == lifecycle
    assert "keepers" not in found["random_id.suffix"], "they would replace the suffix of a running deployment"


def test_an_adopted_secret_keeps_its_suffix() -> None:
    document = synthesize_alone(lambda stack: credentials(stack, adopted=True, fixed_addresses=True))
    assert "terraform_data" not in document["resource"]
    assert blocks(document)["random_id.suffix"] == {"byte_length": 4}


def test_the_secret_holds_exactly_user_and_password(document: TerraformJson) -> None:
    assert blocks(document)["aws_secretsmanager_secret_version.db_credentials"] == {
        "secret_id": "${aws_secretsmanager_secret.db_credentials.id}",
        "secret_string": '${jsonencode({"username" = "shopadmin", "password" = random_password.db_password.result})}',
    }


def test_the_secret_has_its_tags(document: TerraformJson) -> None:
    assert only(document, "aws_secretsmanager_secret")["tags"] == {"Project": "shop"}


def test_a_deleted_secret_can_be_had_back_for_thirty_days_by_default(document: TerraformJson) -> None:
    assert only(document, "aws_secretsmanager_secret")["recovery_window_in_days"] == 30


@pytest.mark.parametrize("days", [0, 7, 30])
def test_recovery_windows(days: int) -> None:
    document = synthesize_alone(lambda stack: credentials(stack, recovery_window_days=days))
    assert only(document, "aws_secretsmanager_secret")["recovery_window_in_days"] == days


@pytest.mark.parametrize(
    "arguments",
    [
        {"recovery_window_days": 6},
        {"recovery_window_days": 31},
        {"recovery_window_days": -1},
        {"master_username": "admin"},
        {"secret_name": "a b"},
        {"replica_regions": ["eu-west-9"]},
        {"replica_regions": ["eu-west-1", "eu-west-1"]},
    ],
)
def test_what_aws_refuses_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(RuleViolation, match=next(iter(arguments))):
        synthesize_alone(lambda stack: credentials(stack, **arguments))


def test_two_credentials_in_a_stack_have_passwords_of_their_own() -> None:
    document = synthesize_alone(lambda stack: (credentials(stack, "one"), credentials(stack, "two")))
    versions = document["resource"]["aws_secretsmanager_secret_version"].values()
    assert len({version["secret_string"] for version in versions}) == 2


def test_a_version_rotates_the_password() -> None:
    document = synthesize_alone(lambda stack: credentials(stack, version=2, fixed_addresses=True))
    assert blocks(document)["random_password.db_password"]["keepers"] == {"version": "2"}


def test_the_secret_takes_a_customer_key() -> None:
    document = synthesize_alone(lambda stack: credentials(stack, kms_key_arn="arn:aws:kms:x"))
    assert only(document, "aws_secretsmanager_secret")["kms_key_id"] == "arn:aws:kms:x"


def test_a_write_only_password_is_ephemeral_and_goes_to_write_only_arguments() -> None:
    document = synthesize_alone(lambda stack: write_only(stack, version=4, fixed_addresses=True))
    password = document["ephemeral"]["aws_secretsmanager_random_password"]["db_password"]
    assert password["password_length"] == 32
    assert set('/@" ') <= set(password["exclude_characters"]), "RDS refuses these"
    assert blocks(document)["aws_secretsmanager_secret_version.db_credentials"] == {
        "secret_id": "${aws_secretsmanager_secret.db_credentials.id}",
        "secret_string_wo": '${jsonencode({"username" = "shopadmin", "password" = '
        "ephemeral.aws_secretsmanager_random_password.db_password.random_password})}",
        "secret_string_wo_version": 4,
    }
    assert "random_password" not in document["resource"]


def test_a_replaced_cluster_has_its_write_only_password_in_the_secret() -> None:
    def build(stack: TerraformStack) -> None:
        secret = write_only(stack, version=4, fixed_addresses=True)
        cluster = RdsCluster(stack, "aurora", engine="aurora-postgresql")
        secret.attach(cluster)

    version = synthesize_alone(build)["resource"]["aws_secretsmanager_secret_version"]["db_credentials"]
    assert version["lifecycle"] == {"replace_triggered_by": ["aws_rds_cluster.aurora.cluster_resource_id"]}


def test_two_write_only_credentials_in_a_stack_have_passwords_of_their_own() -> None:
    document = synthesize_alone(lambda stack: (write_only(stack, "one"), write_only(stack, "two")))
    assert len(document["ephemeral"]["aws_secretsmanager_random_password"]) == 2
    versions = document["resource"]["aws_secretsmanager_secret_version"].values()
    assert len({version["secret_string_wo"] for version in versions}) == 2


@pytest.mark.parametrize("make", [credentials, write_only])
@pytest.mark.parametrize("version", [0, -1])
def test_a_version_below_one_is_refused(version: int, make: Callable[..., object]) -> None:
    with pytest.raises(RuleViolation, match="version = "):
        synthesize_alone(lambda stack: make(stack, version=version))


@pytest.mark.parametrize("make", [credentials, write_only])
def test_the_secret_is_replicated_under_the_other_regions_own_key(make: Callable[..., object]) -> None:
    document = synthesize_alone(lambda stack: make(stack, replica_regions=["eu-west-1", "eu-west-2"]))
    secret = only(document, "aws_secretsmanager_secret")
    assert secret["replica"] == [{"region": "eu-west-1"}, {"region": "eu-west-2"}]
    assert "replica" not in only(synthesize_alone(make), "aws_secretsmanager_secret")
