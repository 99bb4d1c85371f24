"""The environment variables with which a program reaches local AWS, and nothing but local AWS.

Apart, because the user's own AWS settings must not leak into any program that is started here.
"""

import os
from collections.abc import Mapping
from pathlib import Path

ADDRESS = "127.0.0.1"
DEFAULT_REGION = "us-east-1"
DEFAULT_ACCOUNT_ID = "123456789012"
STAY = b"stay"  # what a server reads from its standard input that shall outlive whoever started it
HEALTH_PATH = "/_local_aws/health"  # answered by the server itself, so that a later command recognizes it
CLUSTERS_PATH = "/_local_aws/clusters"  # what each database does
KEPT_DATA_PATH = "/_local_aws/kept-data"  # gives a database a folder for its data, and a TCP port
FAULTS_PATH = "/_local_aws/faults"  # lets calls of the Data API fail, for tests
MAINTENANCE_PATH = "/_local_aws/maintenance"  # lets the maintenance window come, for tests
ACCESS_KEY_ID = "LOCALAWS000000000000"
DATABASE_PASSWORD = "local-aws"  # noqa: S105  # of `local up`: whoever reaches the port may ask the Data API, too
SECRET_ACCESS_KEY = "local-aws-takes-any-secret"  # noqa: S105  # no secret: moto does not check signatures

# What would lead Terraform or an AWS SDK elsewhere, besides every variable that begins with AWS_.
_LEADING_ELSEWHERE = {"BOTO_CONFIG", "TF_DATA_DIR", "TF_REATTACH_PROVIDERS", "TF_WORKSPACE"}
_LEADING_ELSEWHERE_PREFIXES = ("AWS_", "TF_CLI_ARGS")


def client_variables(endpoint_url: str, region: str = DEFAULT_REGION) -> dict[str, str]:
    """Return what to export so that AWS SDKs, the AWS CLI and Terraform use the local AWS at `endpoint_url`."""
    return {
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        **region_variables(region),
    }


def region_variables(region: str) -> dict[str, str]:
    """Return what names the Region: most SDKs read the one variable, boto3 and the AWS CLI the other."""
    return {"AWS_REGION": region, "AWS_DEFAULT_REGION": region}


def without_aws(base: Mapping[str, str]) -> dict[str, str]:
    """Return `base` without what leads to any AWS, or changes what Terraform works on. TF_VAR_ variables stay."""
    kept = {
        name: value
        for name, value in base.items()
        if name not in _LEADING_ELSEWHERE and not name.startswith(_LEADING_ELSEWHERE_PREFIXES)
    }
    configuration = kept.get("TF_CLI_CONFIG_FILE")
    if configuration is not None and not Path(configuration).is_file():
        del kept["TF_CLI_CONFIG_FILE"]  # Terraform would warn of it in every run
    return kept


def isolated_environment(base: Mapping[str, str], endpoint_url: str, region: str = DEFAULT_REGION) -> dict[str, str]:
    """Return `base` for a program that shall use local AWS only.

    On top of `without_aws`, the user's shared AWS files and the instance metadata are put out of reach.
    """
    unproxied = [base.get("NO_PROXY") or base.get("no_proxy") or "", ADDRESS, "localhost"]
    no_proxy = ",".join(filter(None, unproxied))
    return (
        without_aws(base)
        | client_variables(endpoint_url, region)
        | {
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CHECKPOINT_DISABLE": "1",
            "NO_PROXY": no_proxy,
            "no_proxy": no_proxy,
        }
    )
