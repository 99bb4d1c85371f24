"""One resource for each way of changing the arguments of a type, over the state of one that is deployed."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from analysis.review.replacement import resource_types
from tests.end_to_end.provider_schema import ProviderSchemas
from tests.end_to_end.replacement.other_values import APART, BASE, NEEDED, NOT_AS_IT_IS, OF_ANY, OTHER, TAKEN_OUT
from tests.end_to_end.replacement.side_by_side import State
from tests.terraform_json import TerraformJson

_META: Final = {"//", "lifecycle", "depends_on", "for_each", "count"}
_NOT_GIVEN: Final = {"id", "tags_all"}
_BEST_FIRST: Final = ("wide", "large", "shared", "small", "lifecycles")  # where a resource has most arguments
_NO_VALUE: Final[tuple[Any, ...]] = (None, "", [], {})

Arguments = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """A resource called `name`, whose arguments were `before`, and are `after` now."""

    type: str
    name: str
    before: Arguments
    after: Arguments
    state: Mapping[str, Any]

    @property
    def address(self) -> str:
        return f"{self.type}.{self.name}"

    @property
    def changed(self) -> set[str]:
        """The arguments that have another value, or had none."""
        return {name for name, value in self.after.items() if value != self.before.get(name)}


def cases_of(documents: Mapping[str, TerraformJson], state: State, schemas: ProviderSchemas) -> Iterator[Case]:
    """Yield the cases of every type in the table."""
    deployed = [resource for resource in state["resources"] if resource["mode"] == "managed"]
    deployed.sort(key=lambda resource: _BEST_FIRST.index(resource["module"].removeprefix("module.")))
    for type_ in resource_types():
        resource = next(one for one in deployed if one["type"] == type_)
        document = documents[resource["module"].removeprefix("module.")]
        attributes = resource["instances"][0]["attributes"]
        given = document["resource"][type_][resource["name"]]
        before = {**_as_deployed(given, attributes, _META), **BASE.get(type_, {})}
        for name, changes in _changes(type_, before, attributes, schemas).items():
            after = {key: value for key, value in {**before, **changes}.items() if value is not None}
            yield Case(type_, name, before, after, _copied(resource, name))
        if taken_out := TAKEN_OUT.get(type_):
            yield Case(type_, "taken_out", {**before, **taken_out}, before, _copied(resource, "taken_out", taken_out))


def _changes(
    type_: str, before: Arguments, attributes: Mapping[str, Any], schemas: ProviderSchemas
) -> Mapping[str, Mapping[str, Any]]:
    arguments = {name: of for name, of in schemas.arguments(type_).items() if name not in _NOT_GIVEN}
    required = {name for name, of in arguments.items() if of.get("required")} | NEEDED.get(type_, set())
    forcing = {path.partition(".")[0] for path in resource_types()[type_].forces}
    apart = APART.get(type_, ())
    # What is apart is not changed with the rest, unless it is given already.
    left_out = {name for case in apart for name, value in case.items() if value is not None} - set(before)
    values = {name: _other(type_, name, of, attributes) for name, of in arguments.items()} | dict(OTHER.get(type_, {}))
    found: dict[str, Mapping[str, Any]] = {
        "unchanged": {},
        "changed": {name: value for name, value in values.items() if name not in left_out},
        "removed": dict.fromkeys(name for name in before if name not in required),
        "removed_in_place": dict.fromkeys(name for name in before if name not in required | forcing),
        "as_it_is": {
            name: attributes[name]
            for name in arguments
            if name not in before
            and name not in NOT_AS_IT_IS.get(type_, set())
            and attributes.get(name) not in _NO_VALUE
        },
    }
    return found | {f"apart_{number}": case for number, case in enumerate(apart)}


def _other(type_: str, name: str, argument: Mapping[str, Any], attributes: Mapping[str, Any]) -> Any:
    if (other := OTHER.get(type_, {}).get(name, OF_ANY.get(name))) is not None:
        return other
    old, kind = attributes.get(name), argument["type"]
    if kind == "bool":
        return not old
    if kind == "number":
        return (old or 0) + 1
    if kind == "string":
        return f"{old or 'other'}x"
    return {"Other": "other"} if kind[0] == "map" else ["other"]


def _as_deployed(
    given: Mapping[str, Any], attributes: Mapping[str, Any], left_out: Collection[str] = frozenset()
) -> Arguments:
    """Return the arguments that a configuration gives, with the values of the state."""
    found: Arguments = {}
    for name, value in given.items():
        deployed = attributes.get(name)
        if isinstance(deployed, dict) and deployed.keys() == {"type", "value"}:
            deployed = deployed["value"]  # so the state has what may be of any type
        if name in left_out or deployed is None:
            continue
        blocks = value if isinstance(value, list) else [value]
        if isinstance(deployed, list) and blocks and isinstance(blocks[0], dict):
            found[name] = [_as_deployed(block, one) for block, one in zip(blocks, deployed, strict=True)]
        else:
            found[name] = deployed
    return found


def _copied(
    resource: Mapping[str, Any], name: str, attributes: Mapping[str, Any] = MappingProxyType({})
) -> Mapping[str, Any]:
    """Return a resource of a state as another one of that name, with some attributes that it has not."""
    copy = json.loads(json.dumps({key: value for key, value in resource.items() if key not in {"module", "each"}}))
    instance = {key: value for key, value in copy["instances"][0].items() if key not in {"index_key", "dependencies"}}
    instance["attributes"] |= attributes
    return copy | {"name": name, "instances": [instance]}
