import json
from typing import Any

import pytest

from aurora_serverless.rules.database_policy import database_policy, database_user_arn, read_secrets, trust_policy

CLUSTER_ARN = "arn:aws:rds:us-east-1:123456789012:cluster:shop"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf"
OTHER_SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:mail-AbCdEf"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
OTHER_KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/5678abcd"
USER_ARN = "arn:aws:rds-db:us-east-1:123456789012:dbuser:cluster-ABC/orders_app"


def statements(**arguments: Any) -> list[dict[str, Any]]:
    plain = {
        "cluster_arn": CLUSTER_ARN,
        "secret_arn": SECRET_ARN,
        "region": "us-east-1",
        "account_id": "123456789012",
    }
    parsed = json.loads(database_policy(**(plain | arguments)))
    assert parsed["Version"] == "2012-10-17"
    found: list[dict[str, Any]] = parsed["Statement"]
    return found


def everything() -> list[dict[str, Any]]:
    return statements(
        secret_key_arn=KEY_ARN,
        more_secret_arns=[OTHER_SECRET_ARN],
        more_secret_key_arns=[OTHER_KEY_ARN],
        database_user_arns=[USER_ARN],
    )


def actions(found: list[dict[str, Any]]) -> list[str]:
    return [action for statement in found for action in statement["Action"]]


def test_the_plain_policy_is_spelled_as_deployed_roles_have_it() -> None:
    assert database_policy(
        cluster_arn=CLUSTER_ARN, secret_arn=SECRET_ARN, region="us-east-1", account_id="123456789012"
    ) == (
        '{"Version": "2012-10-17", "Statement": ['
        '{"Effect": "Allow", "Action": ["rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement", '
        '"rds-data:BeginTransaction", "rds-data:CommitTransaction", "rds-data:RollbackTransaction"], '
        f'"Resource": "{CLUSTER_ARN}"}}, '
        f'{{"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": "{SECRET_ARN}"}}, '
        '{"Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"], '
        '"Resource": "arn:aws:logs:us-east-1:123456789012:*"}]}'
    )


def test_what_is_added_comes_behind_what_was_there() -> None:
    assert everything()[:3] == statements()


def test_without_the_data_api_nothing_of_it_is_allowed() -> None:
    found = statements(cluster_arn=None)
    assert not [action for action in actions(found) if action.startswith("rds-data:")]
    assert found == statements()[1:]


def test_secrets_are_read_and_keys_used_through_secrets_manager_only() -> None:
    found = everything()
    assert {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue"], "Resource": [OTHER_SECRET_ARN]} in found
    assert [statement for statement in found if statement["Action"] == ["kms:Decrypt"]] == [
        {
            "Effect": "Allow",
            "Action": ["kms:Decrypt"],
            "Resource": key,
            "Condition": {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}},
        }
        for key in (KEY_ARN, [OTHER_KEY_ARN])
    ]


def test_secrets_under_aws_s_key_need_no_permission_for_it() -> None:
    assert actions([dict(item) for item in read_secrets([SECRET_ARN], [], "us-east-1")]) == [
        "secretsmanager:GetSecretValue"
    ]
    assert "kms:Decrypt" not in actions(statements(more_secret_arns=[OTHER_SECRET_ARN]))


def test_a_role_logs_in_as_the_named_users_only() -> None:
    (connect,) = (statement for statement in everything() if statement["Action"] == ["rds-db:connect"])
    assert connect["Resource"] == [USER_ARN]
    assert "rds-db:connect" not in actions(statements())


@pytest.mark.parametrize("resource_id", ["cluster-ABC", "prx-0123456789abcdef0"])
def test_a_user_is_named_by_what_is_connected_to(resource_id: str) -> None:
    arn = database_user_arn(region="us-east-1", account_id="123456789012", resource_id=resource_id, user="orders_app")
    assert arn == f"arn:aws:rds-db:us-east-1:123456789012:dbuser:{resource_id}/orders_app"


def test_no_statement_is_for_everything() -> None:
    for statement in everything():
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        assert "*" not in resources
        # A log group's name is the function's, which is not known here.
        assert [arn for arn in resources if "*" in arn] in ([], ["arn:aws:logs:us-east-1:123456789012:*"])
        assert not [action for action in statement["Action"] if "*" in action]


def test_only_one_service_is_trusted() -> None:
    assert json.loads(trust_policy("lambda.amazonaws.com"))["Statement"] == [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ]


def test_a_service_that_says_for_whom_it_acts_is_trusted_for_one_account() -> None:
    assert json.loads(trust_policy("monitoring.rds.amazonaws.com", source_account="123456789012"))["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Service": "monitoring.rds.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
        }
    ]
