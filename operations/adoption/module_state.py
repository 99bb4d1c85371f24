"""Reads the resources of the module terraform-aws-modules/rds-aurora, versions 9 and 10, from a Terraform state."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from operations.errors import OperationsError, wrong_input
from operations.state.resources import address_of, state_object

_CLUSTER: Final = ("aws_rds_cluster", "this")


class Attributes:
    """Attributes of a resource, or of a nested block.

    Each is read by name and type, and nothing else is read, because it may be secret. Null or missing reads as empty.
    Raises OperationsError if an attribute has another type.
    """

    def __init__(self, values: Mapping[str, Any], where: str) -> None:
        self._values, self._where = values, where

    def has(self, name: str) -> bool:
        """Whether the attribute is set."""
        return self._values.get(name) is not None

    def text(self, name: str) -> str:
        """Return a text, empty for none."""
        return self._typed(name, str, "")

    def flag(self, name: str) -> bool:
        """Return true or false, false for none."""
        return self._typed(name, bool, default=False)

    def number(self, name: str) -> float:
        """Return a number, 0 for none; a whole one as an int."""
        found: float = self._typed(name, (int, float), 0)
        return int(found) if float(found).is_integer() else found

    def whole(self, name: str) -> int:
        """Return a whole number, 0 for none."""
        return int(self.number(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list or a set of texts."""
        found = self._typed(name, list, [])
        if not all(isinstance(text, str) for text in found):
            raise self._other_form(name)
        return tuple(found)

    def blocks(self, name: str) -> tuple["Attributes", ...]:
        """Return nested blocks."""
        found = self._typed(name, list, [])
        if not all(isinstance(block, dict) for block in found):
            raise self._other_form(name)
        return tuple(Attributes(block, f"{self._where}: {name}") for block in found)

    def block(self, name: str) -> "Attributes":
        """Return the nested block, or an empty one."""
        return next(iter(self.blocks(name)), Attributes({}, self._where))

    @property
    def tags(self) -> dict[str, str]:
        """All tags, including the provider's default tags, without those that AWS sets."""
        found = self._typed("tags_all", dict, {}) or self._typed("tags", dict, {})
        return {key: value for key, value in found.items() if isinstance(value, str) and not key.startswith("aws:")}

    def _typed(self, name: str, types: type | tuple[type, ...], default: Any) -> Any:
        found = self._values.get(name)
        if found is None:
            return default
        if not isinstance(found, types) or (isinstance(found, bool) and types is not bool):
            raise self._other_form(name)
        return found

    def _other_form(self, name: str) -> OperationsError:
        return wrong_input(f"{self._where}: {name} does not have the type that the AWS provider gives it")


@dataclass(frozen=True)
class Found:
    """A resource, or a data source, of the state; `module` is empty for the root module."""

    module: str
    mode: str
    type: str
    name: str
    key: str | int | None
    address: str
    attributes: Attributes


@dataclass(frozen=True)
class ModuleState:
    """The resources of one call of the module, and all other resources of the state."""

    address: str
    others: Sequence[Found]
    own: Sequence[Found]

    @cached_property
    def cluster(self) -> Found:
        """The cluster."""
        return next(found for found in self.own if (found.type, found.name) == _CLUSTER)

    def all(self, type_: str, name: str = "this") -> list[Found]:
        """Return the module's resources of a type, in the order of their keys."""
        found = [one for one in self.own if (one.type, one.name) == (type_, name)]
        return sorted(found, key=lambda one: str(one.key))

    def one(self, type_: str, name: str = "this", *, key: str | int = 0) -> Found | None:
        """Return the module's resource with a key, or None."""
        return next((one for one in self.all(type_, name) if one.key == key), None)

    def anywhere(self, type_: str) -> Iterator[Found]:
        """Yield all resources of a type in the state, the module's own first."""
        yield from (one for one in (*self.own, *self.others) if one.type == type_)


def module_of_state(text: str | bytes, where: str, wanted: str | None = None) -> ModuleState:
    """Return the resources of the module call `wanted`, or of the only one.

    Raises FileError or OperationsError if the text is not a state, or does not have exactly one such module.
    """
    state = state_object(text, where)
    try:
        found = list(_found(state.get("resources") or []))
    except (AttributeError, LookupError, TypeError):
        raise wrong_input(f"{where} is not a Terraform state: its resources have another structure") from None
    modules = sorted({one.module for one in found if (one.type, one.name) == _CLUSTER and one.mode == "managed"})
    called = [module for module in modules if module and wanted in {None, module, module.removeprefix("module.")}]
    if not called:
        there = f"; it has {', '.join(modules)}" if wanted and modules else ""
        raise wrong_input(
            f"{where} has no {wanted or 'module.<name>'}.aws_rds_cluster.this[0], as the module rds-aurora names "
            f"it{there}: give the output of terraform state pull, and with --module the module in it"
        )
    if len(called) > 1:
        raise wrong_input(
            f"{where} has {len(called)} modules rds-aurora, {', '.join(called)}: choose one with --module"
        )
    [address] = called
    return ModuleState(
        address=address,
        own=[one for one in found if one.module == address and one.mode == "managed"],
        others=[one for one in found if one.module != address or one.mode != "managed"],
    )


def _found(resources: Sequence[Mapping[str, Any]]) -> Iterator[Found]:
    for resource in resources:
        for instance in resource.get("instances") or ():
            if instance.get("deposed"):
                continue
            address = address_of(resource, instance)
            yield Found(
                module=str(resource.get("module") or ""),
                mode=str(resource.get("mode", "managed")),
                type=str(resource["type"]),
                name=str(resource["name"]),
                key=instance.get("index_key"),
                address=address,
                attributes=Attributes(dict(instance.get("attributes") or {}), address),
            )
