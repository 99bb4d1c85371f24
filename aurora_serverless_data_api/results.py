"""Rows as Python has them: each value is read by the type of its column, and none by what its text looks like."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from .errors import UnsupportedResult

Row = dict[str, Any]
Decoder = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """A column of a result: its name and PostgreSQL's name of its type."""

    name: str
    type: str


@dataclass(frozen=True)
class Result:
    """What a statement answered, undecoded; `columns` is empty for one that returns no rows."""

    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[Any]] = ()
    updated_rows: int = 0


def undecoded(answer: dict[str, Any]) -> Result:
    """Return an answer of ExecuteStatement with metadata as it came, NULL as None and arrays as lists."""
    columns = [Column(column["label"], column["typeName"]) for column in answer.get("columnMetadata", [])]
    rows = [[_undecoded(field) for field in record] for record in answer.get("records", [])]
    return Result(columns, rows, answer.get("numberOfRecordsUpdated", 0))


def _undecoded(field: dict[str, Any]) -> Any:
    [(member, value)] = field.items()
    if member == "isNull":
        return None
    return _undecoded_array(value) if member == "arrayValue" else value


def _undecoded_array(array: dict[str, Any]) -> list[Any]:
    elements: list[Any] = next(iter(array.values()), [])
    return [_undecoded_array(element) for element in elements] if "arrayValues" in array else list(elements)


def decode_rows(answer: dict[str, Any]) -> list[Row]:
    """Return the rows of an answer of ExecuteStatement with metadata. Raises UnsupportedResult."""
    columns = answer.get("columnMetadata", [])
    names = [column["label"] for column in columns]
    if len(set(names)) < len(names):
        twice = ", ".join(sorted({name for name in names if names.count(name) > 1}))
        raise UnsupportedResult(f"more than one column is named {twice}: name them with AS")
    decoders = [_decoder(column["typeName"].lower()) for column in columns]
    return [
        {name: _decoded(field, decode, name) for name, decode, field in zip(names, decoders, record, strict=True)}
        for record in answer.get("records", [])
    ]


def _decoded(field: dict[str, Any], decode: Decoder | None, name: str) -> Any:
    [(member, value)] = field.items()
    if member == "isNull":
        return None
    try:
        if member == "arrayValue":
            return _decoded_array(value, decode)
        return value if decode is None else decode(value)
    except (ValueError, ArithmeticError, TypeError, RecursionError):
        raise UnsupportedResult(f"column {name} has a value that Python does not have") from None


def _decoded_array(array: dict[str, Any], decode: Decoder | None) -> list[Any]:
    elements: list[Any] = next(iter(array.values()), [])
    if decode is None:
        return list(elements)
    return [None if element is None else decode(element) for element in elements]


def needs_text(type_name: str) -> bool:
    """Return whether the values of a type can only be read from text."""
    return _decoder(type_name.lower()) in _READ_FROM_TEXT


def _decoder(type_name: str) -> Decoder | None:
    """Return what reads the values of a type, or of its arrays; None where they are right as they come."""
    return _DECODERS.get(type_name.removeprefix("_"))


_DECODERS: dict[str, Decoder] = {
    "numeric": Decimal,
    "float4": float,  # a whole number can come as an int
    "float8": float,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timestamp": datetime.fromisoformat,
    # The Data API returns it in UTC, without saying so.
    "timestamptz": lambda text: datetime.fromisoformat(f"{text}+00:00"),
    "uuid": UUID,
    "json": json.loads,
    "jsonb": json.loads,
}
_READ_FROM_TEXT = frozenset(_DECODERS.values()) - {Decimal, float}
