"""The limits and defaults that AWS sets: lengths, ranges, counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar, Final

from aurora_serverless.facts.table import FOLDER, Fact, read_facts

LIMITS_FILE: Final = FOLDER / "limits.csv"


def _numbers(text: str) -> str:
    if not all(float(part) >= 0 for part in text.split()):
        raise ValueError(text)
    return text


@dataclass(frozen=True, kw_only=True)
class LimitFact(Fact):
    """A limit: a number, or all the numbers that are allowed, in a unit."""

    KEY: ClassVar = ("name",)

    name: str
    value: str = field(metadata={"read": _numbers, "what": "a number, or numbers with a space between them"})
    unit: str


@cache
def limits() -> Mapping[str, LimitFact]:
    """Return the limits by name."""
    return {row.name: row for row in read_facts(LIMITS_FILE, LimitFact)}


def limit(name: str) -> int:
    """Return a limit that is a whole number."""
    return int(limits()[name].value)


def fractional_limit(name: str) -> float:
    """Return a limit that need not be a whole number."""
    return float(limits()[name].value)


def allowed_numbers(name: str) -> tuple[int, ...]:
    """Return the numbers that are allowed, in the order in which AWS names them."""
    return tuple(int(part) for part in limits()[name].value.split())
