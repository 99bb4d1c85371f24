"""Two databases in one stack: one for orders, and one for reports, into which functions of the first may look."""

import os
import sys
from pathlib import Path

# With the installed package these lines go, and the imports that only they need.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "constructs"))
os.environ.setdefault("CDKTF_OUTDIR", str(Path(__file__).resolve().with_name("cdktf.out")))

import cdktf_fast_start.auto  # noqa: F401 (before anything imports cdktf; leave it out for the stock start)
from cdktf import App, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from aurora_serverless import AuroraDatabase
from aurora_serverless.options import Backup, Capacity, Credentials, DatabaseOptions, Engine, Monitoring

REGION = "eu-central-1"

app = App()
stack = TerraformStack(app, "databases")
AwsProvider(stack, "aws", region=REGION)

# What both have is said once. The names of all resources begin with name_prefix, which is what tells them apart.
ORDERS = DatabaseOptions(
    name_prefix="orders",
    region=REGION,
    engine=Engine(version="17.7"),
    capacity=Capacity(minimum_acu=0.5, maximum_acu=8),
    credentials=Credentials(mode="managed"),
    backup=Backup(retention_days=35),
    monitoring=Monitoring(alarms=True, log_retention_days=90),
    tags={"Team": "orders"},
)
REPORTS = DatabaseOptions(
    name_prefix="reports",
    region=REGION,
    engine=Engine(version="17.7"),
    capacity=Capacity(minimum_acu=0, maximum_acu=4, auto_pause_seconds=600),
    credentials=Credentials(mode="managed"),
    tags={"Team": "reports"},
)

orders = AuroraDatabase(stack, "orders", ORDERS)
reports = AuroraDatabase(stack, "reports", REPORTS)
reports.grant_data_api(orders.lambda_role)

for database in (orders, reports):
    TerraformOutput(stack, f"{database.cluster_identifier}-endpoint", value=database.endpoint)
app.synth()
print(f"wrote {app.outdir}/stacks/{stack.node.id}")
