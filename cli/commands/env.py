"""`aurora-serverless env`: the lines of an application's `.env` file."""

from pathlib import Path
from typing import Annotated, Final

import typer

from cli.arguments.options import Json
from cli.exit_status import ExitStatus
from cli.output import terminal
from local_aws.environment import ADDRESS
from operations.aws.cluster import read_cluster
from operations.files import is_file
from operations.target.env_file import assignment, write_env_file
from operations.target.target import Target
from operations.target.where import Where

_LOCAL_ENDPOINT: Final = f"AWS_ENDPOINT_URL=http://{ADDRESS}:"
"""How the line begins that leads to local AWS, and must not stay when the file is for the real one."""


def run(
    where: Where,
    *,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the lines into FILE instead, such as .env."),
    ] = None,
    json_output: Json = False,
) -> ExitStatus:
    """Print the lines of an application's .env file, or write them into it.

    What else is in the file stays, and so does its mode; it is replaced in one step, and a new one is readable by you
    only. No line is a secret: the application reads the password from Secrets Manager, through the Data API.
    """
    target = where.find()
    values = _values(target)
    if output is None or str(output) == "-":
        if json_output:
            terminal.say_json(values)
        else:
            terminal.say_data("".join(f"{assignment(name, value)}\n" for name, value in values.items()))
        return _remark(target)
    without = None if target.session.local is not None else _LOCAL_ENDPOINT
    changed = write_env_file(output, values, without=without)
    if json_output:
        terminal.say_json({"file": str(output), "changed": changed, "values": values})
    elif is_file(output):
        what = f"{len(values)} lines set" if changed else "nothing to change"
        terminal.say(f"{terminal.printable(str(output))}: {what}")
    return _remark(target)


def _values(target: Target) -> dict[str, str]:
    """Return names and values in their order; what nobody knows is left out."""
    endpoint, reader_endpoint, port = target.endpoint, target.reader_endpoint, target.port
    if endpoint is None:
        cluster = read_cluster(target, target.session.client("rds"))
        endpoint, reader_endpoint, port = cluster.endpoint, cluster.reader_endpoint, cluster.port
    local = target.session.local
    values = {
        "AURORA_CLUSTER_ARN": target.cluster_arn,
        "AURORA_SECRET_ARN": target.application_secret_arn,
        "DATABASE_USER": target.application_user,
        "AURORA_ENDPOINT": endpoint,
        "AURORA_READER_ENDPOINT": reader_endpoint,
        "AURORA_PORT": None if port is None else str(port),
        "LAMBDA_ROLE_ARN": target.lambda_role_arn,
        "DATABASE_NAME": target.database,
        "AWS_REGION": target.session.region,
        "RDS_PROXY_ENDPOINT": target.proxy_endpoint,
        "AWS_ENDPOINT_URL": None if local is None else local.endpoint_url,
    }
    return {name: value for name, value in values.items() if value is not None}


def _remark(target: Target) -> ExitStatus:
    """Say on standard error what a reader of the lines should know."""
    unknown = {
        "AURORA_SECRET_ARN": target.secret_arn,
        "LAMBDA_ROLE_ARN": target.lambda_role_arn,
        "DATABASE_NAME": target.database,
    }
    if missing := [name for name, value in unknown.items() if value is None]:
        terminal.note(f"left out, because a cluster's ARN does not tell: {', '.join(missing)}")
    if target.session.local is not None:
        terminal.note("AWS_ENDPOINT_URL leads to local AWS, which takes any credentials; delete that line for real AWS")
    return ExitStatus.DONE
