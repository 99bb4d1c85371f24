"""Transactions: one call at a time, until they are ended, or given up for being idle."""

# ruff: noqa: S608  # the tests name their tables themselves

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from local_aws import process
from local_aws.data_api.settings import DataApiSettings
from local_aws.process import LocalAws
from tests.local_aws.conftest import unique
from tests.local_aws.data_api.database import Database, create_database, parameter, state_of

IDLE_SECONDS, STATEMENT_SECONDS = 2.0, 1.5
MOST_CONNECTIONS = 20
KEPT_CONNECTIONS = 3  # by PostgreSQL, for superusers


@pytest.fixture
def table(database: Database) -> str:
    name = unique("numbers").replace("-", "_")
    database.execute(f"CREATE TABLE {name} (number integer PRIMARY KEY)")
    return name


def count(database: Database, table: str) -> int:
    number: int = database.value(f"SELECT count(*) FROM {table}")["longValue"]
    return number


def test_what_is_committed_stays(database: Database, table: str) -> None:
    transaction_id = database.begin()
    database.execute(f"INSERT INTO {table} VALUES (1)", transactionId=transaction_id)
    assert count(database, table) == 0

    assert database.commit(transaction_id) == "Transaction Committed"
    assert count(database, table) == 1


def test_what_is_rolled_back_is_gone(database: Database, table: str) -> None:
    transaction_id = database.begin()
    database.execute(f"INSERT INTO {table} VALUES (1)", transactionId=transaction_id)

    assert database.roll_back(transaction_id) == "Rollback Complete"
    assert count(database, table) == 0


def test_definitions_are_rolled_back_too(database: Database) -> None:
    transaction_id = database.begin()
    database.execute("CREATE TABLE never (id integer)", transactionId=transaction_id)
    database.roll_back(transaction_id)

    assert database.value("SELECT to_regclass('never')::text") == {"isNull": True}


def test_session_state_lives_in_a_transaction_and_not_between_calls(database: Database) -> None:
    transaction_id = database.begin()
    database.execute("SET application_name = 'mine'", transactionId=transaction_id)
    assert database.value("SHOW application_name", transactionId=transaction_id) == {"stringValue": "mine"}
    database.commit(transaction_id)

    database.execute("SET application_name = 'mine'")
    assert database.value("SHOW application_name") != {"stringValue": "mine"}


def test_after_an_error_a_commit_keeps_nothing_though_it_answers_as_ever(database: Database, table: str) -> None:
    transaction_id = database.begin()
    database.execute(f"INSERT INTO {table} VALUES (1)", transactionId=transaction_id)
    assert database.error("SELECT 1/0", transactionId=transaction_id)[1].endswith("SQLState: 22012")

    code, message = database.error("SELECT 1", transactionId=transaction_id)
    assert code == "DatabaseErrorException"
    assert message.endswith("SQLState: 25P02")
    assert database.commit(transaction_id) == "Transaction Committed"
    assert count(database, table) == 0


def test_a_savepoint_survives_an_error(database: Database, table: str) -> None:
    transaction_id = database.begin()
    database.execute("SAVEPOINT before", transactionId=transaction_id)
    database.error("SELECT 1/0", transactionId=transaction_id)
    database.execute("ROLLBACK TO before", transactionId=transaction_id)
    database.execute(f"INSERT INTO {table} VALUES (1)", transactionId=transaction_id)

    assert database.commit(transaction_id) == "Transaction Committed"
    assert count(database, table) == 1


@pytest.mark.parametrize("end", ["commit", "roll_back"])
def test_an_ended_transaction_is_not_found(database: Database, end: str) -> None:
    transaction_id = database.begin()
    getattr(database, end)(transaction_id)

    for call in (
        lambda: database.execute("SELECT 1", transactionId=transaction_id),
        lambda: database.commit(transaction_id),
        lambda: database.roll_back(transaction_id),
    ):
        code, message = database.error_of(call)
        assert code == "TransactionNotFoundException"
        assert re.search(r"^Transaction \S+ is not found\. One previous call resulted in a termination", message)


def test_an_unknown_transaction_is_not_found(database: Database) -> None:
    code, message = database.error("SELECT 1", transactionId="nowhere")

    assert (code, message) == (
        "TransactionNotFoundException",
        "Transaction nowhere is not found. Transaction may be expired.",
    )


def test_a_transaction_of_another_cluster_is_not_found(aws: LocalAws, database: Database) -> None:
    other = create_database(aws)
    transaction_id = other.begin()

    assert database.error("SELECT 1", transactionId=transaction_id)[0] == "TransactionNotFoundException"
    other.roll_back(transaction_id)


def test_a_transaction_stays_in_its_database(database: Database) -> None:
    transaction_id = database.begin()

    assert database.error("SELECT 1", transactionId=transaction_id, database="postgres")[0] == "BadRequestException"
    database.roll_back(transaction_id)


def test_two_calls_at_once_in_one_transaction_are_refused(database: Database) -> None:
    transaction_id = database.begin()
    slow = threading.Thread(
        target=database.execute, args=("SELECT pg_sleep(1)",), kwargs={"transactionId": transaction_id}
    )
    slow.start()
    time.sleep(0.4)

    assert database.error("SELECT 1", transactionId=transaction_id) == (
        "DatabaseErrorException",
        "Transaction is still running a query",
    )
    slow.join()
    assert database.value("SELECT 1", transactionId=transaction_id) == {"longValue": 1}
    database.roll_back(transaction_id)


def test_two_transactions_do_not_see_each_other_and_wait_for_locks(database: Database) -> None:
    first, second = database.begin(), database.begin()
    lock = "SELECT pg_try_advisory_xact_lock(42)"

    assert database.value(lock, transactionId=first) == {"booleanValue": True}
    assert database.value(lock, transactionId=second) == {"booleanValue": False}
    database.commit(first)
    assert database.value(lock, transactionId=second) == {"booleanValue": True}
    database.commit(second)


def test_a_batch_is_in_its_transaction(database: Database, table: str) -> None:
    transaction_id = database.begin()
    database.client.batch_execute_statement(
        **database.target,
        database="alex",
        sql=f"INSERT INTO {table} VALUES (:number)",
        parameterSets=[[parameter("number", longValue=number)] for number in range(5)],
        transactionId=transaction_id,
    )
    assert count(database, table) == 0
    database.commit(transaction_id)
    assert count(database, table) == 5


@pytest.fixture(scope="module")
def hasty_database() -> Iterator[Database]:
    """Return a database of a local AWS with short limits."""
    settings = DataApiSettings(transaction_idle_seconds=IDLE_SECONDS, statement_seconds=STATEMENT_SECONDS)
    with process.start(data_api=settings) as running:
        yield create_database(running)


def test_an_idle_transaction_expires_and_is_rolled_back(hasty_database: Database) -> None:
    hasty_database.execute("CREATE TABLE expiring (number integer)")
    transaction_id = hasty_database.begin()
    hasty_database.execute("INSERT INTO expiring VALUES (1)", transactionId=transaction_id)
    hasty_database.execute("LOCK TABLE expiring", transactionId=transaction_id)

    time.sleep(IDLE_SECONDS + 0.5)

    assert state_of(hasty_database)["open_transactions"] == 0
    code, message = hasty_database.error_of(lambda: hasty_database.commit(transaction_id))
    assert code == "TransactionNotFoundException"
    assert message.endswith("Transaction may be expired.")
    assert count(hasty_database, "expiring") == 0


def test_a_used_transaction_lives_on(hasty_database: Database) -> None:
    transaction_id = hasty_database.begin()
    for _ in range(3):
        time.sleep(IDLE_SECONDS * 0.5)
        hasty_database.execute("SELECT 1", transactionId=transaction_id)

    assert hasty_database.commit(transaction_id) == "Transaction Committed"


def test_a_statement_that_takes_too_long_is_cancelled(hasty_database: Database) -> None:
    hasty_database.execute("CREATE TABLE cancelled (number integer)")

    slow = "INSERT INTO cancelled SELECT 1 FROM pg_sleep(2.5)"
    assert hasty_database.error(slow)[0] == "StatementTimeoutException"

    time.sleep(1.5)
    assert count(hasty_database, "cancelled") == 0


def test_a_statement_can_go_on_after_the_time(hasty_database: Database) -> None:
    hasty_database.execute("CREATE TABLE continued (number integer)")

    slow = "INSERT INTO continued SELECT 1 FROM pg_sleep(2.5)"
    assert hasty_database.error(slow, continueAfterTimeout=True)[0] == "StatementTimeoutException"

    time.sleep(1.5)
    assert count(hasty_database, "continued") == 1


def test_a_transaction_is_busy_while_its_statement_goes_on(hasty_database: Database) -> None:
    transaction_id = hasty_database.begin()
    arguments = {"transactionId": transaction_id, "continueAfterTimeout": True}
    assert hasty_database.error("SELECT pg_sleep(2.5)", **arguments)[0] == "StatementTimeoutException"

    assert hasty_database.error("SELECT 1", transactionId=transaction_id)[1] == "Transaction is still running a query"
    time.sleep(1.5)
    assert hasty_database.value("SELECT 1", transactionId=transaction_id) == {"longValue": 1}
    hasty_database.roll_back(transaction_id)


def test_as_many_transactions_are_open_as_connections_are_allowed_whatever_was_left_idle(aws: LocalAws) -> None:
    group, rds = unique("few-connections"), aws.client("rds")
    rds.create_db_cluster_parameter_group(
        DBClusterParameterGroupName=group, DBParameterGroupFamily="aurora-postgresql17", Description="Of a test"
    )
    limit = {"ParameterName": "max_connections", "ParameterValue": str(MOST_CONNECTIONS)}
    rds.modify_db_cluster_parameter_group(
        DBClusterParameterGroupName=group, Parameters=[limit | {"ApplyMethod": "pending-reboot"}]
    )
    database = create_database(aws, DBClusterParameterGroupName=group)
    with ThreadPoolExecutor(5) as pool:  # sessions of another database, kept for the next call
        list(pool.map(lambda _: database.execute("SELECT pg_sleep(0.3)", database="postgres"), range(5)))

    opened = [database.begin() for _ in range(MOST_CONNECTIONS - KEPT_CONNECTIONS)]

    assert database.error_of(database.begin)[1].endswith("SQLState: 53300")
    for transaction_id in opened:
        database.roll_back(transaction_id)
