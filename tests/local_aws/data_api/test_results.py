"""Values on their way out of PostgreSQL, without a database."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_aws.data_api.errors import DataApiError
from local_aws.data_api.result_types import ResultType
from local_aws.data_api.results import Formatting, read_array, records
from local_aws.data_api.statements import Column, Outcome


def field(kind: str, text: str, formatting: Formatting | None = None, *, is_array: bool = False) -> object:
    outcome = Outcome(columns=[Column("v", 0, -1, 0, 0)], rows=[[text.encode()]])
    [[value]] = records(outcome, [ResultType("v", kind, is_array=is_array)], formatting or Formatting())
    return value


def literal(elements: list[str | None]) -> str:
    """Return the text of an array with every element quoted, as PostgreSQL may write it."""
    quoted = (
        "NULL" if element is None else '"' + element.replace("\\", "\\\\").replace('"', '\\"') + '"'
        for element in elements
    )
    return "{" + ",".join(quoted) + "}"


@given(st.lists(st.none() | st.text()))
@settings(deadline=None)
def test_an_array_is_read_as_it_was_written(elements: list[str | None]) -> None:
    assert read_array(literal(elements)) == elements


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=20))
@settings(deadline=None)
def test_compact_json_means_the_same(value: object) -> None:
    spaced = json.dumps({"a": value}, indent=2)

    assert field("compact_json", spaced) == {"stringValue": json.dumps({"a": value}, separators=(",", ":"))}


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)), st.integers(-15 * 60, 15 * 60))
@settings(deadline=None)
def test_a_moment_with_an_offset_is_returned_in_utc(moment: datetime, minutes: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    sign, hours, rest = "-" if minutes < 0 else "+", abs(minutes) // 60, abs(minutes) % 60
    text = f"{moment.isoformat(' ')}{sign}{hours:02}" + (f":{rest:02}" if rest else "")

    value = field("zoned_moment", text)

    assert isinstance(value, dict)
    assert datetime.fromisoformat(value["stringValue"]).replace(tzinfo=timezone.utc) == zoned  # noqa: UP017


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-15 12:00:00", "2024-01-15 12:00:00"),
        ("2024-01-15 12:00:00.1", "2024-01-15 12:00:00.100"),
        ("2024-01-15 12:00:00.123", "2024-01-15 12:00:00.123"),
        ("2024-01-15 12:00:00.1234", "2024-01-15 12:00:00.123400"),
        ("0044-03-15 00:00:00 BC", "0044-03-15 00:00:00 BC"),
    ],
)
def test_fractions_of_seconds_have_three_or_six_digits(text: str, expected: str) -> None:
    assert field("moment", text) == {"stringValue": expected}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
@settings(deadline=None)
def test_a_decimal_keeps_its_digits(number: Decimal) -> None:
    assert field("decimal", f"{number:f}") == {"stringValue": f"{number:f}"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{1,2}", {"longValues": [1, 2]}),
        ("{1,2.5,NULL}", {"doubleValues": [1, 2.5, None]}),
        ("{}", {"longValues": []}),
    ],
)
def test_decimals_of_an_array_have_one_kind(text: str, expected: dict[str, object]) -> None:
    formatting = Formatting(decimals_as_numbers=True)

    assert field("decimal", text, formatting, is_array=True) == {"arrayValue": expected}


@pytest.mark.parametrize("text", ["{{1},{2}}", "[0:0][0:0]={{1}}", '{{"a"}}'])
def test_an_array_of_arrays_is_refused(text: str) -> None:
    with pytest.raises(DataApiError, match="multidimensional array"):
        read_array(text)
