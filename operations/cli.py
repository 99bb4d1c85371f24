"""The command line of `alexdb`: its commands, and how each ends.

Nothing slow is imported here: boto3, the model of environment files and matplotlib are imported by what needs them.
"""

import os
import signal
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any, Final

import typer
import typer.core

from operations import terminal
from operations.commands import (
    activity,
    check,
    cost,
    diagram,
    env,
    explain,
    metrics,
    migrate,
    new,
    reset,
    review,
    scaling,
    seed,
    sql,
    status,
    wait,
)
from operations.completion import complete_by_the_launcher
from operations.errors import OperationsError
from operations.exit_status import ExitStatus
from operations.options import before_deploy, command

_BEFORE_DEPLOY: Final = "Before a deploy"
_COMMANDS: Final[Mapping[str, Sequence[ModuleType]]] = {
    _BEFORE_DEPLOY: (new, explain, cost, diagram, review),
    "After a deploy": (wait, env, check, status, sql, activity, metrics, scaling),
    "Schema": (migrate, seed, reset),
}
"""Panels of the help and their commands, in the order in which somebody needs them.

A command is a module with a function `run`, which takes a `Where` unless it is for the time before a deploy; one that
has commands of its own is a module with an `app`.
"""

_HELP_WIDTH: Final = 80
"""Columns of the help where there is no terminal, as typer has it."""


class WithExitStatuses(typer.core.TyperGroup):
    """A group whose help has the commands in their order, and the list of exit statuses at its end."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # click's
        """Return the names in the order of the panels; typer would set the groups behind."""
        return [_name(module) for modules in _COMMANDS.values() for module in modules]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, and the list below it."""
        from rich.panel import Panel  # noqa: PLC0415 (for the help only)
        from rich.table import Table  # noqa: PLC0415
        from rich.text import Text  # noqa: PLC0415

        super().format_help(ctx, formatter)
        table = Table.grid(padding=(0, 2))
        for ending in ExitStatus:
            table.add_row(Text(str(ending.value), style="bold cyan"), ending.meaning)
        console = terminal.output(width=None if sys.stdout.isatty() else _HELP_WIDTH)
        console.print(Panel(table, title="Exit status", title_align="left", border_style="dim"))


app = typer.Typer(
    name="alexdb",
    help="Reviews a database before it is deployed, and waits for it, checks it, asks it, watches it and migrates it "
    "afterwards.\n\n"
    "Every command takes the name of an environment and finds the rest by itself: alexdb wait dev. "
    "On local AWS: alexdb wait dev --local.",
    cls=WithExitStatuses,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _name(module: ModuleType) -> str:
    return module.__name__.rpartition(".")[2]


complete_by_the_launcher()
for panel, modules in _COMMANDS.items():
    for module in modules:
        if hasattr(module, "app"):
            app.add_typer(module.app, name=_name(module), rich_help_panel=panel)
        else:
            as_command = before_deploy if panel == _BEFORE_DEPLOY else command
            app.command(name=_name(module), rich_help_panel=panel)(as_command(module.run))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status; an error is one line on standard error."""
    try:
        result = app(args=None if arguments is None else list(arguments), prog_name="alexdb", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        # An empty message is that of a command line without a command, whose help was shown.
        if message := error.format_message():
            terminal.say_error(f"{message.rstrip('.')}; alexdb --help lists commands and options")
        return error.exit_code
    except BrokenPipeError:
        # Whoever read the output has ended, such as `head`. Python would complain when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except (KeyboardInterrupt, typer.Abort):
        return _interrupted()
    except Exception as error:
        return _failed(error)
    if result == ExitStatus.INTERRUPTED:
        return _interrupted()
    return int(result or 0)


def _interrupted() -> int:
    terminal.say_error("stopped by Ctrl-C")
    return ExitStatus.INTERRUPTED


def _failed(error: Exception) -> int:
    if isinstance(error, ModuleNotFoundError):
        terminal.say_error(f"the package {error.name} is not installed: run make install-operations")
        return ExitStatus.WRONG_INPUT
    if isinstance(error, OSError) and error.filename is not None:
        terminal.say_error(f"{error.filename}: {error.strerror}")
        return ExitStatus.WRONG_INPUT
    if not isinstance(error, OperationsError):
        from operations.aws_errors import explained  # noqa: PLC0415 (imports botocore)

        known = explained(error)
        if known is None:
            frame = error.__traceback__
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            place = f"{frame.tb_frame.f_globals.get('__name__')}:{frame.tb_lineno}" if frame is not None else "?"
            terminal.say_error(f"a mistake of alexdb itself, please report it: {type(error).__name__} at {place}")
            return ExitStatus.OWN_MISTAKE
        error = known
    terminal.say_error(str(error), excerpt=error.excerpt)
    return error.exit_status
