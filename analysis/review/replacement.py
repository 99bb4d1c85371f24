"""What a change makes Terraform replace: destroy, and create again. The table of the arguments is replacement.toml.

Terraform asks the provider, which needs the state and often AWS. Here the synthesized stacks alone must tell. Where
they cannot, because a value is known in AWS only, the answer is "possible": a review says "may".
"""

import functools
import json
import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from analysis.synthesized.expressions import LITERAL, expressions, references

TABLE: Final = Path(__file__).with_suffix(".toml")

Arguments = Mapping[str, Any]
Difference = Literal["same", "perhaps", "other"]

CONDITIONS: Final[Mapping[str, Callable[[Arguments, Arguments, str], bool]]] = {
    "it comes or goes": lambda before, after, path: _is_nothing(_at(before, path)) != _is_nothing(_at(after, path)),
    "it is not removed": lambda _, after, path: not _is_nothing(_at(after, path)),
    "the engine is not Aurora": lambda _, after, __: not str(after.get("engine", "")).startswith("aurora"),
}
"""What `when` says in the table: whether the change of the arguments before to those after forces at the path."""


@dataclass(frozen=True)
class Forced:
    """The paths at which a change forces a replacement, and those at which it may: AWS alone knows the value."""

    paths: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()


@dataclass(frozen=True)
class ResourceType:
    """What the table says of a type of resources; its file says what each key means."""

    source: str = ""
    data: str | None = None
    forces: frozenset[str] = frozenset()
    unordered: frozenset[str] = frozenset()
    kept: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    when: Mapping[str, str] = field(default_factory=dict)

    def difference(self, name: str, old: Any, value: Any) -> Difference:
        """Return whether the provider sees another value of an argument: `name` is its path, None is not given.

        Both values must have been followed to what they refer to; of what AWS gives, the reference is compared.
        """
        old, value = (self.defaults.get(name) if given is None else given for given in (old, value))
        if self._is_same(name, old, value) or (name in self.kept and value is None):
            return "same"
        if name in self.kept and old is None:
            return "perhaps"  # AWS gave it one, which may be this
        if _is_nothing(old) or _is_nothing(value):
            return "perhaps" if _may_be_null(old) or _may_be_null(value) else "other"
        parts = set(_differences(old, value))
        return "other" if "other" in parts else "perhaps" if parts else "same"

    def _is_same(self, name: str, old: Any, value: Any) -> bool:
        if name in self.unordered and isinstance(old, list) and isinstance(value, list):
            return sorted(map(str, old)) == sorted(map(str, value))
        # To most of the provider, nothing is as good as 0 or false; where AWS may have given something it is not.
        falsy = not old and not value and (name not in self.kept or None not in (old, value))
        return falsy or bool(old == value)


def data_of(type_: str) -> str | None:
    """Return what is lost with a resource of the type, such as "the logs"; None where nothing is."""
    return resource_type(type_).data


def kept_when_removed(type_: str) -> frozenset[str]:
    """Return the arguments that a resource of the type keeps as they are when they are removed.

    A removed `kms_key_id`, for example, leaves a cluster encrypted with the key that it names no longer.
    """
    return resource_type(type_).kept


def forcing(
    type_: str,
    before: Arguments,
    after: Arguments,
    *,
    unknown: Callable[[Any], bool] = lambda _: False,
    ignored: Collection[str] = (),
) -> Forced:
    """Return where a change of arguments forces a replacement, and where it may.

    `unknown` tells of a value of the arguments after whether it is known only after the apply: such a value forces.
    `ignored` are the arguments in `ignore_changes`. Of a type that is not in the table, whatever changes may force.
    """
    found = resource_type(type_)
    if "all" in ignored:
        return Forced()
    if type_ not in resource_types():
        names = {*before, *after} - set(ignored)
        return Forced((), tuple(sorted(name for name in names if _may_change(name, before, after, unknown))))
    paths: list[str] = []
    possible: list[str] = []
    in_provider_6 = forcing_in_provider_6(type_)
    for path in sorted(found.forces | in_provider_6):
        if path.partition(".")[0] in ignored:
            continue
        if path in found.when and not CONDITIONS[found.when[path]](before, after, path):
            continue
        old, value = _at(before, path), _at(after, path)
        difference = "other" if unknown(value) else found.difference(path, old, value)
        if path in in_provider_6 and None in {old, value} and difference == "other":
            difference = "perhaps"  # where it is not given, it has a value all the same
        if difference != "same":
            (paths if difference == "other" else possible).append(path)
    return Forced(tuple(paths), tuple(possible))


def forcing_in_provider_6(type_: str) -> frozenset[str]:
    """Return the arguments that force a replacement, of those that hashicorp/aws has since version 6.

    Sources: its page "Enhanced Region Support"; the Amazon RDS API, whose ModifyDBProxy has no network type.
    """
    if not type_.startswith("aws_"):
        return frozenset()
    proxy = ("endpoint_network_type", "target_connection_network_type") if type_ == "aws_db_proxy" else ()
    return frozenset({"region", *proxy})


def resource_type(type_: str) -> ResourceType:
    """Return what the table says of a type; of one that it has not, nothing is known."""
    return resource_types().get(type_, ResourceType())


@functools.cache
def resource_types() -> Mapping[str, ResourceType]:
    """Return the table by the type of the resource."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    lists = ("forces", "unordered", "kept")
    return {
        type_: ResourceType(**row | {name: frozenset(row.get(name, ())) for name in lists})
        for type_, row in table.items()
    }


def _may_change(name: str, before: Arguments, after: Arguments, unknown: Callable[[Any], bool]) -> bool:
    return before.get(name) != after.get(name) or unknown(after.get(name))


def _at(arguments: Arguments, path: str) -> Any:
    """Return the value at a path; a block stands in a list or alone."""
    value: Any = arguments
    for key in path.split("."):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value


def _is_nothing(value: Any) -> bool:
    return value is None or value in ("", [], {})


def _may_be_null(value: Any) -> bool:
    return isinstance(value, str) and "${" in value and ("null" in value or "?" in value)


def _differences(old: Any, value: Any) -> Iterator[Difference]:
    """Yield how the parts of two values differ: of containers, and of texts that are JSON, such as policies."""
    old, value = _parsed(old), _parsed(value)
    if isinstance(old, Mapping) and isinstance(value, Mapping) and old.keys() == value.keys():
        for key in old:
            yield from _differences(old[key], value[key])
    elif isinstance(old, list) and isinstance(value, list) and len(old) == len(value):
        for one, other in zip(old, value, strict=True):
            yield from _differences(one, other)
    elif old != value:
        is_simple = not isinstance(old, (Mapping, list)) and not isinstance(value, (Mapping, list))
        depends = is_simple and bool(references(old) or references(value))
        yield "perhaps" if depends and not _differ_in_literals(old, value) else "other"


def _parsed(value: Any) -> Any:
    if not (isinstance(value, str) and value.startswith(("{", "["))):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _differ_in_literals(old: Any, value: Any) -> bool:
    """Whether two texts take the same values in the same way, and differ only in what is written out beside them.

    Such as `a-${random_id.suffix.hex}` and `b-${random_id.suffix.hex}`. In a condition, both may come to the same.
    """
    if not (isinstance(old, str) and isinstance(value, str)):
        return False
    skeletons = _skeleton(old), _skeleton(value)
    return skeletons[0] == skeletons[1] and not any("?" in expression for expression in skeletons[0])


def _skeleton(text: str) -> list[str]:
    return [LITERAL.sub('""', text[start:end]) for start, end in expressions(text)]
