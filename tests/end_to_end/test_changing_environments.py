"""A running cluster whose environment file changes: what changes in place, and that nothing with data is replaced."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_aws import process
from local_aws.process import LocalAws
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.terraform import Plan, Terraform
from tests.terraform_providers.finding import TerraformProviders

CLUSTER = "aws_rds_cluster.aurora"
INSTANCE = "aws_rds_cluster_instance.aurora"

DEV = """
[capacity]
minimum_acu = 0
maximum_acu = 1
auto_pause_seconds = 300
"""
PRODUCTION = """
[capacity]
minimum_acu = 2
maximum_acu = 8
[maintenance]
apply_immediately = true
"""
WITHOUT_KMS_KEY = """
[encryption]
key = "aws-owned"
"""


class Deployment:
    """One deployment called `shop` on a local AWS of its own, whose environment file can be written again."""

    def __init__(self, folder: Path, aws: LocalAws, providers: TerraformProviders) -> None:
        self.folder, self.aws, self.providers = folder, aws, providers
        (folder / "environments").mkdir()

    def write(self, sections: str, *, top: str = "", engine: str = "") -> Terraform:
        """Write the environment file, synthesize, and return Terraform, initialized."""
        head = f'{top}\nname_prefix = "shop"\nregion = "us-east-1"\n[engine]\nversion = "17.7"\n{engine}\n'
        (self.folder / "environments" / "shop.toml").write_text(head + sections)
        terraform = terraform_for(
            "shop", self.aws, self.providers, self.folder, environments=self.folder / "environments"
        )
        terraform.init()
        return terraform

    def cluster_resource_id(self) -> str:
        """Return what AWS gives a cluster once: another one would be another cluster."""
        [cluster] = self.aws.client("rds").describe_db_clusters()["DBClusters"]
        found: str = cluster["DbClusterResourceId"]
        return found


@pytest.fixture
def deployment(providers: TerraformProviders, tmp_path: Path) -> Iterator[Deployment]:
    with process.start() as aws:
        yield Deployment(tmp_path, aws, providers)


def replaced_or_deleted(plan: Plan) -> set[str]:
    return {address for address, actions in plan.actions.items() if "delete" in actions}


@pytest.mark.xdist_group("dev-to-production")
def test_from_dev_to_production_on_a_running_cluster(deployment: Deployment) -> None:
    deployment.write(DEV).apply()
    identity = deployment.cluster_resource_id()

    # Encryption is what AWS cannot change on a running cluster: Terraform would replace it, and is not let.
    refused = deployment.write(PRODUCTION, top='preset = "production"').plan()
    assert refused.exit_status == 1
    assert "Instance cannot be destroyed" in refused.text
    assert f"{CLUSTER} has lifecycle.prevent_destroy set" in " ".join(refused.text.replace("│", " ").split())

    terraform = deployment.write(PRODUCTION + WITHOUT_KMS_KEY, top='preset = "production"')
    plan = terraform.plan()
    assert plan.exit_status == 2, plan.text
    assert plan.actions[CLUSTER] == ["update"]
    assert plan.changed_arguments(CLUSTER) >= {
        "backup_retention_period",
        "copy_tags_to_snapshot",
        "database_insights_mode",
        "deletion_protection",
        "enabled_cloudwatch_logs_exports",
        "iam_database_authentication_enabled",
        "manage_master_user_password",
        "performance_insights_enabled",
        "serverlessv2_scaling_configuration",
        "skip_final_snapshot",
    }
    assert plan.actions[INSTANCE] == ["update"]
    assert plan.actions["aws_rds_cluster_instance.reader_1"] == ["create"]
    # RDS takes the password over: Terraform's own goes, and its secret, whose suffix must not come back.
    assert replaced_or_deleted(plan) == {
        "random_id.suffix",
        "random_password.db_password",
        "aws_secretsmanager_secret.db_credentials",
        "aws_secretsmanager_secret_version.db_credentials",
    }

    terraform.apply()
    assert deployment.cluster_resource_id() == identity
    again = terraform.plan()
    assert again.exit_status == 0, again.text


@pytest.mark.xdist_group("credentials-modes")
def test_from_one_mode_of_credentials_to_another_no_cluster_is_replaced(deployment: Deployment) -> None:
    deployment.write("").apply()
    identity = deployment.cluster_resource_id()
    for mode in ("managed", "write_only", "random"):
        for other in {"managed", "write_only", "random"} - {mode}:
            terraform = deployment.write(f'[credentials]\nmode = "{other}"\n')
            assert_no_cluster_is_replaced(terraform.plan())
        terraform = deployment.write(f'[credentials]\nmode = "{mode}"\n')
        plan = terraform.plan()
        assert_no_cluster_is_replaced(plan)
        assert plan.actions[CLUSTER] == ["update"], f"to {mode}: {plan.text}"
        terraform.apply()
        again = terraform.plan()
        assert again.exit_status == 0, f"after {mode}: {again.text}"
        assert deployment.cluster_resource_id() == identity
        assert_the_role_reads_the_only_secret(deployment, terraform)


def assert_no_cluster_is_replaced(plan: Plan) -> None:
    assert plan.exit_status != 1, plan.text
    assert not [address for address in replaced_or_deleted(plan) if address.startswith("aws_rds")], plan.text


def assert_the_role_reads_the_only_secret(deployment: Deployment, terraform: Terraform) -> None:
    [secret] = deployment.aws.client("secretsmanager").list_secrets()["SecretList"]
    assert terraform.outputs()["aurora_secret_arn"] == secret["ARN"]
    policy = deployment.aws.client("iam").get_role_policy(
        RoleName="shop-lambda-aurora-role", PolicyName="shop-lambda-aurora-policy"
    )["PolicyDocument"]
    [statement] = (item for item in policy["Statement"] if "secretsmanager:GetSecretValue" in item["Action"])
    assert statement["Resource"] == secret["ARN"]


@pytest.mark.xdist_group("rotation")
def test_another_version_of_the_password_rotates_it_in_place(deployment: Deployment) -> None:
    terraform = deployment.write("[credentials]\nrotation_date = 2026-11-01\n")
    terraform.apply()
    password, secrets = terraform.password(), deployment.aws.client("secretsmanager")
    terraform = deployment.write("[credentials]\nrotation_date = 2026-12-01\n")
    plan = terraform.plan()
    assert plan.actions == {
        CLUSTER: ["update"],
        "random_password.db_password": ["delete", "create"],
        "aws_secretsmanager_secret_version.db_credentials": ["delete", "create"],
    }
    terraform.apply()
    assert terraform.password() != password
    [secret] = secrets.list_secrets()["SecretList"]
    value = json.loads(secrets.get_secret_value(SecretId=secret["ARN"])["SecretString"])
    assert value == {"username": "shopadmin", "password": terraform.password()}
    assert terraform.plan().exit_status == 0


@pytest.mark.xdist_group("write-only-replaced")
def test_a_replaced_cluster_with_a_write_only_password_answers_sql(deployment: Deployment) -> None:
    write_only = DEV + '[credentials]\nmode = "write_only"\n[database]\nname = "{name}"\n'
    deployment.write(write_only.format(name="shop")).apply()
    identity = deployment.cluster_resource_id()

    terraform = deployment.write(write_only.format(name="orders"))
    terraform.apply()
    assert deployment.cluster_resource_id() != identity
    outputs = terraform.outputs()
    answer = deployment.aws.client("rds-data").execute_statement(
        resourceArn=outputs["aurora_cluster_arn"],
        secretArn=outputs["aurora_secret_arn"],
        database="orders",
        sql="SELECT current_database()",
    )
    assert answer["records"] == [[{"stringValue": "orders"}]]
    again = terraform.plan()
    assert again.exit_status == 0, again.text


@pytest.mark.xdist_group("readers")
def test_a_reader_added_or_taken_away_touches_no_other_instance(deployment: Deployment) -> None:
    deployment.write("[instances]\nreaders = 1\n").apply()
    more = deployment.write("[instances]\nreaders = 3\n")
    plan = more.plan()
    assert plan.actions == {
        "aws_rds_cluster_instance.reader_2": ["create"],
        "aws_rds_cluster_instance.reader_3": ["create"],
    }
    more.apply()
    fewer = deployment.write("[instances]\nreaders = 2\n").plan()
    assert fewer.actions == {"aws_rds_cluster_instance.reader_3": ["delete"]}
