"""Reads CSV by PostgreSQL's rules, which Python's own module does not know: nothing is NULL, and `""` is no characters.

Source: https://www.postgresql.org/docs/current/sql-copy.html, "CSV Format"
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from operations.errors import wrong_input

Row = list[str | None]

_FIELD: Final = re.compile(r'"((?:[^"]|"")*)"(?=[,\n]|\Z)|([^",\n]*)(?=[,\n]|\Z)')
_LONGEST_ROW: Final = 4 * 1024 * 1024
"""Characters of a row: a call of the Data API takes 4 MiB."""


def read_csv(lines: Iterable[str], name: str) -> Iterator[tuple[int, Row]]:
    """Yield the rows with the number of the line where each begins. Raises OperationsError (WRONG_INPUT)."""
    text, first = "", 1
    for number, line in enumerate(lines, start=1):
        if not text:
            first = number
        text += line
        if text.count('"') % 2 == 1:
            if len(text) > _LONGEST_ROW:
                break
            continue  # a value goes on in the next line
        yield first, _fields(text.rstrip("\r\n"), name, first)
        text = ""
    if text:
        raise wrong_input(f'{name}:{first}: a value that begins with " has no end: close it')


def _fields(text: str, name: str, line: int) -> Row:
    row: Row = []
    position = 0
    while True:
        found = _FIELD.match(text, position)
        if found is None:
            raise wrong_input(
                f'{name}:{line}: value {len(row) + 1} has a " inside: write "" for one, and "…" around it'
            )
        quoted, plain = found.groups()
        row.append(quoted.replace('""', '"') if quoted is not None else plain or None)
        position = found.end() + 1
        if found.end() == len(text):
            return row
