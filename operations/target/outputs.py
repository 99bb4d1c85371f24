"""Reads what a deployment put out: from its state, which lies in a file or in S3, or from a file of outputs.

The state is read as it is, without Terraform: it is there a second later, and nothing needs to be initialized. Only its
`outputs` are taken: everything else in it may be secret.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType
from typing import Any, Final

from analysis.files import read_if_there, read_json_object
from operations.errors import not_deployed, wrong_input
from operations.state.resources import resources_of_state, state_object, tainted


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
    reader_endpoint: str | None = None
    port: int | None = None
    user_secret_arns: Mapping[str, str] = field(default_factory=dict)
    application_user: str | None = None
    bastion_instance_id: str | None = None


REQUIRED_OUTPUTS: Final = {
    "aurora_cluster_arn": "cluster_arn",
    "aurora_secret_arn": "secret_arn",
    "aurora_cluster_endpoint": "endpoint",
    "database_name": "database",
    "lambda_role_arn": "lambda_role_arn",
}
_OPTIONAL: Final = (
    "data_api_enabled",
    "proxy_endpoint",
    "aurora_reader_endpoint",
    "application_user",
    "bastion_instance_id",
)
_USERS: Final = "user_secret_arns"
_PORT: Final = "aurora_port"


def outputs_of_state(text: str | bytes, where: str, deploy: str) -> StackOutputs:
    """Return the outputs in a state; `deploy` is the command that deploys.

    Raises FileError: it is not JSON; OperationsError: it is not a state, the deploy did not end, or all was destroyed.
    """
    state = state_object(text, where)
    outputs = state.get("outputs") or {}
    if not isinstance(outputs, dict):
        raise wrong_input(f"{where} is not a Terraform state: its outputs are not an object")
    if not outputs and not state.get("resources"):
        raise not_deployed(f"nothing is deployed: {where} is an empty state; deploy it: {deploy}")

    def remedy() -> str:
        if half_made := tainted(resources_of_state(text, where)):
            check = "./aurora-serverless check ENVIRONMENT"
            return f"{half_made[0]} is tainted: {check} says how to go on, before you deploy again"
        return f"deploy again: {deploy}"

    return stack_outputs(outputs, where, remedy)


def outputs_of_file(path: Path) -> StackOutputs:
    """Return the outputs in a file that `terraform output -json` wrote. Raises FileError or OperationsError."""
    return stack_outputs(
        read_json_object(path), str(path), lambda: "deploy again, and write the file again: terraform output -json"
    )


def state_of_file(path: Path) -> bytes | None:
    """Return the text of a state; None where there is none. Raises FileError, OperationsError."""
    try:
        return read_if_there(path)
    except FileNotFoundError:
        return None


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


def stack_outputs(outputs: Mapping[str, Any], where: str, remedy: Callable[[], str]) -> StackOutputs:
    """Return outputs, each `{"value": …}`, as they are used. Raises OperationsError where some are missing."""
    values = {
        name: output["value"] for name, output in outputs.items() if isinstance(output, dict) and "value" in output
    }
    wrong = [name for name in (*REQUIRED_OUTPUTS, *_OPTIONAL) if not isinstance(values.get(name, ""), (str, NoneType))]
    if wrong:
        raise wrong_input(f"{where} cannot be used: its output {wrong[0]} is not a text")
    users = values.get(_USERS) or {}
    if not isinstance(users, dict) or not all(isinstance(arn, str) for arn in users.values()):
        raise wrong_input(f"{where} cannot be used: its output {_USERS} is not an object of texts")
    if type(values.get(_PORT)) not in {int, NoneType}:
        raise wrong_input(f"{where} cannot be used: its output {_PORT} is not a whole number")
    missing = [name for name in REQUIRED_OUTPUTS if not values.get(name)]
    if missing:
        raise not_deployed(f"the deploy did not end: {where} has no output {', '.join(missing)}; {remedy()}")
    return StackOutputs(
        **{field: values[name] for name, field in REQUIRED_OUTPUTS.items()},
        data_api_enabled=(values.get("data_api_enabled") or "Enabled") == "Enabled",
        proxy_endpoint=values.get("proxy_endpoint"),
        reader_endpoint=values.get("aurora_reader_endpoint"),
        port=values.get(_PORT),
        user_secret_arns=users,
        application_user=values.get("application_user"),
        bastion_instance_id=values.get("bastion_instance_id"),
    )
