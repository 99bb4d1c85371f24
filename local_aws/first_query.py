"""Asks a database that was just deployed for its version: a deployment is done when it answers SQL."""

import time
from collections.abc import Mapping
from typing import Any

from local_aws.errors import LocalAwsError
from local_aws.process import LocalAws

FAILED = 1
RESUME_SECONDS = 60.0
RETRY_SECONDS = 0.5
OUTPUTS = ("aurora_cluster_arn", "aurora_secret_arn", "database_name")


def ask_version(aws: LocalAws, outputs: Mapping[str, Any]) -> str | None:
    """Return what `SELECT version()` answers through the Data API; None where the outputs do not lead to a database.

    Waits for a paused cluster. Raises LocalAwsError (exit status 1) when the database does not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]  # noqa: PLC0415

    if not set(OUTPUTS) <= set(outputs):
        return None
    client = aws.client("rds-data")
    arn, secret_arn, database = (outputs[name] for name in OUTPUTS)
    deadline = time.monotonic() + RESUME_SECONDS
    while True:
        try:
            answer = client.execute_statement(
                resourceArn=arn, secretArn=secret_arn, database=database, sql="SELECT version()"
            )
        except client.exceptions.DatabaseResumingException as error:
            if time.monotonic() > deadline:
                raise LocalAwsError(f"the database does not answer: {error}", exit_status=FAILED) from None
            time.sleep(RETRY_SECONDS)
        except (BotoCoreError, ClientError) as error:
            raise LocalAwsError(f"the database does not answer: {error}", exit_status=FAILED) from None
        else:
            version: str = answer["records"][0][0]["stringValue"]
            return version
