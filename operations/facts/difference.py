"""What a comparison found: values that AWS has otherwise, and the rows as they would be written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, TypeVar

from aurora_serverless.facts.table import Fact, key

API: Final = "api"
"""The certainty of what an API of AWS answered."""

_KEPT: Final = "; the rest: "


@dataclass(frozen=True)
class Difference:
    """A value that AWS has otherwise; `known` is None where the row is not known here.

    `obstacle` says why it cannot be written into the file; "" where it can.
    """

    facts: str
    row: str
    what: str
    known: Any
    aws: Any
    obstacle: str = ""


@dataclass(frozen=True)
class Compared:
    """What AWS answered to a file of facts: all rows as they would be written, and what differs.

    `silent` is what AWS did not tell of, and why.
    """

    name: str
    rows: tuple[Fact, ...]
    differences: tuple[Difference, ...] = ()
    silent: tuple[str, ...] = ()


Row = TypeVar("Row", bound=Fact)


def taken_over(row: Row, told: Mapping[str, Any], *, source: str, today: date) -> Row:
    """Return a row with what AWS told, which is not all of it: of the rest the source stays named, with its date."""
    before = row.source.partition(_KEPT)[2] or f"{row.source}, {row.seen}"
    return replace(row, **told, source=f"{source}{_KEPT}{before}", seen=today.isoformat(), certainty=API)


def merged(known: Iterable[Row], changed: Iterable[Row]) -> list[Row]:
    """Return the known rows with the changed ones in their places, and the new ones behind them."""
    return list(({key(row): row for row in known} | {key(row): row for row in changed}).values())
