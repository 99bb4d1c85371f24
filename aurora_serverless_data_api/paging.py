"""Results of any size: a cursor in a transaction, read in pages that are as large as an answer may be.

How many rows fit into the next page is not tried out: a page that was too large would end the transaction, and with it
the cursor. PostgreSQL itself says it with each row, from the sizes of the rows that follow.

A FETCH that is delivered twice moves the cursor twice, and its second answer would leave rows out. So each row has its
number, the last one says that it is the last, and there is a row of nulls where there is none.
"""

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .errors import AnswerLost, StatementError
from .parameters import Parameters, bind
from .results import Result, Row, decode_rows, undecoded
from .sql_tokens import tokens

if TYPE_CHECKING:
    from .statements import Statements

# An answer has at most 1 MiB. Half of it is for values, as JSON, and half for what the Data API writes around them.
_VALUE_BYTES = 500_000
_FIELD_BYTES = 30

_SIZE, _FOLLOWING, _NUMBER, _NEXT = (f"data_api_client_{name}" for name in ("size", "following", "number", "next"))
_ADDED = 4
# Nobody else knows the cursor's name.
# Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
_ALREADY_OPEN, _ALREADY_CLOSED = "42P03", "34000"


class Cursor:
    """A cursor over a SELECT in an open transaction; it opens with the first row.

    Without `parameters` `:name` in the SQL is not one: see Statements.query_undecoded.
    """

    def __init__(self, transaction: "Statements", sql: str, parameters: Parameters | None) -> None:
        self._transaction = transaction
        self._name = f"data_api_client_{secrets.token_hex(4)}"
        self._next_number: int | None = 1
        self._page_rows = 1
        body = _without_semicolon(sql)
        declaration = _declaration(self._name, body)
        self._once(
            {"sql": declaration} if parameters is None else bind(declaration, parameters),
            characters_before=declaration.index(f"\n{body}\n") + 1,
        )
        self._first_page = self._fetch()

    def pages(self) -> Iterator[list[Row]]:
        """Yield the rows, as many at a time as fit into an answer."""
        for answer in self._answers():
            if answer["records"]:
                yield decode_rows(answer)

    def undecoded_pages(self) -> Iterator[Result]:
        """Yield the same undecoded; the first one comes in any case, for its columns."""
        yield from map(undecoded, self._answers())

    def close(self) -> None:
        """Forget the cursor; the end of the transaction does so too."""
        self._once({"sql": f"CLOSE {self._name}"})

    def _answers(self) -> Iterator[dict[str, Any]]:
        yield self._first_page
        while self._next_number is not None:
            yield self._fetch()

    def _once(self, arguments: dict[str, Any], *, characters_before: int = 0) -> None:
        """Run a statement of which the caller's own, if any, begins behind so many characters."""
        try:
            self._transaction.call("execute_statement", arguments, is_repeatable=False)
        except StatementError as error:
            if error.position is not None:
                error.position = max(error.position - characters_before, 1)
            if error.sqlstate not in {_ALREADY_OPEN, _ALREADY_CLOSED}:
                raise
            raise AnswerLost("the call was delivered twice", code=error.code, message=error.message) from None

    def _fetch(self) -> dict[str, Any]:
        """Return the next answer without the four columns that were added."""
        arguments = {"sql": f"FETCH {self._page_rows} FROM {self._name}", "includeResultMetadata": True}
        answer = self._transaction.call("execute_statement", arguments, is_repeatable=False)
        columns, records = answer["columnMetadata"][:-_ADDED], answer.get("records", [])
        answer = answer | {"columnMetadata": columns, "records": [record[:-_ADDED] for record in records]}
        first, following = self._next_number, 0
        for expected, record in enumerate(records, start=first or 1):
            _, number, self._next_number, following = (field.get("longValue") for field in record[-_ADDED:])
            if number is None and first == 1:
                return answer | {"records": []}  # the row that says that there is none
            if number != expected:
                raise AnswerLost(f"row {number} came in place of row {expected}", code="RowsLeftOut")
        if not records:
            raise AnswerLost(f"row {first} did not come", code="RowsLeftOut")
        greatest = _VALUE_BYTES // (_FIELD_BYTES * max(len(columns), 1))
        self._page_rows = max(min(following, greatest), 1)  # a row that does not fit goes alone
        return answer


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
