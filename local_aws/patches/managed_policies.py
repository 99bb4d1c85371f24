"""AWS's own IAM policies exist.

Stock moto starts without them, so attaching AWSLambdaBasicExecutionRole to a role fails with NoSuchEntity.
"""

import os

from moto import settings

from local_aws.patches.replacing import UnexpectedMotoError


def patch() -> None:
    """Have moto load the managed policies when an account's IAM is first used."""
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    if not settings.load_iam_aws_managed_policies():
        raise UnexpectedMotoError("moto does not heed MOTO_IAM_LOAD_MANAGED_POLICIES any more: adapt local_aws/patches")
