"""`aurora-serverless env`: the lines of an application's `.env` file."""

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from cli.arguments.options import Json
from cli.exit_status import ExitStatus
from cli.output import terminal
from local_aws.environment import (
    ACCESS_KEY_ID,
    ADDRESS,
    DATABASE_PASSWORD,
    SECRET_ACCESS_KEY,
    client_variables,
    region_variables,
)
from operations.aws.cluster import read_cluster
from operations.files import is_file
from operations.target.env_file import assignment, write_env_file
from operations.target.target import Target
from operations.target.where import Where

_LOCAL: Final = re.compile(
    rf"AWS_ENDPOINT_URL=http://{ADDRESS}:|AWS_ACCESS_KEY_ID={ACCESS_KEY_ID}$|AWS_SECRET_ACCESS_KEY={SECRET_ACCESS_KEY}$"
    rf"|DATABASE_URL=postgresql://[^:/@]+:{DATABASE_PASSWORD}@{ADDRESS}:"
)
"""How the lines begin that are for local AWS only, and must not stay when the file is for the real one."""


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

    Other lines and the file's mode stay; it is replaced atomically, and a new file is readable only by you. No line is
    a secret: the Data API reads the password from Secrets Manager. With --local the lines also have endpoint and
    credentials, which only local AWS accepts.
    """
    target = where.find()
    values = env_values(target)
    if output is None or str(output) == "-":
        if json_output:
            terminal.say_json(values)
        else:
            terminal.say_data("".join(f"{assignment(name, value)}\n" for name, value in values.items()))
        return _remark(target)
    without = None if target.session.local is not None else _LOCAL
    changed = write_env_file(output, values, without=without)
    if json_output:
        terminal.say_json({"file": str(output), "changed": changed, "values": values})
    elif is_file(output):
        what = f"{len(values)} lines set" if changed else "nothing to change"
        terminal.say(f"{terminal.printable(str(output))}: {what}")
    return _remark(target)


def env_values(target: Target) -> dict[str, str]:
    """Return names and values in their order; what nobody knows is left out.

    For local AWS they are all that a program needs: any SDK finds it, with credentials that it takes.
    """
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
        "DATABASE_URL": target.url,
        "RDS_PROXY_ENDPOINT": target.proxy_endpoint,
        **region_variables(target.session.region),
        **({} if local is None else client_variables(local.endpoint_url, target.session.region)),
    }
    return {name: value for name, value in values.items() if value is not None}


def _remark(target: Target) -> ExitStatus:
    """Say on standard error what a reader of the lines should know."""
    unknown = {
        "AURORA_SECRET_ARN": target.secret_arn,
        "LAMBDA_ROLE_ARN": target.lambda_role_arn,
        "DATABASE_NAME": target.database,
    }
    missing = [name for name, value in unknown.items() if value is None]
    if missing and target.url is None:  # `local up` makes no role
        terminal.note(f"left out, because a cluster's ARN does not tell: {', '.join(missing)}")
    if target.session.local is not None:
        terminal.note("AWS_ENDPOINT_URL points to local AWS, which accepts any credentials: these are placeholders")
    return ExitStatus.DONE
