"""The commands `serve`, `deploy`, `destroy` and `stop` of `python -m local_aws`.

Exit status: 0 when done, 1 when a deployment failed, 2 for wrong use or something missing on this machine, 130 and 143
after an interrupt and a termination.
"""

import argparse
import gc
import json
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

from local_aws.background import PORT_OPTION
from local_aws.browsers import Admitted
from local_aws.data_api.settings import (
    RESUME_SECONDS,
    STATEMENT_SECONDS,
    TRANSACTION_IDLE_SECONDS,
    DataApiSettings,
)
from local_aws.deployment import REMOVE_PROTECTION, Deployment, LocalDeployer, destroy_command, make_command
from local_aws.environment import DEFAULT_ACCOUNT_ID, DEFAULT_REGION, client_variables
from local_aws.errors import LocalAwsError
from local_aws.interruptions import Interrupted
from local_aws.ports import Ports
from local_aws.programs import terraform
from local_aws.terraform_configuration import OPTION

LARGEST_PORT = 65_535
ACCOUNT_ID_DIGITS = 12
_SHOWN = ("aurora_cluster_arn", "aurora_secret_arn", "aurora_cluster_endpoint", "database_name", "lambda_role_arn")
_TERRAFORM_OUTPUT = "-chdir=.local-aws/cdktf.out/stacks/{name} output"
_NEXT = (
    "env {name} --local --output .env",
    "migrate {name} --local",
    "seed {name} --local",
    "check {name} --local",
    "status {name} --local",
    "run {name} --local -- pytest",
)
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit status."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "serve":
            return _serve(options)
        return _operate(options)
    except LocalAwsError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_status
    except OSError as error:
        if error.filename is None:
            raise
        print(f"error: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except Interrupted as interruption:
        print(f"error: interrupted, and nothing of it runs any more; {_ways_on(options)}", file=sys.stderr)
        return interruption.exit_status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m local_aws",
        description="AWS on this machine, for this project's stacks: no account, no Docker, and nothing is kept.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_serve(commands.add_parser("serve", help="run local AWS in the foreground until Ctrl-C"))
    for name, summary in (
        ("deploy", "deploy an environment to local AWS with the cdktf CLI, and print its outputs"),
        ("destroy", "destroy what deploy made, and stop local AWS when nothing is left on it"),
    ):
        command = commands.add_parser(name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.")
        command.add_argument("environment", metavar="ENVIRONMENT", help="name of a file in environments/, such as dev")
        if name == "destroy":
            command.add_argument(
                REMOVE_PROTECTION,
                dest="removes_protection",
                action="store_true",
                help="take prevent_destroy and deletion protection off first, on local AWS only",
            )
        command.add_argument(
            OPTION,
            type=Path,
            metavar="FILE",
            help="a Terraform CLI configuration, with a mirror of the providers (default: as Terraform is configured)",
        )
        if name == "deploy":
            command.add_argument(
                PORT_OPTION,
                type=_port,
                metavar="N",
                help=f"port to listen on, remembered; 0 is a free one (default: the last one, first {Ports.aws})",
            )
        _add_json(command)
    summary = "stop the local AWS of this project, with all that is on it"
    _add_json(commands.add_parser("stop", help=summary, description=f"{summary[0].upper()}{summary[1:]}."))
    return parser


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print one JSON object; all else goes to stderr")


def _add_serve(command: argparse.ArgumentParser) -> None:
    command.description = (
        "Run local AWS in the foreground, on 127.0.0.1 only, until Ctrl-C. All that was made in it is gone then."
    )
    command.add_argument("--port", type=_port, default=0, help="port to listen on (default: a free one)")
    command.add_argument(
        "--region", default=DEFAULT_REGION, help="region to export; every region answers (default: %(default)s)"
    )
    command.add_argument(
        "--account-id",
        type=_account_id,
        default=DEFAULT_ACCOUNT_ID,
        help="account that all belongs to (default: %(default)s)",
    )
    for option, description in (
        ("--creation-seconds", "how long a new cluster stays in status creating (default: 0)"),
        ("--change-seconds", "how long clusters and instances stay modifying, upgrading or rebooting (default: 0)"),
        ("--deletion-seconds", "how long clusters and instances stay in status deleting (default: 0)"),
    ):
        command.add_argument(option, type=_seconds, default=0.0, metavar="N", help=description)
    for option, default, description in (
        (
            "--pause-seconds",
            None,
            "how long a cluster that may pause stays awake without SQL (default: its own setting)",
        ),
        ("--resume-seconds", RESUME_SECONDS, "how long a paused cluster takes to wake up (default: %(default)s)"),
        ("--statement-seconds", STATEMENT_SECONDS, "how long a statement may take (default: %(default)s)"),
        (
            "--transaction-idle-seconds",
            TRANSACTION_IDLE_SECONDS,
            "when an idle transaction ends (default: %(default)s)",
        ),
    ):
        command.add_argument(option, type=_seconds, default=default, metavar="N", help=description)
    command.add_argument(
        "--allow-host",
        type=_host,
        action="append",
        default=[],
        metavar="NAME",
        help="also answer requests to this host name, such as host.docker.internal; may be repeated",
    )
    command.add_argument(
        "--allow-origin",
        type=_origin,
        action="append",
        default=[],
        metavar="ORIGIN",
        help="let the web pages of this origin use it, such as http://localhost:3000 (CORS); may be repeated",
    )
    command.add_argument("--log-requests", action="store_true", help="print a line for each request to stderr")
    command.add_argument("--json", action="store_true", help="print one line of JSON for scripts instead of text")
    command.add_argument(
        "--until-input-ends", action="store_true", help="stop also when standard input ends, unless it said 'stay'"
    )


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > LARGEST_PORT:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a port: give a number from 1 to {LARGEST_PORT}, or 0 for any"
        )
    return int(text)


def _account_id(text: str) -> str:
    if not text.isdecimal() or len(text) != ACCOUNT_ID_DIGITS:
        raise argparse.ArgumentTypeError(f"{text!r} is not an account id: give {ACCOUNT_ID_DIGITS} digits")
    return text


def _host(text: str) -> str:
    if not _HOST.fullmatch(text.lower()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a host name: give one without scheme and port")
    return text.lower()


def _origin(text: str) -> str:
    scheme, _, host = text.lower().partition("://")
    if scheme not in {"http", "https"} or not _HOST.fullmatch(re.sub(r":\d{1,5}$", "", host)):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an origin: give scheme, host and port of one site, such as http://localhost:3000"
        )
    return text.lower()


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a time: give seconds, 0 or more")
    return seconds


def _serve(options: argparse.Namespace) -> int:
    from local_aws.one_loader import share_loader  # noqa: PLC0415

    share_loader()
    gc.disable()  # moto's data are large and stay: looking for garbage among them is a fifth of the import
    from local_aws.patches import Durations  # noqa: PLC0415
    from local_aws.server import ServerSettings, serve  # noqa: PLC0415  # imports all of moto

    gc.freeze()
    gc.enable()
    settings = ServerSettings(
        port=options.port,
        account_id=options.account_id,
        durations=Durations(options.creation_seconds, options.change_seconds, options.deletion_seconds),
        until_input_ends=options.until_input_ends,
        logs_requests=options.log_requests,
        data_api=DataApiSettings(
            pause_seconds=options.pause_seconds,
            resume_seconds=options.resume_seconds,
            statement_seconds=options.statement_seconds,
            transaction_idle_seconds=options.transaction_idle_seconds,
        ),
        admitted=Admitted(hosts=options.allow_host, origins=options.allow_origin),
    )

    def announce(endpoint_url: str) -> None:
        exported = client_variables(endpoint_url, options.region)
        if options.json:
            print(json.dumps({"endpoint_url": endpoint_url, "environment": exported}), flush=True)
            return
        print(_announcement(endpoint_url, exported), flush=True)

    serve(settings, announce)
    return 0


def _announcement(endpoint_url: str, exported: dict[str, str]) -> str:
    lines = [f"Local AWS answers at {endpoint_url}; Ctrl-C stops it. In another shell:", ""]
    lines += [f"  export {name}={shlex.quote(value)}" for name, value in exported.items()]
    lines += ["", "Then, for example (state and output stay apart from a real deployment's):", ""]
    lines += ["  npx cdktf deploy dev --skip-provider-lock --output .local-aws/cdktf.out"]
    return "\n".join(lines)


def _ways_on(options: argparse.Namespace) -> str:
    here = options.environment, options.terraform_config
    if options.command == "destroy":
        ways = f"to go on: {destroy_command(*here, removes_protection=options.removes_protection)}"
    else:
        check = f"./aurora-serverless check {options.environment} --local"
        ways = f"to go on: {make_command('local-deploy', *here)}, and if that is refused {check} says why"
        ways += f"; to remove what is there: {make_command('local-destroy', *here)}"
    return f"{ways}; to end local AWS with all that is on it: make local-stop"


def _operate(options: argparse.Namespace) -> int:
    output = sys.stderr if options.json else sys.stdout
    if options.command == "stop":
        gone = LocalDeployer(output=output).stop()
        if options.json:
            print(json.dumps({"environments": gone}))
        return 0
    port = getattr(options, "port", None)
    deployer = LocalDeployer(output=output, terraform_config=options.terraform_config, port=port)
    if options.command == "destroy":
        deployer.destroy(options.environment, removes_protection=options.removes_protection)
        if options.json:
            print(json.dumps({"environment": options.environment, "destroyed": True}))
        return 0
    deployment = deployer.deploy(options.environment)
    if options.json:
        described = {
            "environment": deployment.environment,
            "endpoint_url": deployment.endpoint_url,
            "outputs": deployment.outputs,
            "database_version": deployment.database_version,
        }
        print(json.dumps(described))
        return 0
    print("\n".join(("", *_ending(deployment))))
    return 0


def _ending(deployment: Deployment) -> Iterator[str]:
    """Yield what is there, and what can be done with it now."""
    name, outputs = deployment.environment, deployment.outputs
    yield f"{name} is deployed to local AWS at {deployment.endpoint_url}"
    if deployment.database_version is not None:
        yield f"  SELECT version() = {deployment.database_version}"
    shown = [each for each in _SHOWN if each in outputs] or list(outputs)[: len(_SHOWN)]
    for each in shown:
        yield f"  {each} = {outputs[each]}"
    if others := len(outputs) - len(shown):
        yield f"  and {others} more: {shlex.quote(terraform())} {_TERRAFORM_OUTPUT.format(name=name)}"
    yield "next:"
    for command in _NEXT:
        yield f"  ./aurora-serverless {command.format(name=name)}"
    yield f"to destroy it: {deployment.destroy_command}; to end local AWS with all that is on it: make local-stop"
