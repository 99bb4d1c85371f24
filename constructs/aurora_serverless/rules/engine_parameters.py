"""What may be given to a parameter of the engine, by what `facts/engine_parameters.csv` says of it."""

import difflib
import re
from collections.abc import Mapping
from typing import Final

from aurora_serverless.facts.engine_parameters import (
    ABSENT,
    BOOLEANS,
    EngineParameter,
    engine_parameters,
    is_on,
    parameter_in,
)
from aurora_serverless.rules.violation import refuse

ALL: Final = "all"

# Source: Amazon Aurora User Guide, "Specifying DB parameters": formulas, functions and log expressions.
_VARIABLE: Final = "(?:AllocatedStorage|DBInstanceClassMemory|DBInstanceVCPU|EndPointPort|TrueIfReplica)"
_PRODUCT: Final = rf"(?:{_VARIABLE}|\d+)(?:\s*[*/]\s*(?:{_VARIABLE}|\d+))*"
_FORMULA: Final = re.compile(rf"\{{\s*(?:log\(\s*{_PRODUCT}\s*\)|{_PRODUCT})(?:\s*[*/]\s*\d+)*\s*\}}")
_FUNCTION: Final = re.compile(r"(?:GREATEST|LEAST|SUM|IF)\(\s*-?\d+(?:\s*,\s*-?\d+)*\s*\)")

_INTEGER: Final = re.compile(r"-?[0-9]{1,20}")
_NUMBER: Final = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]{1,20})?(?:[eE][+-]?[0-9]{1,3})?")
_WITH_UNIT: Final = re.compile(r"(?P<number>[0-9]{1,12}(?:\.[0-9]{1,6})?)\s*(?P<unit>[A-Za-z]{1,3})")
# In bytes and in milliseconds. Source: PostgreSQL documentation, "Parameter Names and Values".
_UNITS: Final[Mapping[str, tuple[str, float]]] = {
    **{unit: ("bytes", 1024.0**power) for power, unit in enumerate(("B", "kB", "MB", "GB", "TB"))},
    "8kB": ("bytes", 8192.0),
    "us": ("time", 0.001),
    "ms": ("time", 1.0),
    "s": ("time", 1000.0),
    "min": ("time", 60_000.0),
    "h": ("time", 3_600_000.0),
    "d": ("time", 86_400_000.0),
}

_AWS_NAMES: Final = ("rds", "apg_", "aurora", "ansi_", "babelfish")
"""How the names begin that AWS adds in minor versions: one that is not in the file may exist."""
_NEAR: Final = 0.85
"""How alike two names are of which one is a misspelling of the other."""
_SIMILAR: Final = 0.6
"""How alike a name is that is worth naming in an error."""


def find_parameter(name: str, value: str, major_version: int | None) -> EngineParameter | None:
    """Return a parameter of a major version, or of any where that is not known; None if it is not in the file.

    `value` is for the error. Raises `RuleViolation` for a name that is certainly wrong: of another major version, of
    PostgreSQL only, a misspelling of a known name, or one that neither PostgreSQL nor an extension that AWS has
    parameters for knows.
    """
    rows = engine_parameters().get(name, ())
    parameter = parameter_in(name, major_version)
    if parameter is not None and parameter.change == ABSENT:
        refuse(name, value, "is a PostgreSQL parameter that Aurora PostgreSQL does not have", "leave it out")
    if parameter is not None:
        return parameter
    if rows:
        rule = f"Aurora PostgreSQL {major_version} has no such parameter, only {_majors_text(rows[-1].majors)}"
        other_name = _other_name(name, major_version)
        refuse(name, value, rule, f"write {other_name}, its name there" if other_name else "leave it out")
    may_exist = _may_exist(name)
    nearest = difflib.get_close_matches(name, engine_parameters(), n=1, cutoff=_NEAR if may_exist else _SIMILAR)
    if nearest or not may_exist:
        remedy = f"did you mean {nearest[0]}?" if nearest else "leave it out"
        refuse(name, value, "is not a known parameter of Aurora PostgreSQL", remedy)
    return None


def check_parameter_value(parameter: EngineParameter, value: str) -> None:
    """Raise `RuleViolation` unless the parameter takes `value`."""
    if parameter.type == "boolean":
        _check_boolean(parameter, value)
    elif parameter.type in {"integer", "float"}:
        _check_number(parameter, value)
    elif parameter.type in {"word", "list"}:
        items = value.split(",") if parameter.type == "list" else [value]
        for item in items:
            _check_word(parameter, value, item.strip())


def is_formula(value: str) -> bool:
    """Whether AWS computes a number from `value`: `{DBInstanceClassMemory/9531392}`, `LEAST({...},5000)`."""
    text, before = _FORMULA.sub("0", value.strip()), ""
    while text != before:
        text, before = _FUNCTION.sub("0", text), text
    return text == "0"


def follows_capacity(value: str) -> bool:
    """Whether a value of a `derived` parameter grows with the capacity: a formula, or -1, which names another one."""
    return is_formula(value) or value.strip() == "-1"


def _check_boolean(parameter: EngineParameter, value: str) -> None:
    if value.lower() not in BOOLEANS and not is_formula(value):
        refuse(parameter.name, value, "is on or off: AWS takes 1 or 0", 'write "1" or "0"')


def _check_number(parameter: EngineParameter, value: str) -> None:
    is_integer = parameter.type == "integer"
    if is_integer and is_formula(value):
        return
    lowest, highest = parameter.range
    kind = "a whole number" if is_integer else "a number"
    unit = f" ({parameter.unit})" if parameter.unit else ""
    rule = f"must be {kind} from {_plain(lowest)} to {_plain(highest)}{unit}"
    if (_INTEGER if is_integer else _NUMBER).fullmatch(value) is None:
        if is_integer and any(character in value for character in "{("):
            rule += ", or a formula of AWS's such as {DBInstanceClassMemory/9531392}"
        converted = _converted(value, parameter.unit)
        rule += ", without a unit" if converted else ""
        refuse(parameter.name, value, rule, f'write "{converted or _plain(max(lowest, 0))}"')
    if not lowest <= float(value) <= highest:
        refuse(parameter.name, value, rule, f'write "{_plain(lowest if float(value) < lowest else highest)}"')


def _check_word(parameter: EngineParameter, value: str, word: str) -> None:
    known = {known.lower(): known for known in parameter.words}
    if word.lower() in known:
        return
    nearest = difflib.get_close_matches(word.lower(), known, n=1, cutoff=_NEAR)
    if nearest:
        refuse(parameter.name, value, f'"{word}" is not one of its values', f'did you mean "{known[nearest[0]]}"?')
    if not parameter.allows_others:
        refuse(parameter.name, value, f"takes {', '.join(parameter.words)}", _remedy(parameter, word))


def _remedy(parameter: EngineParameter, word: str) -> str:
    """Return what to write instead of a word; a switch of an earlier version that is a list now keeps its meaning."""
    if parameter.type == "list" and ALL in parameter.words and word.lower() in BOOLEANS:
        return f'write "{ALL}", or some of the others' if is_on(word) else "leave it out"
    return f'write, for example, "{parameter.words[0]}"'


def _converted(value: str, unit: str) -> str | None:
    """Return a number with a unit, such as 64MB, as a number of the parameter's unit; None where there is no way."""
    match = _WITH_UNIT.fullmatch(value)
    if match is None or unit not in _UNITS or match["unit"] not in _UNITS:
        return None
    (what, size), (own, own_size) = _UNITS[match["unit"]], _UNITS[unit]
    return str(round(float(match["number"]) * size / own_size)) if what == own else None


def _other_name(name: str, major_version: int | None) -> str | None:
    """Return the name that a parameter has in a major version, where another version renamed it."""
    renamed = [row for rows in engine_parameters().values() for row in rows if row.successor]
    names = [row.successor for row in renamed if row.name == name]
    names += [row.name for row in renamed if row.successor == name]
    return next((other for other in names if parameter_in(other, major_version) is not None), None)


def _may_exist(name: str) -> bool:
    """Whether a name that is not in the file may be a parameter all the same: one of AWS's, or of a new extension."""
    extension, dot, _ = name.partition(".")
    known_extensions = {known.partition(".")[0] for known in engine_parameters() if "." in known}
    return name.startswith(_AWS_NAMES) or (bool(dot) and extension not in known_extensions)


def _majors_text(majors: str) -> str:
    first, _, last = majors.partition("-")
    if not first or not last:
        return f"{last} and older" if last else f"{first} and newer"
    return first if first == last else f"{first} to {last}"


def _plain(number: float) -> str:
    return str(int(number)) if number.is_integer() and abs(number) < 1e15 else f"{number:g}"  # noqa: PLR2004
