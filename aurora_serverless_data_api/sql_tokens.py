"""Reads SQL as far as a client must: where its parameters are, its words outside of strings and comments, its kind."""

import functools
import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    r"""
      (?P<blank>\s+|--[^\n]*)
    | (?P<string>[eE]'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*')
    | (?P<quoted>"(?:[^"]|"")*")
    | (?P<comment>/\*)
    | (?P<dollar>\$(?:[^\W\d]\w*)?\$)
    | (?P<word>[^\W\d][\w$]*)
    | (?P<cast>::)
    | :(?P<parameter>\w+)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_READING_WORDS = frozenset({"select", "values", "table", "show", "fetch", "explain"})
_QUERY_WORDS = frozenset({"select", "values", "table", "with"})
_WRITING_WORDS = frozenset({"insert", "update", "delete", "merge"})
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class Token(NamedTuple):
    """A piece of SQL: `kind` is the name of its group above; blanks and comments are none."""

    kind: str
    text: str
    start: int
    end: int


@functools.lru_cache(maxsize=256)
def parameters_in(sql: str) -> tuple[Token, ...]:
    """Return each `:name` in `sql`; the text of the token is the name."""
    return tuple(token for token in tokens(sql) if token.kind == "parameter")


@functools.lru_cache(maxsize=256)
def returns_rows(sql: str) -> bool | None:
    """Return whether a statement answers with rows, be it none of them; None where its first words do not say."""
    found = {token.text.lower(): None for token in tokens(sql) if token.kind == "word"}
    first = next((token.text.lower() for token in tokens(sql)), "")
    if first in _READING_WORDS:
        return None if "into" in found else True
    if first in _WRITING_WORDS:
        return "returning" in found
    return None


@functools.lru_cache(maxsize=256)
def takes_a_cursor(sql: str) -> bool:
    """Return whether a cursor can be declared over a statement, by its words; False is not a promise that none can."""
    found = list(tokens(sql))
    words = {token.text.lower() for token in found if token.kind == "word"}
    first = next((token.text.lower() for token in found if token.text != "("), "")
    return first in _QUERY_WORDS and not words & {*_WRITING_WORDS, "into"}


@functools.lru_cache(maxsize=256)
def ends_transaction(sql: str) -> bool:
    """Return whether a statement ends the transaction in which it runs; ROLLBACK TO a savepoint does not."""
    words = [token.text.lower() for token in itertools.islice(tokens(sql), 3)]
    if words[:1] == ["rollback"]:
        return "to" not in words
    return words[:1] in (["commit"], ["end"], ["abort"]) or words[:2] == ["prepare", "transaction"]


def tokens(sql: str) -> Iterator[Token]:
    """Yield the pieces of `sql`. What is not closed reaches to the end."""
    position = 0
    while match := _TOKEN.match(sql, position):
        kind = match.lastgroup or ""
        start, position = position, match.end()
        if kind == "comment":
            position = _end_of_comment(sql, position)
        elif kind == "dollar":
            end = sql.find(match[0], position)
            position = len(sql) if end < 0 else end + len(match[0])
        if kind not in {"blank", "comment"}:
            yield Token(kind, match[kind], start, position)


def _end_of_comment(sql: str, position: int) -> int:
    depth = 1
    while depth and (edge := _COMMENT_EDGE.search(sql, position)):
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return len(sql) if depth else position
