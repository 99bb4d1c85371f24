"""Python values as the Data API takes them.

The Data API has fields for booleans, 64-bit integers, doubles, text and bytes. Whatever else there is goes as text that
the statement casts: `:id` becomes `CAST(:id AS uuid)`. Unlike a type hint, a cast keeps microseconds, and the offset of
a time, whatever time zone the session has; and it is the only way to send an array.
"""

import json
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from .errors import InvalidParameter

LEAST_INTEGER, GREATEST_INTEGER = -(2**63), 2**63 - 1

_TYPE_NAME = re.compile(r'[A-Za-z_]\w*( \w+)*(\.[A-Za-z_]\w*|\."[^"\0]+")?(\(\d+(, ?\d+)?\))?')
_ZONED_TYPES = {"timestamptz", "timestamp with time zone"}
_NUL_IN_JSON = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_NUMBER_BYTES = 24  # the longest double or 64-bit integer as text


class Json:
    """A value for a json or jsonb column: whatever json.dumps takes. A dict needs no wrapper, a list does."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __repr__(self) -> str:
        """Return what made it, so that it reads the same in every process."""
        return f"Json({self.value!r})"


class Array:
    """Values for a one-dimensional array, with PostgreSQL's name of the elements' type: Array(names, "text").

    The type is always said, because an empty list has none. Elements are None or all of one type.
    """

    def __init__(self, values: Iterable[Any], element_type: str) -> None:
        if isinstance(values, (str, bytes)):
            raise InvalidParameter(f"an Array of a {type(values).__name__}'s characters is hardly meant: pass a list")
        self.values = list(values)
        self.element_type = element_type

    def __repr__(self) -> str:
        """Return what made it, so that it reads the same in every process."""
        return f"Array({self.values!r}, {self.element_type!r})"


@dataclass(frozen=True)
class WithoutTimeZone:
    """A naive datetime for a column of the type timestamp, which has no time zone either."""

    value: datetime


class Value(NamedTuple):
    """A Field of the wire, the type that the SQL casts it to (None: its own), and about its bytes as JSON."""

    field: dict[str, Any]
    cast: str | None = None
    size: int = _NUMBER_BYTES


NULL = Value({"isNull": True})


def encode(value: Any) -> Value:
    """Return `value` for the wire. Raises InvalidParameter with what is wrong, but not with the value."""
    encoder = _ENCODERS.get(type(value))
    if encoder is None:
        encoder = next((found for kind, found in _ENCODERS.items() if isinstance(value, kind)), None)
    if encoder is None:
        raise InvalidParameter(
            f"is of the type {type(value).__name__}, which has none to go with in PostgreSQL: convert it"
        )
    return encoder(value)


def _integer(value: int) -> Value:
    if not LEAST_INTEGER <= value <= GREATEST_INTEGER:
        raise InvalidParameter("is an int beyond 64 bits: pass a Decimal for a numeric column")
    return Value({"longValue": int(value)})


def _double(value: float) -> Value:
    if not math.isfinite(value):
        raise InvalidParameter("is NaN or infinite, which the Data API cannot return: pass None")
    return Value({"doubleValue": float(value)})


def _decimal(value: Decimal) -> Value:
    if not value.is_finite():
        raise InvalidParameter("is NaN or infinite, which the Data API cannot return: pass None")
    return _cast(str(value), "numeric")


def _text(value: str) -> Value:
    if "\0" in value:
        raise InvalidParameter("has a NUL character, which PostgreSQL's text cannot hold: remove it, or pass bytes")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidParameter("has half a surrogate pair, which is not a text: pass bytes") from None
    return Value({"stringValue": value}, size=len(json.dumps(value)))


def _blob(value: bytes | bytearray | memoryview) -> Value:
    content = bytes(value)
    return Value({"blobValue": content}, size=(len(content) + 2) // 3 * 4 + 2)


def _time(value: time) -> Value:
    if value.tzinfo is not None:
        raise InvalidParameter("is a time with a time zone, which the Data API cannot return: pass a datetime")
    return _cast(value.isoformat(), "time")


def _datetime(value: datetime) -> Value:
    if value.utcoffset() is None:
        raise InvalidParameter(
            "is a datetime without a time zone: give it one, as in datetime.now(UTC), or, for a column of the type "
            "timestamp, pass WithoutTimeZone(value)"
        )
    try:
        utc = value.astimezone(UTC)
    except OverflowError:
        raise InvalidParameter("is a datetime that UTC does not have between the years 1 and 9999") from None
    return _cast(utc.isoformat(" "), "timestamptz")


def _local_datetime(value: WithoutTimeZone) -> Value:
    if value.value.tzinfo is not None:
        raise InvalidParameter("is a datetime with a time zone in WithoutTimeZone: pass it as it is")
    return _cast(value.value.isoformat(" "), "timestamp")


def _json(value: Any) -> Value:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise InvalidParameter("has something in it that JSON has not: NaN, a date, a Decimal, a cycle, …") from None
    if _NUL_IN_JSON.search(text):
        raise InvalidParameter("has a NUL character in it, which PostgreSQL's JSON cannot hold")
    return _text(text)._replace(cast="json")


def _array(array: Array) -> Value:
    if not _TYPE_NAME.fullmatch(array.element_type):
        raise InvalidParameter('is an Array whose type is not a type\'s name: write one as in Array(values, "text")')
    kinds = {type(element) for element in array.values} - {type(None)}
    if len(kinds) > 1:
        names = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise InvalidParameter(f"is an Array with elements of different types ({names}): make them one")
    if kinds & {list, tuple, Array}:
        raise InvalidParameter("is an Array in an Array, which the Data API cannot return: pass Json")
    if WithoutTimeZone in kinds and array.element_type.lower() in _ZONED_TYPES:
        raise InvalidParameter("is an Array of datetimes without a time zone for a type with one: give them one")
    text = ",".join("NULL" if element is None else _element(encode(element)) for element in array.values)
    return _cast(f"{{{text}}}", f"{array.element_type}[]")


def _element(value: Value) -> str:
    [content] = value.field.values()
    text = f"\\x{content.hex()}" if isinstance(content, bytes) else str(content)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _ambiguous(_: Any) -> Value:
    raise InvalidParameter('is a list: write Array(values, "text") for an array, or Json(values) for JSON')


def _cast(text: str, type_name: str) -> Value:
    return _text(text)._replace(cast=type_name)


# Subclasses are looked for in this order: a bool is an int, and a datetime is a date.
_ENCODERS: dict[type, Callable[[Any], Value]] = {
    type(None): lambda _: NULL,
    bool: lambda value: Value({"booleanValue": value}),
    int: _integer,
    float: _double,
    Decimal: _decimal,
    str: _text,
    bytes: _blob,
    bytearray: _blob,
    memoryview: _blob,
    datetime: _datetime,
    date: lambda value: _cast(value.isoformat(), "date"),
    time: _time,
    UUID: lambda value: _cast(str(value), "uuid"),
    WithoutTimeZone: _local_datetime,
    Json: lambda value: _json(value.value),
    Array: _array,
    dict: _json,
    list: _ambiguous,
    tuple: _ambiguous,
}
