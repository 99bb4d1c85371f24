"""CSV by PostgreSQL's rules, which tell NULL from a text of no characters."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.output.sql_result import as_csv
from operations.errors import OperationsError
from operations.sql.csv_rows import Row, read_csv


def rows(text: str) -> list[tuple[int, Row]]:
    return list(read_csv(io.StringIO(text, newline=""), "a.csv"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a,b\n", [(1, ["a", "b"])]),
        ("a,b", [(1, ["a", "b"])]),
        ('a,,""\n', [(1, ["a", None, ""])]),
        ('"a,b","c""d"\n', [(1, ["a,b", 'c"d'])]),
        ('"two\nlines",x\nnext,y\n', [(1, ["two\nlines", "x"]), (3, ["next", "y"])]),
        ("a\r\nb\r\n", [(1, ["a"]), (2, ["b"])]),
        (" a , b\n", [(1, [" a ", " b"])]),
        ("a\n\nb\n", [(1, ["a"]), (2, [None]), (3, ["b"])]),
        ("", []),
    ],
)
def test_values_are_what_postgresql_takes_them_for(text: str, found: list[tuple[int, Row]]) -> None:
    assert rows(text) == found


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('a\nb,c"d"\n', 'a.csv:2: value 2 has a " inside'),
        ('a\n"b\nc\n', 'a.csv:2: a value that begins with " has no end'),
        ('"a"b,c\n', 'a.csv:1: value 1 has a " inside'),
    ],
)
def test_what_is_not_csv_is_one_line(text: str, words: str) -> None:
    with pytest.raises(OperationsError, match=words):
        rows(text)


# A line end inside of a value is one, whichever it was: as in any text file, LF and CRLF are the same.
_VALUES = st.none() | st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]), max_size=8)


@given(st.lists(st.lists(_VALUES, min_size=2, max_size=2), max_size=4))
def test_what_is_written_is_read_back(values: list[Row]) -> None:
    assert [row for _, row in rows("".join(map(as_csv, values)))] == values
