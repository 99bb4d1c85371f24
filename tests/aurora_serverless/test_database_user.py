"""A database user's secret on its own, and the grants of a database whose roles are one user."""

from typing import Any

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.iam_role import IamRole
from constructs import Construct

from aurora_serverless.aurora_database import AuroraDatabase
from aurora_serverless.database_user import DatabaseUser
from aurora_serverless.options import Access, DatabaseOptions, Engine, LambdaRoleExtras, Users
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import blocks, synthesize_alone

PLACE: dict[str, Any] = {"secret_name_prefix": "shop-", "host": "shop.example", "port": 5432, "database_name": "shop"}


def test_several_stand_beside_one_another() -> None:
    def build(stack: Construct) -> None:
        for name in ("app", "reports"):
            DatabaseUser(stack, name, username=name, **PLACE)
            DatabaseUser(stack, f"{name}-2", username=name, mode="write_only", **PLACE)

    document = synthesize_alone(build)
    assert len([name for name in blocks(document) if name.startswith("aws_secretsmanager_secret.")]) == 4
    assert len(document["ephemeral"]["aws_secretsmanager_random_password"]) == 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"username": "Orders"}, "a declared user is 1 to 63 lower-case letters"),
        ({"username": "rds_reader"}, "is taken by RDS"),
        ({"secret_name_prefix": "a b"}, "a secret's name is"),
        ({"version": 0}, "must be 1 to"),
        ({"recovery_window_days": 3}, "must be 0, or 7 to 30 days"),
    ],
)
def test_what_aws_or_postgresql_refuses_is_refused_here(options: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        DatabaseUser(TerraformStack(App(), "alone"), "user", **({"username": "app", **PLACE} | options))


def database(stack: Construct, **access: Any) -> AuroraDatabase:
    options = DatabaseOptions(
        name_prefix="shop",
        engine=Engine(version="17.7"),
        users=Users(read_write=("app",)),
        access=Access(lambda_role=LambdaRoleExtras(user="app"), **access),
    )
    return AuroraDatabase(stack, "database", options, region="us-east-1", account_id="123456789012")


def test_a_grant_has_the_secret_of_the_roles_user() -> None:
    def build(stack: Construct) -> None:
        role = IamRole(stack, "role", assume_role_policy="{}")
        database(stack).grant_data_api(role)

    found = blocks(synthesize_alone(build))
    (policy,) = (block["policy"] for name, block in found.items() if "data-api-of" in name)
    (user,) = (name for name, block in found.items() if block.get("name_prefix") == "shop-db-user-app-")
    assert f"${{{user}.arn}}" in policy


def test_there_is_no_grant_of_a_secret_where_the_user_has_none() -> None:
    stack = TerraformStack(App(), "alone")
    made = database(stack, iam_authentication=True, iam_users=("app",))
    with pytest.raises(RuleViolation, match="logs in with IAM tokens, and has no secret; grant it with grant_connect"):
        made.grant_read_secret("role")
