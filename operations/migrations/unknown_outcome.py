"""What became of a statement whose runner did not see its end, outside of a transaction."""

import itertools
from collections.abc import Callable
from enum import Enum
from typing import Final

from aurora_serverless_data_api import DataApiClient
from aurora_serverless_data_api.splitting import Statement
from aurora_serverless_data_api.sql_tokens import Token, tokens

POLL_SECONDS: Final = 1.0

_IS_RUNNING: Final = """
SELECT count(*) > 0 AS is_running FROM pg_stat_activity
WHERE pid <> pg_backend_pid() AND state = 'active' AND starts_with(query, :mark)"""
_IS_VALID: Final = "SELECT indisvalid AS is_valid FROM pg_index WHERE indexrelid = to_regclass(:name)"

_REPEATABLE: Final = frozenset({"ANALYZE", "CLUSTER", "REFRESH", "REINDEX", "VACUUM"})


class Verdict(Enum):
    """Whether a statement was done; `UNKNOWN` is for people to find out."""

    DONE = "done"
    NOT_DONE = "not done"
    UNKNOWN = "unknown"


def await_end(client: DataApiClient, mark: str, on_wait: Callable[[], None], sleep: Callable[[float], None]) -> None:
    """Wait until no statement that begins with `mark` runs any more; one goes on when its caller is gone."""
    while client.query_one(_IS_RUNNING, {"mark": mark})["is_running"]:
        on_wait()
        sleep(POLL_SECONDS)


def settle(client: DataApiClient, statement: Statement, mark: str) -> Verdict:
    """Return what became of a statement that runs no more; an invalid index that it left is dropped, with its mark."""
    index = concurrent_index(statement)
    if index is not None:
        if is_valid(client, index):
            return Verdict.DONE
        drop_invalid(client, index, mark)
        return Verdict.NOT_DONE
    return Verdict.NOT_DONE if is_repeatable(statement) else Verdict.UNKNOWN


def is_valid(client: DataApiClient, index: str) -> bool | None:
    """Whether an index can be used; None where there is none of that name."""
    row = client.query_one_or_none(_IS_VALID, {"name": index})
    return None if row is None else bool(row["is_valid"])


def drop_invalid(client: DataApiClient, index: str, mark: str) -> None:
    """Drop what a failed CREATE INDEX CONCURRENTLY leaves: an index of that name which is never used."""
    if is_valid(client, index) is False:
        client.execute(f"{mark}DROP INDEX CONCURRENTLY IF EXISTS {index}", idempotent=True, continue_after_timeout=True)


def is_repeatable(statement: Statement) -> bool:
    """Whether a statement can be done twice without harm, as far as its words say."""
    words = statement.words
    pairs = set(itertools.pairwise(words))
    return words[0] in _REPEATABLE or ("IF", "EXISTS") in pairs or ("IF", "NOT") in pairs


def concurrent_index(statement: Statement) -> str | None:
    """Return the name of the index that CREATE INDEX CONCURRENTLY makes, with the schema where the table has one."""
    found = [token for token in tokens(statement.text) if token.kind in {"word", "quoted", "other"}]
    words = [token.text.upper() for token in found]
    start = ["CREATE", "UNIQUE"] if words[1:2] == ["UNIQUE"] else ["CREATE"]
    if words[: len(start) + 2] != [*start, "INDEX", "CONCURRENTLY"]:
        return None
    position = len(start) + 2
    if words[position : position + 3] == ["IF", "NOT", "EXISTS"]:
        position += 3
    if words[position + 1 : position + 2] != ["ON"]:
        return None  # it has no name of its own
    return _schema(found[position + 2 :]) + found[position].text


def _schema(table: list[Token]) -> str:
    """Return the schema of a table with its dot; an index lies where its table does."""
    if table and table[0].text.upper() == "ONLY":
        table = table[1:]
    has_schema = len(table) > 1 and table[1].text == "."
    return f"{table[0].text}." if has_schema else ""
