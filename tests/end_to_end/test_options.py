"""Options in combinations: applied by the real provider, planned empty afterwards, and destroyed.

Each within the policy that `aurora-serverless policy` works out.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from aurora_serverless.credentials import PASSWORD_LENGTH
from aurora_serverless.monitoring_role import MONITORING_SERVICE
from aurora_serverless.rules.database_policy import trust_policy
from local_aws import process
from local_aws.process import LocalAws
from tests.end_to_end.called_actions import CalledActions
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.terraform import Terraform
from tests.terraform_providers.finding import TerraformProviders

OPTIONS = Path(__file__).parent / "options"
EXISTING_PASSWORD = "only-for-this-machine"


@dataclass(frozen=True)
class Applied:
    """A file of options that is applied."""

    name: str
    terraform: Terraform
    aws: LocalAws

    def cluster(self) -> dict[str, Any]:
        (cluster,) = self.aws.client("rds").describe_db_clusters()["DBClusters"]
        found: dict[str, Any] = cluster
        return found


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(path.stem, marks=pytest.mark.xdist_group(f"options-{path.stem}"))
        for path in sorted(OPTIONS.glob("*.toml"))
    ],
)
def applied(
    request: pytest.FixtureRequest, providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Applied]:
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    called = CalledActions(folder / "requests.log")
    with process.start(log=called.log) as aws:
        ids = _make_what_exists(aws)
        environments = folder / "environments"
        environments.mkdir()
        for path in OPTIONS.glob("*.toml"):
            text = path.read_text(encoding="utf-8")
            for written, made in ids.items():
                text = text.replace(written, made)
            (environments / path.name).write_text(text, encoding="utf-8")
        terraform = terraform_for(name, aws, providers, folder, environments=environments, called=called)
        terraform.init()
        terraform.apply()
        yield Applied(name, terraform, aws)


def _credentials_of(username: str) -> str:
    return json.dumps({"username": username, "password": EXISTING_PASSWORD})


def _make_what_exists(aws: LocalAws) -> dict[str, str]:
    """Make what some of the files find in AWS, and return the ids that AWS chose by those in the files."""
    rds, family, description = aws.client("rds"), "aurora-postgresql17", "Others"
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName="others-cluster17", DBParameterGroupFamily=family, Description=description
    )
    rds.create_db_parameter_group(
        DBParameterGroupName="others-instances17", DBParameterGroupFamily=family, Description=description
    )
    subnets = [subnet["SubnetId"] for subnet in aws.client("ec2").describe_subnets()["Subnets"]]
    rds.create_db_subnet_group(
        DBSubnetGroupName="others-subnets", DBSubnetGroupDescription=description, SubnetIds=subnets
    )
    trust = trust_policy(MONITORING_SERVICE)
    aws.client("iam").create_role(RoleName="others-monitoring", AssumeRolePolicyDocument=trust)
    aws.client("logs").create_log_group(logGroupName="/aws/rds/cluster/network-aurora/postgresql")
    value = _credentials_of("orders_owner")
    secret = aws.client("secretsmanager").create_secret(Name="others", SecretString=value)["ARN"]
    group = aws.client("ec2").create_security_group(GroupName="others", Description=description)["GroupId"]
    return {"arn:aws:secretsmanager:us-east-1:123456789012:secret:others-AbCdEf": secret, "sg-00000000": group}


def test_the_plan_after_the_apply_is_empty(applied: Applied) -> None:
    plan = applied.terraform.plan()
    assert plan.exit_status == 0, plan.text


def test_no_password_is_in_the_state(applied: Applied) -> None:
    secrets = applied.aws.client("secretsmanager")
    state, log = json.dumps(applied.terraform.state(), ensure_ascii=False), "\n".join(applied.terraform.log)
    master, users = (
        applied.terraform.outputs()["aurora_secret_arn"],
        applied.terraform.outputs().get("user_secret_arns", {}),
    )
    found = {secret["ARN"] for secret in secrets.list_secrets()["SecretList"] if secret["Name"] != "others"}
    assert found | {master} == {master, *users.values()}
    for arn in found | {master}:
        value = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
        assert value.keys() >= {"username", "password"}
        assert value["password"] not in state
        assert value["password"] not in log


def test_the_secret_of_a_user_says_where_its_database_is(applied: Applied) -> None:
    secrets, cluster = applied.aws.client("secretsmanager"), applied.cluster()
    for user, arn in applied.terraform.outputs().get("user_secret_arns", {}).items():
        value = json.loads(secrets.get_secret_value(SecretId=arn)["SecretString"])
        assert len(value.pop("password")) == PASSWORD_LENGTH
        assert value == {
            "engine": "postgres",
            "host": cluster["Endpoint"],
            "port": cluster["Port"],
            "dbname": cluster["DatabaseName"],
            "username": user,
        }


def test_the_role_reads_the_right_secret(applied: Applied) -> None:
    outputs = applied.terraform.outputs()
    master = outputs["aurora_secret_arn"]
    readable = outputs["user_secret_arns"][outputs["application_user"]] if "application_user" in outputs else master
    iam = applied.aws.client("iam")
    prefix = applied.name
    policy = iam.get_role_policy(RoleName=f"{prefix}-lambda-aurora-role", PolicyName=f"{prefix}-lambda-aurora-policy")[
        "PolicyDocument"
    ]
    # The first of them: a role may read other secrets beside the database's.
    statement = next(item for item in policy["Statement"] if "secretsmanager:GetSecretValue" in item["Action"])
    assert statement["Resource"] == readable
    assert (master in json.dumps(policy)) is (readable == master)


def test_what_others_made_is_used_where_the_file_says_so(applied: Applied) -> None:
    [group] = applied.aws.client("ec2").describe_security_groups(GroupNames=["others"])["SecurityGroups"]
    groups = [one["VpcSecurityGroupId"] for one in applied.cluster()["VpcSecurityGroups"]]
    assert (groups == [group["GroupId"]]) is (applied.name == "no-data-api")
    let_in = [(rule["FromPort"], rule["ToPort"]) for rule in group["IpPermissions"]]
    assert let_in == ([(5432, 5432)] if applied.name == "no-data-api" else [])
    if applied.name == "no-data-api":
        assert_another_secret_is_refused(applied)


def assert_another_secret_is_refused(applied: Applied) -> None:
    secrets = applied.aws.client("secretsmanager")
    secrets.put_secret_value(SecretId="others", SecretString=_credentials_of("somebody"))
    refused = applied.terraform.run("plan", allowed=(1,)).stdout
    secrets.put_secret_value(SecretId="others", SecretString=_credentials_of("orders_owner"))
    assert 'write a JSON object with username = "orders_owner"' in " ".join(refused.replace("│", "").split())
    assert EXISTING_PASSWORD not in refused
    assert "somebody" not in refused
    assert applied.terraform.plan().exit_status == 0


def test_database_users_log_in_to_what_was_made(applied: Applied) -> None:
    iam, prefix = applied.aws.client("iam"), applied.name
    policy = iam.get_role_policy(RoleName=f"{prefix}-lambda-aurora-role", PolicyName=f"{prefix}-lambda-aurora-policy")
    logins = [item for item in policy["PolicyDocument"]["Statement"] if item["Action"] == ["rds-db:connect"]]
    named = {arn.split(":")[6].partition("/")[0] for item in logins for arn in item["Resource"]}
    proxies = applied.aws.client("rds").describe_db_proxies()["DBProxies"]
    there = {applied.cluster()["DbClusterResourceId"], *(proxy["DBProxyArn"].split(":")[6] for proxy in proxies)}
    assert named == (there if applied.name == "access" else set())
    # The file names the user of the roles.
    assert {arn.rpartition("/")[2] for item in logins for arn in item["Resource"]} <= {"orders_app"}


def test_destroy_leaves_no_cluster(applied: Applied) -> None:
    """The last test of the module: it ends the deployment."""
    applied.terraform.destroy()
    assert applied.terraform.managed() == []
    assert applied.aws.client("rds").describe_db_clusters()["DBClusters"] == []
    # What others made stays.
    assert applied.aws.client("secretsmanager").describe_secret(SecretId="others")["Name"] == "others"
    assert applied.aws.client("ec2").describe_security_groups(GroupNames=["others"])["SecurityGroups"]
