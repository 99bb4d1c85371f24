"""What a statement may not be, because the Data API would not do what is written: found before anything is sent."""

import re
from collections.abc import Iterator
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless_data_api.splitting import Statement
from aurora_serverless_data_api.sql_tokens import tokens

LONGEST_STATEMENT: Final = limit("data_api_statement_longest")
"""Characters. Source: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html"""

_NO_COPY: Final = "COPY FROM STDIN does not exist in the Data API: write INSERT, as pg_dump --inserts does"
_COPIED_ROWS: Final = re.compile(r"^[ \t]*COPY\b[^;]*\bFROM\s+STDIN\b", re.MULTILINE | re.IGNORECASE)
_OF_THE_SESSION: Final = frozenset({"DEALLOCATE", "DISCARD", "LISTEN", "PREPARE", "RESET", "SET", "UNLISTEN"})
_TRANSACTION_WORDS: Final = frozenset({"ABORT", "BEGIN", "COMMIT", "END", "ROLLBACK", "START"})


def refusal(statement: Statement) -> tuple[str, int] | None:
    """Return why a statement is refused, and the line of its file; None where nothing is wrong with it."""
    if len(statement.text) > LONGEST_STATEMENT:
        size = f"{len(statement.text):,} characters, the Data API takes {LONGEST_STATEMENT:,}"
        return f"the statement has {size}: split it", statement.line
    if (found := _of_kind(statement)) is not None:
        return found, statement.line
    for name, position, is_quoted in _parameters(statement.text):
        return _of_parameter(name, is_quoted=is_quoted), statement.line + statement.text.count("\n", 0, position)
    return None


def _of_kind(statement: Statement) -> str | None:
    words = statement.words
    if is_transaction_control(words):
        return f"{words[0]} has no place here: a file is one transaction by itself; leave it out"
    if words[:1] == ("COPY",) and "STDIN" in words:
        return _NO_COPY
    if words[:2] == ("DISCARD", "ALL"):
        return "DISCARD ALL runs in no transaction, and each file begins with a new session's settings: leave it out"
    if statement.text.startswith("\\"):
        name = statement.text.split()[0]
        return f"{name} is a command of psql, not SQL: leave it out, also where pg_dump wrote it"
    return None


def refusal_without_transaction(statement: Statement) -> str | None:
    """Return why a statement does nothing in a file without a transaction; None where it does something."""
    words = statement.words
    if words[:1] != () and words[0] in _OF_THE_SESSION:
        what = words[0]
    elif "SET_CONFIG" in words:
        what = "set_config"
    elif words[:1] == ("CREATE",) and {"TEMP", "TEMPORARY"} & set(words[1:4]):
        what = "a temporary table"
    else:
        return None
    return (
        f"{what} does not last in a file without a transaction, each of whose statements has a session of its own: "
        "write it into a file with one, or name schemas in full"
    )


def copied_rows(text: str) -> tuple[str, int] | None:
    """Return the refusal of COPY FROM STDIN, and its line, in a text whose rows cannot be read as SQL."""
    found = _COPIED_ROWS.search(text)
    return None if found is None else (_NO_COPY, text.count("\n", 0, found.start()) + 1)


def is_transaction_control(words: tuple[str, ...]) -> bool:
    """Whether a statement of these words begins or ends a transaction; ROLLBACK TO a savepoint does not."""
    if words[:2] == ("PREPARE", "TRANSACTION"):
        return True
    return words[:1] != () and words[0] in _TRANSACTION_WORDS and "TO" not in words[1:4]


def _parameters(sql: str, start: int = 0, *, is_quoted: bool = False) -> Iterator[tuple[str, int, bool]]:
    """Yield name, position and whether it is between dollar quotes, of all that the Data API takes for a parameter."""
    for token in tokens(sql):
        if token.kind == "parameter":
            yield token.text, start + token.start, is_quoted
        elif token.kind == "dollar":
            size = len(token.text)
            inside = token.start + size
            yield from _parameters(sql[inside : token.end - size], start + inside, is_quoted=True)


def _of_parameter(name: str, *, is_quoted: bool) -> str:
    if name.isdigit():
        return f"the Data API takes :{name} for a parameter: put spaces around the colon, as in [1 : {name}]"
    where = ", between dollar quotes too" if is_quoted else ""
    return (
        f"the Data API takes :{name} for a parameter{where}: write a space after the colon, or, where it is text, "
        "quote that with '…'"
    )
