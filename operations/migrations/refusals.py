"""What a statement may not be, because the Data API would not do what is written: found before anything is sent."""

from collections.abc import Iterator
from typing import Final

from operations.data_api.sql_text import tokens
from operations.migrations.splitting import Statement

LONGEST_STATEMENT: Final = 65_536
"""Characters. Source: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html"""

_TRANSACTION_WORDS: Final = frozenset({"ABORT", "BEGIN", "COMMIT", "END", "ROLLBACK", "START"})


def refusal(statement: Statement) -> tuple[str, int] | None:
    """Return why a statement is refused, and the line of its file; None where nothing is wrong with it."""
    if len(statement.text) > LONGEST_STATEMENT:
        size = f"{len(statement.text):,} characters, the Data API takes {LONGEST_STATEMENT:,}"
        return f"the statement has {size}: split it", statement.line
    words = statement.words
    if is_transaction_control(words):
        return f"{words[0]} has no place here: a file is one transaction by itself; leave it out", statement.line
    if words[:1] == ("COPY",) and "STDIN" in words:
        return "COPY FROM STDIN does not exist in the Data API: write INSERT", statement.line
    if statement.text.startswith("\\"):
        return f"{statement.text.split()[0]} is a command of psql, not SQL: leave it out", statement.line
    for name, position, is_quoted in _parameters(statement.text):
        return _of_parameter(name, is_quoted=is_quoted), statement.line + statement.text.count("\n", 0, position)
    return None


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
