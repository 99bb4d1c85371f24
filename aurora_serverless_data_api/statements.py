"""What can be asked of a database: the same on a client, where each statement commits, and in a transaction."""

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from typing import Any, overload

from .errors import DataApiError, MoreRows, NoRow
from .parameters import Parameters, bind, bind_sets
from .reads import is_read
from .results import Result, Row, decode_rows, undecoded
from .shapes import Shape, shaped


class Statements(ABC):
    """Runs SQL with parameters written as `:name`.

    Every method raises DataApiError. `idempotent` says that a statement can be done twice without harm, such as one
    with ON CONFLICT DO NOTHING: then it is sent again when its answer was lost. A statement whose words only read is
    asked again without being told, in a transaction in which PostgreSQL refuses every write.
    """

    @abstractmethod
    def call(
        self, operation: str, arguments: dict[str, Any], *, is_repeatable: bool, is_read: bool = False
    ) -> dict[str, Any]:
        """Call an operation with what is known of the transaction, and repeat it as far as that is right.

        `is_repeatable` says that it can be done twice; `is_read` that its words only read.
        """

    def execute(
        self,
        sql: str,
        parameters: Parameters | None = None,
        *,
        idempotent: bool = False,
        continue_after_timeout: bool = False,
    ) -> int:
        """Run a statement and return how many rows it changed.

        With `continue_after_timeout` it goes on after the 45 seconds at which Timeout is raised; meant for DDL.
        """
        arguments = bind(sql, parameters)
        if continue_after_timeout:
            arguments["continueAfterTimeout"] = True
        answer = self.call("execute_statement", arguments, is_repeatable=idempotent, is_read=is_read(sql))
        return int(answer.get("numberOfRecordsUpdated", 0))

    @overload
    def query(self, sql: str, parameters: Parameters | None = None, *, idempotent: bool = False) -> list[Row]: ...
    @overload
    def query(
        self, sql: str, parameters: Parameters | None = None, *, into: type[Shape], idempotent: bool = False
    ) -> list[Shape]: ...
    def query(
        self,
        sql: str,
        parameters: Parameters | None = None,
        *,
        into: type[Any] | None = None,
        idempotent: bool = False,
    ) -> list[Any]:
        """Run a statement and return its rows: as dicts, or as objects of `into`, a dataclass or pydantic model.

        INSERT, UPDATE and DELETE with RETURNING are queries too. Raises ResultTooLarge beyond 1 MiB: see `stream`.
        """
        arguments = bind(sql, parameters) | {"includeResultMetadata": True}
        answer = self.call("execute_statement", arguments, is_repeatable=idempotent, is_read=is_read(sql))
        rows = decode_rows(answer)
        return rows if into is None else shaped(rows, into)

    def query_undecoded(self, sql: str) -> Result:
        """Run a statement of any kind, and return its columns with their types, and its rows with values as they come.

        For programs that show SQL which somebody else wrote: two columns may have one name, a value may be one that
        Python does not have, and `:name` is not a parameter. A statement whose answer was lost is not sent again.
        """
        arguments = {"sql": sql, "includeResultMetadata": True}
        return undecoded(self.call("execute_statement", arguments, is_repeatable=False))

    @overload
    def query_one(self, sql: str, parameters: Parameters | None = None, *, idempotent: bool = False) -> Row: ...
    @overload
    def query_one(
        self, sql: str, parameters: Parameters | None = None, *, into: type[Shape], idempotent: bool = False
    ) -> Shape: ...
    def query_one(
        self,
        sql: str,
        parameters: Parameters | None = None,
        *,
        into: type[Any] | None = None,
        idempotent: bool = False,
    ) -> Any:
        """Return the one row of a statement, as `query` does. Raises NoRow or MoreRows when it is not one."""
        row = self._query_one_or_none(sql, parameters, into, idempotent)
        if row is None:
            raise NoRow("there is no row")
        return row

    @overload
    def query_one_or_none(
        self, sql: str, parameters: Parameters | None = None, *, idempotent: bool = False
    ) -> Row | None: ...
    @overload
    def query_one_or_none(
        self, sql: str, parameters: Parameters | None = None, *, into: type[Shape], idempotent: bool = False
    ) -> Shape | None: ...
    def query_one_or_none(
        self,
        sql: str,
        parameters: Parameters | None = None,
        *,
        into: type[Any] | None = None,
        idempotent: bool = False,
    ) -> Any | None:
        """Return the row of a statement, or None where there is none. Raises MoreRows when there are several."""
        return self._query_one_or_none(sql, parameters, into, idempotent)

    def batch(self, sql: str, sets: Iterable[Parameters], *, idempotent: bool = False) -> int:
        """Run a statement for each set of parameters, in order and in as few calls as possible; return their number.

        `sets` are read as they are sent. What the statement returns is lost: the Data API returns nothing for a batch.
        When a call fails, `sets_done` of the error is how many sets were done by the calls before.
        """
        done = 0
        try:
            for arguments in bind_sets(sql, sets):
                self.call("batch_execute_statement", arguments, is_repeatable=idempotent)
                done += len(arguments["parameterSets"])
        except DataApiError as error:
            error.sets_done = done
            raise
        return done

    @overload
    def stream(self, sql: str, parameters: Parameters | None = None) -> Iterator[Row]: ...
    @overload
    def stream(self, sql: str, parameters: Parameters | None = None, *, into: type[Shape]) -> Iterator[Shape]: ...
    def stream(self, sql: str, parameters: Parameters | None = None, *, into: type[Any] | None = None) -> Iterator[Any]:
        """Yield the rows of a SELECT of any size, as they are at one moment, in pages of less than 1 MiB.

        Raises ResultTooLarge when a single row is larger. Ask for the next row within 3 minutes: then Aurora ends the
        transaction in which the rows are read. Of a client it can only read.
        """
        with closing(self.pages(sql, parameters)) as pages:
            for page in pages:
                yield from page if into is None else shaped(page, into)

    @abstractmethod
    def pages(self, sql: str, parameters: Parameters | None) -> Generator[list[Row]]:
        """Yield the rows of a SELECT, some at a time; closing it ends the reading."""

    def _query_one_or_none(
        self, sql: str, parameters: Parameters | None, into: type[Any] | None, idempotent: bool
    ) -> Any | None:
        rows = self.query(sql, parameters, idempotent=idempotent)
        if len(rows) > 1:
            raise MoreRows(f"there are {len(rows)} rows")
        if into is not None:
            rows = shaped(rows, into)
        return rows[0] if rows else None
