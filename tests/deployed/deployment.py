"""A deployment on local AWS as Terraform would leave it, made in a second, and the command run on it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from local_aws.process import LocalAws
from operations.target.target import Target
from operations.target.where import Where
from tests.conftest import ROOT
from tests.local_aws.conftest import unique

MASTER = "alexadmin"
PASSWORD = "Pa55-of-the-tests!never-shown"


@dataclass(frozen=True)
class Done:
    """What a command ended with."""

    status: int
    output: str
    errors: str

    @property
    def json(self) -> Any:
        return json.loads(self.output)

    @property
    def error(self) -> str:
        """The one line on standard error."""
        [line] = self.errors.splitlines()
        return line


@dataclass
class Deployment:
    """A project folder whose environment dev is deployed to local AWS."""

    aws: LocalAws
    project: Path
    cluster: str
    outputs: dict[str, Any]

    def target(self) -> Target:
        """Return it as commands have it."""
        return Where(environment="dev", local=True, project=self.project).find()

    def run(self, capsys: pytest.CaptureFixture[str], command: str, *arguments: str, where: str = "dev") -> Done:
        """Run a command on this deployment, in this process."""
        line = [command, *([where] if where else []), *arguments, "--local", "--project", str(self.project)]
        return run(capsys, *line)


def run(capsys: pytest.CaptureFixture[str], *line: str) -> Done:
    """Run a command line in this process; it must not show the password."""
    capsys.readouterr()
    status = main(line)
    captured = capsys.readouterr()
    assert PASSWORD not in captured.out + captured.err
    return Done(status, captured.out, captured.err)


def deploy(aws: LocalAws, project: Path, **arguments: Any) -> Deployment:
    """Make what the environment dev makes, and the files that a deploy leaves in `project`."""
    cluster = unique("alex")
    outputs = _make(aws, cluster, arguments)
    (project / "environments").mkdir(parents=True)
    for name in ("dev", "production"):
        (project / "environments" / f"{name}.toml").symlink_to(ROOT / "environments" / f"{name}.toml")
    folder = project / ".local-aws"
    stack = folder / "cdktf.out/stacks/dev"
    stack.mkdir(parents=True)
    (stack / "cdk.tf.json").symlink_to(ROOT / "tests/snapshots/dev.json")
    server = {"endpoint_url": aws.endpoint_url, "region": aws.region, "pid": aws.pid}
    (folder / "server.json").write_text(json.dumps(server))
    (folder / "terraform.dev.tfstate").write_text(state_with(outputs))
    return Deployment(aws, project, cluster, outputs)


def state_with(outputs: dict[str, Any]) -> str:
    """Return a state as Terraform writes it, the password among its resources."""
    secret = {"type": "random_password", "instances": [{"attributes": {"result": PASSWORD}}]}
    described = {name: {"value": value, "type": "string"} for name, value in outputs.items()}
    return json.dumps({"version": 4, "terraform_version": "1.11.4", "outputs": described, "resources": [secret]})


def _make(aws: LocalAws, cluster: str, arguments: dict[str, Any]) -> dict[str, Any]:
    rds, iam, secrets = (aws.client(service) for service in ("rds", "iam", "secretsmanager"))
    defaults: dict[str, Any] = {
        "Engine": "aurora-postgresql",
        "EngineVersion": "17.7",
        "DBClusterIdentifier": cluster,
        "DatabaseName": "alex",
        "MasterUsername": MASTER,
        "MasterUserPassword": PASSWORD,
        "EnableHttpEndpoint": True,
        "ServerlessV2ScalingConfiguration": {"MinCapacity": 0, "MaxCapacity": 1, "SecondsUntilAutoPause": 300},
    }
    made = rds.create_db_cluster(**(defaults | _make_network(aws, cluster) | arguments))["DBCluster"]
    rds.create_db_instance(
        DBInstanceIdentifier=f"{cluster}-0",
        DBClusterIdentifier=cluster,
        DBInstanceClass="db.serverless",
        Engine="aurora-postgresql",
    )
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}]}
    role = iam.create_role(RoleName=f"{cluster}-role", AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    text = json.dumps({"username": MASTER, "password": PASSWORD})
    secret = secrets.create_secret(Name=f"{cluster}-credentials", SecretString=text)
    return {
        "aurora_cluster_arn": made["DBClusterArn"],
        "aurora_cluster_endpoint": made["Endpoint"],
        "aurora_reader_endpoint": made["ReaderEndpoint"],
        "aurora_port": made["Port"],
        "aurora_secret_arn": secret["ARN"],
        "database_name": "alex",
        "lambda_role_arn": role["Arn"],
        "data_api_enabled": "Enabled",
    }


def _make_network(aws: LocalAws, cluster: str) -> dict[str, Any]:
    """Return the arguments of CreateDBCluster for a subnet group and a security group made here."""
    ec2 = aws.client("ec2")
    vpc = ec2.describe_vpcs()["Vpcs"][0]
    group = ec2.create_security_group(GroupName=f"{cluster}-sg", Description="x", VpcId=vpc["VpcId"])["GroupId"]
    rule = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": vpc["CidrBlock"]}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[rule])
    name = f"{cluster}-subnets"
    subnets = [subnet["SubnetId"] for subnet in ec2.describe_subnets()["Subnets"]]
    aws.client("rds").create_db_subnet_group(DBSubnetGroupName=name, DBSubnetGroupDescription="x", SubnetIds=subnets)
    return {"DBSubnetGroupName": name, "VpcSecurityGroupIds": [group]}
