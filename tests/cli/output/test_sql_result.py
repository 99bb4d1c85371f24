"""How answers of SQL are written: no value is cut. How that looks is in `tests/cli/layouts`."""

from typing import Any

import pytest

from aurora_serverless_data_api import Result
from aurora_serverless_data_api.results import Column
from cli.output.sql_result import Expanded, as_csv, as_text, rows_of, say_result
from tests.cli.conftest import AtWidth


def test_no_value_is_cut_however_long_it_is(at_width: AtWidth, capsys: pytest.CaptureFixture[str]) -> None:
    value = " ".join(f"word{number}" for number in range(5000))
    result = Result([Column("text", "text"), Column("number", "int4")], [[value, 1]])
    say_result(result)  # into a pipe
    assert value in capsys.readouterr().out
    written = at_width(80)
    say_result(result)
    say_result(result, Expanded.OFF)
    assert written.getvalue().count(value) == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (b"\x00\xff", "\\x00ff"),
        ([1, None, "a b", "", "null", 'q"\\'], '{1,NULL,"a b","","null","q\\"\\\\"}'),
        ([[1, 2], [3]], "{{1,2},{3}}"),
        ("x", "x"),
    ],
)
def test_a_value_is_written_as_postgresql_does(value: Any, text: str) -> None:
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2026-01-02 03:04:05", "2026-01-02 03:04:05+00"),
        ("2026-01-02 03:04:05.500", "2026-01-02 03:04:05.5+00"),
        ("2026-01-02 03:04:50.000001", "2026-01-02 03:04:50.000001+00"),
        ("0044-03-15 12:00:00 BC", "0044-03-15 12:00:00+00 BC"),
        (None, None),
        (["2026-01-02 03:04:05", None], ["2026-01-02 03:04:05+00", None]),
    ],
)
def test_a_moment_says_that_it_is_in_utc(value: Any, shown: Any) -> None:
    other = "2026-01-02 03:04:05"
    columns = [Column("at", "_timestamptz" if isinstance(value, list) else "timestamptz")]
    assert rows_of(Result([Column("a", "timestamp"), *columns], [[other, value]])) == [[other, shown]]


def test_csv_tells_nothing_from_no_characters() -> None:
    assert as_csv([None, "", "a", "a,b", 'a"b', "a\nb", " a", "\\.", 1]) == ',"",a,"a,b","a""b","a\nb"," a","\\.",1\n'
