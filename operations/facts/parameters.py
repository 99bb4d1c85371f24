"""Parameters of the engine against AWS's default groups: DescribeEngineDefault(Cluster)Parameters, family by family."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from aurora_serverless.facts.engine_parameters import IGNORED, EngineParameter
from aurora_serverless.rules.parameter_groups import parameter_group_family
from operations.facts.difference import API, Compared, Difference, merged, taken_over

SOURCE: Final = "AWS: DescribeEngineDefaultClusterParameters"

_RANGE: Final = re.compile(r"\s*(-?[0-9.]+(?:e[+-]?[0-9]+)?)\s*-\s*(-?[0-9.]+(?:e[+-]?[0-9]+)?)\s*", re.IGNORECASE)
_NUMBERS: Final = frozenset({"integer", "float"})
_WORDS: Final = frozenset({"word", "list"})
# Source: AWS: Performance and scaling for Aurora serverless, on SupportedEngineModes.
_MODE_OF_SERVERLESS: Final = "provisioned"


@dataclass(frozen=True)
class Told:
    """What AWS says of a parameter in a family, in this project's words; "" is what it does not say."""

    change: str
    type: str
    allowed: str
    level: str | None = None
    serverless: str = ""


def ask_parameters(rds: Any, majors: Iterable[int]) -> dict[int, dict[str, Told]]:
    """Return what AWS tells of the parameters of each major version. Raises what boto3 does."""
    return {major: dict(_ask(rds, parameter_group_family(major))) for major in majors}


def _ask(rds: Any, family: str) -> Iterator[tuple[str, Told]]:
    of_instances = {
        parameter["ParameterName"]
        for page in rds.get_paginator("describe_engine_default_parameters").paginate(DBParameterGroupFamily=family)
        for parameter in page["EngineDefaults"].get("Parameters", ())
    }
    for page in rds.get_paginator("describe_engine_default_cluster_parameters").paginate(DBParameterGroupFamily=family):
        for parameter in page["EngineDefaults"].get("Parameters", ()):
            name = parameter["ParameterName"]
            told = told_of(parameter, level=("" if name in of_instances else "cluster") if of_instances else None)
            if told is not None:
                yield name, told


def told_of(parameter: Mapping[str, Any], *, level: str | None = None) -> Told | None:
    """Return what an answer says of a parameter; None where it does not say how a change of it takes effect."""
    if "IsModifiable" not in parameter or "ApplyType" not in parameter or "DataType" not in parameter:
        return None
    change = parameter["ApplyType"] if parameter["IsModifiable"] else "fixed"
    kind, allowed = parameter["DataType"], parameter.get("AllowedValues") or ""
    modes = parameter.get("SupportedEngineModes") or (_MODE_OF_SERVERLESS,)
    serverless = "" if _MODE_OF_SERVERLESS in modes else IGNORED
    if kind in _NUMBERS:
        found = _RANGE.fullmatch(allowed)
        return Told(change, kind, f"{found[1]}-{found[2]}" if found else "", level, serverless)
    if kind == "boolean":
        return Told(change, kind, "", level, serverless)
    words = "|".join(word.strip() for word in allowed.split(",") if word.strip())
    return Told(change, "list" if kind == "list" else "word" if words else "string", words, level, serverless)


def compare_parameters(
    known: Sequence[EngineParameter], answers: Mapping[int, Mapping[str, Told]], today: date
) -> Compared:
    """Compare how a change takes effect, type and range of each parameter that AWS lists.

    It does not tell units, nor which values Aurora Serverless sets itself of parameters that it takes.
    """
    differences, changed = [], []
    for row in known:
        told = [found for major, names in answers.items() if row.is_in(major) and (found := names.get(row.name))]
        other = [dict(other_values(row, one)) for one in told]
        if not any(other):
            continue
        agreed = all(one == other[0] for one in other)
        obstacle = "" if agreed else "the major versions of its row differ: split it by hand"
        for name, value in (other[0] if agreed else _together(other)).items():
            differences.append(Difference("parameters", row.name, name, getattr(row, name), value, obstacle))
        if agreed:
            changed.append(taken_over(row, other[0], source=SOURCE, today=today))
    new, unknown = _unknown(known, answers, today)
    silent = [major for major, names in answers.items() if not names]
    reasons = [f"AWS lists no parameters of {', '.join(map(str, silent))}"] if silent else []
    if set_by_serverless := [row.name for row in known if row.serverless]:
        names = ", ".join(dict.fromkeys(set_by_serverless))
        reasons.append(f"no API tells what Aurora Serverless makes of a value of {names}")
    rows = sorted(merged(known, [*changed, *new]), key=lambda row: (row.name, row.majors))
    return Compared("parameters", tuple(rows), (*differences, *unknown), tuple(reasons))


def other_values(row: EngineParameter, told: Told) -> Iterator[tuple[str, str]]:
    """Yield the columns that AWS has otherwise, with its values."""
    if row.change != told.change and (row.change, told.change) != ("immediate", "dynamic"):
        yield "change", told.change
    if told.level is not None and row.level != told.level:
        yield "level", told.level
    if told.serverless and row.serverless != told.serverless:
        yield "serverless", told.serverless
    if row.type != told.type and {row.type, told.type} != {"word", "string"}:
        yield "type", told.type
        yield "allowed", told.allowed
    elif told.allowed and not _allows(row, told):
        yield "allowed", told.allowed


def _allows(row: EngineParameter, told: Told) -> bool:
    """Whether a row allows what AWS does; of text and switches nothing is said."""
    if row.type in _NUMBERS:
        return _numbers(row.allowed) == _numbers(told.allowed)
    if row.type not in _WORDS:
        return True
    words = {word.lower() for word in told.allowed.split("|")}
    known = {word.lower() for word in row.words}
    return words == known or (row.allows_others and known <= words)


def _numbers(allowed: str) -> tuple[float, ...]:
    found = _RANGE.fullmatch(allowed)
    return () if found is None else (float(found[1]), float(found[2]))


def _together(others: Iterable[Mapping[str, str]]) -> dict[str, str]:
    """Return each column with what AWS has in some of the major versions."""
    found: dict[str, list[str]] = {}
    for other in others:
        for name, value in other.items():
            found.setdefault(name, []).append(value)
    return {name: " or ".join(dict.fromkeys(values)) for name, values in found.items()}


def _unknown(
    known: Sequence[EngineParameter], answers: Mapping[int, Mapping[str, Told]], today: date
) -> tuple[list[EngineParameter], list[Difference]]:
    """Return the parameters that AWS lists for a major version, and this project does not."""
    found: dict[str, dict[int, Told]] = {}
    for major, names in answers.items():
        have = {row.name for row in known if row.is_in(major)}
        for name, told in names.items():
            if name not in have:
                found.setdefault(name, {})[major] = told
    rows, differences = [], []
    for name, by_major in sorted(found.items()):
        told, *others = dict.fromkeys(by_major.values())
        majors = _majors(sorted(by_major), sorted(answers))
        obstacle = ""
        if others or majors is None or any(row.name == name for row in known):
            obstacle = "it is not the same in all major versions: add it by hand"
        elif told.type in _NUMBERS and not told.allowed:
            obstacle = "AWS tells no range of it"
        elif told.level is None:
            obstacle = "AWS does not tell whether an instance can have it"
        text = ", ".join(part for part in (told.type, told.change, told.allowed) if part)
        of = ", ".join(map(str, sorted(by_major)))
        differences.append(Difference("parameters", name, f"parameter of {of}", None, text, obstacle))
        if not obstacle:
            rows.append(_row(name, majors or "", told, today))
    return rows, differences


def _majors(of: Sequence[int], asked: Sequence[int]) -> str | None:
    """Return the column `majors` for a parameter of these major versions; None where they do not follow one another."""
    if [major for major in asked if of[0] <= major <= of[-1]] != list(of):
        return None
    first, last = of[0] if of[0] != asked[0] else "", of[-1] if of[-1] != asked[-1] else ""
    return f"{first}-{last}" if first or last else ""


def _row(name: str, majors: str, told: Told, today: date) -> EngineParameter:
    return EngineParameter(
        name=name,
        majors=majors,
        level=told.level or "",
        change=told.change,
        type=told.type,
        allowed=told.allowed,
        serverless=told.serverless,
        source=SOURCE,
        seen=today.isoformat(),
        certainty=API,
    )
