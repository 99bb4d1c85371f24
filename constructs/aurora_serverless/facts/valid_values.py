"""The words that an argument takes, where AWS adds others in time."""

from dataclasses import dataclass
from functools import cache
from typing import ClassVar, Final

from aurora_serverless.facts.table import FOLDER, Fact, read_facts

VALID_VALUES_FILE: Final = FOLDER / "valid_values.csv"


@dataclass(frozen=True, kw_only=True)
class ValidValue(Fact):
    """A word that the argument `name` takes."""

    KEY: ClassVar = ("name", "value")

    name: str
    value: str


@cache
def valid_values(name: str) -> tuple[str, ...]:
    """Return the words that an argument takes, in the order of the file. Raises FactError."""
    return tuple(row.value for row in read_facts(VALID_VALUES_FILE, ValidValue) if row.name == name)
