"""What Terraform's state says of resources: which there are, and which an interrupted deploy left half made.

Of the arguments only what names of other things are made of is taken: everything else in a state may be secret.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from analysis.files import json_object
from operations.errors import wrong_input

STATE_VERSION: Final = 4
"""Terraform has written this version since 0.12, and promises to read it in all of 1.x."""

_NAMES: Final = {
    "aws_security_group": "id",
    "random_id": "hex",
}


@dataclass(frozen=True)
class StateResource:
    """A resource of a state; `name` is what others know it by, for the types of which it is taken.

    Terraform destroys a tainted one at the next apply, and makes it again.
    """

    address: str
    type: str
    name: str | None
    is_tainted: bool


def state_object(text: str | bytes, where: str) -> dict[str, Any]:
    """Return a state as its JSON. Raises FileError or OperationsError where it is none."""
    state = json_object(text, where)
    if state.get("version") != STATE_VERSION:
        raise wrong_input(f"{where} is not a Terraform state of version {STATE_VERSION}")
    return state


def resources_of_state(text: str | bytes, where: str) -> tuple[StateResource, ...]:
    """Return what Terraform manages, in the order of the state. Raises as `state_object` does."""
    try:
        return tuple(_resources(state_object(text, where).get("resources") or []))
    except (AttributeError, LookupError, TypeError):
        raise wrong_input(f"{where} is not a Terraform state: its resources have another structure") from None


def address_of(resource: Mapping[str, Any], instance: Mapping[str, Any]) -> str:
    """Return the address of an instance of a resource, as Terraform writes it."""
    module = f"{resource['module']}." if resource.get("module") else ""
    data = "data." if resource.get("mode") == "data" else ""
    return f"{module}{data}{resource.get('type', '')}.{resource.get('name', '')}{_index(instance.get('index_key'))}"


def tainted(resources: tuple[StateResource, ...]) -> list[str]:
    """Return the addresses of those that are tainted."""
    return [resource.address for resource in resources if resource.is_tainted]


def _resources(resources: list[Mapping[str, Any]]) -> Iterator[StateResource]:
    for resource in resources:
        if resource.get("mode", "managed") != "managed":
            continue
        type_ = str(resource.get("type", ""))
        for instance in resource.get("instances") or ():
            if instance.get("deposed"):
                continue  # what it was replaced by is there, and the next apply destroys it
            found = (instance.get("attributes") or {}).get(_NAMES.get(type_, ""))
            yield StateResource(
                address=address_of(resource, instance),
                type=type_,
                name=found if isinstance(found, str) else None,
                is_tainted=instance.get("status") == "tainted",
            )


def _index(key: Any) -> str:
    if key is None:
        return ""
    return f"[{key}]" if isinstance(key, int) else f'["{key}"]'
