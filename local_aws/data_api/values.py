"""Values of parameters: a Field of the wire, and the type and bytes that PostgreSQL gets for it.

Each value has a type of its own, as on Aurora: text that shall become a uuid or a number needs a type hint or a cast.
"""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from local_aws.data_api.errors import DataApiError

TEXT_FORMAT, BINARY_FORMAT = 0, 1

# Object identifiers of PostgreSQL's types, which are the same in every database.
UNKNOWN, BOOL, BYTEA, INT8, TEXT, JSON, FLOAT8 = 0, 16, 17, 20, 25, 114, 701
DATE, TIME, TIMESTAMP, NUMERIC, UUID = 1082, 1083, 1114, 1700, 2950

LEAST_LONG, GREATEST_LONG = -(2**63), 2**63 - 1


@dataclass(frozen=True)
class Hint:
    """A type hint: the type it gives to a string, and the texts that the Data API takes for it."""

    type_id: int
    pattern: re.Pattern[str]
    description: str


# Source: https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_SqlParameter.html
HINTS = {
    "DATE": Hint(DATE, re.compile(r"\d{4,}-\d{2}-\d{2}"), "date"),
    "TIME": Hint(TIME, re.compile(r"\d{2}:\d{2}:\d{2}(\.\d{1,6})?"), "time"),
    "TIMESTAMP": Hint(TIMESTAMP, re.compile(r"\d{4,}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?"), "timestamp"),
    "DECIMAL": Hint(NUMERIC, re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"), "decimal"),
    "UUID": Hint(UUID, re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"), "uuid"),
    "JSON": Hint(JSON, re.compile(r".*", re.DOTALL), "json"),
}


@dataclass(frozen=True)
class Parameter:
    """A named value, typed for PostgreSQL; `value` None is NULL."""

    name: str
    type_id: int
    value: bytes | None
    format: int = TEXT_FORMAT


def read_parameter(document: Any) -> Parameter:
    """Return a SqlParameter of the wire as PostgreSQL gets it. Raises DataApiError for what is no such thing."""
    if not isinstance(document, dict):
        raise DataApiError("SerializationException", "A parameter is not a structure.")
    name, field, hint = document.get("name"), document.get("value"), document.get("typeHint")
    if not isinstance(name, str) or not name:
        raise DataApiError("BadRequestException", "A parameter has no name")
    if hint is not None and hint not in HINTS:
        raise DataApiError(
            "ValidationException",
            "1 validation error detected: Value at 'typeHint' failed to satisfy constraint: "
            f"Member must satisfy enum value set: [{', '.join(HINTS)}]",
        )
    if not isinstance(field, dict):
        raise DataApiError("BadRequestException", f"Parameter {name} has no value")
    members = {kind: value for kind, value in field.items() if value is not None}
    if len(members) != 1:
        raise DataApiError("ValidationException", f"Parameter {name} must have exactly one value")
    [(kind, value)] = members.items()
    return _typed(name, kind, value, hint)


def _typed(name: str, kind: str, value: Any, hint: str | None) -> Parameter:
    match kind, value:
        case "isNull", True:
            return Parameter(name, HINTS[hint].type_id if hint else UNKNOWN, None)
        case "stringValue", str() if hint:
            return _hinted(name, value, hint)
        case "stringValue", str():
            return Parameter(name, TEXT, value.encode(), BINARY_FORMAT)
        case "blobValue", str():
            return Parameter(name, BYTEA, _decoded(name, value), BINARY_FORMAT)
        case "arrayValue", _:
            raise DataApiError("ValidationException", "Array parameters are not supported.")
    return _number(name, kind, value)


def _number(name: str, kind: str, value: Any) -> Parameter:
    match kind, value:
        case "booleanValue", bool():
            return Parameter(name, BOOL, b"true" if value else b"false")
        case _, bool():
            pass
        case "longValue", int() if LEAST_LONG <= value <= GREATEST_LONG:
            return Parameter(name, INT8, str(value).encode())
        case "doubleValue", int() | float() | "NaN" | "Infinity" | "-Infinity":
            return Parameter(name, FLOAT8, str(float(value)).encode())
    raise DataApiError("SerializationException", f"The {kind} of parameter {name} is none.")


def _decoded(name: str, value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise DataApiError("SerializationException", f"The blobValue of parameter {name} is none.") from None


def _hinted(name: str, value: str, hint: str) -> Parameter:
    known = HINTS[hint]
    is_right = known.pattern.fullmatch(value) is not None
    if is_right and hint == "JSON":
        try:
            json.loads(value)
        except (ValueError, RecursionError):
            is_right = False
    if not is_right or "\0" in value:
        raise DataApiError("BadRequestException", f'Cannot parse {known.description} "{value}" of parameter {name}')
    return Parameter(name, known.type_id, value.encode())
