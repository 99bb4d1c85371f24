"""Each operation with each error: what boto3 gets, by the error's code, its HTTP status and boto3's class of it.

The types are a table in test_values.py and test_typed_parameters.py, answers without an error in the other files here.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local_aws import process
from local_aws.process import LocalAws
from tests.local_aws.data_api.database import Database, create_database, create_secret

OPERATIONS: dict[str, dict[str, Any]] = {
    "execute_statement": {"sql": "SELECT 1", "database": "alex"},
    "batch_execute_statement": {"sql": "SELECT 1", "database": "alex"},
    "begin_transaction": {"database": "alex"},
    "commit_transaction": {"transactionId": "none"},
    "rollback_transaction": {"transactionId": "none"},
}

Situation = Callable[[Database], dict[str, Any]]
"""Brings a database into a situation, and returns the arguments with which it is met."""


def fault(kind: str) -> Situation:
    def inflict(database: Database) -> dict[str, Any]:
        database.inflict(kind=kind)
        return {}

    return inflict


def secret(text: str) -> Situation:
    def make(database: Database) -> dict[str, Any]:
        arn = create_secret(database.aws, "x", "x")
        database.aws.client("secretsmanager").put_secret_value(SecretId=arn, SecretString=text)
        return {"secretArn": arn}

    return make


# Where an operation has it too: what AWS's model of the service lists for it, or its page of common errors.
SITUATIONS: dict[str, tuple[Situation, str, int]] = {
    "a cluster that is none": (
        lambda it: {"resourceArn": it.arn + "-none"},
        "HttpEndpointNotEnabledException",
        400,
    ),
    "a secret that is none": (lambda it: {"secretArn": it.secret_arn + "-none"}, "SecretsErrorException", 400),
    "a secret without a password": (secret('{"username": "x"}'), "InvalidSecretException", 400),
    "an ARN that is too long": (lambda it: {"resourceArn": it.arn + "x" * 571}, "ValidationException", 400),
    "throttling": (fault("throttling"), "ThrottlingException", 400),
    "access denied": (fault("access_denied"), "AccessDeniedException", 403),
    "forbidden": (fault("forbidden"), "ForbiddenException", 403),
    "internal error": (fault("internal_error"), "InternalServerErrorException", 500),
    "service unavailable": (fault("service_unavailable"), "ServiceUnavailableError", 503),
    "database unavailable": (fault("unavailable"), "DatabaseUnavailableException", 504),
    "resuming": (fault("resuming"), "DatabaseResumingException", 400),
    "too slow": (fault("statement_timeout"), "StatementTimeoutException", 400),
    "a transaction that is none": (lambda _: {"transactionId": "none"}, "TransactionNotFoundException", 404),
    "a database that is none": (lambda _: {"database": "none"}, "DatabaseErrorException", 400),
}
WITHOUT: dict[str, set[str]] = {
    "a transaction that is none": {"begin_transaction"},
    "a database that is none": {"commit_transaction", "rollback_transaction"},
}
"""Situations in which an operation cannot be."""

TABLE = [
    pytest.param(operation, *SITUATIONS[name], id=f"{operation}-{name}")
    for name in SITUATIONS
    for operation in OPERATIONS
    if operation not in WITHOUT.get(name, ())
]


@pytest.mark.parametrize(("operation", "situation", "code", "status"), TABLE)
def test_an_operation_ends_with_an_error(
    database: Database, operation: str, situation: Situation, code: str, status: int
) -> None:
    arguments = {**database.target, **OPERATIONS[operation], **situation(database)}

    with pytest.raises(database.client.exceptions.ClientError) as raised:
        getattr(database.client, operation)(**arguments)

    answer = raised.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (code, status)
    # Of the class by which a program catches it, where boto3 knows one.
    of_model = {shape.name for shape in database.client.meta.service_model.error_shapes}
    assert (type(raised.value).__name__ == code) == (code in of_model)


@pytest.fixture(scope="module")
def unready() -> Iterator[LocalAws]:
    """Return a local AWS whose clusters take a minute to be made."""
    with process.start(creation_seconds=60) as aws:
        yield aws


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_cluster_that_is_being_made_answers_nothing(unready: LocalAws, operation: str) -> None:
    database = create_database(unready)

    code, message = database.error_of(
        lambda: getattr(database.client, operation)(**database.target, **OPERATIONS[operation])
    )

    assert (code, message) == ("InvalidResourceStateException", "The DB cluster is in status creating")
