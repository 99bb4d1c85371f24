"""A Session Manager session that forwards a local port to a database, with the AWS CLI and its plugin."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from operations.errors import ErrorKind, OperationsError, failed, not_deployed, wrong_input
from operations.target.target import Target

DOCUMENT: Final = "AWS-StartPortForwardingSessionToRemoteHost"
LOOPBACK: Final = "127.0.0.1"
PROGRAMS: Final = {
    "aws": "install the AWS CLI: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html",
    "session-manager-plugin": "install the Session Manager plugin of the AWS CLI: "
    "https://docs.aws.amazon.com/systems-manager/latest/userguide/"
    "session-manager-working-with-install-plugin.html",
}
"""The programs that a session needs on PATH, and where to get them."""

# Source: AWS CLI User Guide, "Return codes from the AWS CLI": 253 is missing credentials or configuration.
_NO_CREDENTIALS: Final = 253
_GRACE_SECONDS: Final = 10


@dataclass(frozen=True)
class Tunnel:
    """A local port that is forwarded to an endpoint of a database."""

    instance_id: str
    region: str
    host: str
    port: int
    local_port: int

    @property
    def command(self) -> list[str]:
        """The command line that opens the tunnel."""
        parameters = {
            "host": [self.host],
            "portNumber": [str(self.port)],
            "localPortNumber": [str(self.local_port)],
        }
        return [
            *("aws", "ssm", "start-session", "--region", self.region, "--target", self.instance_id),
            *("--document-name", DOCUMENT, "--parameters", json.dumps(parameters)),
        ]

    def psql(self, database: str | None, user: str | None) -> str:
        """Return the command line of psql, which prompts for the password.

        `host` is the endpoint's name, which the certificate has; `hostaddr` is where psql connects, this machine.
        """
        known = {"dbname": database, "user": user}
        more = "".join(f" {name}={value}" for name, value in known.items() if value is not None)
        return f'psql "host={self.host} hostaddr={LOOPBACK} port={self.local_port}{more} sslmode=require"'


def tunnel_to(target: Target, *, local_port: int | None, reader: bool) -> Tunnel:
    """Return the tunnel to a deployed database. Raises OperationsError if there is no bastion or endpoint."""
    host = target.reader_endpoint if reader else target.endpoint
    if target.endpoint is None:
        raise wrong_input("a cluster's ARN does not say which bastion to use: name the environment, or give --outputs")
    if target.bastion_instance_id is None:
        raise not_deployed(f"{target.name} has no bastion: add [bastion] to its file and deploy it (docs/tunnel.md)")
    if host is None or target.port is None:
        raise not_deployed(f"{target.name} has no outputs endpoint and port yet: deploy it again")
    port = target.port
    return Tunnel(target.bastion_instance_id, target.session.region, host, port, local_port or port)


def check_programs() -> None:
    """Raise OperationsError if a program is not on PATH."""
    for program, remedy in PROGRAMS.items():
        if shutil.which(program) is None:
            raise wrong_input(f"{program} is not on PATH: {remedy}")


def check_local_port(port: int) -> None:
    """Raise OperationsError if the port is in use, or this user may not listen on it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            why = (error.strerror or str(error)).lower()
            line = f"local port {port} cannot be used ({why}): choose another, such as --local-port 15432"
            raise wrong_input(line) from None


def forward(tunnel: Tunnel) -> None:
    """Keep the tunnel open until the session ends. Raises OperationsError if it fails.

    The programs' output goes to standard error. A signal ends them before it is passed on, so that the port is free.
    """
    # At a terminal they are in its foreground, where they may ask for a code, and where Ctrl-C reaches them too.
    is_apart = not sys.stdin.isatty()
    process = subprocess.Popen(tunnel.command, stdout=2, start_new_session=is_apart)
    try:
        status = process.wait()
    except BaseException:
        _end(process, group=process.pid if is_apart else None)
        raise
    if status == _NO_CREDENTIALS:
        raise OperationsError("the AWS CLI has no credentials, or its configuration is wrong", ErrorKind.NO_ACCESS)
    if status != 0:
        raise failed(
            f"the session on {tunnel.instance_id} failed, as aws says above (exit status {status}); a new instance "
            "needs a minute, and a way to Systems Manager: docs/tunnel.md"
        )


def _end(process: "subprocess.Popen[bytes]", group: int | None) -> None:
    """End the programs: the plugin closes the session at Ctrl-C, which the AWS CLI itself ignores."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            if group is not None:
                os.killpg(group, number)
            elif number is not signal.SIGINT:
                process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_SECONDS)
            return
