from typing import Any

import pytest
from cdktf import TerraformVariable
from constructs import Construct

from aurora_serverless.log_group import PostgresqlLogGroup
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone

KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1"


def log_group(scope: Construct, **arguments: Any) -> PostgresqlLogGroup:
    return PostgresqlLogGroup(scope, "log-group", **{"cluster_identifier": "shop", **arguments})


def synthesized(**arguments: Any) -> TerraformJson:
    return synthesize_alone(lambda stack: log_group(stack, **arguments))


def found(**arguments: Any) -> dict[str, Any]:
    return only(synthesized(**arguments), "aws_cloudwatch_log_group")


def test_the_address_is_fixed() -> None:
    assert set(blocks(synthesized(fixed_addresses=True))) == {"aws_cloudwatch_log_group.postgresql"}


def test_it_has_the_name_that_rds_looks_for_and_expires() -> None:
    assert found() == {
        "name": "/aws/rds/cluster/shop/postgresql",
        "retention_in_days": 30,
        "lifecycle": {"create_before_destroy": True},
    }


def test_retention_key_and_tags_are_those_given() -> None:
    given = found(retention_days=365, kms_key_arn=KEY_ARN, tags={"Project": "shop"})
    assert given["retention_in_days"] == 365
    assert given["kms_key_id"] == KEY_ARN
    assert given["tags"] == {"Project": "shop"}


def test_the_identifier_may_be_a_token() -> None:
    def build(stack: Construct) -> None:
        log_group(stack, cluster_identifier=TerraformVariable(stack, "name", type="string").string_value)

    named = only(synthesize_alone(build), "aws_cloudwatch_log_group")["name"]
    assert named == "/aws/rds/cluster/${var.name}/postgresql"


def test_name_and_arn_are_those_of_the_log_group() -> None:
    made = []
    synthesize_alone(lambda stack: made.append(log_group(stack)))
    assert made[0].name
    assert made[0].arn


@pytest.mark.parametrize(
    ("days", "remedy"),
    [(0, "write 3653"), (-1, "write 3653"), (2, "write 3"), (100, "write 120"), (9999, "write 3653")],
)
def test_a_retention_that_cloudwatch_refuses_is_refused_with_one_that_is_enough(days: int, remedy: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        found(retention_days=days)
    assert refusal.value.argument == "retention_days"
    assert refusal.value.remedy == remedy


def test_an_identifier_that_rds_refuses_is_refused() -> None:
    with pytest.raises(RuleViolation, match="cluster_identifier"):
        found(cluster_identifier="Shop")


def test_another_log_has_a_group_of_its_own() -> None:
    found = blocks(
        synthesize_alone(
            lambda stack: PostgresqlLogGroup(
                stack, "logs", cluster_identifier="shop", log_type="iam-db-auth-error", keep=True, fixed_addresses=True
            )
        )
    )
    group = found["aws_cloudwatch_log_group.iam_db_auth_error"]
    assert group["name"] == "/aws/rds/cluster/shop/iam-db-auth-error"
    assert group["skip_destroy"] is True
    assert "log_group_class" not in group


def test_a_class_that_is_asked_for_is_never_changed() -> None:
    document = synthesize_alone(
        lambda stack: PostgresqlLogGroup(stack, "logs", cluster_identifier="shop", log_class="INFREQUENT_ACCESS")
    )
    group = only(document, "aws_cloudwatch_log_group")
    assert group["log_group_class"] == "INFREQUENT_ACCESS"
    assert group["lifecycle"]["ignore_changes"] == ["log_group_class"]
    (check,) = group["lifecycle"]["postcondition"]
    assert check["condition"] == '${self.log_group_class == "INFREQUENT_ACCESS"}'


def test_a_log_that_aurora_does_not_export_is_refused() -> None:
    with pytest.raises(RuleViolation) as error:
        synthesize_alone(lambda stack: PostgresqlLogGroup(stack, "logs", cluster_identifier="shop", log_type="upgrade"))
    assert error.value.argument == "log_type"
