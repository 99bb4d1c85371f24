"""A session at a prompt: statements count at once, or in a transaction that somebody begins and ends.

The Data API keeps no session between two statements but that of a transaction. So what a statement leaves to the next
one, such as SET, counts in a transaction only.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless_data_api import Result
from aurora_serverless_data_api.splitting import Statement
from operations.errors import OperationsError, wrong_input
from operations.sql.database import STILL_OPEN, Database, OpenTransaction
from operations.sql.errors import StatementFailed
from operations.sql.script import check_length
from operations.sql.transaction_words import Begin, Commit, RollBack, transaction_word

_IDLE_MINUTES: Final = limit("data_api_transaction_idle_longest") // 60
_NOT_IN_A_TRANSACTION: Final = ("25001", "transaction block")
"""SQLSTATE, and words of the message, of what PostgreSQL runs outside of a transaction only, and has not begun."""
_OVER: Final = "the transaction was rolled back"
_SAVEPOINT: Final = "aurora_serverless_batch"
_LEFT_TO_THE_NEXT: Final = frozenset({"DECLARE", "LISTEN", "PREPARE", "RESET", "SET"})


class State(Enum):
    """Whether a transaction is open, and whether PostgreSQL refuses every statement until its rollback."""

    NONE = "none"
    OPEN = "open"
    FAILED = "failed"


@dataclass(frozen=True)
class Answer:
    """What a statement answered; for one that begins or ends a transaction, its word. `note` is for people."""

    result: Result | None = None
    word: str = ""
    note: str = ""


class Session:
    """Runs one statement after another. Without `write` PostgreSQL refuses every change.

    A statement that Ctrl-C and the like interrupts is cancelled, and its transaction is rolled back; a note of the
    exception says where that could not be done.
    """

    def __init__(self, database: Database, *, write: bool) -> None:
        self._database = database
        self._read_only = not write
        self._transaction: OpenTransaction | None = None

    @property
    def state(self) -> State:
        """Whether a transaction is open."""
        if self._transaction is None:
            return State.NONE
        return State.FAILED if self._transaction.has_failed else State.OPEN

    def run(self, statement: Statement) -> Answer:
        """Run a statement. Raises OperationsError."""
        check_length(statement.text)
        word = transaction_word(statement)
        if isinstance(word, Begin):
            return self._begin(word)
        if isinstance(word, Commit):
            return self._commit()
        if isinstance(word, RollBack):
            return self._roll_back()
        if self._transaction is not None:
            with self._ending_if_lost(self._transaction) as transaction:
                return Answer(transaction.query(statement.text))
        return Answer(self._alone(statement), note=_note_of(statement))

    def look(self, sql: str) -> Result:
        """Run a SELECT of this program, in the transaction that is open, if any."""
        if self._transaction is None:
            return self._database.query(sql)
        with self._ending_if_lost(self._transaction) as transaction:
            return transaction.query(sql)

    def pages(self, sql: str) -> Iterator[Result]:
        """Yield what a SELECT of any size answers."""
        if self._transaction is not None:
            with self._ending_if_lost(self._transaction) as transaction:
                yield from transaction.pages(sql)
            return
        with self._database.transaction(read_only=self._read_only) as transaction:
            yield from transaction.pages(sql)

    def batch(self, sql: str, sets: Iterable[Mapping[str, str | None]]) -> int:
        """Run a statement for each set of values, all or none of them; return their number."""
        if self._transaction is not None:
            with self._ending_if_lost(self._transaction) as transaction:
                return _all_or_none(transaction, sql, sets)
        with self._database.transaction(read_only=self._read_only) as transaction:
            return transaction.batch(sql, sets)

    def end(self) -> bool:
        """Roll back what is open, and return whether there was something. Never raises."""
        transaction, self._transaction = self._transaction, None
        if transaction is not None:
            transaction.roll_back()
        return transaction is not None

    def _alone(self, statement: Statement) -> Result:
        if statement.words[1:2] == ("PREPARED",):  # COMMIT PREPARED and ROLLBACK PREPARED
            return self._outside(statement)
        try:
            with self._database.transaction(read_only=self._read_only) as transaction:
                return transaction.query(statement.text)
        except StatementFailed as failure:
            sqlstate, words = _NOT_IN_A_TRANSACTION
            if self._read_only or failure.error.sqlstate != sqlstate or words not in failure.error.message:
                raise
        return self._outside(statement)

    def _outside(self, statement: Statement) -> Result:
        if self._read_only:
            raise wrong_input(f"{statement.words[0]} {statement.words[1]} changes the database: start with --write")
        return self._database.query_alone(statement.text)

    def _begin(self, begin: Begin) -> Answer:
        if self._transaction is not None:
            return Answer(note="a transaction is open already: COMMIT or ROLLBACK ends it")
        self._transaction = self._database.begin(read_only=self._read_only, characteristics=begin.characteristics)
        return Answer(word="BEGIN", note=f"Aurora rolls it back after {_IDLE_MINUTES} minutes without a statement")

    def _commit(self) -> Answer:
        if self.state is State.FAILED:
            self.end()
            return Answer(word="ROLLBACK", note="a statement failed, and nothing was kept")
        transaction, self._transaction = self._transaction, None
        if transaction is None:
            return Answer(note="no transaction is open")
        transaction.commit()
        return Answer(word="COMMIT")

    def _roll_back(self) -> Answer:
        return Answer(word="ROLLBACK") if self.end() else Answer(note="no transaction is open")

    @contextmanager
    def _ending_if_lost(self, transaction: OpenTransaction) -> Iterator[OpenTransaction]:
        try:
            yield transaction
        except OperationsError as error:
            if transaction.is_lost:
                self.end()
                error.add_note(_OVER)
            raise
        except (Exception, GeneratorExit):
            raise
        except BaseException as stopped:
            self._transaction = None
            if not transaction.stop():
                stopped.add_note(STILL_OPEN)
            raise


def _all_or_none(transaction: OpenTransaction, sql: str, sets: Iterable[Mapping[str, str | None]]) -> int:
    transaction.query(f"SAVEPOINT {_SAVEPOINT}")
    try:
        count = transaction.batch(sql, sets)
    except Exception:
        with suppress(OperationsError):
            transaction.query(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
        raise
    transaction.query(f"RELEASE SAVEPOINT {_SAVEPOINT}")
    return count


def _note_of(statement: Statement) -> str:
    """Return what is to be said of a statement that counts for others, which are in other sessions."""
    is_temporary = statement.words[:1] == ("CREATE",) and set(statement.words[1:4]) & {"TEMP", "TEMPORARY"}
    if not is_temporary and statement.words[:1] not in {(word,) for word in _LEFT_TO_THE_NEXT}:
        return ""
    return "outside of a transaction it ends with the statement: BEGIN first"
