"""A construct in somebody else's stack takes values that only Terraform knows, wherever it takes a text or a number."""

from collections.abc import Callable
from typing import Any

import pytest
from cdktf import TerraformVariable, Token
from constructs import Construct

from aurora_serverless.rules.tokens import is_token
from aurora_serverless.rules.violation import RuleViolation
from tests.aurora_serverless.test_cluster import cluster
from tests.aurora_serverless.test_credentials import credentials, write_only
from tests.aurora_serverless.test_interface_endpoints import endpoints
from tests.aurora_serverless.test_lambda_role import role
from tests.aurora_serverless.test_network import network
from tests.terraform_json import synthesize_alone


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (cluster, ["cluster_identifier", "database_name", "master_username", "backup_window", "maintenance_window"]),
        (cluster, ["final_snapshot_identifier", "subnet_group_name", "kms_key_arn"]),
        (credentials, ["master_username", "secret_name"]),
        (write_only, ["master_username", "secret_name"]),
        (network, ["subnet_group_name", "security_group_name", "security_group_description", "vpc_id"]),
        (endpoints, ["region", "account_id", "security_group_name", "security_group_description"]),
        (role, ["role_name", "policy_name", "cluster_arn", "secret_arn", "region", "account_id"]),
    ],
)
def test_texts_may_be_variables(make: Callable[..., object], arguments: list[str]) -> None:
    def build(stack: Construct) -> None:
        variables = {name: TerraformVariable(stack, name, type="string") for name in arguments}
        make(stack, **{name: variable.string_value for name, variable in variables.items()})

    text = str(synthesize_alone(build))
    for name in arguments:
        assert f"var.{name}" in text


@pytest.mark.parametrize("argument", ["backup_retention_days", "reader_promotion_tier"])
def test_numbers_may_be_variables(argument: str) -> None:
    def build(stack: Construct) -> None:
        variable = TerraformVariable(stack, argument, type="number")
        arguments: dict[str, Any] = {"instance_identifiers": ["a", "b"], argument: variable.number_value}
        cluster(stack, **arguments)

    assert f"var.{argument}" in str(synthesize_alone(build))


def test_tags_may_be_variables() -> None:
    def build(stack: Construct) -> None:
        network(stack, tags={"Owner": TerraformVariable(stack, "owner", type="string").string_value})

    assert "var.owner" in str(synthesize_alone(build))


@pytest.mark.parametrize(
    "arguments",
    [
        {"maximum_acu": 0.3},
        {"maximum_acu": 300},
        {"auto_pause_seconds": 60},
    ],
)
def test_what_is_known_beside_a_variable_is_checked(arguments: dict[str, Any]) -> None:
    def build(stack: Construct) -> None:
        minimum = TerraformVariable(stack, "minimum", type="number")
        cluster(stack, minimum_acu=minimum.number_value, **arguments)

    with pytest.raises(RuleViolation, match=next(iter(arguments))):
        synthesize_alone(build)


@pytest.mark.parametrize("value", ["", "alex", 0, -1, 256.5, None, True, [], ["alex"], ["#1", "#{2"]])
def test_plain_values_are_no_tokens(value: object) -> None:
    assert not is_token(value)


def test_tokens_are_told_as_cdktf_tells_them() -> None:
    for token in (Token.as_string({"Ref": 1}), Token.as_number({"Ref": 1}), Token.as_list({"Ref": 1})):
        assert is_token(token)
        assert Token.is_unresolved(token)


@pytest.mark.parametrize(
    ("make", "arguments"),
    [
        (cluster, {"final_snapshot_identifier": "bad name!"}),
        (cluster, {"tags": {"aws:x": "y"}}),
        (credentials, {"tags": {"aws:x": "y"}}),
        (network, {"tags": {"aws:x": "y"}}),
        (network, {"security_group_description": "\u00e9"}),
        (endpoints, {"tags": {"aws:x": "y"}}),
        (endpoints, {"security_group_name": "sg-shop"}),
        (endpoints, {"security_group_description": "\u00e9"}),
        (role, {"tags": {"aws:x": "y"}}),
    ],
)
def test_the_rules_of_the_environment_file_hold_in_the_constructs(
    make: Callable[..., object], arguments: dict[str, Any]
) -> None:
    with pytest.raises(RuleViolation):
        synthesize_alone(lambda stack: make(stack, **arguments))
