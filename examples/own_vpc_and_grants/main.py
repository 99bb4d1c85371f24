"""A VPC, the database in it, roles that may use it, and an alarm, all of one program."""

import json
import os
import sys
from pathlib import Path

# With the installed package these lines go, and the imports that only they need.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "constructs"))
os.environ.setdefault("CDKTF_OUTDIR", str(Path(__file__).resolve().with_name("cdktf.out")))

import cdktf_fast_start.auto  # noqa: F401 (before anything imports cdktf; leave it out for the stock start)
from cdktf import App, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws.vpc import Vpc

from aurora_serverless import AuroraDatabase
from aurora_serverless.options import Access, Capacity, Credentials, DatabaseOptions, Encryption, Engine, Network

REGION = "eu-central-1"


def role(stack: TerraformStack, name: str, service: str) -> IamRole:
    """Return a role that a service of AWS may take."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    return IamRole(stack, name, name=name, assume_role_policy=policy)


app = App()
stack = TerraformStack(app, "store")
AwsProvider(stack, "aws", region=REGION)

vpc = Vpc(stack, "vpc", cidr_block="10.20.0.0/16", enable_dns_support=True, enable_dns_hostnames=True)
subnets = [
    Subnet(
        stack,
        f"database-{zone}",
        vpc_id=vpc.id,
        cidr_block=f"10.20.{number}.0/24",
        availability_zone=f"{REGION}{zone}",
    )
    for number, zone in enumerate("abc")
]
workers = SecurityGroup(stack, "workers", name="store-workers", vpc_id=vpc.id)

database = AuroraDatabase(
    stack,
    "database",
    DatabaseOptions(
        name_prefix="store",
        region=REGION,
        engine=Engine(version="17.7"),
        capacity=Capacity(minimum_acu=0.5, maximum_acu=16),
        # Each subnet by itself: Terraform can then check their zones, though it does not know the ids yet.
        network=Network(
            vpc_id=vpc.id,
            subnet_ids=tuple(subnet.id for subnet in subnets),
            allowed_cidr_blocks=("10.20.128.0/20",),
            egress="closed",
            interface_endpoints=("rds-data", "secretsmanager"),
        ),
        credentials=Credentials(mode="managed"),
        access=Access(iam_authentication=True),
        encryption=Encryption(key="own"),
        tags={"Team": "store"},
    ),
)
database.connections.allow_from(workers)

# Each role gets what it needs: SQL through the Data API, a login as one database user, or the master user's password.
database.grant_data_api(role(stack, "store-api", "lambda.amazonaws.com"))
database.grant_connect(role(stack, "store-worker", "ecs-tasks.amazonaws.com"), "worker")
database.grant_read_secret(role(stack, "store-migrations", "codebuild.amazonaws.com"))

pager = SnsTopic(stack, "pager", name="store-pager")
database.metric_acu_utilization().create_alarm(
    "busy", alarm_name="store-database-busy", threshold=80, evaluation_periods=15, action_arns=[pager.arn]
)

TerraformOutput(stack, "endpoint", value=database.endpoint)
app.synth()
print(f"wrote {app.outdir}/stacks/{stack.node.id}")
