"""The table of what to do about PostgreSQL's frequent errors."""

import re

import pytest

from aurora_serverless_data_api.errors import statement_error
from operations.sql.remedies import _TABLE, Asker, hint, remedy


def command(name: str) -> str:
    return f"./aurora-serverless {name} dev"


def test_each_row_is_one_line_and_is_found_before_others() -> None:
    for row in _TABLE:
        assert re.fullmatch("[0-9A-Z]{5}", row.sqlstate)
        texts = [row.text(asker) for asker in Asker]
        assert any(texts), row.sqlstate
        first = next(each for each in _TABLE if each.sqlstate == row.sqlstate and each.words in row.words)
        assert first is row, f"{row.sqlstate} comes behind a row that takes its errors"
        for text in texts:
            assert "\n" not in text
            assert not text.endswith(".")


@pytest.mark.parametrize("sqlstate", ["25001", "42P01", "42501", "25006", "57014", "23505"])
def test_frequent_errors_have_a_way_out(sqlstate: str) -> None:
    message = "VACUUM cannot run inside a transaction block"
    assert remedy(sqlstate, message, Asker.SQL, command)
    assert remedy(sqlstate, message, Asker.SHELL, command)


def test_it_depends_on_where_the_statement_was_written() -> None:
    message = "VACUUM cannot run inside a transaction block"
    assert "--no-transaction" in remedy("25001", message, Asker.SQL, command)
    assert "--no-transaction" not in remedy("25001", message, Asker.SHELL, command)
    assert "-- migrate: no-transaction" in remedy("25001", message, Asker.MIGRATION, command)
    assert remedy("42601", "syntax error", Asker.SQL, command) == ""


def test_postgresqls_own_hint_comes_first() -> None:
    error = statement_error("42P01", code="", message="relation x", detail="", hint="Perhaps y.")
    assert hint(error, Asker.SQL, command) == (
        "; hint: Perhaps y; if a migration makes it, ./aurora-serverless migrate dev first"
    )
    assert hint(statement_error("42601", code="", message="", detail=""), Asker.SQL, command) == ""
