"""The command line of `aurora-serverless`: its commands, and how each ends.

Nothing slow is imported here: boto3, the model of environment files and matplotlib are imported by what needs them.
"""

import functools
import signal
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import Annotated, Any, Final

import typer
import typer.core
import typer.main
from rich.text import Text

from cli import debug, signals
from cli.arguments.completion import complete_by_the_launcher
from cli.arguments.options import before_deploy, command
from cli.commands import (
    activity,
    adopt,
    changed,
    check,
    ci,
    cost,
    diagram,
    env,
    explain,
    facts,
    local,
    metrics,
    migrate,
    new,
    policy,
    reset,
    restart,
    review,
    run,
    scaling,
    seed,
    shell,
    sql,
    status,
    tunnel,
    upgrade,
    users,
    wait,
)
from cli.exit_status import ExitStatus
from cli.output import streams, terminal
from cli.output.sql_place import ErrorInText
from cli.output.terraform_program import as_called
from operations.errors import OperationsError, known_error, wrong_input
from operations.target.where import PROJECT

_HERE: Final = "On this machine"
_BEFORE_DEPLOY: Final = "Before a deploy"
_COMMANDS: Final[Mapping[str, Sequence[ModuleType]]] = {
    _HERE: (local,),
    _BEFORE_DEPLOY: (new, adopt, explain, cost, diagram, review, changed, ci, policy, facts),
    "After a deploy": (
        *(wait, env, run, check, status, restart),
        *(sql, shell, activity, metrics, scaling, upgrade, tunnel),
    ),
    "Schema and users": (migrate, seed, reset, users),
}
"""Panels of the help and their commands, in the order in which somebody needs them.

A command is a module with a function `run`, which takes a `Where` unless it is for the time before a deploy; one that
has commands of its own is a module with an `app`; `class_of_command` is that of one that reads its line in its own way.
"""

_VERSION_FILE: Final = "constructs/aurora_serverless/pyproject.toml"
"""Where the version of the library stands, which is that of the command."""

_HELP_WIDTH: Final = 80
"""Columns of the help where there is no terminal, as typer has it."""


class WithExitStatuses(typer.core.TyperGroup):
    """A group whose help has the commands in their order, and the list of exit statuses at its end."""

    def make_context(self, *arguments: Any, **options: Any) -> Any:
        """Read the command line; here the help is printed."""
        with _passing_on():
            return super().make_context(*arguments, **options)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with _passing_on():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # click's
        """Return the names in the order of the panels; typer would set the groups behind."""
        return [_name(module) for modules in _COMMANDS.values() for module in modules]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help, and the list below it."""
        from rich.panel import Panel  # noqa: PLC0415 (for the help only)
        from rich.table import Table  # noqa: PLC0415

        super().format_help(ctx, formatter)
        table = Table.grid(padding=(0, 2))
        for ending in ExitStatus:
            table.add_row(Text(str(ending.value), style="bold cyan"), ending.meaning)
        console = terminal.output(width=None if sys.stdout.isatty() else _HELP_WIDTH)
        console.print(Panel(table, title="Exit status", title_align="left", border_style="dim"))


@contextmanager
def _passing_on() -> Iterator[None]:
    """Let a closed pipe and Ctrl-C come to `main`: typer would make 1 of the one, and drop the notes of the other."""
    try:
        yield
    except BrokenPipeError:
        raise BrokenPipeError from None
    except SystemExit as error:
        if isinstance(error.__context__, BrokenPipeError):  # so does rich, of which typer's help is made
            raise BrokenPipeError from None
        raise
    except KeyboardInterrupt as error:
        stopped = signals.Stopped(signal.SIGINT)
        for note in getattr(error, "__notes__", ()):
            stopped.add_note(note)
        raise stopped from error


def _leave_out_type_of_flags() -> None:
    """Let the help say `--json`, not `--json <bool>`: a flag takes no value."""
    option: Any = typer.core.TyperOption
    stock = option.display_type_rich
    option.display_type_rich = lambda self, ctx: None if self.is_flag else stock(self, ctx)


_leave_out_type_of_flags()
app = typer.Typer(
    name="aurora-serverless",
    help="Reviews a database before it is deployed; afterwards waits for it, checks it, queries it, watches it and "
    "migrates it.\n\n"
    "Every command takes the name of an environment and finds the rest by itself: ./aurora-serverless wait dev. "
    "On local AWS: ./aurora-serverless wait dev --local.",
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
            own_class = getattr(module, "class_of_command", None)
            app.command(name=_name(module), cls=own_class, rich_help_panel=panel)(as_command(module.run))


def _say_version(asked: bool) -> None:  # typer's
    if asked:
        project = tomllib.loads((PROJECT / _VERSION_FILE).read_text(encoding="utf-8"))["project"]
        terminal.say(f"{project['name']} {project['version']}")
        raise typer.Exit


@app.callback()
def _global_options(
    *,
    debug: Annotated[bool, debug.OPTION] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Show the version and exit.", callback=_say_version, is_eager=True)
    ] = False,
) -> None:
    del debug, version  # `main` looks for the one: an error may come before any option is read


@functools.cache
def group() -> Any:
    """Return click's group, which typer would make of all commands again for each line."""
    return typer.main.get_command(app)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit status; an error is one line on standard error."""
    line = list(sys.argv[1:] if arguments is None else arguments)
    with streams.ready(), signals.raised():
        try:
            return _run(line)
        except BrokenPipeError:
            # Whoever read the output has ended, such as `head`: there is nobody to tell anything.
            streams.drop()
            return ExitStatus.READER_ENDED


def _run(line: list[str]) -> int:
    try:
        result = group()(args=line, prog_name="aurora-serverless", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as error:
        # An empty message is that of a command line without a command, whose help was shown.
        if message := error.format_message():
            terminal.say_error(f"{message.rstrip('.')}; ./aurora-serverless --help lists commands and options")
        return error.exit_code
    except BrokenPipeError:
        raise
    except typer.Abort:
        terminal.say_error(str(signals.Stopped(signal.SIGINT)))
        return ExitStatus.INTERRUPTED
    except signals.Stopped as stopped:
        terminal.say_error(str(stopped))
        return stopped.exit_status
    except Exception as error:
        return _said(error, is_debug=debug.is_wanted(line))
    return int(result or 0)


def _said(error: Exception, *, is_debug: bool) -> int:
    """Say an error, and return its exit status."""
    if is_debug:
        terminal.say_lines(*(Text(terminal.printable(row)) for row in debug.traceback_of(error).splitlines()))
    known = _explained(error)
    if known is None:
        frame = error.__traceback__
        while frame is not None and frame.tb_next is not None:
            frame = frame.tb_next
        place = f"{frame.tb_frame.f_globals.get('__name__')}:{frame.tb_lineno}" if frame is not None else "?"
        hint = "" if is_debug else "; --debug shows how it came to it"
        terminal.say_error(
            f"a bug in aurora-serverless itself, please report it: {type(error).__name__} at {place}{hint}"
        )
        return ExitStatus.OWN_MISTAKE
    terminal.say_error(as_called(str(known)), excerpt=known.excerpt if isinstance(known, ErrorInText) else ())
    return ExitStatus.of(known.kind)


def _explained(error: Exception) -> OperationsError | None:
    """Return what an error means for who runs the command; None where it is a mistake of the program."""
    if (known := known_error(error)) is not None:
        return known
    if isinstance(error, ModuleNotFoundError):
        return wrong_input(f"the package {error.name} is not installed: run make install-operations")
    from operations.aws.errors import explained  # noqa: PLC0415 (imports botocore)

    known = explained(error)
    if known is None and isinstance(error, OSError):
        if error.filename is None:  # it is what the command prints to
            streams.drop(sys.stdout)
        return wrong_input(f"{error.filename or 'standard output'}: {error.strerror or type(error).__name__}")
    return known
