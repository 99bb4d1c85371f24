"""Named parameters: `:name` becomes PostgreSQL's `$1`, as the Data API rewrites it.

The Data API leaves strings, quoted identifiers, comments and casts alone. It does read `:2` of an array slice
`a[1:2]` as a parameter, which PostgreSQL then refuses (`[1 : 2]` is understood), and `:name` between dollar quotes,
which changes the text without a word. The first is the same here. The second is refused, because a text that changes
on its way into a function's body is worse than an error.
Both were found by others on Aurora PostgreSQL 17.9; AWS's documentation is silent on them.
"""

import itertools
import re
from collections.abc import Collection
from dataclasses import dataclass

from local_aws.data_api.errors import DataApiError

_TOKEN = re.compile(
    r"""
      [eE]'(?:[^'\\]|\\.|'')*'                                # a string with backslash escapes
    | '(?:[^']|'')*'                                          # a string
    | "(?:[^"]|"")*"                                          # a quoted identifier
    | --[^\n]*                                                # a comment
    | (?P<nested_comment>/\*)
    | (?P<dollar_quote>\$(?:[^\W\d]\w*)?\$)
    | [^\W\d][\w$]*                                           # a word, of which a $ can be part
    | ::                                                      # a cast
    | :(?P<name>\w+)
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


@dataclass(frozen=True)
class RewrittenSql:
    """SQL with `$1`, `$2`, …, and the name of each in that order; those that were not given are left out."""

    text: str
    names: tuple[str, ...]


def rewrite(sql: str, given: Collection[str]) -> RewrittenSql:
    """Return `sql` with each `:name` replaced; a name that occurs twice is bound twice, and so is two parameters.

    A name that was not `given` gets a number after all that were: PostgreSQL then misses its value.
    """
    found = _find(sql)
    names = [name for _, _, name in found if name in given]
    given_numbers, missing_numbers = itertools.count(1), itertools.count(len(names) + 1)
    pieces, done = [], 0
    for start, end, name in found:
        pieces += [sql[done:start], f"${next(given_numbers if name in given else missing_numbers)}"]
        done = end
    return RewrittenSql("".join([*pieces, sql[done:]]), tuple(names))


def _find(sql: str) -> list[tuple[int, int, str]]:
    """Return start, end and name of each parameter in `sql`."""
    found = []
    position = 0
    while token := _TOKEN.match(sql, position):
        position = token.end()
        if token["name"] is not None:
            found.append((token.start(), token.end(), token["name"]))
        elif token["nested_comment"] is not None:
            position = _end_of_comment(sql, position)
        elif token["dollar_quote"] is not None:
            position = _end_of_dollar_quote(sql, position, token["dollar_quote"])
    return found


def _end_of_comment(sql: str, position: int) -> int:
    depth = 1
    while depth and (edge := _COMMENT_EDGE.search(sql, position)):
        depth += 1 if edge[0] == "/*" else -1
        position = edge.end()
    return len(sql) if depth else position


def _end_of_dollar_quote(sql: str, position: int, quote: str) -> int:
    end = sql.find(quote, position)
    if end < 0:
        return len(sql)
    inside = _find(sql[position:end])
    if inside:
        name = inside[0][2]
        raise DataApiError(
            "BadRequestException",
            f"Local AWS refuses :{name} inside {quote}...{quote}: the Data API would replace it there, without a word. "
            "Quote the text with '...', or write a space after the colon.",
        )
    return end + len(quote)
