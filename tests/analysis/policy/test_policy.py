"""The policy of a stack: all that it needs, on nothing but what the JSON names, in documents that IAM takes."""

from collections.abc import Iterator, Mapping
from tempfile import gettempdir
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from cdktf import App

from analysis.errors import AnalysisError
from analysis.policy.actions import anywhere, block_type, known_actions, not_called
from analysis.policy.policy import LONGEST, Policy, policy_of, size
from analysis.review.replacement import resource_types
from analysis.synthesized.stack import SynthesizedStack
from stacks.database import DatabaseStack
from tests.conftest import TODAY
from tests.stacks.test_access_options import environment
from tests.terraform_json import TerraformJson, synthesize_stack

ACCOUNT = "123456789012"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
LAMBDA_ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop-lambda-aurora-role"
READS = ("Describe", "Get", "List")
WITHOUT_OPERATION = {"backup-storage:MountCapsule", "iam:PassRole"}


def policy(*, plan_only: bool = False, account_id: str | None = ACCOUNT, **keys: Any) -> Policy:
    document = synthesize_stack(DatabaseStack(App(outdir=gettempdir()), environment(**keys), today=TODAY))
    return of(document, plan_only=plan_only, account_id=account_id)


def of(document: TerraformJson, *, plan_only: bool = False, account_id: str | None = ACCOUNT) -> Policy:
    stack = SynthesizedStack("shop", document)
    return policy_of(stack, region="us-east-1", account_id=account_id, partition="aws", plan_only=plan_only)


def statements(policy: Policy) -> list[Mapping[str, Any]]:
    return [statement for document in policy.documents for statement in document["Statement"]]


def as_list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def allowed(policy: Policy, action: str) -> dict[str, Any]:
    """Return the resources on which an action is allowed, each with its condition."""
    return {
        resource: statement.get("Condition")
        for statement in statements(policy)
        if action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
    }


def operations() -> Iterator[str]:
    services = {action.partition(":")[0] for action in known_actions()}
    for service in services & set(boto3.Session().get_available_services()):
        client = boto3.client(service, region_name="us-east-1")
        yield from (f"{service}:{operation}" for operation in client.meta.service_model.operation_names)


def test_the_table_has_every_type_that_the_constructs_make() -> None:
    types = [type_ for type_ in resource_types() if type_.startswith("aws_")]
    assert [type_ for type_ in types if block_type("resource", type_) is None] == []


def test_every_action_is_one_of_aws() -> None:
    assert known_actions() - set(operations()) == WITHOUT_OPERATION


def test_what_the_tables_of_actions_name_is_an_action_of_a_type() -> None:
    assert anywhere() - known_actions() == set()
    assert set(not_called()) - known_actions() == set()


@pytest.mark.parametrize("plan_only", [True, False])
def test_every_shipped_environment_has_a_policy_that_iam_takes(
    synthesized: dict[str, TerraformJson], *, plan_only: bool
) -> None:
    for document in synthesized.values():
        found = of(document, plan_only=plan_only)
        assert found.unknown == ()
        assert all(size(document) <= LONGEST for document in found.documents)


def test_a_plan_reads_and_nothing_else(synthesized: dict[str, TerraformJson]) -> None:
    for document in synthesized.values():
        names = {action.partition(":")[2] for action in of(document, plan_only=True).actions}
        assert {name for name in names if not name.startswith(READS)} <= {"Decrypt"}
        assert of(document, plan_only=True).actions < of(document).actions


def test_all_resources_are_named_only_where_iam_knows_no_others() -> None:
    for statement in statements(policy(proxy={})):
        if statement["Resource"] == "*":
            assert set(as_list(statement["Action"])) <= anywhere()
        else:
            assert all(arn.startswith("arn:aws:") for arn in as_list(statement["Resource"]))


def test_what_the_file_names_is_what_the_policy_names() -> None:
    found = policy(encryption={"key": "own"})
    assert set(allowed(found, "rds:DeleteDBInstance")) == {f"arn:aws:rds:us-east-1:{ACCOUNT}:db:shop-aurora-0"}
    assert set(allowed(found, "iam:DeleteRole")) == {LAMBDA_ROLE}
    assert set(allowed(found, "kms:CreateAlias")) == {
        f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/shop-aurora",
        f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*",
    }
    (secret,) = allowed(found, "secretsmanager:GetSecretValue")
    assert secret.startswith(f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:shop-db-credentials-*")


def test_without_an_account_it_is_any_or_the_one_that_the_file_allows() -> None:
    assert set(allowed(policy(account_id=None), "iam:GetRole")) == {LAMBDA_ROLE.replace(ACCOUNT, "*")}
    one = policy(account_id=None, allowed_account_ids=("111111111111",))
    assert set(allowed(one, "iam:GetRole")) == {LAMBDA_ROLE.replace(ACCOUNT, "111111111111")}
    two = policy(account_id=None, allowed_account_ids=("111111111111", "222222222222"))
    assert set(allowed(two, "iam:GetRole")) == {LAMBDA_ROLE.replace(ACCOUNT, "*")}


def test_roles_are_passed_to_the_service_alone_that_has_them() -> None:
    found = allowed(policy(proxy={}, monitoring={"enhanced_monitoring_seconds": 60}), "iam:PassRole")
    passed = {
        arn.rpartition("/")[2]: condition["StringEquals"]["iam:PassedToService"] for arn, condition in found.items()
    }
    assert passed == {
        "shop-aurora-proxy-role": "rds.amazonaws.com",
        "shop-rds-monitoring-role": "monitoring.rds.amazonaws.com",
    }


def test_a_service_linked_role_is_made_for_its_service_alone() -> None:
    for arn, condition in allowed(policy(), "iam:CreateServiceLinkedRole").items():
        assert condition["StringEquals"]["iam:AWSServiceName"] in arn


def test_a_role_gets_those_managed_policies_alone_that_the_stack_attaches() -> None:
    found = policy(access={"lambda_role": {"xray": True}})
    assert allowed(found, "iam:AttachRolePolicy")[LAMBDA_ROLE]["ArnEquals"]["iam:PolicyARN"] == [
        "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
        "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    ]
    assert allowed(found, "iam:DetachRolePolicy")[LAMBDA_ROLE] is None


def test_with_a_boundary_no_role_is_made_or_given_more_without_it() -> None:
    found = policy(access={"permissions_boundary_arn": BOUNDARY, "existing_role_names": ("orders-api",)}, proxy={})
    for action in ("iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"):
        for arn, condition in allowed(found, action).items():
            if not arn.endswith("orders-api"):
                assert condition["StringEquals"]["iam:PermissionsBoundary"] == BOUNDARY, (action, arn)
    assert "iam:DeleteRolePermissionsBoundary" not in found.actions


def test_without_a_boundary_one_can_be_taken_off_and_none_put_on() -> None:
    found = policy()
    assert allowed(found, "iam:CreateRole") == {LAMBDA_ROLE: None}
    assert "iam:DeleteRolePermissionsBoundary" in found.actions
    assert "iam:PutRolePermissionsBoundary" not in found.actions


def test_an_existing_role_is_given_its_policy_and_nothing_else() -> None:
    found = policy(access={"existing_role_names": ("orders-api", "mail")})
    roles = {f"arn:aws:iam::{ACCOUNT}:role/{path}{name}" for path in ("", "*/") for name in ("orders-api", "mail")}
    assert set(allowed(found, "iam:PutRolePolicy")) == {LAMBDA_ROLE} | roles
    assert set(allowed(found, "iam:DeleteRole")) == {LAMBDA_ROLE}


def test_a_given_key_is_used_through_its_services_and_not_administered() -> None:
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    found = policy(encryption={"key": "given", "key_arn": key})
    assert set(allowed(found, "kms:CreateGrant")) == {key}
    assert all("kms:ViaService" in condition["StringLike"] for condition in allowed(found, "kms:Decrypt").values())
    assert "kms:ScheduleKeyDeletion" not in found.actions


def test_the_state_in_s3_is_written_by_a_deploy_and_read_by_a_plan() -> None:
    backend = {"type": "s3", "bucket": "states", "key": "a/b.tfstate", "region": "us-east-1"}
    deploy, plan = policy(backend=backend), policy(backend=backend, plan_only=True)
    state = "arn:aws:s3:::states/a/b.tfstate"
    assert set(allowed(deploy, "s3:PutObject")) == {state, f"{state}.tflock"}
    assert set(allowed(deploy, "s3:DeleteObject")) == {f"{state}.tflock"}
    assert set(allowed(plan, "s3:GetObject")) == {state}
    assert {action for action in plan.actions if action.startswith("s3:")} == {"s3:GetObject", "s3:ListBucket"}
    assert not any(action.startswith("s3:") for action in policy().actions)


def test_what_is_too_long_for_one_document_is_in_several_and_whole(synthesized: dict[str, TerraformJson]) -> None:
    found = of(synthesized["production"])
    assert len(found.documents) > 1
    given = {
        (action, arn)
        for statement in statements(found)
        for action in as_list(statement["Action"])
        for arn in as_list(statement["Resource"])
    }
    assert {action for action, _ in given} == found.actions


def test_a_statement_that_fits_into_no_document_is_an_error() -> None:
    alarms = {f"alarm{number}": {"alarm_name": "a" * 200 + str(number)} for number in range(30)}
    with pytest.raises(AnalysisError, match="fits into no managed policy"):
        _ = of({"resource": {"aws_cloudwatch_metric_alarm": alarms}}).documents


def test_a_type_that_is_not_in_the_table_is_told() -> None:
    found = of({"resource": {"aws_lambda_function": {"orders": {"function_name": "orders"}}, "random_id": {"a": {}}}})
    assert found.unknown == ("aws_lambda_function.orders",)
