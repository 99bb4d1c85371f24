import json
from typing import Any

import pytest
from constructs import Construct

from aurora_serverless.lambda_role import LambdaRole
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone

CLUSTER_ARN = "arn:aws:rds:us-east-1:123456789012:cluster:shop"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-x"


def role(scope: Construct, **arguments: Any) -> LambdaRole:
    return LambdaRole(
        scope,
        "role",
        **{
            "role_name": "shop-role",
            "policy_name": "shop-policy",
            "cluster_arn": CLUSTER_ARN,
            "secret_arn": SECRET_ARN,
            "region": "us-east-1",
            "account_id": "123456789012",
            **arguments,
        },
    )


@pytest.fixture(scope="module")
def document() -> TerraformJson:
    return synthesize_alone(lambda stack: role(stack, tags={"Project": "shop"}, fixed_addresses=True))


@pytest.fixture(scope="module")
def statements(document: TerraformJson) -> list[dict[str, Any]]:
    policy = json.loads(only(document, "aws_iam_role_policy")["policy"])
    assert policy["Version"] == "2012-10-17"
    found: list[dict[str, Any]] = policy["Statement"]
    return found


def test_only_lambda_assumes_the_role(document: TerraformJson) -> None:
    trust = json.loads(only(document, "aws_iam_role")["assume_role_policy"])
    assert trust["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]


def test_the_role_has_its_name_and_tags_and_the_policy_has_none(document: TerraformJson) -> None:
    assert only(document, "aws_iam_role")["name"] == "shop-role"
    assert only(document, "aws_iam_role")["tags"] == {"Project": "shop"}
    policy = only(document, "aws_iam_role_policy")
    assert policy["name"] == "shop-policy"
    assert policy["role"] == "${aws_iam_role.lambda_aurora_role.id}"
    assert "tags" not in policy


def test_sql_is_allowed_on_this_cluster_only(statements: list[dict[str, Any]]) -> None:
    assert statements[0] == {
        "Effect": "Allow",
        "Action": [
            "rds-data:ExecuteStatement",
            "rds-data:BatchExecuteStatement",
            "rds-data:BeginTransaction",
            "rds-data:CommitTransaction",
            "rds-data:RollbackTransaction",
        ],
        "Resource": CLUSTER_ARN,
    }


def test_this_secret_only_may_be_read(statements: list[dict[str, Any]]) -> None:
    assert statements[1] == {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": SECRET_ARN}


def test_logs_are_written_in_this_account_and_region_only(statements: list[dict[str, Any]]) -> None:
    assert statements[2] == {
        "Effect": "Allow",
        "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": "arn:aws:logs:us-east-1:123456789012:*",
    }


def test_there_is_no_fourth_statement_and_no_wildcard_action(statements: list[dict[str, Any]]) -> None:
    assert len(statements) == 3
    assert not [action for statement in statements for action in statement["Action"] if "*" in action]


def test_the_basic_execution_policy_is_attached(document: TerraformJson) -> None:
    assert only(document, "aws_iam_role_policy_attachment") == {
        "role": "${aws_iam_role.lambda_aurora_role.id}",
        "policy_arn": "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    }


@pytest.mark.parametrize("argument", ["role_name", "policy_name"])
def test_a_name_that_iam_refuses_is_refused(argument: str) -> None:
    with pytest.raises(RuleViolation, match=f'{argument} = "a b"'):
        synthesize_alone(lambda stack: role(stack, **{argument: "a b"}))


EXTRAS: dict[str, Any] = {
    "path": "/service/",
    "permissions_boundary_arn": "arn:aws:iam::123456789012:policy/boundary",
    "vpc_access": True,
    "xray": True,
}


def test_a_role_has_path_boundary_and_attachments_where_asked_for() -> None:
    found = blocks(synthesize_alone(lambda stack: role(stack, **EXTRAS, fixed_addresses=True)))
    made = found["aws_iam_role.lambda_aurora_role"]
    assert (made["path"], made["permissions_boundary"]) == (EXTRAS["path"], EXTRAS["permissions_boundary_arn"])
    for address, policy_arn in (
        ("lambda_vpc_access", "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"),
        ("lambda_xray", "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"),
    ):
        assert found[f"aws_iam_role_policy_attachment.{address}"]["policy_arn"] == policy_arn


def test_a_role_has_none_of_it_by_default(document: TerraformJson) -> None:
    assert not {"path", "permissions_boundary"} & set(only(document, "aws_iam_role"))


def test_a_short_name_makes_the_addresses_of_another_role() -> None:
    def two(stack: Construct) -> None:
        role(stack, **EXTRAS, fixed_addresses=True)
        LambdaRole(
            stack,
            "other",
            role_name="reports",
            policy_name="reports",
            cluster_arn=CLUSTER_ARN,
            secret_arn=SECRET_ARN,
            region="us-east-1",
            account_id="123456789012",
            short_name="monthly-reports",
            **EXTRAS,
            fixed_addresses=True,
        )

    found = blocks(synthesize_alone(two))
    assert {address for address in found if "reports" in address} == {
        "aws_iam_role.aurora_monthly_reports",
        "aws_iam_role_policy.aurora_monthly_reports",
        "aws_iam_role_policy_attachment.aurora_monthly_reports_basic",
        "aws_iam_role_policy_attachment.aurora_monthly_reports_vpc_access",
        "aws_iam_role_policy_attachment.aurora_monthly_reports_xray",
    }
    policies = [block["policy"] for address, block in found.items() if address.startswith("aws_iam_role_policy.")]
    assert len(policies) == 2
    assert len(set(policies)) == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"path": "service"}, 'path = "service"'),
        ({"permissions_boundary_arn": "boundary"}, 'permissions_boundary_arn = "boundary"'),
        ({"more_secret_arns": ["mail"]}, 'more_secret_arns = "mail"'),
        ({"more_secret_arns": ["${var.secret}"], "more_secret_key_arns": ["alias/x"]}, "more_secret_key_arns"),
        ({"more_secret_key_arns": ["${var.key}"]}, "there are none"),
        ({"short_name": "Reports"}, 'short_name = "Reports"'),
        ({"tags": {"Team": "a", "team": "a"}}, "in capitals only"),
    ],
)
def test_what_iam_would_refuse_of_the_extras_is_refused(arguments: dict[str, Any], told: str) -> None:
    with pytest.raises(RuleViolation, match=told):
        synthesize_alone(lambda stack: role(stack, **arguments))


@pytest.mark.parametrize(
    ("arguments", "partition"),
    [
        ({"region": "us-gov-east-1"}, "aws-us-gov"),
        ({"region": "cn-north-1"}, "aws-cn"),
        ({"region": "${var.aws_region}", "partition": "aws-cn"}, "aws-cn"),
        ({"region": "${var.aws_region}"}, "aws"),
    ],
)
def test_all_that_the_role_names_is_of_its_partition(arguments: dict[str, str], partition: str) -> None:
    found = synthesize_alone(lambda stack: role(stack, cluster_arn=None, vpc_access=True, xray=True, **arguments))
    attached = found["resource"]["aws_iam_role_policy_attachment"].values()
    assert {one["policy_arn"].split(":")[1] for one in attached} == {partition}
    assert f"arn:{partition}:logs:" in only(found, "aws_iam_role_policy")["policy"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"permissions_boundary_arn": "arn:aws-us-gov:iam::123456789012:policy/boundary"},
        {"more_secret_arns": ["arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:mail-AbCdEf"]},
    ],
)
def test_what_is_of_another_partition_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(RuleViolation, match="and what uses it is in aws; use one that begins with arn:aws:"):
        synthesize_alone(lambda stack: role(stack, **arguments))
