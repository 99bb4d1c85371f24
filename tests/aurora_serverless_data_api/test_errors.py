"""Errors: of the right class, with a way out, and without a value or a secret in their text."""

# ruff: noqa: S608  # the tests name their tables themselves

import traceback
from collections.abc import Callable

import pytest

from aurora_serverless_data_api import (
    AccessDenied,
    CheckViolation,
    DataApiClient,
    DataApiDisabled,
    DataApiError,
    DeadlockDetected,
    ExclusionViolation,
    ForeignKeyViolation,
    IntegrityViolation,
    NotNullViolation,
    SecretRefused,
    SerializationFailure,
    StatementError,
    Transaction,
    TransactionConflict,
    TypeMismatch,
    UniqueViolation,
)
from tests.aurora_serverless_data_api.conftest import NewClient
from tests.aurora_serverless_data_api.script import Script, error
from tests.local_aws.data_api.database import Database

SECRET = "s3cret-value"
TABLES = """
CREATE TABLE parents_{0} (id bigint PRIMARY KEY);
CREATE TABLE children_{0} (
  name text UNIQUE NOT NULL CHECK (length(name) > 2),
  parent bigint REFERENCES parents_{0},
  span int4range,
  EXCLUDE USING gist (span WITH &&)
)
"""


@pytest.fixture(scope="module")
def children(client: DataApiClient) -> str:
    for statement in TABLES.format("of_errors").split(";"):
        client.execute(statement)
    client.execute(f"INSERT INTO children_of_errors (name, span) VALUES ('{SECRET}', '[1,5)')")
    return "children_of_errors"


@pytest.mark.parametrize(
    ("columns", "parameters", "kind", "sqlstate"),
    [
        ("(name) VALUES (:name)", {"name": SECRET}, UniqueViolation, "23505"),
        ("(name, parent) VALUES ('abcd', :parent)", {"parent": 987654321}, ForeignKeyViolation, "23503"),
        ("(parent) VALUES (:parent)", {"parent": 987654321}, NotNullViolation, "23502"),
        ("(name) VALUES (:name)", {"name": "zq"}, CheckViolation, "23514"),
        ("(name, span) VALUES ('abcde', :span::int4range)", {"span": "[2,3)"}, ExclusionViolation, "23P01"),
        ("(name, parent) VALUES ('abcdef', :parent)", {"parent": SECRET}, TypeMismatch, "42804"),
        ("(name, parent) VALUES ('abcdef', :parent::bigint)", {"parent": SECRET}, StatementError, "22P02"),
        (
            "(name, parent) VALUES ('abcdef', :parent::bigint)",
            {"parent": "98765432109876543210"},
            StatementError,
            "22003",
        ),
    ],
)
def test_an_error_of_postgresql_has_its_class_and_no_value_in_its_text(
    client: DataApiClient,
    children: str,
    columns: str,
    parameters: dict[str, object],
    kind: type[StatementError],
    sqlstate: str,
) -> None:
    with pytest.raises(kind) as raised:
        client.execute(f"INSERT INTO {children} {columns}", parameters)

    assert type(raised.value) is kind
    assert raised.value.sqlstate == sqlstate
    assert f"(SQLSTATE {sqlstate}); " in str(raised.value)
    assert raised.value.message
    shown = "".join(traceback.format_exception(raised.value)) + repr(raised.value)
    for value in parameters.values():
        assert str(value) not in shown


def test_the_words_of_postgresql_are_there_for_who_asks(client: DataApiClient, children: str) -> None:
    with pytest.raises(UniqueViolation, match="violates unique constraint") as raised:
        client.execute(f"INSERT INTO {children} (name) VALUES (:name)", {"name": SECRET})

    assert raised.value.detail == f"Key (name)=({SECRET}) already exists."
    assert raised.value.message == 'duplicate key value violates unique constraint "children_of_errors_name_key"'
    assert raised.value.code == "DatabaseErrorException"


def test_words_that_are_the_data_api_s_own_are_not_looked_for_in_those_of_postgresql(client: DataApiClient) -> None:
    for words in ("Transaction is still running a query", "the size limit"):
        with pytest.raises(StatementError, match="SQLSTATE P0001"):
            client.execute(f"DO 'BEGIN RAISE EXCEPTION ''{words}''; END'")


def test_what_a_function_raises_is_not_in_the_text(client: DataApiClient) -> None:
    with pytest.raises(StatementError) as raised:
        client.execute(f"DO 'BEGIN RAISE EXCEPTION ''card {SECRET}''; END'")

    assert SECRET not in str(raised.value)
    assert raised.value.message == f"card {SECRET}"


@pytest.mark.parametrize(("kind", "error_class"), [("access_denied", AccessDenied), ("forbidden", AccessDenied)])
def test_a_denied_call_names_what_the_role_needs(
    client: DataApiClient, database: Database, kind: str, error_class: type[DataApiError]
) -> None:
    database.inflict(kind=kind)

    with pytest.raises(error_class, match=r"rds-data actions on the cluster and secretsmanager:GetSecretValue"):
        client.query("SELECT 1")


def test_a_secret_that_is_not_there_is_named(new_client: NewClient, database: Database) -> None:
    with pytest.raises(SecretRefused, match="check AURORA_SECRET_ARN"):
        new_client(secret_arn=database.secret_arn + "-gone").query("SELECT 1")


def test_a_cluster_that_is_not_there_is_named(new_client: NewClient, database: Database) -> None:
    with pytest.raises(DataApiDisabled, match="check AURORA_CLUSTER_ARN"):
        new_client(cluster_arn=database.arn + "-gone").query("SELECT 1")


def test_a_database_that_is_not_there_is_named(new_client: NewClient) -> None:
    with pytest.raises(StatementError, match="SQLSTATE 3D000") as raised:
        new_client(database="nowhere").query("SELECT 1")

    assert raised.value.sqlstate == "3D000"


def conflict(client: DataApiClient, table: str, first: Callable[[Transaction], object]) -> None:
    """Let two transactions that must not both succeed change the same row."""
    client.execute(f"INSERT INTO {table} VALUES (1, 'a')")
    with client.transaction() as transaction:
        first(transaction)
        transaction.query(f"SELECT * FROM {table}")
        client.execute(f"UPDATE {table} SET text = 'b'")
        transaction.execute(f"UPDATE {table} SET text = 'c'")


def test_a_conflict_of_two_transactions_is_a_serialization_failure(client: DataApiClient, table: str) -> None:
    with pytest.raises(SerializationFailure, match="run the transaction again from its beginning"):
        conflict(client, table, lambda it: it.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def test_classes_of_errors_can_be_caught_together() -> None:
    assert issubclass(UniqueViolation, IntegrityViolation)
    assert issubclass(DeadlockDetected, TransactionConflict)
    assert issubclass(IntegrityViolation, StatementError)
    assert issubclass(TransactionConflict, StatementError)


def all_errors(kind: type[DataApiError] = DataApiError) -> list[type[DataApiError]]:
    """Return an error of the client and those below it; other packages have some of their own."""
    own = [each for each in kind.__subclasses__() if each.__module__.startswith("aurora_serverless_data_api.")]
    return [kind, *(found for each in own for found in all_errors(each))]


@pytest.mark.parametrize("kind", all_errors(), ids=lambda kind: kind.__name__)
def test_every_error_says_the_way_out_and_is_exported(kind: type[DataApiError]) -> None:
    import aurora_serverless_data_api as package  # noqa: PLC0415

    assert kind.remedy
    assert kind.remedy[-1] != "."
    assert kind.__doc__
    assert kind.__name__ in package.__all__
    assert str(kind("23000")).endswith(f"; {kind.remedy}")


def test_aws_own_words_are_not_in_the_text() -> None:
    script = Script(error("BadRequestException", message=f'Cannot parse date "{SECRET}"'))

    with pytest.raises(DataApiError, match="BadRequestException") as raised:
        script.client.query("SELECT 1")

    assert SECRET not in "".join(traceback.format_exception(raised.value))
    assert SECRET in raised.value.message
