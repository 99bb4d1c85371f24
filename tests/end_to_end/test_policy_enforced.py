"""Where IAM enforces it, the policy of an environment is all that Terraform needs, and one action less is too little.

moto looks at the actions of a policy only: resources and conditions are widened to what it takes for a match.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest
from botocore.config import Config  # type: ignore[import-untyped]

from analysis.policy.policy import policy_of
from analysis.synthesized.stack import read_stack
from local_aws import process
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.terraform import Terraform
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("policy-enforced")

NEEDED: dict[str, tuple[str, ...]] = {
    "plan": ("ec2:DescribeSubnets", "ec2:DescribeVpcs"),
    "apply": ("rds:CreateDBCluster", "iam:PutRolePolicy"),
    "destroy": ("iam:GetRolePolicy", "rds:DeleteDBCluster"),
}
"""Actions that are taken away one at a time, by the command that then fails."""


@dataclass(frozen=True)
class Deployer:
    """A user of local AWS who may do what the policy says, less what is taken away."""

    terraform: Terraform
    actions: frozenset[str]
    administrator: Any
    """A client of IAM that may change policies."""

    def may_not(self, *taken: str) -> None:
        statement = {"Effect": "Allow", "Action": sorted(self.actions - set(taken)), "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        self.administrator.put_user_policy(UserName="deployer", PolicyName="dev", PolicyDocument=document)

    def is_refused(self, action: str, command: str, *arguments: str) -> bool:
        """Whether a command fails at an action that is taken away; moto's refusals by RDS have no words."""
        self.may_not(action)
        service, operation = action.split(":")
        refused = re.compile(rf"operation error {service}: {operation}, .* StatusCode: 403", re.IGNORECASE)
        return refused.search(self.terraform.run(command, *arguments, allowed=(1,)).stdout) is not None


def _key_of(iam: Any, user: str) -> dict[str, str]:
    iam.create_user(UserName=user)
    key = iam.create_access_key(UserName=user)["AccessKey"]
    return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}


SETUP_REQUESTS = 5
"""Those of the fixture itself, which moto takes without a key; all after them need one, and a policy."""


@pytest.fixture
def deployer(providers: TerraformProviders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployer]:
    folder = tmp_path
    monkeypatch.setenv("INITIAL_NO_AUTH_ACTION_COUNT", str(SETUP_REQUESTS))
    with process.start() as aws:
        terraform = terraform_for("dev", aws, providers, folder)
        terraform.init()
        iam = aws.client("iam")
        keys = {user: _key_of(iam, user) for user in ("administrator", "deployer")}
        everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
        iam.put_user_policy(UserName="administrator", PolicyName="all", PolicyDocument=json.dumps(everything))
        terraform.environment |= keys["deployer"]
        administrator = boto3.client(
            "iam",
            endpoint_url=aws.endpoint_url,
            region_name=aws.region,
            config=Config(proxies={}),
            **{name.lower(): value for name, value in keys["administrator"].items()},
        )
        stack = read_stack(terraform.folder / "cdk.tf.json")
        actions = policy_of(stack, region=None, account_id=None, partition="aws", plan_only=False).actions
        yield Deployer(terraform, actions, administrator)


def test_the_policy_is_enough_and_an_action_less_is_too_little(deployer: Deployer) -> None:
    for action in NEEDED["plan"]:
        assert deployer.is_refused(action, "plan")
    for action in NEEDED["apply"]:
        assert deployer.is_refused(action, "apply", "-auto-approve")
    deployer.may_not()
    deployer.terraform.apply()
    assert deployer.terraform.plan().exit_status == 0
    for action in NEEDED["destroy"]:
        assert deployer.is_refused(action, "destroy", "-auto-approve")
    deployer.may_not()
    deployer.terraform.destroy()
    assert deployer.terraform.managed() == []
