"""Names that are another in many places, such as a cluster's in its alarms: one cause, which is told in one line."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from analysis.review.arguments import ArgumentChange, argument_changes
from analysis.review.replacement import resource_type, resource_types
from analysis.review.secrets import Secrets
from analysis.synthesized.values import parsed

MANY: Final = 3
"""Places from which on what they have alike is told once."""

_LONGEST: Final = 512
"""Characters of a value in which a name is looked for: longer ones hold one, and are none."""
_SHORTEST: Final = 3
_CANDIDATES: Final = 50
"""Names of a change that are looked at, the commonest: each is looked for in every place."""
_WORDS: Final = re.compile(r"[A-Za-z0-9]+|[^A-Za-z0-9]")
_NAMES: Final = re.compile(r"(name|identifier|name_prefix|identifier_prefix|bucket)$")


@dataclass(frozen=True)
class Place:
    """An argument of a resource that was called by the old name, and how its value changed."""

    address: str
    type: str
    change: ArgumentChange


@dataclass(frozen=True)
class Rename:
    """A name that is another, and the arguments, as address and path, in which it is."""

    before: str
    after: str
    places: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Renames:
    """The names that are others, those in most places first; `within` are characters of which a longer name is made."""

    found: tuple[Rename, ...] = ()
    within: str = "A-Za-z0-9"

    def applied(self, value: Any) -> Any:
        """Return a value of before with the names of after."""
        if not self.found:
            return value
        if isinstance(value, Mapping):
            return {key: self.applied(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return type(value)(self.applied(inner) for inner in value)
        return self._pattern.sub(lambda old: self._to[old[0]], value) if isinstance(value, str) else value

    def left(self, type_: str, change: ArgumentChange) -> tuple[ArgumentChange, ...]:
        """Return what is left of the change of an argument once the names are told: nothing, where it is no more."""
        renamed = self.applied(change.before)
        if renamed == change.before or change.after is None:
            return (change,)
        left = argument_changes(type_, {change.path: renamed}, {change.path: change.after})
        return left if _lines(left) < _lines((change,)) else (change,)

    @cached_property
    def _to(self) -> Mapping[str, str]:
        return {rename.before: rename.after for rename in self.found}

    @cached_property
    def _pattern(self) -> "re.Pattern[str]":
        longest_first = sorted(self._to, key=len, reverse=True)
        return re.compile(rf"(?<![{self.within}])(?:{'|'.join(map(re.escape, longest_first))})(?![{self.within}])")


def renames(places: Sequence[Place], secrets: Secrets) -> Renames:
    """Return the names that are others in many of these places, one of them the name of something itself."""
    places = [place for place in places if _tells(place, secrets)]
    found: list[Rename] = []
    while (rename := _commonest(places)) is not None:
        found.append(rename)
        told = set(rename.places)
        places = [place for place in places if (place.address, place.change.path) not in told]
    return Renames(tuple(found))


def _tells(place: Place, secrets: Secrets) -> bool:
    """Whether a name may be told from a place: a secret's value is never told."""
    change = place.change
    given = isinstance(change.before, (str, list)) and type(change.before) is type(change.after)
    return given and not any(
        secrets.is_secret(place.type, change.path, value) for value in (change.before, change.after)
    )


def _commonest(places: Sequence[Place]) -> Rename | None:
    candidates = Counter(pair for place in places for pair in set(_candidates(place.change)))
    best: Rename | None = None
    for (before, after), count in candidates.most_common(_CANDIDATES):
        if count < 2:  # noqa: PLR2004 (what two arguments have alike may be a name)
            break
        one = Renames((Rename(before, after),))
        explained = [place for place in places if one.applied(place.change.before) == place.change.after]
        if len(explained) < MANY or not any(map(_is_name, explained)):
            continue
        if best is None or (len(explained), len(before)) > (len(best.places), len(best.before)):
            best = Rename(before, after, tuple((place.address, place.change.path) for place in explained))
    return best


def _candidates(change: ArgumentChange) -> Iterator[tuple[str, str]]:
    """Yield what may be the old and the new name in a value: without what both have at their end, and at both ends."""
    before, after = change.before, change.after
    if not (isinstance(before, str) and isinstance(after, str)) or len(before) > _LONGEST or "\n" in before:
        return
    if parsed(before) is not None:
        return
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    end = _alike(reversed(old), reversed(new))
    old, new = old[: len(old) - end], new[: len(new) - end]
    start = _alike(old, new)
    for pair in ((old, new), (old[start:], new[start:])):
        names = "".join(pair[0]), "".join(pair[1])
        if all(len(name) >= _SHORTEST and re.search("[A-Za-z]", name) and "${" not in name for name in names):
            yield names


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    count = 0
    for mine, its in zip(one, other, strict=False):
        if mine != its:
            break
        count += 1
    return count


def _is_name(place: Place) -> bool:
    """Whether a place is where something is given its name: another one makes another thing."""
    path = place.change.path
    forces = resource_type(place.type).forces
    return _NAMES.search(path) is not None and (path in forces or place.type not in resource_types())


def _lines(changes: Iterable[ArgumentChange]) -> int:
    return sum(max(1, sum(len(list(detail.lines())) for detail in change.details)) for change in changes)
