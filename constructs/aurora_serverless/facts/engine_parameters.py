"""What each parameter of the engine is, takes and defaults to, in which major versions, and how sure that is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import ClassVar, Final

from aurora_serverless.facts.table import FOLDER, Fact, read_facts

PARAMETERS_FILE: Final = FOLDER / "engine_parameters.csv"

BOOLEANS: Final = ("0", "1", "off", "on", "false", "true", "no", "yes")
OTHERS: Final = "*"
ABSENT: Final = "absent"
IGNORED: Final = "ignored"
DERIVED: Final = "derived"

_RANGE: Final = re.compile(r"(?P<lowest>-?[0-9.]+(?:e[+-]?[0-9]+)?)-(?P<highest>-?[0-9.]+(?:e[+-]?[0-9]+)?)")


def _of_serverless(text: str) -> str:
    if text not in {IGNORED, DERIVED}:
        raise ValueError(text)
    return text


@dataclass(frozen=True, kw_only=True)
class EngineParameter(Fact):
    """A parameter of the engine.

    `majors` is its first and last major version, where it has not been there all the time; `level` is `cluster` where
    an instance cannot have it. `change` says when a change takes effect: `static` with a reboot, `dynamic` and
    `immediate` at once, `fixed` never; `immediate` are those that are worth changing on a running database
    (`parameter_groups.apply_method` says why that matters). `absent` are those of PostgreSQL that Aurora does not have.
    `allowed` is a range, or words; `*` among them stands for others. `default` is AWS's own value, where it is known
    and matters. `successor` is the name that the parameter has in later versions. `serverless` says what is otherwise
    on Aurora Serverless: of `ignored` it uses no value but its own, and of `derived` its own value follows the largest
    capacity; all others are as on other instances. AWS need not let change what is `unconfirmed`: its lists do not have
    it.
    """

    KEY: ClassVar = ("name", "majors")

    name: str
    majors: str = ""
    level: str = ""
    change: str
    type: str
    allowed: str = ""
    unit: str = ""
    default: str = ""
    successor: str = ""
    serverless: str = field(default="", metadata={"read": _of_serverless, "what": f"{IGNORED} or {DERIVED}"})

    def is_in(self, major_version: int) -> bool:
        """Whether the major version has the parameter."""
        first, _, last = self.majors.partition("-")
        return int(first or 0) <= major_version <= int(last or major_version)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that are allowed."""
        return tuple(word for word in self.allowed.split("|") if word not in {"", OTHERS})

    def is_default(self, value: str) -> bool:
        """Whether AWS itself has this value; also where a switch says it in other words."""
        if not self.default:
            return False
        return is_on(value) == is_on(self.default) if self.type == "boolean" else value == self.default

    @property
    def allows_others(self) -> bool:
        """Whether AWS may take other words too."""
        return OTHERS in self.allowed.split("|")

    @property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest number that are allowed."""
        match = _RANGE.fullmatch(self.allowed)
        assert match is not None, self.name  # noqa: S101 (a test reads every row)
        return float(match["lowest"]), float(match["highest"])


@cache
def engine_parameters() -> Mapping[str, tuple[EngineParameter, ...]]:
    """Return the parameters by name; one that has changed its type with a major version has two rows."""
    found: dict[str, tuple[EngineParameter, ...]] = {}
    for row in read_facts(PARAMETERS_FILE, EngineParameter):
        found[row.name] = (*found.get(row.name, ()), row)
    return found


def parameter_in(name: str, major_version: int | None) -> EngineParameter | None:
    """Return the row of a parameter in a major version, or the newest where that is not known; None without one."""
    rows = [row for row in engine_parameters().get(name, ()) if major_version is None or row.is_in(major_version)]
    return rows[-1] if rows else None


def is_on(value: str) -> bool:
    """Whether the value of a boolean parameter turns it on."""
    return value.lower() in BOOLEANS[1::2]
