"""Where in a text of SQL something is wrong, as a person finds it: line, column, and the line with a caret below."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from cli.output.terminal import printable
from operations.errors import ErrorKind, OperationsError

if TYPE_CHECKING:
    from operations.sql.errors import StatementFailed

_LONGEST: Final = 68
"""Characters of a line that are shown: with the line's number it fits a terminal of 80 columns."""


class ErrorInText(OperationsError):
    """An error in what somebody wrote; `excerpt` are lines that people are shown below it: the place that is wrong."""

    def __init__(self, message: str, kind: ErrorKind, *, excerpt: Sequence[str]) -> None:
        super().__init__(message, kind)
        self.excerpt = excerpt


def placed(error: "StatementFailed", place: "Place", *, names_line: bool, hint: str, shows_place: bool) -> ErrorInText:
    """Return PostgreSQL's error with line, column and hint; where it has no position, `place` begins its statement.

    `names_line` says the line of that statement, among others; `shows_place` has lines that show it.
    """
    where = f" at line {place.line}, column {place.column}" if error.position else ""
    if not error.position and names_line:
        where = f" in the statement of line {place.line}"
    excerpt = place.excerpt(with_caret=bool(error.position)) if where and shows_place else ()
    return ErrorInText(f"{error}{where}{hint}", error.kind, excerpt=excerpt)


@dataclass(frozen=True)
class Place:
    """A character of a text, counted from 0 in `offset`; line and column are counted from 1, in characters."""

    text: str
    offset: int

    @property
    def line(self) -> int:
        """Number of its line."""
        return self.text.count("\n", 0, self.offset) + 1

    @property
    def column(self) -> int:
        """Number of the character in its line."""
        return self.offset - self._line_start + 1

    def excerpt(self, *, with_caret: bool) -> list[str]:
        """Return its line, of a long one what is around it, and a line with a caret below the character."""
        line = self.text[self._line_start :].partition("\n")[0].rstrip("\r").replace("\t", " ")
        start = max(0, min(self.column - 1 - _LONGEST // 2, len(line) - _LONGEST))
        before = printable(("…" if start else "") + line[start : self.column - 1])
        after = printable(line[max(start, self.column - 1) : start + _LONGEST])
        margin = f"  {self.line} | "
        shown = f"{margin}{before}{after}{'…' if start + _LONGEST < len(line) else ''}"
        if not with_caret:
            return [shown]
        return [shown, f"{' ' * (len(margin) - 2)}| {' ' * cell_len(before)}^"]

    @property
    def _line_start(self) -> int:
        return self.text.rfind("\n", 0, self.offset) + 1
