"""A database, and a Lambda function that asks it through the Data API: `handler.py` beside this file.

The function's zip has the client in it, which needs nothing but the boto3 that Lambda has.
"""

import importlib.util
import os
import shutil
import sys
from pathlib import Path

# With the installed packages these lines go, and the imports that only they need.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "constructs"))
sys.path.insert(1, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("CDKTF_OUTDIR", str(Path(__file__).resolve().with_name("cdktf.out")))

import cdktf_fast_start.auto  # noqa: F401 (before anything imports cdktf; leave it out for the stock start)
from cdktf import App, AssetType, Fn, TerraformAsset, TerraformOutput, TerraformStack
from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction, LambdaFunctionEnvironment
from cdktf_cdktf_provider_aws.provider import AwsProvider

from aurora_serverless import AuroraDatabase
from aurora_serverless.options import Credentials, DatabaseOptions, Engine

CLIENT = "aurora_serverless_data_api"


def bundle(folder: Path) -> Path:
    """Put the function's code and the client, wherever it is installed, into a folder, and return it."""
    found = importlib.util.find_spec(CLIENT)
    if found is None or found.origin is None:
        sys.exit(f"error: {CLIENT} is not installed; install it as docs/packages.md says")
    shutil.rmtree(folder, ignore_errors=True)
    # What Python compiled here would make another zip on each machine.
    shutil.copytree(Path(found.origin).parent, folder / CLIENT, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(Path(__file__).with_name("handler.py"), folder)
    return folder


app = App()
stack = TerraformStack(app, "orders")
AwsProvider(stack, "aws", region="eu-central-1")
database = AuroraDatabase(
    stack,
    "database",
    DatabaseOptions(name_prefix="orders", engine=Engine(version="17.7"), credentials=Credentials(mode="managed")),
)

code = TerraformAsset(stack, "code", path=str(bundle(Path(app.outdir).resolve() / "function")), type=AssetType.ARCHIVE)
function = LambdaFunction(
    stack,
    "recent-orders",
    function_name="recent-orders",
    runtime="python3.13",
    handler="handler.handler",
    filename=code.path,
    source_code_hash=Fn.filebase64sha256(code.path),
    # A paused cluster needs about 15 seconds to wake up.
    timeout=30,
    # Made with the database: it may call the Data API, read the secret and write logs.
    role=database.lambda_role.arn,
    environment=LambdaFunctionEnvironment(
        variables={
            "AURORA_CLUSTER_ARN": database.arn,
            "AURORA_SECRET_ARN": database.secret_arn,
            "DATABASE_NAME": database.database_name,
        }
    ),
)
TerraformOutput(stack, "function", value=function.function_name)
app.synth()
print(f"wrote {app.outdir}/stacks/{stack.node.id}")
