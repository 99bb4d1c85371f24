"""Reads what a deployment put out: from its state, which lies in a file or in S3, or from a file of outputs.

The state is read as it is, without Terraform: it is there a second later, and nothing needs to be initialized. Only its
`outputs` are taken: everything else in it may be secret.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from operations.errors import OperationsError, not_deployed, wrong_input

STATE_VERSION: Final = 4
"""Terraform has written this version since 0.12, and promises to read it in all of 1.x."""


@dataclass(frozen=True)
class StackOutputs:
    """The outputs of one deployment that commands use; what a stack does not put out is None."""

    cluster_arn: str
    secret_arn: str
    endpoint: str
    database: str
    lambda_role_arn: str
    data_api_enabled: bool
    proxy_endpoint: str | None = None


_REQUIRED: Final = {
    "aurora_cluster_arn": "cluster_arn",
    "aurora_secret_arn": "secret_arn",
    "aurora_cluster_endpoint": "endpoint",
    "database_name": "database",
    "lambda_role_arn": "lambda_role_arn",
}


def outputs_of_state(text: str | bytes, where: str, deploy: str) -> StackOutputs:
    """Return the outputs in a state; `deploy` is the command that deploys.

    Raises OperationsError: it is no state (2), or the deploy did not end, or everything was destroyed (3).
    """
    state = _parsed(text, where)
    if state.get("version") != STATE_VERSION:
        raise wrong_input(f"{where} is no Terraform state of version {STATE_VERSION}")
    outputs = state.get("outputs") or {}
    if not outputs and not state.get("resources"):
        raise not_deployed(f"nothing is deployed: {where} is an empty state; deploy it: {deploy}")
    return stack_outputs(outputs, where, deploy)


def outputs_of_file(path: Path) -> StackOutputs:
    """Return the outputs in a file that `terraform output -json` wrote. Raises OperationsError."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise wrong_input(f"{path} cannot be read: {error.strerror}") from None
    return stack_outputs(_parsed(text, str(path)), str(path), "and write the file again: terraform output -json")


def state_of_file(path: Path) -> bytes | None:
    """Return the text of a state; None where there is none. Raises OperationsError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise wrong_input(f"the state {path} cannot be read: {error.strerror}") from None


def state_of_bucket(client: Callable[[], Any], bucket: str, key: str) -> bytes | None:
    """Return the text of a state in S3; None where there is none. Raises what boto3 does, and OperationsError."""
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]  # noqa: PLC0415 (slow)

    try:
        body: bytes = client().get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "NoSuchBucket":
            raise not_deployed(f"the bucket {bucket} of the state does not exist; see [backend] in the file") from None
        if code == "NoSuchKey":
            return None
        raise
    return body


def stack_outputs(outputs: Mapping[str, Any], where: str, deploy: str) -> StackOutputs:
    """Return outputs, each `{"value": …}`, as they are used. Raises OperationsError (3) where some are missing."""
    values = {
        name: output["value"] for name, output in outputs.items() if isinstance(output, dict) and "value" in output
    }
    missing = [name for name in _REQUIRED if not isinstance(values.get(name), str)]
    if missing:
        raise not_deployed(
            f"the deploy did not end: {where} has no output {', '.join(missing)}; deploy again: {deploy}"
        )
    return StackOutputs(
        **{field: values[name] for name, field in _REQUIRED.items()},
        data_api_enabled=values.get("data_api_enabled", "Enabled") == "Enabled",
        proxy_endpoint=values.get("proxy_endpoint"),
    )


def _parsed(text: str | bytes, where: str) -> dict[str, Any]:
    try:
        parsed = json.loads(text)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise _no_json(where)
    return parsed


def _no_json(where: str) -> OperationsError:
    return wrong_input(f"{where} is no JSON object")
