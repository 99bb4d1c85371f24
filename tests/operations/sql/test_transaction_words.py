"""Which statements begin or end a transaction."""

import pytest

from aurora_serverless_data_api.splitting import Statement, split
from operations.errors import OperationsError
from operations.sql.transaction_words import Begin, Commit, RollBack, transaction_word


def statement(sql: str) -> Statement:
    [found] = split(sql)
    return found


@pytest.mark.parametrize(
    ("sql", "characteristics"),
    [
        ("BEGIN", ""),
        ("begin work", ""),
        ("BEGIN TRANSACTION;", ""),
        ("START TRANSACTION", ""),
        ("BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY", "ISOLATION LEVEL SERIALIZABLE, READ ONLY"),
        ("/* a */ START TRANSACTION READ WRITE", "READ WRITE"),
    ],
)
def test_a_transaction_begins(sql: str, characteristics: str) -> None:
    assert transaction_word(statement(sql)) == Begin(characteristics)


@pytest.mark.parametrize("sql", ["COMMIT", "END", "commit work", "END TRANSACTION", "COMMIT AND NO CHAIN"])
def test_a_transaction_is_committed(sql: str) -> None:
    assert isinstance(transaction_word(statement(sql)), Commit)


@pytest.mark.parametrize("sql", ["ROLLBACK", "ABORT", "rollback transaction", "ROLLBACK AND NO CHAIN"])
def test_a_transaction_is_rolled_back(sql: str) -> None:
    assert isinstance(transaction_word(statement(sql)), RollBack)


@pytest.mark.parametrize(
    "sql",
    [
        "ROLLBACK TO a",
        "ROLLBACK TO SAVEPOINT a",
        "ROLLBACK WORK TO a",
        "SAVEPOINT a",
        "RELEASE a",
        "COMMIT PREPARED 'a'",
        "ROLLBACK PREPARED 'a'",
        "PREPARE a AS SELECT 1",
        "SELECT 'BEGIN'",
        "DO $$ BEGIN COMMIT; END $$",
        '"begin"',
    ],
)
def test_other_statements_are_postgresqls(sql: str) -> None:
    assert transaction_word(statement(sql)) is None


@pytest.mark.parametrize("sql", ["COMMIT AND CHAIN", "ABORT AND CHAIN", "PREPARE TRANSACTION 'a'"])
def test_what_the_data_api_cannot_do_is_refused(sql: str) -> None:
    with pytest.raises(OperationsError, match="the Data API"):
        transaction_word(statement(sql))
