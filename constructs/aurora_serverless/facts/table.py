"""Facts about AWS as rows of CSV files: none is read without its source, its date and how certain it is."""

import csv
import functools
import io
import re
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, ClassVar, Final, TypeVar

FOLDER: Final = Path(__file__).parent
"""Where the files of facts are."""

CERTAINTIES: Final = ("price list", "api", "aws page", "several sources", "one source", "weak", "unconfirmed")
"""From the surest to the least sure.

`price list` and `api` are what AWS itself answered, `aws page` what a page of its documentation says, and `unconfirmed`
what nothing of AWS's confirms, such as what PostgreSQL's own documentation says.
"""

_SEEN: Final = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_LENGTH_OF_A_MONTH: Final = len("2026-03")
COLUMNS_OF_EVERY_ROW: Final = ("source", "date", "certainty")
"""The last columns of every file; no row is without one of them."""


class FactError(ValueError):
    """A file of facts cannot be read, or a row of it says something that is not a fact: one line, with the place."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A row: what it says is in the fields of its subclass.

    `source` is the page, the API or the file in which it was seen; `seen` is when: a day such as 2026-03-05, or a month
    such as 2026-03 (the column `date`). `KEY` names the columns of which no two rows have the same values. A field's
    metadata may have `read`, which makes a value of a cell or raises ValueError, and `what` such a cell is.
    """

    KEY: ClassVar[tuple[str, ...]]

    source: str
    seen: str
    certainty: str

    @property
    def date(self) -> date:
        """The day on which it was last seen; of a month, the first day."""
        return _day(self.seen)


Row = TypeVar("Row", bound=Fact)


def columns(row: type[Fact]) -> tuple[str, ...]:
    """Return the names of the columns of a file with such rows, in their order."""
    return (*(field.name for field in _own_fields(row)), *COLUMNS_OF_EVERY_ROW)


def read_facts(path: Path, row: type[Row]) -> tuple[Row, ...]:
    """Read the rows of a file. Raises FactError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FactError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise FactError(f"{path} is not UTF-8: save it as UTF-8") from None
    return parse_facts(text, str(path), row)


def parse_facts(text: str, path: str, row: type[Row]) -> tuple[Row, ...]:
    """Return the rows in the text of a file. Raises FactError.

    An empty cell is None where the field may be None, "" where it is text with a default, and refused elsewhere.
    """
    return _parsed(text, path, row)  # type: ignore[arg-type]  # a class is hashable, whatever its rows are


@functools.cache  # a file is read for each thing that is worked out with it
def _parsed(text: str, path: str, row: type[Any]) -> tuple[Any, ...]:
    reader = csv.DictReader(io.StringIO(text))
    try:
        if tuple(reader.fieldnames or ()) != columns(row):
            raise FactError(f"{path}: its first line must be {','.join(columns(row))}")
        own = _own_columns(row)
        found: dict[tuple[Any, ...], Any] = {}
        for cells in reader:
            place = f"{path}:{reader.line_num}"
            one = _row(row, own, cells, place)
            if found.setdefault(key(one), one) is not one:
                raise FactError(f"{place}: {' in '.join(map(str, key(one)))} is there twice; keep one")
        return tuple(found.values())
    except csv.Error as error:
        raise FactError(f"{path}:{reader.line_num}: {error}") from None


def key(row: Fact) -> tuple[Any, ...]:
    """Return what tells a row from the others of its file."""
    return tuple(getattr(row, name) for name in row.KEY)


def as_csv(row: type[Row], rows: Iterable[Row]) -> str:
    """Return rows as their file has them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns(row))
    writer.writerows(cells(each) for each in rows)
    return text.getvalue()


def cells(row: Fact) -> tuple[str, ...]:
    """Return a row as its file has it, in the order of `columns`."""
    own = (written(getattr(row, field.name)) for field in _own_fields(type(row)))
    return (*own, row.source, row.seen, row.certainty)


def written(value: Any) -> str:
    """Return a value as a cell has it: yes or no, a number, a text, and nothing for None."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def oldest(rows: Iterable[Row]) -> Row:
    """Return the row that was seen longest ago."""
    return min(rows, key=lambda row: row.date)


def _own_fields(row: type[Fact]) -> list["Field[Any]"]:
    common = {field.name for field in fields(Fact)}
    return [field for field in fields(row) if field.name not in common]


@dataclass(frozen=True)
class _Column:
    """A column of a kind of rows: `read` makes a value of a cell, `empty` has that of an empty one, or nothing."""

    name: str
    what: str
    read: Callable[[str], Any]
    empty: tuple[Any, ...]


def _own_columns(row: type[Fact]) -> list[_Column]:
    types_ = typing.get_type_hints(row)
    own = []
    for field in _own_fields(row):
        type_ = types_[field.name]
        alternatives = typing.get_args(type_) if isinstance(type_, types.UnionType) else (type_,)
        what, read = _READERS[next(each for each in alternatives if each is not types.NoneType)]
        is_text = type_ is str and field.default == ""
        empty = (None,) if types.NoneType in alternatives else ("",) if is_text else ()
        own.append(_Column(field.name, field.metadata.get("what", what), field.metadata.get("read", read), empty))
    return own


def _row(row: type[Row], own: Iterable[_Column], cells: Mapping[str, str | None], place: str) -> Row:
    if None in cells or None in cells.values():
        names = columns(row)
        raise FactError(f"{place}: a row has {len(names)} columns: {', '.join(names)}")
    texts = {name: (text or "").strip() for name, text in cells.items()}
    for name in COLUMNS_OF_EVERY_ROW:
        if not texts[name]:
            raise FactError(f"{place}: {name} is empty: every row says its source, its date and its certainty")
    if texts["certainty"] not in CERTAINTIES:
        raise FactError(f"{place}: certainty {texts['certainty']} is none of {', '.join(CERTAINTIES)}")
    seen = texts.pop("date")
    try:
        _day(seen)
    except ValueError:
        raise FactError(f"{place}: date {seen} is not a date such as 2026-03 or 2026-03-05") from None
    values = {column.name: _value(column, texts.pop(column.name), place) for column in own}
    return row(**values, **texts, seen=seen)


def _value(column: _Column, text: str, place: str) -> Any:
    if not text:
        if column.empty:
            return column.empty[0]
        raise FactError(f"{place}: {column.name} is empty")
    try:
        return column.read(text)
    except (ValueError, InvalidOperation):
        raise FactError(f"{place}: {column.name} {text} is not {column.what}") from None


def _yes_or_no(text: str) -> bool:
    if text not in {"yes", "no"}:
        raise ValueError(text)
    return text == "yes"


_READERS: Final[Mapping[type, tuple[str, Callable[[str], Any]]]] = {
    str: ("text", str),
    int: ("a whole number", int),
    Decimal: ("a number", Decimal),
    bool: ("yes or no", _yes_or_no),
    date: ("a date such as 2026-03-05", date.fromisoformat),
}


@functools.cache  # few days, many rows
def _day(text: str) -> date:
    if _SEEN.fullmatch(text) is None:
        raise ValueError(text)
    return date.fromisoformat(f"{text}-01" if len(text) == _LENGTH_OF_A_MONTH else text)
