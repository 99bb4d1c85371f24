"""The options that say what the typical month brings, one a field of `Usage`."""

import functools
import inspect
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Final

import typer

from analysis.cost.usage import Usage
from analysis.errors import Field, UsageError
from cli.exit_status import ExitStatus
from operations.errors import wrong_input

_PANEL: Final = "The typical month"

# What they mean by default is in docs/cost.md: most follow the size of the cluster.
_OPTIONS: Final = {
    "hours": ("HOURS", "Hours in the month: 730."),
    "average_acu": ("ACU", "Average ACU of an instance in use."),
    "reader_average_acu": ("ACU", "The same for a reader."),
    "readers": ("NUMBER", "Readers, with auto scaling."),
    "hours_awake": ("HOURS", "Hours awake, if it pauses."),
    "wakes": ("NUMBER", "Instead: how often it wakes: 66."),
    "busy_seconds": ("SECONDS", "How long it is busy each time: 3600."),
    "storage_gb": ("GB", "Data."),
    "io_millions": ("MILLIONS", "I/O requests."),
    "daily_change_percent": ("PERCENT", "Share of the data changed per day: 2."),
    "data_api_millions": ("MILLIONS", "Requests to the Data API."),
    "replicated_io_millions": ("MILLIONS", "Writes to a secondary of a global database."),
    "log_gb": ("GB", "PostgreSQL log."),
    "secret_calls": ("NUMBER", "Secrets Manager calls: 10000."),
    "key_requests": ("NUMBER", "KMS requests: 20000."),
    "alarm_emails": ("NUMBER", "Alarm emails: 100."),
    "endpoint_zones": ("NUMBER", "Zones of interface endpoints: 3."),
    "endpoint_gb": ("GB", "Through interface endpoints: 1."),
}


def takes_usage(function: Callable[..., ExitStatus]) -> Callable[..., ExitStatus]:
    """Return the function with its parameter `usage` as options, one a field."""
    own = inspect.signature(function).parameters
    options = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=_annotation(metavar, help_), default=None)
        for name, (metavar, help_) in _OPTIONS.items()
    ]
    parameters = [parameter for name, parameter in own.items() if name != "usage"] + options

    @functools.wraps(function)
    def run(**values: Any) -> ExitStatus:
        given = {name: value for name in _OPTIONS if (value := values.pop(name)) is not None}
        try:
            return function(usage=Usage(**given), **values)
        except UsageError as error:
            raise wrong_input("".join(map(_as_option, error.parts))) from None

    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def _as_option(part: str) -> str:
    return f"--{part.replace('_', '-')}" if isinstance(part, Field) else part


def _annotation(metavar: str, help_: str) -> Any:
    option = typer.Option(parser=_number, metavar=metavar, help=help_, rich_help_panel=_PANEL, show_default=False)
    return Annotated[Decimal | None, option]


def _number(text: str) -> Decimal:
    """Return the number, exactly as it was written. Raises typer.BadParameter."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise typer.BadParameter(f"{text} is not a number") from None
    if not value.is_finite() or value < 0:
        raise typer.BadParameter(f"{text}: must be a number of 0 or more")
    return value
