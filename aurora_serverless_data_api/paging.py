"""Results of any size: a cursor in a transaction, read in pages that are as large as an answer may be.

How many rows fit into the next page is not tried out: a page that was too large would end the transaction, and with it
the cursor. PostgreSQL itself says it with each row, from the sizes of the rows that follow.

A FETCH that is delivered twice moves the cursor twice, and its second answer would leave rows out. So each row has its
number, the last one says that it is the last, and there is a row of nulls where there is none.
"""

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .errors import AnswerLost, StatementError
from .parameters import Parameters
from .results import Row
from .sql_tokens import tokens

if TYPE_CHECKING:
    from .statements import Statements

# An answer has at most 1 MiB. Half of it is for values, as JSON, and half for what the Data API writes around them.
_VALUE_BYTES = 500_000
_FIELD_BYTES = 30

_SIZE, _FOLLOWING, _NUMBER, _NEXT = (f"data_api_client_{name}" for name in ("size", "following", "number", "next"))
# Nobody else knows the cursor's name.
# Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
_ALREADY_OPEN, _ALREADY_CLOSED = "42P03", "34000"


class Cursor:
    """A cursor over a SELECT in an open transaction; it opens with the first row."""

    def __init__(self, transaction: "Statements", sql: str, parameters: Parameters | None) -> None:
        self._transaction = transaction
        self._name = f"data_api_client_{secrets.token_hex(4)}"
        self._next_number: int | None = 1
        self._page_rows = 1
        self._once(_declaration(self._name, _without_semicolon(sql)), parameters)
        self._first_page = self._fetch()

    def pages(self) -> Iterator[list[Row]]:
        """Yield the rows, as many at a time as fit into an answer."""
        if self._first_page:
            yield self._first_page
        while self._next_number is not None:
            yield self._fetch()

    def close(self) -> None:
        """Forget the cursor; the end of the transaction does so too."""
        self._once(f"CLOSE {self._name}")

    def _once(self, sql: str, parameters: Parameters | None = None) -> None:
        try:
            self._transaction.execute(sql, parameters)
        except StatementError as error:
            if error.sqlstate not in {_ALREADY_OPEN, _ALREADY_CLOSED}:
                raise
            raise AnswerLost("the call was delivered twice", code=error.code, message=error.message) from None

    def _fetch(self) -> list[Row]:
        rows = self._transaction.query(f"FETCH {self._page_rows} FROM {self._name}")
        first = self._next_number
        following = 0
        for expected, row in enumerate(rows, start=first or 1):
            del row[_SIZE]
            number, self._next_number, following = row.pop(_NUMBER), row.pop(_NEXT), row.pop(_FOLLOWING)
            if number is None and first == 1:
                return []  # the row that says that there is none
            if number != expected:
                raise AnswerLost(f"row {number} came in place of row {expected}", code="RowsLeftOut")
        if not rows:
            raise AnswerLost(f"row {first} did not come", code="RowsLeftOut")
        greatest = _VALUE_BYTES // (_FIELD_BYTES * max(len(rows[0]), 1))
        self._page_rows = max(min(following, greatest), 1)  # a row that does not fit goes alone
        return rows


def _without_semicolon(sql: str) -> str:
    pieces = list(tokens(sql))
    return sql[: pieces[-1].start] if pieces and pieces[-1].text == ";" else sql


def _declaration(name: str, sql: str) -> str:
    """Return what declares a cursor over `sql`, with four columns more.

    They are the sum of all sizes, the row's number, that of the next row, and how many rows follow that fit into a
    page with it. The rows stay in the order of `sql`: the sum grows with each of them.
    """
    so_far = "OVER (ROWS UNBOUNDED PRECEDING)"
    return (
        f"DECLARE {name} NO SCROLL CURSOR FOR SELECT paged.* FROM (VALUES (1)) AS always_a_row LEFT JOIN (SELECT "  # noqa: S608  # the caller's own SQL
        f"sized.*, lead({_NUMBER}) OVER (ORDER BY {_SIZE}) AS {_NEXT}, "
        f"count(*) OVER (ORDER BY {_SIZE} RANGE BETWEEN CURRENT ROW AND {_VALUE_BYTES} FOLLOWING) - 1 AS {_FOLLOWING} "
        f"FROM (SELECT data_api_client_row.*, sum(octet_length(row_to_json(data_api_client_row)::text)) "
        f"{so_far} AS {_SIZE}, row_number() {so_far} AS {_NUMBER} FROM (\n{sql}\n) AS data_api_client_row) AS sized"
        f") AS paged ON true ORDER BY {_SIZE}"
    )
