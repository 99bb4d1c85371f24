"""Values and statements that are refused before anything is sent."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from aurora_serverless_data_api import Array, InvalidParameter, WithoutTimeZone
from tests.aurora_serverless_data_api.script import Script

NAIVE = datetime(2026, 3, 4, 5, 6, 7, 89)
KATHMANDU = timezone(timedelta(hours=5, minutes=45))


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (float("nan"), "is NaN or infinite"),
        (float("-inf"), "is NaN or infinite"),
        (Decimal("NaN"), "is NaN or infinite"),
        (Decimal("sNaN"), "is NaN or infinite"),
        (Decimal("Infinity"), "is NaN or infinite"),
        (2**63, "int beyond 64 bits: pass a Decimal"),
        (-(2**63) - 1, "int beyond 64 bits: pass a Decimal"),
        ("a\0b", "has a NUL character"),
        ("\ud800", "half a surrogate pair"),
        (NAIVE, r"without a time zone: give it one, .* or, for a column of the type timestamp, pass WithoutTimeZone"),
        (WithoutTimeZone(NAIVE.replace(tzinfo=UTC)), "pass it as it is"),
        (datetime(1, 1, 1, tzinfo=KATHMANDU), "UTC does not have"),
        (time(1, tzinfo=UTC), "time with a time zone"),
        ([1, 2], r"is a list: write Array\(values, \"text\"\) for an array, or Json\(values\) for JSON"),
        ((1, 2), "is a list: write Array"),
        ({1, 2}, "is of the type set, which has none to go with"),
        (timedelta(1), "is of the type timedelta, which has none to go with"),
        (NotImplemented, "is of the type NotImplementedType, which has none to go with"),
        (1j, "is of the type complex, which has none to go with"),
        ({"a": float("nan")}, "JSON has not"),
        ({"a": Decimal(1)}, "JSON has not"),
        ({"a": date(2026, 1, 1)}, "JSON has not"),
        ({"a": "\0"}, "NUL character in it"),
        ({"\0": 1}, "NUL character in it"),
        ({"a": "\ud800"}, "half a surrogate pair"),
        (Array([1, "a"], "text"), r"elements of different types \(int, str\)"),
        (Array([True, 1], "integer"), r"elements of different types \(bool, int\)"),
        (Array([1, Decimal(1)], "numeric"), r"elements of different types \(Decimal, int\)"),
        (Array([[1], [2]], "integer"), "an Array in an Array"),
        (Array([Array([1], "integer")], "integer"), "an Array in an Array"),
        (Array(["a\0"], "text"), "has a NUL character"),
        (Array([float("nan")], "float8"), "is NaN or infinite"),
        (Array([NAIVE], "timestamptz"), "without a time zone"),
        (Array([WithoutTimeZone(NAIVE)], "timestamptz"), "for a type with one"),
        (Array([WithoutTimeZone(NAIVE)], "timestamp with time zone"), "for a type with one"),
        (Array(["a"], "text); DROP TABLE notes; --"), "not a type's name"),
        (Array(["a"], ""), "not a type's name"),
    ],
    ids=lambda value: repr(value)[:60],
)
def test_a_value_is_refused_before_it_is_sent(value: Any, reason: str) -> None:
    script = Script()

    with pytest.raises(InvalidParameter, match=f"parameter value .*{reason}"):
        script.client.query("SELECT :value", {"value": value})

    assert script.calls == []


def test_the_characters_of_a_text_are_no_array() -> None:
    with pytest.raises(InvalidParameter, match="hardly meant"):
        Array("abc", "text")


@pytest.mark.parametrize(
    ("sql", "parameters", "reason"),
    [
        ("SELECT :one, :two", {"one": 1}, "has :two, for which there is no value"),
        ("SELECT tags[1:2]", {}, r"has :2, .*write a\[1 : 2\]"),
        ("", {}, "is empty"),
        (" \n", {}, "is empty"),
        ("SELECT '\0'", {}, "NUL character"),
        ("SELECT '" + "a" * 65_536 + "'", {}, "has 65545 characters, at most 65536"),
        ("SELECT :one", {"one": "a" * 4_200_000}, "have 42000.. bytes, a request at most 4194304"),
        ("SELECT :one", {"one": b"a" * 3_200_000}, "a request at most 4194304"),
        ("SELECT :one", {"one": "ä" * 700_000}, "a request at most 4194304"),
        ("SELECT :one", [1], "parameters are a mapping such as .*, not a list"),
        ("SELECT :one", "one", "parameters are a mapping such as .*, not a str"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_statement_is_refused_before_it_is_sent(sql: str, parameters: Any, reason: str) -> None:
    script = Script()

    with pytest.raises(InvalidParameter, match=reason):
        script.client.execute(sql, parameters)

    assert script.calls == []
