"""When what was typed has ended, and what in it is SQL and what a command."""

import pytest

from aurora_serverless_data_api.splitting import Statement
from cli.shell.lines import is_ready, pieces
from operations.errors import OperationsError


@pytest.mark.parametrize(
    ("text", "ready"),
    [
        ("SELECT 1;", True),
        ("SELECT 1; -- one", True),
        ("SELECT 1", False),
        ("SELECT 1; SELECT 2", False),
        ("SELECT ';", False),
        ("SELECT ';';", True),
        ("SELECT (1;", False),
        ("SELECT $$;", False),
        ("SELECT /* ; ", False),
        ("SELECT 1 -- ;", False),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1;", False),
        ("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END;", True),
        ("", True),
        ("  \n ", True),
        ("-- a comment", True),
        ("\\d", True),
        ("\\d\n\\dt", True),
        ("SELECT 1;\n\\d", True),
        ("SELECT 1\n\\d", False),
        ("SELECT '\n\\q", True),
        ("exit", True),
        ("QUIT", True),
        ("quit it", False),
    ],
)
def test_enter_ends_what_is_complete(text: str, ready: bool) -> None:
    assert is_ready(text) is ready


def shown(text: str) -> list[str]:
    return [piece.text if isinstance(piece, Statement) else piece for _, piece in pieces(text)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT 1; SELECT ';' ;", ["SELECT 1", "SELECT ';'"]),
        ("\\d users\nSELECT 1;", ["\\d users", "SELECT 1"]),
        ("SELECT 1;\n\\x\nSELECT 2;\n\\q", ["SELECT 1", "\\x", "SELECT 2", "\\q"]),
        ("SELECT 'open\n\\q", ["\\q"]),
        ("-- nothing", []),
    ],
)
def test_statements_and_commands_come_in_their_order(text: str, found: list[str]) -> None:
    assert shown(text) == found


def test_what_is_not_closed_is_one_line() -> None:
    with pytest.raises(OperationsError, match="line 2 of the SQL: a ' has no end: close it"):
        shown("SELECT 1;\nSELECT 'a")
