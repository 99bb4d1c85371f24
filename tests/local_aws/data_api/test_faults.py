"""Faults that a test asks for: each call fails as AWS lets it fail, and no longer than asked for."""

# ruff: noqa: S608  # the tests name their tables themselves

import urllib.error
import urllib.request
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError  # type: ignore[import-untyped]

from local_aws.data_api.faults import Fault, Faults
from local_aws.process import LocalAws
from tests.local_aws.conftest import unique
from tests.local_aws.data_api.database import Database, ask, parameter


@pytest.fixture
def table(database: Database) -> str:
    name = unique("faulty").replace("-", "_")
    database.execute(f"CREATE TABLE {name} (number integer)")
    return name


def count(database: Database, table: str) -> int:
    number: int = database.value(f"SELECT count(*) FROM {table}")["longValue"]
    return number


@pytest.mark.parametrize(
    ("kind", "code", "status"),
    [
        ("resuming", "DatabaseResumingException", 400),
        ("throttling", "ThrottlingException", 400),
        ("access_denied", "AccessDeniedException", 403),
        ("forbidden", "ForbiddenException", 403),
        ("service_unavailable", "ServiceUnavailableError", 503),
        ("internal_error", "InternalServerErrorException", 500),
        ("unavailable", "DatabaseUnavailableException", 504),
        ("statement_timeout", "StatementTimeoutException", 400),
    ],
)
def test_the_next_call_is_refused_and_does_nothing(
    database: Database, table: str, kind: str, code: str, status: int
) -> None:
    database.inflict(kind=kind)

    with pytest.raises(database.client.exceptions.ClientError) as raised:
        database.execute(f"INSERT INTO {table} VALUES (1)")

    assert raised.value.response["Error"]["Code"] == code
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert count(database, table) == 0


def test_an_answer_gets_lost_after_the_statement_was_done(database: Database, table: str) -> None:
    database.inflict(kind="lost_answer")

    with pytest.raises(ConnectionClosedError):
        database.execute(f"INSERT INTO {table} VALUES (1)")

    assert count(database, table) == 1


def test_the_answer_to_a_commit_gets_lost(database: Database, table: str) -> None:
    transaction_id = database.begin()
    database.execute(f"INSERT INTO {table} VALUES (1)", transactionId=transaction_id)
    database.inflict(kind="lost_answer", operation="CommitTransaction")

    with pytest.raises(ConnectionClosedError):
        database.commit(transaction_id)

    assert count(database, table) == 1
    assert database.error_of(lambda: database.roll_back(transaction_id))[0] == "TransactionNotFoundException"


def test_a_dead_connection_ends_its_transaction(database: Database, table: str) -> None:
    transaction_id = database.begin()
    database.execute(f"INSERT INTO {table} VALUES (1)", transactionId=transaction_id)
    database.inflict(kind="dead_connection")

    code, message = database.error("SELECT 1", transactionId=transaction_id)

    assert (code, message[-15:]) == ("DatabaseErrorException", "SQLState: 57P01")
    code, message = database.error("SELECT 1", transactionId=transaction_id)
    assert code == "TransactionNotFoundException"
    assert message.endswith("due to an error from a previous call.")
    assert count(database, table) == 0


def test_a_dead_connection_outside_a_transaction_harms_one_call(database: Database, table: str) -> None:
    database.inflict(kind="dead_connection")

    assert database.error(f"INSERT INTO {table} VALUES (1)")[1].endswith("SQLState: 57P01")
    assert count(database, table) == 0


@pytest.mark.parametrize(("kind", "sqlstate"), [("serialization_failure", "40001"), ("deadlock", "40P01")])
def test_a_conflict_aborts_the_transaction(database: Database, kind: str, sqlstate: str) -> None:
    transaction_id = database.begin()
    database.inflict(kind=kind)

    assert database.error("SELECT 1", transactionId=transaction_id)[1].endswith(f"SQLState: {sqlstate}")
    assert database.error("SELECT 1", transactionId=transaction_id)[1].endswith("SQLState: 25P02")
    database.roll_back(transaction_id)


def test_a_conflict_at_the_commit_rolls_back(database: Database, table: str) -> None:
    transaction_id = database.begin()
    database.execute(f"INSERT INTO {table} VALUES (1)", transactionId=transaction_id)
    database.inflict(kind="serialization_failure", operation="CommitTransaction")

    assert database.error_of(lambda: database.commit(transaction_id))[1].endswith("SQLState: 40001")
    assert count(database, table) == 0


def test_a_conflict_in_a_batch_undoes_it(database: Database, table: str) -> None:
    database.inflict(kind="deadlock")
    sets = [[parameter("n", longValue=1)], [parameter("n", longValue=2)]]

    code, _ = database.error_of(
        lambda: database.client.batch_execute_statement(
            **database.target,
            database="alex",
            sql=f"INSERT INTO {table} VALUES (:n)",
            parameterSets=sets,
        )
    )

    assert code == "DatabaseErrorException"
    assert count(database, table) == 0


def test_faults_can_be_taken_back(aws: LocalAws, database: Database) -> None:
    database.inflict(kind="throttling", count=1_000_000)
    assert database.error("SELECT 1")[0] == "ThrottlingException"

    assert ask(aws, "/_local_aws/faults", method="DELETE") == {"faults": 0}
    assert database.value("SELECT 1") == {"longValue": 1}


def test_a_wrong_fault_is_refused_in_a_sentence(aws: LocalAws) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400") as raised:
        ask(aws, "/_local_aws/faults", [{"kind": "earthquake"}])

    assert b"kind is one of resuming, throttling" in raised.value.read()


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff", b"[" * 100_000], ids=["empty", "cut", "not UTF-8", "nested deeply"]
)
def test_faults_that_are_not_json_are_refused(aws: LocalAws, body: bytes) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(f"{aws.endpoint_url}/_local_aws/faults", body)  # noqa: S310  # local AWS


def drawn(rule: dict[str, Any], operations: list[str]) -> list[Fault | None]:
    faults = Faults()
    faults.add([rule])
    return [faults.next(operation) for operation in operations]


def test_a_fault_is_for_its_operation_only() -> None:
    operations = ["ExecuteStatement", "CommitTransaction", "CommitTransaction"]

    assert drawn({"kind": "resuming", "operation": "CommitTransaction"}, operations) == [None, Fault.RESUMING, None]


def test_a_fault_is_for_statements_with_its_text_only() -> None:
    faults = Faults()
    faults.add([{"kind": "deadlock", "sql": "UPDATE"}])

    drawn_for = [
        faults.next("ExecuteStatement", sql) for sql in ("SELECT 1", "UPDATE a SET b = 1", "UPDATE a SET b = 2")
    ]
    assert drawn_for == [None, Fault.DEADLOCK, None]


def test_a_count_is_counted() -> None:
    assert drawn({"kind": "resuming", "count": 2}, ["BeginTransaction"] * 3) == [Fault.RESUMING, Fault.RESUMING, None]


def test_a_probability_with_a_seed_is_repeatable() -> None:
    rule = {"kind": "throttling", "probability": 0.3, "seed": 7}
    calls = ["ExecuteStatement"] * 1000

    first = drawn(rule, calls)

    assert first == drawn(rule, calls)
    assert 200 < sum(fault is not None for fault in first) < 400


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "list of objects"),
        ([1], "a fault is an object"),
        ([{"kind": "resuming", "when": "now"}], "a fault has no when"),
        ([{"kind": "resuming", "operation": "Sing"}], "operation is"),
        ([{"kind": "resuming", "sql": 1}], "sql is a text"),
        ([{"kind": "resuming", "probability": 2}], "probability is"),
        ([{"kind": "resuming", "count": 0}], "count is"),
    ],
)
def test_a_wrong_rule_is_named(document: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Faults().add(document)
