"""Cuts a file of SQL into statements: the Data API takes one a call.

The rule is that of psql: a semicolon ends a statement unless it is in parentheses, or in the BEGIN ATOMIC body of a
function.
Source: https://github.com/postgres/postgres/blob/master/src/fe_utils/psqlscan.l
"""

from dataclasses import dataclass
from typing import Final

from .sql_tokens import Token, tokens

_END: Final = "\n;"  # put behind a text, it is found as a token unless something before it is not closed


@dataclass(frozen=True)
class Statement:
    """A statement without the comments around it and without its semicolon.

    `line` is that of its first word, `start` the place of that in the text, both where it was cut out.
    """

    text: str
    line: int
    start: int = 0

    @property
    def words(self) -> tuple[str, ...]:
        """Its words in capitals, without names in quotes."""
        return tuple(token.text.upper() for token in tokens(self.text) if token.kind == "word")

    @property
    def beginning(self) -> str:
        """Its first words on one line, for people."""
        flat = " ".join(self.text.split())
        return flat if len(flat) <= _SHOWN else f"{flat[:_SHOWN]}…"


_SHOWN: Final = 70


class NotClosed(ValueError):
    """A string, a name in quotes, a comment or a parenthesis has no end; `line` is where it or its statement begins."""

    def __init__(self, what: str, line: int) -> None:
        super().__init__(what)
        self.line = line


def split(sql: str) -> list[Statement]:
    """Return the statements of a text. Raises NotClosed."""
    found: list[Statement] = []
    nesting = _Nesting()
    first: Token | None = None
    last_end = 0
    for token in tokens(sql + _END):
        _check_closed(sql, token)
        if token.start > len(sql):
            break
        if token.text == ";" and token.kind == "other" and nesting.is_outside:
            if first is not None:
                found.append(_statement(sql, first.start, last_end))
            first, nesting, last_end = None, _Nesting(), token.end
            continue
        last_end = token.end
        first = first or token
        nesting.add(token)
    else:
        raise NotClosed("a comment has no end", _line_of(sql, last_end))
    if first is not None:
        if not nesting.is_outside:
            raise NotClosed("a statement has an open parenthesis or BEGIN ATOMIC", _line_of(sql, first.start))
        found.append(_statement(sql, first.start, last_end))
    return found


def is_complete(sql: str) -> bool:
    """Return whether the last statement of a text has ended, so that what is written behind it begins another."""
    try:
        return len(split(f"{sql}\nx")) > len(split(sql))
    except NotClosed:
        return False


class _Nesting:
    """How deep a token is in parentheses and in BEGIN ATOMIC … END, in which CASE has an END too."""

    def __init__(self) -> None:
        self._parentheses = 0
        self._blocks = 0
        self._words: list[str] = []

    @property
    def is_outside(self) -> bool:
        return self._parentheses <= 0 and self._blocks == 0

    def add(self, token: Token) -> None:
        if token.kind == "word":
            self._add_word(token.text.upper())
        elif token.kind == "other":
            self._parentheses += {"(": 1, ")": -1}.get(token.text, 0)

    def _add_word(self, word: str) -> None:
        self._words = [*self._words, word][:4]
        if not self._makes_a_function:
            return
        if word == "BEGIN" or (word == "CASE" and self._blocks):
            self._blocks += 1
        elif word == "END" and self._blocks:
            self._blocks -= 1

    @property
    def _makes_a_function(self) -> bool:
        words = [word for word in self._words if word not in {"OR", "REPLACE"}]
        return words[:1] == ["CREATE"] and words[1:2] in (["FUNCTION"], ["PROCEDURE"])


def _check_closed(sql: str, token: Token) -> None:
    if token.kind == "other" and token.text in {"'", '"'}:
        raise NotClosed(f"a {token.text} has no end", _line_of(sql, token.start))
    if token.kind == "dollar":
        size = len(token.text)
        is_closed = token.end - token.start >= 2 * size and sql[token.end - size : token.end] == token.text
        if not is_closed:
            raise NotClosed(f"{token.text} has no end", _line_of(sql, token.start))


def _statement(sql: str, start: int, end: int) -> Statement:
    return Statement(sql[start:end], _line_of(sql, start), start)


def _line_of(sql: str, position: int) -> int:
    return sql.count("\n", 0, position) + 1
