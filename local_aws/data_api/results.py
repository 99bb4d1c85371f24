"""Results: values of PostgreSQL as Fields of the wire, or as one JSON text.

What is not in the list of types that the Data API supports is refused as soon as there is a row with it; a cast to
text helps. Sources: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api-operations.html for the list,
and for oid, void, fractions of seconds and infinity what others have found on real clusters.
"""

import base64
import json
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from psycopg.pq import Escaping

from local_aws.data_api.errors import DataApiError
from local_aws.data_api.result_types import ResultType
from local_aws.data_api.statements import Outcome
from local_aws.data_api.values import GREATEST_LONG, LEAST_LONG

_FRACTION = re.compile(r"\.(\d{1,6})")
_ISO = re.compile(r"\d{4,}-\d\d-\d\d|\d\d:\d\d:\d\d|-?infinity")
_ZONED = re.compile(
    r"(?P<year>\d{4,})(?P<local>-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)?)"
    r"(?P<sign>[+-])(?P<offset>\d\d(?::\d\d){0,2})(?P<era> BC)?"
)
_CALENDAR_YEARS = 400  # after which dates fall on the same days again
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\s+')
_ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)', re.DOTALL)

# The member of an arrayValue for each member of a Field; blobs have none.
_ARRAY_MEMBERS = {
    "booleanValue": "booleanValues",
    "longValue": "longValues",
    "doubleValue": "doubleValues",
    "stringValue": "stringValues",
}


@dataclass(frozen=True)
class Formatting:
    """How the caller wants numbers: decimals as numbers instead of strings, longs as strings instead of numbers."""

    decimals_as_numbers: bool = False
    longs_as_strings: bool = False


def records(outcome: Outcome, types: Sequence[ResultType], formatting: Formatting) -> list[list[dict[str, Any]]]:
    """Return the rows as lists of Fields. Raises DataApiError for a type or a value that has no Field."""
    writers = [_field_writer(each, formatting) for each in types] if outcome.rows else []
    return [
        [
            {"isNull": True} if value is None else write(value.decode())
            for write, value in zip(writers, row, strict=True)
        ]
        for row in outcome.rows
    ]


def formatted_records(outcome: Outcome, types: Sequence[ResultType]) -> str:
    """Return the rows as the text of a JSON list of objects. Raises DataApiError when two columns have one name."""
    names = [column.name for column in outcome.columns]
    if len(set(names)) < len(names):
        raise DataApiError(
            "BadRequestException", "The result has duplicate column names; formatRecordsAs needs unique ones"
        )
    rows = [
        {name: _plain(field) for name, field in zip(names, row, strict=True)}
        for row in records(outcome, types, Formatting())
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _plain(field: dict[str, Any]) -> Any:
    [(kind, value)] = field.items()
    if kind == "isNull":
        return None
    return next(iter(value.values())) if kind == "arrayValue" else value


def _field_writer(result_type: ResultType, formatting: Formatting) -> Callable[[str], dict[str, Any]]:
    if result_type.kind is None:
        raise DataApiError(
            "UnsupportedResultException", f"The result contains the unsupported data type {result_type.label}."
        )
    write = _writer(result_type.kind, formatting)
    return write if not result_type.is_array else _array_writer(write, result_type.kind, formatting)


def _writer(kind: str, formatting: Formatting) -> Callable[[str], dict[str, Any]]:
    if kind == "long" and formatting.longs_as_strings:
        kind = "string"
    if kind == "decimal":
        kind = "number" if formatting.decimals_as_numbers else "decimal"
    return _WRITERS[kind]


def _array_writer(
    write: Callable[[str], dict[str, Any]], kind: str, formatting: Formatting
) -> Callable[[str], dict[str, Any]]:
    [empty] = _writer(kind, formatting)(_SAMPLES.get(kind, "0"))

    def write_array(text: str) -> dict[str, Any]:
        fields = [None if element is None else write(element) for element in read_array(text)]
        members = {next(iter(field)) for field in fields if field is not None} or {empty}
        # Decimals as numbers can be longs and doubles; one array has one kind.
        member = "doubleValue" if len(members) > 1 else members.pop()
        values = [None if field is None else next(iter(field.values())) for field in fields]
        return {"arrayValue": {_ARRAY_MEMBERS[member]: values}}

    return write_array


def read_array(text: str) -> list[str | None]:
    """Return the elements of PostgreSQL's text of an array; one of several dimensions is refused."""
    body = text[text.index("{") + 1 : -1]
    elements: list[str | None] = []
    position = 0
    while position < len(body):
        if body[position] == "{":
            raise DataApiError("UnsupportedResultException", "The result contains a multidimensional array.")
        match = _ELEMENT.match(body, position)
        assert match is not None  # noqa: S101  # PostgreSQL's own text
        quoted, plain = match.groups()
        if quoted is not None:
            elements.append(re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL))
        else:
            elements.append(None if plain == "NULL" else plain)
        position = match.end() + 1
    return elements


def _double(text: str) -> dict[str, Any]:
    value = float(text)
    if not math.isfinite(value):
        raise DataApiError("UnsupportedResultException", "NaN and Infinity values are not supported")
    return {"doubleValue": value}


def _decimal(text: str) -> dict[str, Any]:
    if not Decimal(text).is_finite():
        raise DataApiError("UnsupportedResultException", "NaN and Infinity values are not supported")
    return {"stringValue": text}


def _number(text: str) -> dict[str, Any]:
    _decimal(text)
    value = Decimal(text)
    if "." not in text and LEAST_LONG <= value <= GREATEST_LONG:
        return {"longValue": int(value)}
    return _double(text)


def _moment(text: str) -> dict[str, Any]:
    """Return a date, a time or a timestamp, with milliseconds where those are enough, else microseconds."""
    if not _ISO.match(text):
        raise DataApiError("BadRequestException", "Local AWS reads dates of DateStyle ISO only")
    if "infinity" in text:
        raise DataApiError("InternalFailure")  # as Aurora: an error without a word

    def shortened(match: re.Match[str]) -> str:
        digits = match[1].ljust(6, "0")
        return f".{digits[:3]}" if digits.endswith("000") else f".{digits}"

    return {"stringValue": _FRACTION.sub(shortened, text, count=1)}


def _zoned_moment(text: str) -> dict[str, Any]:
    """Return a timestamp with time zone in UTC and without its offset."""
    match = _ZONED.fullmatch(text)
    if match is None:
        return _moment(text)
    hours, minutes, seconds = ([*map(int, match["offset"].split(":")), 0, 0])[:3]
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    year = 1 - int(match["year"]) if match["era"] else int(match["year"])
    near = 2 * _CALENDAR_YEARS + year % _CALENDAR_YEARS  # Python's dates end at 9999 and begin at 1
    local = datetime.fromisoformat(f"{near:04}{match['local']}".ljust(20, ".").ljust(26, "0"))
    utc = local - offset if match["sign"] == "+" else local + offset
    utc_year = utc.year + year - near
    written = f"{utc_year:04}" if utc_year > 0 else f"{1 - utc_year:04}"
    return _moment(f"{written}{utc.isoformat(' ')[4:]}{'' if utc_year > 0 else ' BC'}")


def _compact_json(text: str) -> dict[str, Any]:
    return {"stringValue": _JSON_TOKEN.sub(lambda token: token[0] if token[0].startswith('"') else "", text)}


_WRITERS: dict[str, Callable[[str], dict[str, Any]]] = {
    "boolean": lambda text: {"booleanValue": text == "t"},
    "long": lambda text: {"longValue": int(text)},
    "double": _double,
    "decimal": _decimal,
    "number": _number,
    "string": lambda text: {"stringValue": text},
    # Of either form that bytea_output can have.
    "blob": lambda text: {"blobValue": base64.b64encode(Escaping().unescape_bytea(text.encode())).decode()},
    "moment": _moment,
    "zoned_moment": _zoned_moment,
    "compact_json": _compact_json,
}
_SAMPLES = {"boolean": "t", "zoned_moment": "2000-01-01 00:00:00+00", "moment": "2000-01-01"}
