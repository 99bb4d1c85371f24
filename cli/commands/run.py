"""`aurora-serverless run`: any program, with what it needs to know of a database in its environment."""

import os
import shutil
import signal
import sys
from collections.abc import Mapping
from typing import Any, Final

import typer
import typer.core

from cli.commands.env import env_values
from cli.exit_status import ExitStatus
from cli.output import terminal
from local_aws.environment import isolated_environment
from operations.errors import wrong_input
from operations.target.where import Where

_SEPARATOR: Final = "--"
_COMMAND: Final = "aurora-serverless.run.command"
"""Where click keeps the words of the command until it runs."""
_THEIR_PYTHONPATH: Final = "_AURORA_SERVERLESS_PYTHONPATH"
"""What PYTHONPATH was before the launcher set it to the folder of this command."""


class WithCommand(typer.core.TyperCommand):
    """A command whose line ends in another one, behind `--`: what is before belongs to us, and all else to that."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Set the other command aside."""
        at = args.index(_SEPARATOR) if _SEPARATOR in args else len(args)
        ctx.meta[_COMMAND] = args[at + 1 :]
        return super().parse_args(ctx, args[:at])

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Name it in the usage."""
        return [*super().collect_usage_pieces(ctx), "-- COMMAND..."]


class_of_command = WithCommand


def run(where: Where, context: typer.Context) -> ExitStatus:
    """Run a program with the variables of env set: ./aurora-serverless run dev --local -- pytest.

    It replaces this command: it gets the signals, and its exit status is passed on. With --local its environment
    has no profile, credentials or endpoint of another AWS.
    """
    command = context.meta[_COMMAND]
    if not command:
        raise wrong_input("name the program to run behind --: ./aurora-serverless run dev --local -- pytest")
    target = where.find()
    local = target.session.local
    variables = os.environ if local is None else isolated_environment(os.environ, local.endpoint_url, local.region)
    environment = {**_as_it_was(variables), **env_values(target)}
    program = shutil.which(command[0], path=environment.get("PATH"))
    if program is None:
        raise wrong_input(f"there is no program {terminal.printable(command[0])} on PATH")
    sys.stdout.flush()
    sys.stderr.flush()
    for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them, and a program would inherit that
        signal.signal(number, signal.SIG_DFL)
    os.execve(program, command, environment)  # noqa: S606 (what it starts is what was asked for)


def _as_it_was(variables: Mapping[str, str]) -> dict[str, str]:
    """Return variables without what the launcher has set for this command itself."""
    left = dict(variables)
    theirs = left.pop(_THEIR_PYTHONPATH, None)
    if theirs is not None:
        left.pop("PYTHONPATH", None)
    return {**left, "PYTHONPATH": theirs} if theirs else left
