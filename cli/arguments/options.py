"""The options that every command takes, added to its own.

A command for a deployed database is a function `(where: Where, …own parameters…) -> ExitStatus`; `command` gives it the
environment as its first argument and the options that say which database, and ends the process with what it returns.
One for the time before a deploy needs no database: `before_deploy` takes its parameters as they are.
"""

import functools
import inspect
import math
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cli import debug
from cli.arguments.completion import environments, revisions
from cli.exit_status import ExitStatus
from cli.output.terraform_program import as_called
from operations.errors import OperationsError, wrong_input
from operations.target.where import PROJECT, Where

_PANEL: Final = "Which database"

_ENVIRONMENT: Final = Annotated[
    str | None,
    typer.Argument(
        help="The environment: the name of a file in environments/.",
        show_default=False,
        autocompletion=environments,
    ),
]
_OPTIONS: Final[dict[str, tuple[Any, Any]]] = {
    "local": (
        Annotated[
            bool, typer.Option("--local", help="On local AWS (local up or local-deploy).", rich_help_panel=_PANEL)
        ],
        False,
    ),
    "cluster_arn": (
        Annotated[
            str | None,
            typer.Option(metavar="ARN", help="Instead of an environment: the cluster.", rich_help_panel=_PANEL),
        ],
        None,
    ),
    "secret_arn": (
        Annotated[
            str | None,
            typer.Option(metavar="ARN", help="A secret other than the environment's.", rich_help_panel=_PANEL),
        ],
        None,
    ),
    "database": (
        Annotated[
            str | None,
            typer.Option(metavar="NAME", help="A database other than the environment's.", rich_help_panel=_PANEL),
        ],
        None,
    ),
    "region": (
        Annotated[
            str | None,
            typer.Option(metavar="REGION", help="Must be the cluster's, which its ARN says.", rich_help_panel=_PANEL),
        ],
        None,
    ),
    "outputs": (
        Annotated[
            Path | None,
            typer.Option(
                metavar="FILE",
                help=as_called("From terraform output -json, instead of the state."),
                rich_help_panel=_PANEL,
            ),
        ],
        None,
    ),
    "project": (
        Annotated[
            Path,
            typer.Option(
                metavar="FOLDER",
                help="Folder with environments/ and states.",
                rich_help_panel=_PANEL,
                show_default="that of the command",
            ),
        ],
        PROJECT,
    ),
}

Project = Annotated[
    Path,
    typer.Option(
        metavar="FOLDER",
        help="Folder with main.py or cdktf.json.",
        show_default="that of the command",
    ),
]
"""The type of a command's own parameter for `--project`, where it takes no `Where`; its default is `PROJECT`."""

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, for scripts.")]
"""The type of a command's own parameter for `--json`."""


def finite(value: float) -> float:
    """Return the value. Raises typer.BadParameter unless it is finite: no range that typer checks keeps others out."""
    if not math.isfinite(value):
        raise typer.BadParameter("it must be a finite number")
    return value


Deadline = Annotated[
    float, typer.Option(min=0, callback=finite, metavar="SECONDS", help="When to give up, with exit status 5.")
]
"""The type of a command's own parameter for `--deadline-seconds`."""


def by_name(option: str) -> Any:
    """Return the option with which a person says the environment's name again, instead of being asked for it."""
    return typer.Option(option, metavar="NAME", help="Do not ask: repeats the environment's name.")


Base = Annotated[
    str | None,
    typer.Argument(
        metavar="BASE",
        help="A git revision, or a folder of synthesized stacks; by default the point where this branch left main.",
        show_default=False,
        autocompletion=revisions,
    ),
]
"""The type of a command's own parameter for what a change is compared with."""

Synthesized = Annotated[
    Path | None,
    typer.Option(
        "--change",
        metavar="FOLDER",
        help="A folder of synthesized stacks, instead of the working tree.",
        show_default=False,
    ),
]
"""The type of a command's own parameter for `--change`."""

NoCache = Annotated[bool, typer.Option("--no-cache", help="Synthesize the base again, and do not cache it.")]
"""The type of a command's own parameter for `--no-cache`."""


def command(function: Callable[..., ExitStatus]) -> Callable[..., None]:
    """Return the function as typer takes it: its parameter `where` becomes an argument and seven options."""
    own = inspect.signature(function).parameters
    names = [field.name for field in fields(Where)]
    types: dict[str, Any] = {"environment": _ENVIRONMENT} | {name: type_ for name, (type_, _) in _OPTIONS.items()}
    parameters = [_parameter("environment", types["environment"], None)]
    parameters += [
        _parameter(name, parameter.annotation, parameter.default) for name, parameter in own.items() if name != "where"
    ]
    parameters += [_parameter(name, type_, default) for name, (type_, default) in _OPTIONS.items()]
    parameters.append(_DEBUG)

    @functools.wraps(function)
    def run(**values: Any) -> None:
        values.pop(_DEBUG.name, None)
        _check_texts(values)
        where = Where(**{name: values.pop(name) for name in names})
        try:
            raise typer.Exit(function(where, **values))
        except OperationsError as error:
            error.args = (where.named(str(error)),)
            raise

    return _dressed(run, function, parameters)


def before_deploy(function: Callable[..., ExitStatus]) -> Callable[..., None]:
    """Return the function as typer takes it, with its own parameters only."""

    @functools.wraps(function)
    def run(**values: Any) -> None:
        values.pop(_DEBUG.name, None)
        _check_texts(values)
        raise typer.Exit(function(**values))

    return _dressed(run, function, [*inspect.signature(function).parameters.values(), _DEBUG])


def _check_texts(values: dict[str, Any]) -> None:
    """Raise OperationsError (2) for a text that is not UTF-8; only the name of a file may be any bytes."""
    for name, value in values.items():
        if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            raise wrong_input(f"{name.replace('_', '-')} on the command line is not UTF-8: write it in UTF-8")


def _dressed(
    run: Callable[..., None], function: Callable[..., ExitStatus], parameters: Sequence[inspect.Parameter]
) -> Callable[..., None]:
    run.__doc__ = _help_of(function)
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _help_of(function: Callable[..., ExitStatus]) -> str:
    # typer takes the lines of a paragraph apart, as the source has them.
    paragraphs = (inspect.getdoc(function) or "").split("\n\n")
    return "\n\n".join(paragraph.replace("\n", " ") for paragraph in paragraphs)


def _parameter(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)


_DEBUG: Final = _parameter("debug", Annotated[bool, debug.HIDDEN_OPTION], False)
"""Read by the command line itself, and accepted behind a command too."""
