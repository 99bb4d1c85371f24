"""Statements that begin or end a transaction, which the Data API does by operations of its own."""

from dataclasses import dataclass

from aurora_serverless_data_api.splitting import Statement
from aurora_serverless_data_api.sql_tokens import tokens
from operations.errors import wrong_input


@dataclass(frozen=True)
class Begin:
    """BEGIN or START TRANSACTION; `characteristics` is what is behind it, such as ISOLATION LEVEL SERIALIZABLE."""

    characteristics: str = ""


class Commit:
    """COMMIT or END."""


class RollBack:
    """ROLLBACK or ABORT of the whole transaction."""


def transaction_word(statement: Statement) -> Begin | Commit | RollBack | None:
    """Return what a statement does with the transaction; None for nothing, and for what PostgreSQL does itself.

    Raises OperationsError (WRONG_INPUT) for what the Data API cannot do.
    """
    first, *others = statement.words or ("",)
    if first == "BEGIN" or [first, *others[:1]] == ["START", "TRANSACTION"]:
        return Begin(_behind(statement.text, {"BEGIN", "START", "TRANSACTION", "WORK"}))
    if [first, *others[:1]] == ["PREPARE", "TRANSACTION"]:
        raise wrong_input("the Data API prepares no transaction: COMMIT or ROLLBACK ends it")
    if first not in {"ABORT", "COMMIT", "END", "ROLLBACK"} or others[:1] == ["PREPARED"] or "TO" in others:
        return None
    if "CHAIN" in others and "NO" not in others:
        raise wrong_input(f"the Data API chains no transactions: {first}, then BEGIN")
    return Commit() if first in {"COMMIT", "END"} else RollBack()


def _behind(sql: str, words: set[str]) -> str:
    """Return what is behind the first words of a statement."""
    end = 0
    for token in tokens(sql):
        if token.text.upper() not in words:
            break
        end = token.end
    return sql[end:].strip()
