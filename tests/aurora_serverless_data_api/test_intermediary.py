"""Each fault of an intermediary at each call: what the client tells of a call is what became of it."""

# the tests name their tables themselves

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from aurora_serverless_data_api import DataApiError, OutcomeUnknown, Transaction, UniqueViolation
from tests.aurora_serverless_data_api.conftest import BadWay
from tests.aurora_serverless_data_api.intermediary import (
    ANSWERED_TWICE,
    DOUBLE,
    DOUBLE_FIRST,
    FAULTS,
    FOLLOWED_BY_AWS,
    NO_ANSWERS,
    Fault,
    Strike,
)

_numbers = itertools.count(1)

# The client cannot see whether a call was delivered, so a few are enough for the other half.
SINGLE_FAULTS = {f"{name}, delivered" for name in NO_ANSWERS} | {
    f"{name}, not delivered" for name in ("silence", "200 page", "200 other JSON", "403 page", "503 list")
}
LATE = {"late answer", "late delivery"}  # which take their time


def each_of(names: set[str]) -> pytest.MarkDecorator:
    """Return the mark of a test that runs with each fault."""
    return pytest.mark.parametrize("fault", [FAULTS[name] for name in sorted(names)], ids=sorted(names))


every_fault, every_fault_and_late_ones = each_of(SINGLE_FAULTS), each_of(SINGLE_FAULTS | LATE)
some_faults = each_of({"silence, delivered", "200 other JSON, delivered", "403 page, delivered", "503 list, delivered"})


@dataclass(frozen=True)
class Ledger:
    """Two accounts of 100 and a list of entries, for one test; read past the intermediary."""

    way: BadWay
    number: int

    def tell(self, run: Callable[[], object], *strikes: Strike) -> str:
        """Return what the client says of a call that faults strike."""
        with self.way.intermediary.striking(*strikes):
            try:
                run()
            except OutcomeUnknown:
                return "unknown"
            except DataApiError as error:
                return type(error).__name__
            return "done"

    def transfer(self) -> None:
        def work(transaction: Transaction) -> None:
            for name, change in (("source", -20), ("target", 20)):
                sql = "UPDATE accounts SET balance = balance + :change WHERE number = :number AND name = :name"
                transaction.execute(sql, {"change": change, "number": self.number, "name": name})

        self.way.client.run_in_transaction(work)

    def enter(self, **options: Any) -> None:
        self.way.client.execute("INSERT INTO entries VALUES (:number)", {"number": self.number}, **options)

    @property
    def balances(self) -> tuple[int, int]:
        sql = "SELECT balance FROM accounts WHERE number = :number ORDER BY name"
        source, target = self.way.direct.query(sql, {"number": self.number})
        return source["balance"], target["balance"]

    @property
    def entries(self) -> int:
        row = self.way.direct.query_one("SELECT count(*) FROM entries WHERE number = :number", {"number": self.number})
        return int(row["count"])


@pytest.fixture(scope="session")
def tables(bad_way: BadWay) -> None:
    bad_way.direct.execute("CREATE TABLE accounts (number bigint, name text, balance bigint)")
    bad_way.direct.execute("CREATE TABLE entries (number bigint)")
    bad_way.direct.execute(
        "CREATE TABLE large AS SELECT n, repeat('x', 100000) AS text FROM generate_series(1, 8) AS n"
    )


@pytest.fixture
def ledger(bad_way: BadWay, tables: None) -> Ledger:
    del tables
    number = next(_numbers)
    accounts = [{"number": number, "name": name} for name in ("source", "target")]
    bad_way.direct.batch("INSERT INTO accounts VALUES (:number, :name, 100)", accounts)
    return Ledger(bad_way, number)


@every_fault
def test_a_transaction_that_a_fault_strikes_at_its_begin_and_each_statement_is_done_once(
    ledger: Ledger, fault: Fault
) -> None:
    # The transaction is run again after each: its second statement is the third that is sent.
    strikes = [Strike(fault, "begin", 1), Strike(fault, "execute", 1), Strike(fault, "execute", 3)]

    assert ledger.tell(ledger.transfer, *strikes) == "done"
    assert ledger.balances == (80, 120)
    assert ledger.way.intermediary.calls["execute"] == 6  # the last asks whether the transaction still stands


@some_faults
def test_a_transaction_that_a_fault_strikes_at_the_question_before_its_commit_is_done_once(
    ledger: Ledger, fault: Fault
) -> None:
    assert ledger.tell(ledger.transfer, Strike(fault, "execute", 3)) == "done"
    assert (ledger.way.intermediary.calls["execute"], ledger.balances) == (6, (80, 120))


def test_a_transaction_that_only_reads_is_committed_without_a_question(ledger: Ledger) -> None:
    def read() -> object:
        return ledger.way.client.run_in_transaction(lambda transaction: transaction.query("SELECT 1 AS one"))

    assert ledger.tell(read) == "done"
    assert ledger.way.intermediary.calls["execute"] == 1


@every_fault_and_late_ones
def test_a_commit_that_a_fault_strikes_is_done_once_or_unknown(ledger: Ledger, fault: Fault) -> None:
    told = ledger.tell(ledger.transfer, Strike(fault, "commit", 1))

    assert told == ("unknown" if fault.deliveries and not fault.seconds_before else "done")
    assert ledger.balances == (80, 120)


@every_fault_and_late_ones
def test_a_write_that_a_fault_strikes_is_sent_once_and_unknown(ledger: Ledger, fault: Fault) -> None:
    assert ledger.tell(ledger.enter, Strike(fault, "execute", 1)) == "unknown"
    assert ledger.way.intermediary.calls["execute"] == 1
    assert ledger.entries == fault.deliveries


@some_faults
def test_a_write_with_rows_that_a_fault_strikes_is_sent_once_and_unknown(ledger: Ledger, fault: Fault) -> None:
    def enter() -> object:
        sql = "INSERT INTO entries VALUES (:number) RETURNING number"
        return ledger.way.client.query_one(sql, {"number": ledger.number})

    assert ledger.tell(enter, Strike(fault, "execute", 1)) == "unknown"
    assert ledger.entries == fault.deliveries


@every_fault
def test_a_batch_that_a_fault_strikes_is_sent_once_and_unknown(ledger: Ledger, fault: Fault) -> None:
    def enter() -> object:
        return ledger.way.client.batch("INSERT INTO entries VALUES (:number)", [{"number": ledger.number}] * 2)

    assert ledger.tell(enter, Strike(fault, "batch", 1)) == "unknown"
    assert ledger.way.intermediary.calls["batch"] == 1
    assert ledger.entries == 2 * fault.deliveries


@every_fault
def test_a_read_that_a_fault_strikes_has_its_rows(ledger: Ledger, fault: Fault) -> None:
    rows: list[Any] = []

    def read() -> None:
        rows.extend(ledger.way.client.query("SELECT n FROM large ORDER BY n LIMIT 2"))

    assert ledger.tell(read, Strike(fault, "execute", 1)) == "done"
    assert rows == [{"n": 1}, {"n": 2}]


# A stream begins, is made read-only, declares its cursor, and fetches a row and then more.
STREAM_CALLS = [("begin", 1), ("execute", 1), ("execute", 2), ("execute", 3), ("execute", 4), ("rollback", 1)]


@pytest.mark.parametrize(("operation", "number"), STREAM_CALLS)
@pytest.mark.parametrize("name", ["200 page, delivered", "200 other JSON, delivered", "cut body, delivered", "double"])
def test_a_stream_that_a_fault_strikes_leaves_no_row_out(
    ledger: Ledger, name: str, operation: str, number: int
) -> None:
    fault = (FAULTS | {"double": DOUBLE})[name]
    rows: list[Any] = []

    def read() -> None:
        rows.extend(row["n"] for row in ledger.way.client.stream("SELECT n, text FROM large ORDER BY n"))

    told = ledger.tell(read, Strike(fault, operation, number))

    if (operation, number) == ("execute", 4):  # rows were handed out already
        assert told == "AnswerLost"
    else:
        assert (told, rows) == ("done", list(range(1, 9)))


def test_an_empty_stream_whose_fetch_is_delivered_twice_is_empty(ledger: Ledger) -> None:
    with ledger.way.intermediary.striking(Strike(DOUBLE, "execute", 3)):
        assert list(ledger.way.client.stream("SELECT n FROM large WHERE n > 8")) == []
    with ledger.way.intermediary.striking(Strike(DOUBLE, "execute", 3)):
        assert list(ledger.way.client.stream("SELECT n FROM large WHERE n = 8")) == [{"n": 8}]


def test_a_commit_that_is_delivered_twice_is_not_run_again(ledger: Ledger) -> None:
    assert ledger.tell(ledger.transfer, Strike(DOUBLE, "commit", 1)) == "unknown"
    assert ledger.balances == (80, 120)


@pytest.mark.parametrize("operation", ["begin", "rollback", "commit"])
def test_what_is_delivered_twice_and_answered_once_is_done_once(ledger: Ledger, operation: str) -> None:
    assert ledger.tell(ledger.transfer, Strike(DOUBLE_FIRST, operation, 1)) == "done"
    assert ledger.balances == (80, 120)


@pytest.mark.parametrize(
    ("fault", "told"),
    [(DOUBLE, UniqueViolation.__name__), (DOUBLE_FIRST, "done")],
    ids=["the second answer", "the first answer"],
)
def test_an_insert_with_a_key_that_is_delivered_twice_in_a_transaction_is_done_or_told_as_not_done(
    ledger: Ledger, fault: Fault, told: str
) -> None:
    ledger.way.direct.execute("CREATE TABLE IF NOT EXISTS keyed (number bigint PRIMARY KEY)")

    def work(transaction: Transaction) -> None:
        transaction.execute("INSERT INTO keyed VALUES (:number)", {"number": ledger.number})

    def run() -> None:
        ledger.way.client.run_in_transaction(work)

    assert ledger.tell(run, Strike(fault, "execute", 1)) == told
    rows = ledger.way.direct.query("SELECT * FROM keyed WHERE number = :n", {"n": ledger.number})
    assert len(rows) == (told == "done")


@some_faults
def test_a_statement_that_is_idempotent_is_done_at_last(ledger: Ledger, fault: Fault) -> None:
    assert ledger.tell(lambda: ledger.enter(idempotent=True), Strike(fault, "execute", 1)) == "done"
    assert ledger.entries == 1 + fault.deliveries


@pytest.mark.parametrize("fault", FOLLOWED_BY_AWS.values(), ids=FOLLOWED_BY_AWS)
def test_an_answer_that_comes_after_all_is_not_taken_for_that_of_the_next_call(ledger: Ledger, fault: Fault) -> None:
    told = ledger.tell(ledger.enter, Strike(fault, "execute", 1))

    with pytest.raises(DataApiError, match="22012"):
        ledger.way.client.execute("INSERT INTO entries SELECT 1 / 0")
    assert told == "unknown"


@pytest.mark.parametrize(
    ("first", "then", "told", "entries"),
    [
        ("INSERT INTO entries VALUES ({})", "INSERT INTO entries SELECT 1 / 0", "done", 1),
        ("INSERT INTO entries SELECT 1 / 0", "INSERT INTO entries VALUES ({})", "StatementError", 1),
    ],
    ids=["success", "failure"],
)
def test_an_answer_that_comes_twice_is_not_taken_for_that_of_the_next_call(
    ledger: Ledger, first: str, then: str, told: str, entries: int
) -> None:
    def execute(sql: str) -> int:
        return ledger.way.client.execute(sql.format(ledger.number))

    assert ledger.tell(lambda: execute(first), Strike(ANSWERED_TWICE, "execute", 1)) == told
    assert ledger.tell(lambda: execute(then)) == "unknown"
    assert ledger.entries == entries


WRITING = """
CREATE SCHEMA writing;
CREATE FUNCTION writing.enter(bigint) RETURNS bigint LANGUAGE sql
  AS 'INSERT INTO entries VALUES ($1) RETURNING 1::bigint';
CREATE FUNCTION writing.reverse(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT writing.enter($1)';
CREATE FUNCTION public.reverse(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT writing.enter($1)';
CREATE OPERATOR public.=== (FUNCTION = writing.enter, RIGHTARG = bigint);
CREATE TYPE writing.entry AS (number bigint);
CREATE FUNCTION writing.entry(bigint) RETURNS writing.entry LANGUAGE sql
  AS 'SELECT ROW(writing.enter($1))::writing.entry';
CREATE CAST (bigint AS writing.entry) WITH FUNCTION writing.entry(bigint);
CREATE FUNCTION public.pay(accounts) RETURNS bigint LANGUAGE sql AS 'SELECT writing.enter($1.number)'
"""
READS_THAT_WRITE = {
    "a function of a schema": "SELECT writing.reverse({})",
    "a function that hides PostgreSQL's": "SELECT reverse({}::bigint)",
    "a view": "SELECT * FROM writing_view_{}",
    "a view by TABLE": "TABLE writing_view_{}",
    "a view in a common table expression": "WITH found AS (SELECT * FROM writing_view_{}) SELECT * FROM found",
    "a view in a subquery": "SELECT 1 AS one WHERE EXISTS (SELECT number + 1 FROM writing_view_{} LIMIT 1)",
    "an operator": "SELECT === {}::bigint AS one",
    "an operator of a schema": "SELECT OPERATOR(public.===) {}::bigint AS one",
    "a cast": "SELECT {}::bigint::writing.entry::text AS one",
    "a function as a column": "SELECT accounts.pay FROM accounts WHERE accounts.number = {} LIMIT 1",
    "a function in FROM": "SELECT * FROM writing.enter({})",
    "a function in VALUES": "VALUES (writing.enter({}))",
    "a common table expression": "WITH new AS (INSERT INTO entries VALUES ({}) RETURNING *) SELECT * FROM new",
    "EXPLAIN ANALYZE": "EXPLAIN ANALYZE INSERT INTO entries VALUES ({})",
}


@pytest.fixture(scope="session")
def writing(bad_way: BadWay, tables: None) -> None:
    del tables
    for statement in WRITING.strip().split(";\n"):
        bad_way.direct.execute(statement)


@pytest.mark.parametrize("sql", READS_THAT_WRITE.values(), ids=READS_THAT_WRITE)
@pytest.mark.parametrize("name", ["silence, delivered", "200 page, delivered", "503 list, delivered"])
def test_a_select_that_writes_is_done_once_and_unknown(ledger: Ledger, writing: None, name: str, sql: str) -> None:
    del writing
    number = ledger.number
    ledger.way.direct.execute(f"CREATE VIEW writing_view_{number} AS SELECT writing.enter({number}) AS number")

    told = ledger.tell(lambda: ledger.way.client.query(sql.format(number)), Strike(FAULTS[name], "execute", 1))

    assert (told, ledger.entries) == ("unknown", 1)
