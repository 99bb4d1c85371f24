"""A database in the default VPC, with the defaults of the library."""

import os
import sys
from pathlib import Path

# With the installed package these lines go, and the imports that only they need.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "constructs"))
os.environ.setdefault("CDKTF_OUTDIR", str(Path(__file__).resolve().with_name("cdktf.out")))

import cdktf_fast_start.auto  # noqa: F401 (before anything imports cdktf; leave it out for the stock start)
from cdktf import App, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider
from cdktf_cdktf_provider_random.provider import RandomProvider

from aurora_serverless import AuroraDatabase
from aurora_serverless.options import DatabaseOptions, Engine

app = App()
stack = TerraformStack(app, "shop")
AwsProvider(stack, "aws", region="eu-central-1")
RandomProvider(stack, "random")
database = AuroraDatabase(stack, "database", DatabaseOptions(name_prefix="shop", engine=Engine(version="17.7")))
TerraformOutput(stack, "endpoint", value=database.endpoint)
TerraformOutput(stack, "secret_arn", value=database.secret_arn)
app.synth()
print(f"wrote {app.outdir}/stacks/{stack.node.id}")
