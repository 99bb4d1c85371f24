"""Rows as objects: of a dataclass, or of a pydantic model, which checks them too. pydantic is not needed for it."""

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .errors import UnfittingRow
from .results import Row

Shape = TypeVar("Shape")


def shaped(rows: Iterable[Row], into: type[Shape]) -> list[Shape]:
    """Return each row as an object of `into`. Raises UnfittingRow."""
    make = _maker(into)
    return [make(row) for row in rows]


def _maker(into: type[Shape]) -> Callable[[Row], Shape]:
    validate = getattr(into, "model_validate", None)
    if validate is not None:
        return lambda row: _validated(validate, into.__name__, row)
    if dataclasses.is_dataclass(into):
        fields = [field for field in dataclasses.fields(into) if field.init]
        return lambda row: _constructed(into, fields, row)
    raise UnfittingRow(f"{into.__name__} is neither a dataclass nor a pydantic model")


def _constructed(into: type[Shape], fields: list[dataclasses.Field[Any]], row: Row) -> Shape:
    unknown = row.keys() - {field.name for field in fields}
    missing = {field.name for field in fields if _is_required(field)} - row.keys()
    if unknown or missing:
        differences = [f"no column {name}" for name in sorted(missing)] + [
            f"no field {name}" for name in sorted(unknown)
        ]
        raise UnfittingRow(f"a row does not fit {into.__name__}: {', '.join(differences)}")
    return into(**row)


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _validated(validate: Callable[[Row], Shape], name: str, row: Row) -> Shape:
    try:
        return validate(row)
    except ValueError as error:
        # pydantic's own text has the values in it.
        errors: Callable[..., list[dict[str, Any]]] = getattr(error, "errors", lambda **_: [])
        wrong = [f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in errors(include_input=False)]
        raise UnfittingRow(f"a row does not fit {name}: {', '.join(wrong) or type(error).__name__}") from None
