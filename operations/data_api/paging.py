"""Results of any size: a cursor in a transaction, read in pages that are as large as an answer may be.

How many rows fit into the next page is not tried out: a page that was too large would end the transaction, and with it
the cursor. PostgreSQL itself says it with each row, from the sizes of the rows that follow.
"""

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .parameters import Parameters
from .results import Row
from .sql_text import tokens

if TYPE_CHECKING:
    from .statements import Statements

# An answer has at most 1 MiB. Half of it is for values, as JSON, and half for what the Data API writes around them.
_VALUE_BYTES = 500_000
_FIELD_BYTES = 30

_SIZE, _FOLLOWING = "data_api_client_size", "data_api_client_following"


class Cursor:
    """A cursor over a SELECT in an open transaction; it opens with the first row."""

    def __init__(self, transaction: "Statements", sql: str, parameters: Parameters | None) -> None:
        self._transaction = transaction
        self._name = f"data_api_client_{secrets.token_hex(4)}"
        self._next_rows = 1
        transaction.execute(_declaration(self._name, _without_semicolon(sql)), parameters)
        self._first_page = self._fetch()

    def pages(self) -> Iterator[list[Row]]:
        """Yield the rows, as many at a time as fit into an answer."""
        page = self._first_page
        while page:
            yield page
            page = self._fetch()

    def close(self) -> None:
        """Forget the cursor; the end of the transaction does so too."""
        self._transaction.execute(f"CLOSE {self._name}")

    def _fetch(self) -> list[Row]:
        rows = self._transaction.query(f"FETCH {self._next_rows} FROM {self._name}")
        for row in rows:
            del row[_SIZE]
            following = row.pop(_FOLLOWING)
        if rows:
            greatest = _VALUE_BYTES // (_FIELD_BYTES * max(len(rows[0]), 1))
            self._next_rows = max(min(following, greatest), 1)  # a row that does not fit goes alone
        return rows


def _without_semicolon(sql: str) -> str:
    pieces = list(tokens(sql))
    return sql[: pieces[-1].start] if pieces and pieces[-1].text == ";" else sql


def _declaration(name: str, sql: str) -> str:
    """Return what declares a cursor over `sql`, with two columns more: the sum of all sizes, and how many rows follow.

    The rows stay in the order of `sql`: the sum grows with each of them.
    """
    return (
        f"DECLARE {name} NO SCROLL CURSOR FOR SELECT sized.*, "  # noqa: S608  # the caller's own SQL
        f"count(*) OVER (ORDER BY {_SIZE} RANGE BETWEEN CURRENT ROW AND {_VALUE_BYTES} FOLLOWING) - 1 AS {_FOLLOWING} "
        f"FROM (SELECT data_api_client_row.*, sum(octet_length(row_to_json(data_api_client_row)::text)) "
        f"OVER (ROWS UNBOUNDED PRECEDING) AS {_SIZE} FROM (\n{sql}\n) AS data_api_client_row) AS sized ORDER BY {_SIZE}"
    )
