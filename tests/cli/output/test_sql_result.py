"""How answers of SQL are shown: a table, or a value a line where that does not fit; no value is cut."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from aurora_serverless_data_api import Result
from aurora_serverless_data_api.results import Column
from cli.output import terminal
from cli.output.sql_result import Expanded, as_csv, as_text, say_result

GOLDEN = Path(__file__).parent
LONG = "All that is known of this document stands in one value, and is never cut."
RESULT = Result(
    [Column("id", "int4"), Column("title", "text"), Column("price", "numeric"), Column("日本", "text")],
    [[1, "House rules", "12.50", None], [20, "two\nlines", None, "\x1b[31m"], [3, LONG, "0", "日本語"]],
)
SHORT = Result(RESULT.columns, RESULT.rows[:2])
WIDE = Result([Column("one", "text"), Column("other", "text")], [[LONG, LONG]])
Show = Callable[..., str]


def console(width: int, monkeypatch: pytest.MonkeyPatch) -> StringIO:
    """Make standard output a terminal of so many columns, without colours, and return what it gets."""
    written = StringIO()

    def made(_: Any, wanted: int | None = None) -> terminal._Console:
        return terminal._Console(
            file=written, width=wanted or width, force_terminal=True, color_system=None, markup=False, highlight=False
        )

    monkeypatch.setattr(terminal, "_console", made)
    return written


@pytest.mark.parametrize("width", [80, 120])
def test_what_is_shown_is_what_was_read(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """To accept another layout, read it, and write it into the file."""
    written = console(width, monkeypatch)
    for title, result, expanded in [
        ("it fits", SHORT, Expanded.AUTO),
        ("80 columns are too few", RESULT, Expanded.AUTO),
        ("120 columns are too few", WIDE, Expanded.AUTO),
        ("a line for each value", SHORT, Expanded.ON),
        ("a line for each row", WIDE, Expanded.OFF),
        ("no row", Result(RESULT.columns, []), Expanded.ON),
        ("a change", Result(updated_rows=1), Expanded.AUTO),
    ]:
        written.write(f"# {title}\n")
        say_result(result, expanded)
    shown = "\n".join(line.rstrip() for line in written.getvalue().splitlines()) + "\n"
    assert shown == (GOLDEN / f"sql_result_{width}.txt").read_text(encoding="utf-8")


def test_no_value_is_cut_however_long_it_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    value = " ".join(f"word{number}" for number in range(5000))
    result = Result([Column("text", "text"), Column("number", "int4")], [[value, 1]])
    say_result(result)  # into a pipe
    assert value in capsys.readouterr().out
    written = console(80, monkeypatch)
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


def test_csv_tells_nothing_from_no_characters() -> None:
    assert as_csv([None, "", "a", "a,b", 'a"b', "a\nb", " a", "\\.", 1]) == ',"",a,"a,b","a""b","a\nb"," a","\\.",1\n'
