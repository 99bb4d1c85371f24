"""What the tab key offers where."""

from pathlib import Path

import pytest

from cli.shell.completion import completions
from operations.sql.catalog import Names

NAMES = Names(
    ["FROM", "SELECT", "SET", "UPDATE", "WHERE"],
    {"users": ["id", "email"], "orders": ["id", "user_id", "total"], '"Odd Name"': ["x"], "audit.log": ["at"]},
)
COMMANDS = ("\\d", "\\dt", "\\i", "\\x", "\\timing", "\\copy", "\\q")


def offered(text: str) -> list[str]:
    """Return what is offered at the bar."""
    before, _, after = text.partition("|")
    return completions(before, after, NAMES, COMMANDS)[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SELECT * FROM |", ["users", "orders", '"Odd Name"', "audit.log"]),
        ("SELECT * FROM us|", ["users"]),
        ("select * from US|", ["users"]),
        ("INSERT INTO or|", ["orders"]),
        ("SELECT em| FROM users", ["email"]),
        ("SELECT | FROM orders", ["id", "user_id", "total", *NAMES.columns]),
        ("SELECT u.| FROM users u", ["u.id", "u.email"]),
        ("SELECT u.e| FROM orders o JOIN users AS u ON true", ["u.email"]),
        ("SELECT orders.t| FROM orders WHERE true", ["orders.total"]),
        ("SELECT * FROM audit.|", ["audit.log"]),
        ("SEL|", ["SELECT"]),
        ("sel|", ["select"]),
        ("UPDATE users S|", ["SELECT", "SET"]),
        ("SELECT 'us|", []),
        ("\\|", list(COMMANDS)),
        ("\\d|", ["\\d", "\\dt"]),
        ("\\d us|", ["users"]),
        ("\\copy o|", ["orders"]),
        ("\\x a|", ["auto"]),
        ("\\q |", []),
        ("SELECT 1;\n\\ti|", ["\\timing"]),
    ],
)
def test_names_are_offered_where_they_can_stand(text: str, found: list[str]) -> None:
    assert offered(text) == found


def test_files_are_offered_to_be_run(tmp_path: Path) -> None:
    for name in ("a.sql", "b.sql", ".hidden"):
        (tmp_path / name).touch()
    (tmp_path / "more").mkdir()
    assert offered(f"\\i {tmp_path}/|") == [f"{tmp_path}/{name}" for name in ("a.sql", "b.sql", "more/")]
    assert offered(f"\\i {tmp_path}/b|") == [f"{tmp_path}/b.sql"]
    assert offered(f"\\i {tmp_path}/nowhere/|") == []
