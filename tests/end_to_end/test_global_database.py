"""A global database of two stacks in two Regions: by the real provider, from a cluster that runs already."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws import process
from tests.end_to_end.called_actions import CalledActions
from tests.end_to_end.deployments import Deployments
from tests.end_to_end.terraform import Terraform
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("global-database")

FILES = Path(__file__).parent / "recovery"
SECRET_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:orders-AbCdEf"
GLOBAL_CLUSTER = "aws_rds_global_cluster.aurora"
ABROAD = "eu-west-1"


def text_of(name: str) -> str:
    return (FILES / f"{name}.toml").read_text()


def on_its_own() -> str:
    return text_of("primary").partition("[global_database]")[0]


@pytest.fixture(scope="module")
def deployments(providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployments]:
    """Return deployments beside a cluster that runs, and is in no global database."""
    folder = tmp_path_factory.mktemp("global")
    called = CalledActions(folder / "requests.log")
    with process.start(log=called.log) as aws:
        made = Deployments(aws, providers, folder, called)
        made.terraform("primary", on_its_own()).apply()
        yield made


@pytest.fixture(scope="module")
def primary(deployments: Deployments) -> Terraform:
    """Return the same cluster as a primary."""
    terraform = deployments.terraform("primary", text_of("primary"))
    plan = terraform.plan()
    assert plan.actions == {GLOBAL_CLUSTER: ["create"]}, "a running cluster is neither changed nor replaced"
    terraform.apply()
    return terraform


@pytest.fixture(scope="module")
def secondary(deployments: Deployments, primary: Terraform) -> Terraform:
    """Return a cluster that follows it, in another Region."""
    (secret_arn,) = primary.outputs()["aurora_secret_replica_arns"]
    terraform = deployments.terraform("secondary", text_of("secondary").replace(SECRET_ARN, secret_arn), region=ABROAD)
    terraform.apply()
    return terraform


def test_a_primary_plans_empty(primary: Terraform) -> None:
    plan = primary.plan()
    assert plan.exit_status == 0, plan.text


def test_a_secondary_follows_and_both_plan_empty(
    deployments: Deployments, primary: Terraform, secondary: Terraform
) -> None:
    (found,) = deployments.aws.client("rds").describe_global_clusters()["GlobalClusters"]
    assert [member["IsWriter"] for member in found["GlobalClusterMembers"]] == [True, False]
    cluster = deployments.cluster("orders-west-aurora", region=ABROAD)
    assert cluster["StorageEncrypted"] is True
    assert f":{ABROAD}:" in cluster["KmsKeyId"]
    for terraform in (primary, secondary):
        plan = terraform.plan()
        assert plan.exit_status == 0, plan.text


def test_a_secondary_has_no_password_and_its_role_reads_the_replica(
    deployments: Deployments, secondary: Terraform
) -> None:
    managed = secondary.managed()
    assert not [address for address in managed if address.startswith(("random_password", "aws_secretsmanager"))]
    policy = deployments.aws.client("iam").get_role_policy(
        RoleName="orders-west-lambda-aurora-role", PolicyName="orders-west-lambda-aurora-policy"
    )["PolicyDocument"]
    (statement,) = (item for item in policy["Statement"] if "secretsmanager:GetSecretValue" in item["Action"])
    value = deployments.aws.client("secretsmanager", region=ABROAD).get_secret_value(SecretId=statement["Resource"])
    assert json.loads(value["SecretString"])["username"] == "ordersadmin"


def test_a_secondary_and_then_the_global_database_are_taken_away_again(
    deployments: Deployments, primary: Terraform, secondary: Terraform
) -> None:
    """The last test of the module: it ends the deployments."""
    secondary.destroy()
    plan = primary.plan()
    assert plan.exit_status == 0, plan.text
    without = deployments.terraform("primary", on_its_own())
    assert without.plan().actions == {GLOBAL_CLUSTER: ["delete"]}
    without.apply()
    plan = without.plan()
    assert plan.exit_status == 0, plan.text
    without.destroy()
    assert without.managed() == []
