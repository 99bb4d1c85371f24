from typing import Any

import pytest
from constructs import Construct

from aurora_serverless.existing_roles import ExistingRoles
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import blocks, synthesize_alone


def existing(scope: Construct, **arguments: Any) -> ExistingRoles:
    return ExistingRoles(
        scope,
        "existing",
        **{"role_names": ["orders-api", "Orders.jobs"], "policy_name": "shop", "policy_document": "{}", **arguments},
    )


def test_each_role_gets_the_policy_under_an_address_of_its_own() -> None:
    document = synthesize_alone(lambda stack: existing(stack, fixed_addresses=True))
    assert blocks(document) == {
        "aws_iam_role_policy.existing_roles": {
            "for_each": '${toset(["orders-api", "Orders.jobs"])}',
            "name": "shop",
            "role": "${each.value}",
            "policy": "{}",
        }
    }


def test_a_role_named_twice_is_refused_in_whatever_capitals() -> None:
    with pytest.raises(RuleViolation, match='role_names = "Orders-API": is named twice'):
        synthesize_alone(lambda stack: existing(stack, role_names=["orders-api", "Orders-API"]))


def test_an_arn_is_no_name() -> None:
    with pytest.raises(RuleViolation, match="a role's name"):
        synthesize_alone(lambda stack: existing(stack, role_names=["arn:aws:iam::123456789012:role/orders-api"]))


def test_a_policy_name_that_iam_refuses_is_refused() -> None:
    with pytest.raises(RuleViolation, match='policy_name = "a b"'):
        synthesize_alone(lambda stack: existing(stack, policy_name="a b"))
