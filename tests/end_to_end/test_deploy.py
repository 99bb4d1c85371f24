"""Every environment that ships, from an empty account to a destroyed deployment, by the real provider.

All of it within the policy that `aurora-serverless policy` works out.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from aurora_serverless.facts.prices import load_prices
from local_aws import process
from local_aws.process import LocalAws
from stacks.environment import Environment
from stacks.environment_files import read_environment
from stacks.synthesis import synthesize
from tests.conftest import ROOT, TODAY
from tests.end_to_end.called_actions import CalledActions
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.terraform import CHANGED, Terraform
from tests.terraform_json import TerraformJson
from tests.terraform_providers.finding import TerraformProviders

ENVIRONMENTS = [
    pytest.param(path.stem, marks=pytest.mark.xdist_group(f"deploy-{path.stem}"))
    for path in sorted((ROOT / "environments").glob("*.toml"))
]


@dataclass(frozen=True)
class Deployment:
    """An environment that is applied, with what Terraform printed on the way."""

    environment: Environment
    terraform: Terraform
    aws: LocalAws
    apply_log: str

    @property
    def document(self) -> TerraformJson:
        """The stack's JSON."""
        parsed: TerraformJson = json.loads((self.terraform.folder / "cdk.tf.json").read_text())
        return parsed

    @property
    def password(self) -> str:
        """The master password, as the secret holds it, to look for it where it must not be."""
        arn = self.terraform.outputs()["aurora_secret_arn"]
        value = json.loads(self.aws.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
        assert set(value) == {"username", "password"}
        found: str = value["password"]
        return found


@pytest.fixture(scope="module", params=ENVIRONMENTS)
def deployment(
    request: pytest.FixtureRequest, providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    name = request.param
    environment = read_environment(ROOT / "environments" / f"{name}.toml")
    account_id = environment.allowed_account_ids[0] if environment.allowed_account_ids else None
    folder = tmp_path_factory.mktemp(name)
    called = CalledActions(folder / "requests.log")
    with process.start(account_id=account_id, log=called.log) as aws:
        terraform = terraform_for(name, aws, providers, folder, called=called)
        if environment.backend.bucket is None:
            terraform.init()
        else:
            aws.client("s3").create_bucket(Bucket=environment.backend.bucket)
            # Local AWS has one host name only; a real bucket is reached by its own.
            terraform.init("-backend-config=use_path_style=true")
        yield Deployment(environment, terraform, aws, terraform.apply())


def cluster_of(deployment: Deployment) -> dict[str, Any]:
    """Return the cluster as AWS describes it."""
    found = deployment.aws.client("rds").describe_db_clusters(
        DBClusterIdentifier=deployment.environment.cluster_identifier
    )
    cluster: dict[str, Any] = found["DBClusters"][0]
    return cluster


def test_apply_adds_everything(deployment: Deployment) -> None:
    resources = deployment.document["resource"]
    count = sum(len(of_type) for of_type in resources.values())
    assert f"Apply complete! Resources: {count} added, 0 changed, 0 destroyed." in deployment.apply_log
    assert len(deployment.terraform.managed()) == count


def test_the_second_plan_is_empty(deployment: Deployment) -> None:
    plan = deployment.terraform.plan()
    assert plan.exit_status == 0, plan.text


def test_encrypted_as_the_file_says_also_where_no_key_is_asked_for_and_planned(deployment: Deployment) -> None:
    """AWS then reports StorageEncrypted as false, as the provider reads it back, and the second plan is empty."""
    cluster, has_kms_key = cluster_of(deployment), deployment.environment.encryption.has_kms_key
    assert cluster["StorageEncryptionType"] == ("sse-kms" if has_kms_key else "sse-rds")
    [read_back] = [
        found
        for found in deployment.terraform.state()["resources"]
        if (found["mode"], found["type"]) == ("managed", "aws_rds_cluster")
    ]
    assert read_back["instances"][0]["attributes"]["storage_encrypted"] is has_kms_key
    assert cluster["StorageEncrypted"] is has_kms_key


def test_the_cluster_is_what_the_file_says(deployment: Deployment) -> None:
    cluster = cluster_of(deployment)
    environment = deployment.environment
    assert cluster["EngineVersion"] == str(environment.engine_version)
    assert cluster["HttpEndpointEnabled"] is True
    assert cluster["DatabaseName"] == environment.database_name
    assert cluster["BackupRetentionPeriod"] == environment.backup.retention_days
    assert cluster["ServerlessV2ScalingConfiguration"]["MinCapacity"] == environment.capacity.minimum_acu
    assert cluster["ServerlessV2ScalingConfiguration"]["MaxCapacity"] == environment.capacity.maximum_acu
    pause = cluster["ServerlessV2ScalingConfiguration"].get("SecondsUntilAutoPause")
    assert pause == environment.capacity.auto_pause_seconds
    members = {member["DBInstanceIdentifier"] for member in cluster["DBClusterMembers"]}
    assert members == set(environment.instance_identifiers)


def outputs_where_asked_for(deployment: Deployment, cluster: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if deployment.environment.encryption.has_kms_key:
        found["kms_key_arn"] = cluster["KmsKeyId"]
    if deployment.environment.makes_monitoring_role:
        instances = deployment.aws.client("rds").describe_db_instances()["DBInstances"]
        (found["monitoring_role_arn"],) = {instance["MonitoringRoleArn"] for instance in instances}
    return found


def test_the_outputs_are_the_documented_ones(deployment: Deployment) -> None:
    outputs = deployment.terraform.outputs()
    cluster = cluster_of(deployment)
    instructions = outputs.pop("setup_instructions")
    secret_arn, role_arn = outputs.pop("aurora_secret_arn"), outputs.pop("lambda_role_arn")
    assert outputs == {
        "aurora_cluster_arn": cluster["DBClusterArn"],
        "aurora_cluster_endpoint": cluster["Endpoint"],
        "aurora_reader_endpoint": cluster["ReaderEndpoint"],
        "aurora_port": cluster["Port"],
        "aurora_cluster_resource_id": cluster["DbClusterResourceId"],
        "security_group_id": cluster["VpcSecurityGroups"][0]["VpcSecurityGroupId"],
        "subnet_group_name": cluster["DBSubnetGroup"],
        "database_name": deployment.environment.database_name,
        "data_api_enabled": "Enabled",
    } | outputs_where_asked_for(deployment, cluster)
    is_managed = deployment.environment.credentials.mode == "managed"
    owned = "rds!cluster" if is_managed else deployment.environment.secret_name
    assert f":secret:{owned}-" in secret_arn
    assert role_arn.endswith(f":role/{deployment.environment.lambda_role_name}")
    minimum = deployment.environment.capacity.minimum_acu
    assert f"AURORA_CLUSTER_ARN={cluster['DBClusterArn']}\n" in instructions
    assert f"Scaling now: {minimum:g} to {deployment.environment.capacity.maximum_acu:g} ACU." in instructions
    item = "acu_hour_io_optimized" if deployment.environment.storage.type == "io_optimized" else "acu_hour_standard"
    price = load_prices().find(item, "us-east-1")
    assert price is not None
    cost = minimum * len(deployment.environment.instance_identifiers) * float(price.usd) * 730
    assert f"Estimated cost of the minimum: ${cost:.2f} a month" in instructions


def test_the_password_is_shown_by_nothing_and_in_the_state_only_where_terraform_made_it(deployment: Deployment) -> None:
    terraform = deployment.terraform
    password = deployment.password
    assert password not in "\n".join(terraform.log) + str(terraform.outputs())
    in_state = password in json.dumps(terraform.state(), ensure_ascii=False)
    assert in_state == (deployment.environment.credentials.mode == "random")


def test_two_plans_of_one_change_read_the_same_and_hide_the_password(deployment: Deployment) -> None:
    """.github/workflows/deploy.yml applies a plan only if it reads as the one that was approved."""
    terraform = deployment.terraform
    shown = []
    for _ in range(2):
        terraform.run("plan", "-out=change.tfplan", variables={"max_capacity": 64})
        shown.append(terraform.run("show", "-no-color", "change.tfplan").stdout)
    (terraform.folder / "change.tfplan").unlink()
    assert shown[0] == shown[1]
    assert "max_capacity" in shown[0]
    assert deployment.password not in shown[0]


def test_a_cluster_changed_by_hand_is_planned_back_and_nothing_else(deployment: Deployment) -> None:
    rds = deployment.aws.client("rds")
    days = deployment.environment.backup.retention_days
    identifier = deployment.environment.cluster_identifier
    rds.modify_db_cluster(DBClusterIdentifier=identifier, BackupRetentionPeriod=days + 5, ApplyImmediately=True)
    plan = deployment.terraform.plan()
    rds.modify_db_cluster(DBClusterIdentifier=identifier, BackupRetentionPeriod=days, ApplyImmediately=True)
    assert plan.exit_status == CHANGED
    assert plan.actions == {"aws_rds_cluster.aurora": ["update"]}
    assert plan.changed_arguments("aws_rds_cluster.aurora") == {"backup_retention_period"}


def test_a_data_api_switched_off_by_hand_is_planned_on_again(deployment: Deployment) -> None:
    rds = deployment.aws.client("rds")
    arn = cluster_of(deployment)["DBClusterArn"]
    rds.disable_http_endpoint(ResourceArn=arn)
    plan = deployment.terraform.plan()
    rds.enable_http_endpoint(ResourceArn=arn)
    assert plan.actions == {"aws_rds_cluster.aurora": ["update"]}
    assert plan.changed_arguments("aws_rds_cluster.aurora") == {"enable_http_endpoint"}


def security_group_of(deployment: Deployment) -> str:
    """Return the id of the database's security group."""
    name = deployment.environment.security_group_name
    named = [{"Name": "group-name", "Values": [name]}]
    (group,) = deployment.aws.client("ec2").describe_security_groups(Filters=named)["SecurityGroups"]
    id_: str = group["GroupId"]
    return id_


def test_a_security_group_rule_taken_out_by_hand_is_planned_again_and_nothing_else(deployment: Deployment) -> None:
    ec2, group = deployment.aws.client("ec2"), security_group_of(deployment)
    (permission,) = ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[permission])
    plan = deployment.terraform.plan()
    if deployment.environment.network.security_group_rules == "inline":
        ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[permission])
        assert plan.actions == {"aws_security_group.aurora": ["update"]}
        assert plan.changed_arguments("aws_security_group.aurora") == {"ingress"}
    else:
        assert plan.actions == {"aws_vpc_security_group_ingress_rule.postgresql_from_vpc": ["create"]}
        deployment.terraform.apply()  # it is another rule then, which AWS gives a new id


def test_a_security_group_rule_added_by_hand_is_seen_only_where_the_rules_are_inside(deployment: Deployment) -> None:
    ec2, group = deployment.aws.client("ec2"), security_group_of(deployment)
    rule = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    plan = deployment.terraform.plan()
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[rule])
    if deployment.environment.network.security_group_rules == "separate":
        assert plan.actions == {}
        return
    assert plan.actions == {"aws_security_group.aurora": ["update"]}
    assert plan.changed_arguments("aws_security_group.aurora") == {"ingress"}
    change = plan.changes["aws_security_group.aurora"]
    assert {rule["from_port"] for rule in change["before"]["ingress"]} == {22, 5432}
    assert {rule["from_port"] for rule in change["after"]["ingress"]} == {5432}


def test_another_minimum_is_applied_and_stays_applied(deployment: Deployment) -> None:
    """The pause is sent only while the minimum is 0, and taken out when it rises."""
    minimum = int(deployment.environment.capacity.minimum_acu) + 1
    deployment.terraform.apply(min_capacity=minimum)
    scaling = cluster_of(deployment)["ServerlessV2ScalingConfiguration"]
    assert scaling["MinCapacity"] == minimum
    assert "SecondsUntilAutoPause" not in scaling
    plan = deployment.terraform.plan(min_capacity=minimum)
    assert plan.exit_status == 0, plan.text


def test_protection_refuses_to_destroy_what_it_protects(deployment: Deployment) -> None:
    protection = deployment.environment.protection
    if protection.prevent_destroy:
        refusal = deployment.terraform.run("destroy", "-auto-approve", allowed=(1,)).stdout
        assert "Instance cannot be destroyed" in refusal
    identifier = deployment.environment.cluster_identifier
    assert cluster_of(deployment)["DeletionProtection"] == bool(protection.deletion_protection)
    if protection.deletion_protection:
        with pytest.raises(ClientError, match="deletion protection"):
            deployment.aws.client("rds").delete_db_cluster(DBClusterIdentifier=identifier, SkipFinalSnapshot=True)
    assert cluster_of(deployment)["Status"] == "available"


def test_destroy_leaves_nothing_but_the_final_snapshot(deployment: Deployment) -> None:
    """The last test of the module: it ends the deployment."""
    environment, terraform = deployment.environment, deployment.terraform
    if environment.protection.prevent_destroy:
        # As a person does it: two lines of the file, a deploy, then the destroy.
        lifted = environment.protection.model_copy(update={"prevent_destroy": False, "deletion_protection": False})
        output = terraform.folder.parents[1]
        synthesize([environment.model_copy(update={"protection": lifted})], output, today=TODAY)
        terraform.apply()
    terraform.destroy()
    assert terraform.managed() == []
    aws = deployment.aws
    assert aws.client("rds").describe_db_clusters()["DBClusters"] == []
    assert aws.client("rds").describe_db_instances()["DBInstances"] == []
    assert aws.client("rds").describe_db_subnet_groups()["DBSubnetGroups"] == []
    snapshots = aws.client("rds").describe_db_cluster_snapshots()["DBClusterSnapshots"]
    names = [snapshot["DBClusterSnapshotIdentifier"] for snapshot in snapshots]
    assert len([name for name in names if "-final-" in name]) == int(environment.protection.final_snapshot)
    assert aws.client("secretsmanager").list_secrets()["SecretList"] == []
    assert aws.client("iam").list_roles()["Roles"] == []
    assert aws.client("cloudwatch").describe_alarms()["MetricAlarms"] == []
    groups = aws.client("ec2").describe_security_groups()["SecurityGroups"]
    assert {group["GroupName"] for group in groups} == {"default"}
