"""Access to a running database changed, by the real provider: the Data API switched, roles added and taken out."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from analysis.review.changes import Kind
from analysis.review.finding import EffectKind
from analysis.review.review import review_of
from analysis.review.terraform_plan import plan_of
from aurora_serverless.rules.database_policy import DATA_API_ACTIONS
from local_aws import process
from local_aws.process import LocalAws
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.terraform import Plan, Terraform
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("access-changes")

BEFORE = """\
name_prefix = "shop"
[engine]
version = "17.7"
[access]
roles = ["worker", "reports"]
existing_role_names = ["Orders.api", "orders-jobs"]
"""
AFTER = """\
name_prefix = "shop"
[engine]
version = "17.7"
[access]
data_api = false
roles = ["worker"]
existing_role_names = ["Orders.api"]
"""
CLUSTER = "aws_rds_cluster.aurora"
POLICIES = {
    "aws_iam_role_policy.lambda_aurora_policy",
    "aws_iam_role_policy.aurora_worker",
    'aws_iam_role_policy.existing_roles["Orders.api"]',
}


@dataclass(frozen=True)
class Deployment:
    """One deployment, whose environment file is written again."""

    aws: LocalAws
    providers: TerraformProviders
    folder: Path

    def written(self, text: str) -> Terraform:
        environments = self.folder / "environments"
        environments.mkdir(exist_ok=True)
        (environments / "shop.toml").write_text(text)
        return terraform_for("shop", self.aws, self.providers, self.folder, environments=environments)

    def data_api_is_on(self) -> bool:
        (cluster,) = self.aws.client("rds").describe_db_clusters()["DBClusters"]
        on: bool = cluster["HttpEndpointEnabled"]
        return on

    def actions_of(self, role_name: str, policy_name: str = "shop-lambda-aurora-policy") -> set[str]:
        policy: dict[str, Any] = self.aws.client("iam").get_role_policy(RoleName=role_name, PolicyName=policy_name)
        return {action for statement in policy["PolicyDocument"]["Statement"] for action in statement["Action"]}


@pytest.fixture(scope="module")
def deployment(providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    with process.start() as aws:
        for name in ("Orders.api", "orders-jobs"):
            aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=document)
        made = Deployment(aws, providers, tmp_path_factory.mktemp("access-changes"))
        terraform = made.written(BEFORE)
        terraform.init()
        terraform.apply()
        yield made


def test_every_role_gets_the_policy_and_the_second_plan_is_empty(deployment: Deployment) -> None:
    expected = deployment.actions_of("shop-lambda-aurora-role")
    assert set(DATA_API_ACTIONS) <= expected
    assert deployment.actions_of("shop-worker-aurora-role", "shop-worker-aurora-policy") == expected
    assert deployment.actions_of("Orders.api") == deployment.actions_of("orders-jobs") == expected
    plan = deployment.written(BEFORE).plan()
    assert plan.exit_status == 0, plan.text


def test_the_data_api_is_switched_off_in_place_and_no_other_role_is_touched(deployment: Deployment) -> None:
    terraform = deployment.written(AFTER)
    plan = terraform.plan()
    gone = {
        "aws_iam_role.aurora_reports",
        "aws_iam_role_policy.aurora_reports",
        "aws_iam_role_policy_attachment.aurora_reports_basic",
        'aws_iam_role_policy.existing_roles["orders-jobs"]',
    }
    assert plan.actions == {address: ["update"] for address in POLICIES | {CLUSTER}} | {
        address: ["delete"] for address in gone
    }
    assert plan.changed_arguments(CLUSTER) == {"enable_http_endpoint"}
    _the_review_says_whom_the_plan_locks_out(plan)

    terraform.apply()
    assert not deployment.data_api_is_on()
    assert terraform.outputs()["data_api_enabled"] == "Disabled"
    for role, policy in (
        ("shop-lambda-aurora-role", "shop-lambda-aurora-policy"),
        ("shop-worker-aurora-role", "shop-worker-aurora-policy"),
        ("Orders.api", "shop-lambda-aurora-policy"),
    ):
        assert not [action for action in deployment.actions_of(role, policy) if action.startswith("rds-data:")]
    iam = deployment.aws.client("iam")
    assert iam.list_role_policies(RoleName="orders-jobs")["PolicyNames"] == []
    assert terraform.plan().exit_status == 0


def _the_review_says_whom_the_plan_locks_out(plan: Plan) -> None:
    [environment] = review_of([plan_of(plan.shown, "shop")], base="the state").environments
    assert {change.address: change.kind for change in environment.resources} == {
        address: Kind.CHANGED if actions == ["update"] else Kind.DESTROYED for address, actions in plan.actions.items()
    }
    told = {(effect.address, effect.what) for effect in environment.effects if effect.kind is EffectKind.LOCK_OUT}
    assert (CLUSTER, "enable_http_endpoint is off") in told
    # That the roles may no longer use the Data API is because it is off; this one may no longer read the secret, too.
    assert {address for address, _ in told} == {CLUSTER, 'aws_iam_role_policy.existing_roles["orders-jobs"]'}
    assert environment.findings == ()
    assert environment.cost is not None
    assert [line.item for line in environment.cost.lines] == ["Data API"]


def test_the_data_api_is_switched_on_again_in_place(deployment: Deployment) -> None:
    terraform = deployment.written(AFTER.replace("data_api = false\n", ""))
    plan = terraform.plan()
    assert plan.actions == {address: ["update"] for address in POLICIES | {CLUSTER}}
    terraform.apply()
    assert deployment.data_api_is_on()
    assert terraform.outputs()["data_api_enabled"] == "Enabled"


def test_destroy_leaves_the_roles_that_existed(deployment: Deployment) -> None:
    """The last test of the module: it ends the deployment."""
    deployment.written(BEFORE).destroy()
    iam = deployment.aws.client("iam")
    assert {role["RoleName"] for role in iam.list_roles()["Roles"]} == {"Orders.api", "orders-jobs"}
    assert iam.list_role_policies(RoleName="Orders.api")["PolicyNames"] == []
