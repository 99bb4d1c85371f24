"""How commands show things: tables and colours for people, JSON for scripts, progress on a terminal only."""

import functools
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

import typer
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

from cli.output import streams
from operations.errors import wrong_input

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

_WIDTH_OF_A_FILE: Final = 10_000
"""Columns where there is no terminal: nothing is cut or folded there."""

_ANY_WIDTH: Final = 100_000_000

Cell = str | Text


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the command line, which knows the exit status for it."""
        raise BrokenPipeError


def output(width: int | None = None) -> Console:
    """Return the console of standard output, as it is now; `width` in columns is the terminal's by default."""
    return _console(sys.stdout, width)


def messages() -> Console:
    """Return the console of standard error, as it is now."""
    return _console(sys.stderr)


def _console(stream: Any, width: int | None = None) -> Console:
    has_colours = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return _Console(
        file=stream,
        color_system="auto" if has_colours else None,
        force_terminal=stream.isatty(),
        width=width or (None if stream.isatty() else _WIDTH_OF_A_FILE),
        markup=False,
        emoji=False,
        highlight=False,
        soft_wrap=not stream.isatty(),
    )


def say(*parts: Cell, folded: bool = True) -> None:
    """Print a line to standard output; a command that is to be copied is not folded."""
    console = output()
    console.print(Text.assemble(*parts), soft_wrap=console.soft_wrap or not folded)


def note(text: str, style: str = "dim", *, folded: bool = True) -> None:
    """Print a line to standard error: what a script does not want among its data. A command is not folded."""
    console = messages()
    console.print(Text(text, style=style), soft_wrap=console.soft_wrap or not folded)


def say_error(text: str, *, excerpt: Iterable[str] = ()) -> None:
    """Print an error's line to standard error, and below it the lines that show where it is."""
    line = Text(streams.folded(f"error: {printable(text)}", sys.stderr))
    line.stylize("bold red", 0, len("error:"))
    say_lines(line, *map(Text, excerpt))


def printable(text: str) -> str:
    """Return text without what would move the cursor, change colours or turn the direction of writing."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def say_lines(*lines: Text) -> None:
    """Print lines to standard error without folding them. Where it cannot be written, nobody can be told."""
    console = messages()
    try:
        for line in lines:
            console.print(line, soft_wrap=True)
    except BrokenPipeError:
        raise
    except OSError:
        streams.drop(sys.stderr)


def say_json(document: Any) -> None:
    """Print a document as JSON on standard output; in ASCII where its encoding does not have a character of it."""
    text = json_text(document)
    print(text if streams.lacks(sys.stdout, text) is None else json_text(document, ascii_only=True))


def json_text(document: Any, *, ascii_only: bool = False, indent: int | None = 2) -> str:
    """Return a document as JSON; without `indent` on one line."""
    return json.dumps(document, indent=indent, ensure_ascii=ascii_only, default=_as_json)


def say_data(text: str) -> None:
    """Print what a program reads, as it is. Raises OperationsError (2) where the encoding does not have a character."""
    if (character := streams.lacks(sys.stdout, text)) is not None:
        raise wrong_input(
            f"standard output is in {sys.stdout.encoding}, which does not have the character U+{ord(character):04X}; "
            "set PYTHONIOENCODING=utf-8, or use --json"
        )
    sys.stdout.write(text)


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return float(value)  # an amount; what must be exact to the last digit comes as text
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def say_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    title: str | None = None,
    right: Iterable[int] = (),
    folded: bool = True,
) -> None:
    """Print a table to standard output; the columns whose indexes are in `right` are set to the right.

    `folded` values take several lines where the table is wider than the terminal; others are as wide as they are.
    """
    table = _table(columns, rows, title=title, right=right)
    console = output()
    if folded and console.is_terminal:
        console.print(table)
    else:
        output(width=max(console.width, _width(table))).print(table, soft_wrap=True, crop=False)


def fits(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, right: Iterable[int] = ()) -> bool:
    """Return whether a table fits the terminal; without one it does."""
    console = output()
    return not console.is_terminal or _width(_table(columns, rows, right=right)) <= console.width


def _width(table: Table) -> int:
    """Return the columns of the terminal that a table needs for no value to be folded."""
    console = output()
    return Measurement.get(console, console.options.update(max_width=_ANY_WIDTH), table).maximum


def _table(
    columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str | None = None, right: Iterable[int] = ()
) -> Table:
    numbers = set(right)
    table = Table(title=title, title_justify="left", title_style="bold", box=_box(), pad_edge=False, show_edge=False)
    for index, column in enumerate(columns):
        table.add_column(
            Text(printable(column)),
            justify="right" if index in numbers else "left",
            overflow="fold",
            header_style="bold",
        )
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(printable(cell)) for cell in row))
    return table


@functools.cache
def _box() -> Any:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415

    return SIMPLE_HEAD


def say_facts(facts: Mapping[str, Cell]) -> None:
    """Print names and values below one another; a value of more lines than one stays beside its name."""
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        say_beside(Text(f"{name:<{width}}  ", style="dim"), value)


def say_beside(lead: Text, value: Cell, console: Console | None = None) -> None:
    """Print a value at the right of its lead, with as many lines as it needs there; to standard output by default."""
    shown, text = console or output(), value if isinstance(value, Text) else Text(printable(value))
    for index, line in enumerate(text.wrap(shown, max(shown.width - lead.cell_len, 20)) or [Text()]):
        line.rstrip()
        shown.print(Text.assemble(Text(" " * lead.cell_len) if index else lead, line), soft_wrap=shown.soft_wrap)


@contextmanager
def progress(text: str) -> Iterator["Progress"]:
    """Show a moving line on standard error while something is waited for; nothing where that is not a terminal."""
    console = messages()
    if not console.is_terminal or console.is_dumb_terminal:
        yield Progress(None)
        return
    with console.status(Text(text)) as status:
        yield Progress(status)


class Progress:
    """The moving line; without a terminal it says nothing."""

    def __init__(self, status: Any) -> None:
        self._status = status

    def say(self, text: str) -> None:
        """Change its text."""
        if self._status is not None:
            self._status.update(Text(printable(text)))

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Take the line away while something else is printed, which would else begin at its end."""
        if self._status is None:
            yield
            return
        self._status.stop()
        yield
        self._status.start()


def iso(moment: datetime) -> str:
    """Return a moment in UTC, to the second, as ISO 8601."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def confirm_by_name(name: str, given: str | None, *, does: str, option: str, warning: str, spared: str) -> None:
    """Raise OperationsError (2) unless somebody says the name.

    `given` is what `option` has; without it a person is asked, after `warning`. Without a person, `does` says what is
    to be confirmed. `spared` is what did not happen.
    """
    if given is None:
        if not sys.stdin.isatty():
            raise wrong_input(f"{does}: say so with {option} {name}")
        note(warning, style="bold red")
        given = typer.prompt(f"Write {name} to go on", err=True)
    if given != name:
        raise wrong_input(f"{given} is not {name}: {spared}")
