"""Results of SQL: for people a table, or a value a line where that does not fit, and for programs CSV and JSON.

No value is cut or folded in either.
"""

import re
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from rich.text import Text

from cli.output import terminal

if TYPE_CHECKING:
    from aurora_serverless_data_api import Result

_NUMBER_TYPES: Final = frozenset("int2 int4 int8 float4 float8 numeric oid serial bigserial".split())
_ZONED_TYPES: Final = frozenset({"timestamptz", "_timestamptz"})
_QUOTED_IN_ARRAY: Final = re.compile(r'[{},"\\\s]|^$|^null$', re.IGNORECASE)
_QUOTED_IN_CSV: Final = re.compile(r'[",\r\n]|^$|^\\\.$|^\s|\s$')


class Expanded(StrEnum):
    """Whether each value has a line of its own; AUTO where the table is wider than the terminal."""

    ON = "on"
    OFF = "off"
    AUTO = "auto"


def say_result(result: "Result", expanded: Expanded = Expanded.AUTO) -> None:
    """Show a result to people."""
    if not result.columns:
        terminal.say(Text(f"done, {count_of_rows(result.updated_rows)} changed", style="green"))
        return
    names = [column.name for column in result.columns]
    rows = [[_cell(value) for value in row] for row in rows_of(result)]
    numbers = [index for index, column in enumerate(result.columns) if column.type in _NUMBER_TYPES]
    is_expanded = expanded is Expanded.ON or (
        expanded is Expanded.AUTO and bool(rows) and not terminal.fits(names, rows, right=numbers)
    )
    if is_expanded and rows:
        _say_expanded(names, rows)
    else:
        terminal.say_table(names, rows, right=numbers, folded=False)
    terminal.say(Text(f"({count_of_rows(len(rows))})", style="dim"))


def _say_expanded(names: Sequence[str], rows: Sequence[Sequence[terminal.Cell]]) -> None:
    shown = [Text(terminal.printable(name)) for name in names]
    width = max(name.cell_len for name in shown)
    for number, row in enumerate(rows, start=1):
        head = f"─[ record {number} ]"
        terminal.say(Text(head + "─" * max(width + 2 - len(head), 0), style="bold"))
        for name, cell in zip(shown, row, strict=True):
            value = cell if isinstance(cell, Text) else Text(terminal.printable(cell))
            for index, line in enumerate(value.split("\n", allow_blank=True)):
                label = " " * width if index else name.plain + " " * (width - name.cell_len)
                terminal.say(Text(f"{label} │ ", style="dim"), line, folded=False)


def rows_of(result: "Result") -> Sequence[Sequence[Any]]:
    """Return the rows of a result, with the offset that psql would show of a moment in UTC.

    The Data API returns a timestamptz in UTC without a word of it, and refuses a timetz.
    """
    zoned = {index for index, column in enumerate(result.columns) if column.type in _ZONED_TYPES}
    if not zoned:
        return result.rows
    return [
        [_with_offset(value) if index in zoned else value for index, value in enumerate(row)] for row in result.rows
    ]


def _with_offset(value: Any) -> Any:
    if value is None:
        return None
    if isinstance(value, list):
        return [_with_offset(each) for each in value]
    moment, era, _ = value.partition(" BC")
    # Of a fraction PostgreSQL writes no zero behind, the Data API milliseconds.
    return f"{moment.rstrip('0').rstrip('.') if '.' in moment else moment}+00{era}"


def _cell(value: Any) -> terminal.Cell:
    return Text("NULL", style="dim") if value is None else as_text(value)


def count_of_rows(rows: int) -> str:
    """Return a number of rows in words."""
    return f"{rows} row{'' if rows == 1 else 's'}"


def as_text(value: Any) -> str:
    """Return a value as PostgreSQL writes it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, list):
        return "{" + ",".join(_element(item) for item in value) + "}"
    return str(value)


def _element(value: Any) -> str:
    text = "NULL" if value is None else as_text(value)
    if value is None or isinstance(value, list) or not _QUOTED_IN_ARRAY.search(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def as_csv(values: Sequence[Any]) -> str:
    """Return a line of CSV by PostgreSQL's rules: NULL is nothing, and a text of no characters is quoted."""
    return ",".join("" if value is None else _quoted(as_text(value)) for value in values) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED_IN_CSV.search(text) else text


def as_json(value: Any) -> Any:
    """Return a value for JSON, a numeric as text: a number of JSON is read as one of 53 bits by most programs."""
    if isinstance(value, list):
        return [as_json(each) for each in value]
    return str(value) if isinstance(value, Decimal) else value
