"""`aurora-serverless tunnel`: forwards a local port to a database in a VPC."""

from typing import Annotated

import typer

from cli.arguments.options import Json
from cli.exit_status import ExitStatus
from cli.output import terminal
from operations.errors import wrong_input
from operations.target.target import Target
from operations.target.where import Where
from operations.tunnel.session import LOOPBACK, check_local_port, check_programs, forward, tunnel_to


def run(
    where: Where,
    *,
    local_port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, metavar="N", help="Local port.", show_default="the database's"),
    ] = None,
    reader: Annotated[bool, typer.Option("--reader", help="Forward to the readers instead of the writer.")] = False,
    json_output: Json = False,
) -> ExitStatus:
    """Forward a local port to the database, through its bastion, until Ctrl-C.

    It needs the AWS CLI with its Session Manager plugin, and ssm:StartSession on the instance. No port is open to the
    internet, and the database still requires user and password, or an IAM token.
    """
    if where.local:
        raise wrong_input(
            "local AWS needs no tunnel: use ./aurora-serverless sql, or the local port of a database of "
            "aurora-serverless local up"
        )
    target = where.find()
    tunnel = tunnel_to(target, local_port=local_port, reader=reader)
    check_programs()
    check_local_port(tunnel.local_port)
    psql = tunnel.psql(target.database, _user(target))
    if json_output:
        terminal.say_json(
            {
                "target": target.name,
                "instance_id": tunnel.instance_id,
                "host": tunnel.host,
                "port": tunnel.port,
                "local_host": LOOPBACK,
                "local_port": tunnel.local_port,
                "psql": psql,
            }
        )
    else:
        terminal.say(f"{tunnel.host}:{tunnel.port} through {tunnel.instance_id}, until Ctrl-C; in another terminal:")
        terminal.say(f"  {psql}", folded=False)
        if target.secret_arn is not None:
            terminal.say("psql prompts for the password, which is in the secret:")
            terminal.say(f"  {_secret(target.secret_arn, target.session.region)}", folded=False)
    forward(tunnel)
    return ExitStatus.DONE


def _user(target: Target) -> str | None:
    return None if target.environment is None else target.environment.master_username


def _secret(arn: str, region: str) -> str:
    return f"aws secretsmanager get-secret-value --region {region} --secret-id {arn} --query SecretString --output text"
