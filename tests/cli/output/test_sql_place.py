"""What `aurora-serverless sql` says of a statement that fails: PostgreSQL's words, its place, and what is around it."""

from pathlib import Path

import pytest

from cli.output.sql_place import Place
from tests.deployed.fixtures import CommandLine

MISSPELT = "-- all\nSELECT 1;\n\n\tSELECT relname,\n\t       rellkind  -- misspelt\nFROM pg_class;\nSELECT 2;\n"


def test_message_sqlstate_hint_and_place_are_shown(command_line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "misspelt.sql"
    file.write_text(MISSPELT)
    done = command_line("sql", "--file", str(file))
    assert (done.status, done.output) == (1, "")
    assert done.errors.splitlines() == [
        'error: column "rellkind" does not exist [SQLSTATE 42703] at line 5, column 9; hint: Perhaps you meant to '
        'reference the column "pg_class.relkind"',
        "  5 |         rellkind  -- misspelt",
        "    |         ^",
    ]


def test_as_json_the_error_is_one_line_with_its_place(command_line: CommandLine, tmp_path: Path) -> None:
    file = tmp_path / "misspelt.sql"
    file.write_text(MISSPELT)
    done = command_line("sql", "--file", str(file), "--json")
    assert (done.status, done.output) == (1, "")
    assert "[SQLSTATE 42703] at line 5, column 9; hint: Perhaps" in done.error


@pytest.mark.parametrize(
    ("sql", "place", "shown"),
    [
        ("SELECT nope", "at line 1, column 8", ["  1 | SELECT nope", "    |        ^"]),
        ("SELECT 1; SELEC 2", "at line 1, column 11", ["  1 | SELECT 1; SELEC 2", "    |           ^"]),
        ("/* ; */ SELECT 1 +", "at line 1, column 19", ["  1 | /* ; */ SELECT 1 +", "    |                   ^"]),
        ("SELECT '漢字' AS a, nope", "at line 1, column 19", ["  1 | SELECT '漢字' AS a, nope", f"    | {' ' * 20}^"]),
        ("SELECT 1;\r\nSELECT nope;\r\n", "at line 2, column 8", ["  2 | SELECT nope;", "    |        ^"]),
    ],
)
def test_the_caret_stands_below_the_place(command_line: CommandLine, sql: str, place: str, shown: list[str]) -> None:
    done = command_line("sql", sql)
    first, *excerpt = done.errors.splitlines()
    assert (done.status, place in first, excerpt) == (1, True, shown)


def test_without_a_place_the_statements_line_is_told(command_line: CommandLine) -> None:
    done = command_line("sql", "SELECT 1;\nSELECT\n  1 / 0;")
    assert done.errors.splitlines() == [
        "error: division by zero [SQLSTATE 22012] in the statement of line 2",
        "  2 | SELECT",
    ]


def test_of_one_statement_without_a_place_there_is_only_the_error(command_line: CommandLine) -> None:
    assert command_line("sql", "SELECT 1 / 0").error == "error: division by zero [SQLSTATE 22012]"


def test_outside_of_a_transaction_a_failure_has_its_place_too(command_line: CommandLine) -> None:
    done = command_line("sql", "--write", "--no-transaction", "SELECT 1;\nVACUUM no_such_table")
    assert done.errors.splitlines()[1:] == ["  2 | VACUUM no_such_table"]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("SELECT repeat('x', 2000000)", "larger than 1 MiB"),
        ("SELECT '[1,2]'::int8range", "cast the column to text"),
    ],
)
def test_what_the_data_api_refuses_is_one_line(command_line: CommandLine, sql: str, words: str) -> None:
    done = command_line("sql", sql)
    assert (done.status, done.output) == (1, "")
    assert words in done.error


def test_no_control_code_of_the_statement_reaches_the_terminal(command_line: CommandLine) -> None:
    errors = command_line("sql", "SELECT '\x1b[31m\u202e', nope").errors
    assert "\\x1b[31m\\x202e', nope" in errors
    assert "\x1b" not in errors
    shown, caret = errors.splitlines()[1:]
    assert shown[caret.index("^") :] == "nope"


@pytest.mark.parametrize("before", [0, 10, 34, 35, 67, 68, 69, 500])
@pytest.mark.parametrize("after", [0, 10, 500])
def test_of_a_long_line_the_part_around_is_shown(before: int, after: int) -> None:
    line = "." * before + "X" + "." * after
    shown, caret = Place(f"first\n{line}\nlast", 6 + before).excerpt(with_caret=True)
    assert shown[caret.index("^")] == "X"
    assert len(shown) <= 79
    assert ("…" in shown) == (len(line) > 68)


def test_a_place_may_be_the_end_of_the_text() -> None:
    place = Place("SELECT\n", 7)
    assert (place.line, place.column, place.excerpt(with_caret=True)) == (2, 1, ["  2 | ", "    | ^"])
