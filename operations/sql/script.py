"""Statements out of a text: the Data API takes one a call, and transactions are not theirs to end."""

from typing import TYPE_CHECKING, Final

from aurora_serverless.facts.limits import limit
from operations.errors import wrong_input

if TYPE_CHECKING:
    from aurora_serverless_data_api.splitting import Statement

LONGEST_STATEMENT: Final = limit("data_api_statement_longest")
"""Source: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_ExecuteStatement.html"""

# These would end the transaction in which statements run, and with it what makes it read-only. A function or a DO block
# cannot: PostgreSQL refuses COMMIT and ROLLBACK there inside a transaction that somebody else began.
_TRANSACTION_WORDS: Final = frozenset({"ABORT", "BEGIN", "COMMIT", "END", "PREPARE TRANSACTION", "ROLLBACK", "START"})


def script_statements(text: str) -> "list[Statement]":
    """Return the statements of a text, without comments around them and without semicolons at their ends.

    Raises OperationsError (WRONG_INPUT) where there is none, one is too long, or one would begin or end a transaction.
    """
    from aurora_serverless_data_api.splitting import NotClosed, split  # noqa: PLC0415 (imports boto3)

    try:
        found = split(text)
    except NotClosed as error:
        raise wrong_input(f"line {error.line} of the SQL: {error}: close it") from None
    for statement in found:
        _check(statement.text, " ".join(statement.words[:2]))
    if not found:
        raise wrong_input("there is no statement: give one, --file FILE, or write one to standard input")
    return found


def check_length(body: str) -> None:
    """Raise OperationsError (WRONG_INPUT) where a statement is longer than the Data API takes."""
    if len(body.encode()) > LONGEST_STATEMENT:
        raise wrong_input(f"a statement is longer than {LONGEST_STATEMENT:,} bytes: {body[:40]!r}…; split it")


def _check(body: str, first_words: str) -> None:
    check_length(body)
    first = first_words.split(" ", maxsplit=1)[0].rstrip(";")
    if first in _TRANSACTION_WORDS or first_words in _TRANSACTION_WORDS:
        raise wrong_input(f"{first} has no place here: all statements run in one transaction; leave it out")
