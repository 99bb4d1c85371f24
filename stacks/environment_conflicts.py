"""What environments must not share: a name of which AWS has one where both are, or a state."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aurora_serverless.options.made_names import MadeName
from aurora_serverless.options.name_kinds import Scope
from aurora_serverless.rules.violation import shown
from stacks.environment import Environment, made_names
from stacks.global_database_members import misfits
from stacks.places import FirstAtPlace, places
from stacks.problem import Problem

Environments = Sequence[tuple[Path, Environment]]
"""Environments, each with its file."""

_FROM_WIDE_TO_NARROW: Final = tuple(Scope)


def conflicts(environments: Environments) -> list[Problem]:
    """Return what is wrong with environments taken together, each time as a problem of the later file."""
    return [*_name_clashes(environments), *misfits(environments)]


@dataclass(frozen=True)
class _Clash:
    """A name that an environment makes, and the one of the first environment that makes it too."""

    name: MadeName
    other_path: Path
    other: MadeName


def _name_clashes(environments: Environments) -> list[Problem]:
    """Two environments must not make one name, unless they cannot meet: in other Regions or other accounts, say.

    Of all names that one key decides, one is told, and of all environments that make it, the first.
    """
    first: FirstAtPlace[tuple[Path, MadeName]] = FirstAtPlace()
    problems: list[Problem] = []
    for path, environment in environments:
        names = list(made_names(environment))
        of_scope = {scope: list(places(environment, scope)) for scope in Scope}
        together: dict[tuple[str, Path], list[_Clash]] = {}
        for name in names:
            found = [first.find(name.compared, place) for place in of_scope[name.kind.scope]]
            for other_path, other in [item for item in found if item is not None][:1]:
                together.setdefault((name.key, other_path), []).append(_Clash(name, other_path, other))
        problems.extend(_problem(path, of_key) for of_key in together.values())
        for name in names:
            for place in of_scope[name.kind.scope]:
                first.put(name.compared, place, (path, name))
    return problems


def _problem(path: Path, of_key: Sequence[_Clash]) -> Problem:
    told = of_key[0]
    name, other = told.name, told.other
    # What sets all of the names apart, and not only the one that is told.
    widest = min((conflict.name.kind.scope for conflict in of_key), key=_FROM_WIDE_TO_NARROW.index)
    of_owner = f" of {name.owner}" if name.owner else ""
    claim = f"the {name.kind.what} {name.name}{of_owner} is that of {told.other_path.name} too"
    return Problem(
        path,
        f"{name.key} = {shown(name.value)}",
        f"{claim} (its {other.key} = {shown(other.value)}), and {name.rule_beside(other)}",
        name.kind.remedy or f"write another name{widest.way_apart}",
    )
