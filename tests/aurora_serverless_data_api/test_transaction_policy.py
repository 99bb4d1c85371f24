"""Transactions on a bad day: the whole is run again or nothing, and a commit without an answer is called unknown."""

import contextlib
from collections.abc import Callable

import pytest

from aurora_serverless_data_api import (
    AccessDenied,
    AnswerLost,
    DataApiError,
    FailedTransaction,
    InvalidParameter,
    Rejected,
    Resuming,
    SerializationFailure,
    Timeout,
    Transaction,
    TransactionBusy,
    UniqueViolation,
    UnsupportedResult,
)
from tests.aurora_serverless_data_api.script import (
    BEGUN,
    BUSY,
    COMMITTED,
    CONFLICT,
    DENIED,
    DONE,
    GONE,
    INTERNAL,
    LOST,
    RESUMING,
    ROLLED_BACK,
    SESSION_LOST,
    THROTTLED,
    UNAVAILABLE,
    Script,
    Step,
    database_error,
    error,
    run_two_statements,
)

DEADLOCK = database_error("40P01")


def test_a_transaction_begins_commits_and_gives_back_the_result() -> None:
    script = Script(BEGUN, DONE, DONE, COMMITTED)

    assert run_two_statements(script.client) == 1

    assert script.calls == ["begin", "execute", "execute", "commit"]
    assert [body.get("transactionId") for body in script.bodies] == [None, *["transaction-1"] * 3]


@pytest.mark.parametrize("step", [LOST, UNAVAILABLE, INTERNAL, CONFLICT, DEADLOCK, SESSION_LOST, GONE], ids=str)
def test_after_an_error_that_ends_it_the_whole_transaction_is_run_again(step: Step) -> None:
    script = Script(BEGUN, DONE, step, ROLLED_BACK, BEGUN, DONE, DONE, COMMITTED)

    assert run_two_statements(script.client) == 1

    assert script.is_over
    assert script.calls == ["begin", "execute", "execute", "rollback", "begin", "execute", "execute", "commit"]


@pytest.mark.parametrize("step", [RESUMING, THROTTLED], ids=["resuming", "throttled"])
def test_after_a_refusal_the_statement_alone_is_sent_again(step: Step) -> None:
    script = Script(step, BEGUN, step, DONE, step, DONE, step, COMMITTED)

    run_two_statements(script.client)

    assert script.is_over


def test_a_conflict_waits_less_than_a_cluster_that_wakes_up() -> None:
    script = Script(BEGUN, CONFLICT, ROLLED_BACK, BEGUN, CONFLICT, ROLLED_BACK, BEGUN, DONE, DONE, COMMITTED)

    run_two_statements(script.client)

    assert script.time.slept == [0.05, 0.1]


def test_a_conflict_at_the_commit_runs_it_again() -> None:
    script = Script(BEGUN, DONE, DONE, CONFLICT, GONE, BEGUN, DONE, DONE, COMMITTED)

    run_two_statements(script.client)

    assert script.is_over


@pytest.mark.parametrize(
    ("step", "kind"),
    [(database_error("23505"), UniqueViolation), (DENIED, AccessDenied), (error("StatementTimeoutException"), Timeout)],
)
def test_other_errors_roll_back_and_are_raised(step: Step, kind: type[DataApiError]) -> None:
    script = Script(BEGUN, step, ROLLED_BACK)

    with pytest.raises(kind):
        run_two_statements(script.client)

    assert script.calls == ["begin", "execute", "rollback"]


def test_an_exception_of_the_caller_rolls_back() -> None:
    def work(transaction: Transaction) -> None:
        transaction.execute("INSERT INTO notes VALUES (1)")
        raise KeyError

    script = Script(BEGUN, DONE, ROLLED_BACK)

    with pytest.raises(KeyError):
        script.client.run_in_transaction(work)

    assert script.calls == ["begin", "execute", "rollback"]


def test_conflicts_without_end_are_given_up_at_the_deadline() -> None:
    script = Script(*[BEGUN, CONFLICT, ROLLED_BACK] * 100, deadline_seconds=5)

    with pytest.raises(SerializationFailure):
        run_two_statements(script.client)

    assert sum(script.time.slept) <= 5


def test_all_calls_of_a_transaction_that_is_run_again_share_one_deadline() -> None:
    steps = [RESUMING, BEGUN, RESUMING, DONE, RESUMING, DONE, *[RESUMING] * 20]
    script = Script(*steps, deadline_seconds=10)

    with pytest.raises(Resuming):
        run_two_statements(script.client)

    assert sum(script.time.slept) <= 10


def test_a_transaction_in_a_with_block_is_not_run_again() -> None:
    script = Script(BEGUN, LOST, ROLLED_BACK)

    with pytest.raises(AnswerLost), script.client.transaction() as transaction:
        transaction.execute("INSERT INTO notes VALUES (1)")

    assert script.calls == ["begin", "execute", "rollback"]


def test_a_statement_is_not_sent_again_in_a_transaction_even_if_it_reads() -> None:
    script = Script(BEGUN, LOST, ROLLED_BACK)

    with pytest.raises(AnswerLost), script.client.transaction() as transaction:
        transaction.query("SELECT 1 AS one")

    assert script.calls == ["begin", "execute", "rollback"]


def insert_and_catch(transaction: Transaction) -> None:
    with contextlib.suppress(DataApiError):
        transaction.execute("INSERT INTO notes VALUES (1)")


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        (database_error("23505"), UniqueViolation),
        (database_error("25P02"), FailedTransaction),
        (error("StatementTimeoutException"), Timeout),
        (error("BadRequestException"), Rejected),
        (error("UnsupportedResultException"), UnsupportedResult),
        (error("SomethingNew"), Rejected),
        (DENIED, AccessDenied),
    ],
)
def test_an_error_that_was_caught_is_raised_at_the_commit(step: Step, kind: type[DataApiError]) -> None:
    script = Script(BEGUN, step, ROLLED_BACK)

    with pytest.raises(kind):
        script.client.run_in_transaction(insert_and_catch)

    assert script.calls == ["begin", "execute", "rollback"]


def test_a_statement_after_an_error_that_was_caught_raises_that_error() -> None:
    def work(transaction: Transaction) -> None:
        insert_and_catch(transaction)
        transaction.execute("INSERT INTO notes VALUES (2)")

    script = Script(BEGUN, database_error("23505"), database_error("25P02"), ROLLED_BACK)

    with pytest.raises(UniqueViolation):
        script.client.run_in_transaction(work)


@pytest.mark.parametrize("step", [CONFLICT, LOST, UNAVAILABLE], ids=["conflict", "lost", "unavailable"])
def test_an_error_that_ends_it_runs_it_again_though_it_was_caught(step: Step) -> None:
    script = Script(BEGUN, step, ROLLED_BACK, BEGUN, DONE, COMMITTED)

    script.client.run_in_transaction(insert_and_catch)

    assert script.is_over


@pytest.mark.parametrize(
    "sql",
    ["COMMIT", "/* a */ commit and chain", "END", "ABORT", "ROLLBACK", "rollback work", "PREPARE TRANSACTION 'a'"],
)
def test_a_statement_that_would_end_the_transaction_is_refused(sql: str) -> None:
    script = Script(BEGUN, DONE, ROLLED_BACK)

    def work(transaction: Transaction) -> None:
        transaction.execute("INSERT INTO notes VALUES (1)")
        transaction.execute(sql)

    with pytest.raises(InvalidParameter, match="ends the transaction by itself"):
        script.client.run_in_transaction(work)

    assert script.is_over


@pytest.mark.parametrize("end", [Transaction.commit, Transaction.roll_back])
def test_a_transaction_that_the_caller_has_ended_is_not_ended_again(end: Callable[[Transaction], None]) -> None:
    script = Script(BEGUN, DONE, COMMITTED)

    with script.client.transaction() as transaction:
        transaction.execute("INSERT INTO notes VALUES (1)")
        end(transaction)

    assert script.is_over


def test_a_statement_after_the_end_of_a_transaction_is_refused_and_nothing_is_run_again() -> None:
    def work(transaction: Transaction) -> None:
        transaction.execute("INSERT INTO notes VALUES (1)")
        transaction.commit()
        transaction.execute("INSERT INTO notes VALUES (2)")

    script = Script(BEGUN, DONE, COMMITTED, ROLLED_BACK)

    with pytest.raises(InvalidParameter, match="the transaction is over"):
        script.client.run_in_transaction(work)


def test_an_interrupted_statement_that_was_caught_is_not_committed() -> None:
    def work(transaction: Transaction) -> None:
        with pytest.raises(KeyboardInterrupt):
            transaction.execute("INSERT INTO notes VALUES (1)")

    script = Script(BEGUN, KeyboardInterrupt(), ROLLED_BACK, deadline_seconds=0)

    with pytest.raises(AnswerLost, match="interrupted"):
        script.client.run_in_transaction(work)


def test_an_error_that_was_fixed_with_a_savepoint_lets_it_commit() -> None:
    script = Script(BEGUN, DONE, database_error("23505"), DONE, COMMITTED)

    with script.client.transaction() as transaction:
        transaction.execute("SAVEPOINT before")
        with pytest.raises(UniqueViolation):
            transaction.execute("INSERT INTO notes VALUES (1)")
        transaction.execute("ROLLBACK TO before")

    assert script.calls[-1] == "commit"


def test_after_a_lost_answer_nothing_more_is_sent_but_the_rollback() -> None:
    def work(transaction: Transaction) -> None:
        insert_and_catch(transaction)
        transaction.execute("INSERT INTO notes VALUES (2)")

    script = Script(BEGUN, LOST, ROLLED_BACK, deadline_seconds=0)

    with pytest.raises(AnswerLost):
        script.client.run_in_transaction(work)

    assert script.calls == ["begin", "execute", "rollback"]


def test_two_statements_at_once_are_named() -> None:
    script = Script(BEGUN, BUSY, ROLLED_BACK)

    with pytest.raises(TransactionBusy, match="one transaction is for one thread"):
        run_two_statements(script.client)


def test_a_statement_that_was_not_run_beside_another_does_not_hide_how_that_one_ended() -> None:
    def work(transaction: Transaction) -> None:
        with pytest.raises(TransactionBusy):
            transaction.execute("SELECT 1")
        transaction.execute("SELECT 1")

    script = Script(BEGUN, BUSY, database_error("25P02"), ROLLED_BACK)

    with pytest.raises(FailedTransaction):
        script.client.run_in_transaction(work)


@pytest.mark.parametrize("step", [LOST, UNAVAILABLE, RESUMING, THROTTLED, BUSY], ids=str)
def test_a_rollback_is_sent_again_so_that_no_lock_stays(step: Step) -> None:
    script = Script(BEGUN, database_error("23505"), step, step, ROLLED_BACK)

    with pytest.raises(UniqueViolation):
        run_two_statements(script.client)

    assert script.is_over


@pytest.mark.parametrize("step", [GONE, DENIED, database_error("57P01")], ids=str)
def test_a_rollback_that_fails_does_not_hide_the_first_error(step: Step) -> None:
    script = Script(BEGUN, database_error("23505"), step, GONE)

    with pytest.raises(UniqueViolation):
        run_two_statements(script.client)


def test_a_begin_whose_answer_is_lost_is_sent_again() -> None:
    script = Script(LOST, UNAVAILABLE, BEGUN, DONE, DONE, COMMITTED)

    run_two_statements(script.client)

    assert script.is_over


def test_a_stream_that_breaks_before_its_first_row_is_opened_again() -> None:
    names = ["one", *(f"data_api_client_{name}" for name in ("size", "number", "next", "following"))]
    columns = [{"label": name, "typeName": "int8"} for name in names]
    no_row = {"records": [[{"isNull": True}] * len(names)], "columnMetadata": columns}
    script = Script(BEGUN, DONE, LOST, ROLLED_BACK, BEGUN, DONE, DONE, no_row, ROLLED_BACK)

    assert list(script.client.stream("SELECT 1 AS one")) == []

    assert script.is_over
