"""What `sql` prints: answers for people, or a document as programs read it.

A document is written as the rows come: a result of any size needs the memory of one page.
"""

import shutil
import sys
import tempfile
from typing import IO, TYPE_CHECKING, Final

from cli.output import streams, terminal
from cli.output.sql_result import as_csv, as_json, rows_of, say_result

if TYPE_CHECKING:
    from aurora_serverless_data_api import Result

_MEMORY_BYTES: Final = 4 * 1024 * 1024
"""How much of several results is kept in memory; what is more goes into a temporary file."""


class Answers:
    """What people read, once all is done."""

    has_any_size: bool = False
    """Whether a result may be larger than one answer of the Data API."""

    def __init__(self) -> None:
        self._results: list[Result] = []

    def begin_result(self) -> None:
        """Begin with what the next statement answers."""

    def add(self, page: "Result") -> None:
        """Take some rows."""
        self._results.append(page)

    def end(self, seconds: float) -> None:
        """Write what is not written yet."""
        del seconds
        for result in self._results:
            say_result(result)

    def close(self) -> None:
        """Forget what was taken."""


class CsvDocument(Answers):
    """The rows of one statement, below the names of its columns."""

    has_any_size = True

    def __init__(self) -> None:
        super().__init__()
        self._has_begun = False

    def add(self, page: "Result") -> None:
        """Write some rows."""
        head = as_csv([column.name for column in page.columns]) if page.columns and not self._has_begun else ""
        self._has_begun = True
        terminal.say_data(head + "".join(map(as_csv, rows_of(page))))
        sys.stdout.flush()  # a reader that has ended is noticed now


class JsonDocument(Answers):
    """The results of all statements in one document. Of several nothing is written before the end of all."""

    has_any_size = True

    def __init__(self, *, read_only: bool, statements: int) -> None:
        super().__init__()
        self._is_ascii = streams.lacks(sys.stdout, "\N{GRINNING FACE}") is not None
        self._kept: IO[str] | None = None
        if statements > 1:
            self._kept = tempfile.SpooledTemporaryFile(_MEMORY_BYTES, "w+", encoding="utf-8")  # noqa: SIM115  # `close`
        self._count = self._rows = self._updated_rows = 0
        self._head = f'{{\n  "read_only": {self._text(read_only)},\n  "results": ['

    def begin_result(self) -> None:
        """End the result before, and begin the next."""
        self._end_result()
        self._rows = -1

    def add(self, page: "Result") -> None:
        """Write some rows."""
        text = ""
        if self._rows < 0:
            columns = self._text([{"name": column.name, "type": column.type} for column in page.columns])
            text = f'{"," if self._count else self._head}\n    {{\n      "columns": {columns},\n      "rows": ['
            self._count, self._rows = self._count + 1, 0
        for row in rows_of(page):
            text += f"{',' if self._rows else ''}\n        {self._text([as_json(value) for value in row])}"
            self._rows += 1
        self._updated_rows = page.updated_rows
        self._write(text)

    def end(self, seconds: float) -> None:
        """Write what comes behind the results; of several, all."""
        self._end_result()
        self._write(f'\n  ],\n  "seconds": {self._text(round(seconds, 3))}\n}}\n')
        if self._kept is not None:
            self._kept.seek(0)
            shutil.copyfileobj(self._kept, sys.stdout)

    def close(self) -> None:
        """Remove the temporary file."""
        if self._kept is not None:
            self._kept.close()

    def _end_result(self) -> None:
        if self._count:
            end = "\n      " if self._rows else ""
            self._write(f'{end}],\n      "updated_rows": {self._updated_rows}\n    }}')

    def _text(self, value: object) -> str:
        return terminal.json_text(value, ascii_only=self._is_ascii, indent=None)

    def _write(self, text: str) -> None:
        if self._kept is not None:
            self._kept.write(text)
            return
        sys.stdout.write(text)
        sys.stdout.flush()  # a reader that has ended is noticed now
