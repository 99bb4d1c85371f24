"""Two databases that others have made: one is looked up when Terraform plans, of the other one this program knows all.

Nothing of them is changed but that a role may use them, and that somebody may reach the one that was looked up.
"""

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

from aurora_serverless import AuroraDatabase

REGION = "eu-central-1"
ACCOUNT_ID = "123456789012"

app = App()
stack = TerraformStack(app, "reports")
AwsProvider(stack, "aws", region=REGION)

trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
role = IamRole(
    stack,
    "reports",
    name="reports",
    assume_role_policy=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
)

# A plan fails unless this cluster is there. AWS tells of its secret only where RDS manages that; else give secret_arn.
orders = AuroraDatabase.from_lookup(stack, "orders", cluster_identifier="orders-aurora")
orders.grant_data_api(role)
orders.connections.allow_from("10.20.0.0/16")
orders.metric_connections().create_alarm("many", alarm_name="orders-connections", threshold=500)

# This one need not be there, and the plan asks AWS nothing. What a grant needs and is not said is refused.
archive = AuroraDatabase.from_attributes(
    stack,
    "archive",
    cluster_identifier="archive",
    region=REGION,
    account_id=ACCOUNT_ID,
    resource_id="cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    secret_arn=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT_ID}:secret:archive-AbCdEf",
)
archive.grant_read_secret(role)
archive.grant_connect(role, "reader")

TerraformOutput(stack, "orders_reader_endpoint", value=orders.reader_endpoint)
app.synth()
print(f"wrote {app.outdir}/stacks/{stack.node.id}")
