"""Constructs one by one, for who needs a part of a database: four stacks, each with one of them.

Addresses come from the constructs' paths here, so a stack could hold several of each.
"""

import os
import sys
from pathlib import Path

# With the installed package these lines go, and the imports that only they need.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "constructs"))
os.environ.setdefault("CDKTF_OUTDIR", str(Path(__file__).resolve().with_name("cdktf.out")))

import cdktf_fast_start.auto  # noqa: F401 (before anything imports cdktf; leave it out for the stock start)
from cdktf import App, TerraformOutput, TerraformStack, TerraformVariable
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_random.provider import RandomProvider
from constructs import Construct

from aurora_serverless.cluster import AuroraServerlessCluster
from aurora_serverless.credentials import DatabaseCredentials
from aurora_serverless.lambda_role import LambdaRole
from aurora_serverless.master_password import MasterPassword
from aurora_serverless.network import DatabaseNetwork
from aurora_serverless.rules.engine import EngineVersion

REGION = "eu-central-1"
TAGS = {"Team": "orders"}


class NetworkStack(TerraformStack):
    """A subnet group and a security group, for databases that others make."""

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        AwsProvider(self, "aws", region=REGION)
        network = DatabaseNetwork(
            self,
            "orders",
            subnet_group_name="orders-subnets",
            security_group_name="orders-db",
            security_group_description="Security group of the orders database",
            tags=TAGS,
        )
        TerraformOutput(self, "security_group_id", value=network.security_group_id)


class CredentialsStack(TerraformStack):
    """A random password in a secret, for a database that exists already."""

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        AwsProvider(self, "aws", region=REGION)
        RandomProvider(self, "random")
        # The prebuilt bindings ask for exactly the version they were made from; a range takes fixes too.
        self.add_override("terraform.required_providers.random.version", "~> 3.5")
        credentials = DatabaseCredentials(
            self,
            "orders",
            master_username="orders",
            secret_name="orders-db",  # noqa: S106 (a name, not a secret)
            recovery_window_days=7,
            tags=TAGS,
        )
        TerraformOutput(self, "secret_arn", value=credentials.secret_arn)


class ClusterStack(TerraformStack):
    """Two clusters in a network that exists already."""

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        AwsProvider(self, "aws", region=REGION)
        for name in ("orders", "reports"):
            password = TerraformVariable(self, f"{name}_password", type="string", sensitive=True)
            cluster = AuroraServerlessCluster(
                self,
                name,
                cluster_identifier=name,
                instance_identifiers=[f"{name}-0"],
                engine_version=EngineVersion.parse("17.7"),
                minimum_acu=0,
                maximum_acu=2,
                auto_pause_seconds=900,
                database_name=name,
                master_username=name,
                master_password=MasterPassword.given(password.string_value),
                subnet_group_name="databases",
                security_group_ids=["sg-0123456789abcdef0"],
                final_snapshot_identifier=f"{name}-final",
                tags=TAGS,
            )
            TerraformOutput(self, f"{name}_endpoint", value=cluster.endpoint)


class RoleStack(TerraformStack):
    """A Lambda role for a database that exists already."""

    def __init__(self, scope: Construct, id_: str) -> None:
        super().__init__(scope, id_)
        AwsProvider(self, "aws", region=REGION)
        role = LambdaRole(
            self,
            "orders",
            role_name="orders-functions",
            policy_name="orders-database",
            cluster_arn=f"arn:aws:rds:{REGION}:123456789012:cluster:orders",
            secret_arn=f"arn:aws:secretsmanager:{REGION}:123456789012:secret:orders-db-AbCdEf",
            region=REGION,
            account_id="123456789012",
            tags=TAGS,
        )
        TerraformOutput(self, "role_arn", value=role.arn)


if __name__ == "__main__":
    app = App()
    NetworkStack(app, "orders-network")
    CredentialsStack(app, "orders-credentials")
    ClusterStack(app, "clusters")
    RoleStack(app, "orders-role")
    app.synth()
    for stack in app.node.children:
        print(f"wrote {app.outdir}/stacks/{stack.node.id}")
