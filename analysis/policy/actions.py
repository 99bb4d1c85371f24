"""What Terraform asks of AWS for each type of block. The table is actions.toml, whose head says what each key means."""

import functools
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from aurora_serverless.rules.tags import TAGGED_TYPES

TABLE: Final = Path(__file__).with_suffix(".toml")
_WRITES: Final = ("create", "update", "delete")

Condition = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Named:
    """The ARNs of the block that an argument names, or `otherwise` where it names none of the stack."""

    argument: str
    otherwise: tuple[str, ...]


Template = str | Named


@dataclass(frozen=True)
class Actions:
    """Actions on the same ARNs, under the same condition; those that `reads` belong to a plan too."""

    actions: tuple[str, ...]
    arns: tuple[Template, ...]
    reads: bool
    given: str | None = None
    condition: Condition = field(default_factory=dict)


@dataclass(frozen=True)
class BlockType:
    """What the table says of a type of blocks."""

    arns: tuple[Template, ...]
    actions: tuple[Actions, ...]


def block_type(mode: str, type_: str) -> BlockType | None:
    """Return what is known of a type; None where nothing is."""
    return _block_types().get((mode, type_))


@functools.cache
def anywhere() -> frozenset[str]:
    """Return the actions that are allowed on all resources or on none."""
    return _qualified(_table()["anywhere"])


@functools.cache
def not_called() -> Mapping[str, str]:
    """Return the actions that no end-to-end test calls, each with the reason for which it is in the table."""
    return {action: reason for reason, actions in _table()["not_called"].items() for action in actions}


def known_actions() -> frozenset[str]:
    """Return every action of the table."""
    return frozenset(
        action for known in _block_types().values() for actions in known.actions for action in actions.actions
    )


@functools.cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


@functools.cache
def _block_types() -> Mapping[tuple[str, str], BlockType]:
    return {
        (mode, type_): _read(type_, row)
        for mode in ("resource", "data", "ephemeral")
        for type_, row in _table()[mode].items()
    }


def _read(type_: str, row: Mapping[str, Any]) -> BlockType:
    arns = _templates(row.get("arns", ()))
    writes = [action for phase in _WRITES for action in row.get(phase, ())]
    if type_ in TAGGED_TYPES:
        writes += _tagging(arns)
    found = [
        Actions(tuple(row.get("read", ())), arns, reads=True),
        Actions(tuple(dict.fromkeys(writes)), arns, reads=False),
        *(
            Actions(
                tuple(also["actions"]),
                _templates(also["arns"]),
                reads=also.get("reads", False),
                given=also.get("given"),
                condition=also.get("condition", {}),
            )
            for also in row.get("also", ())
        ),
    ]
    return BlockType(arns, tuple(actions for actions in found if actions.actions))


def _templates(values: Sequence[Any]) -> tuple[Template, ...]:
    return tuple(value if isinstance(value, str) else Named(value["of"], tuple(value["otherwise"])) for value in values)


def _tagging(arns: Sequence[Template]) -> list[str]:
    services = {arn.partition(":")[0] for arn in arns if isinstance(arn, str)}
    return [f"{service}:{action}" for service in sorted(services) for action in _table()["tags"][service]]


def _qualified(by_service: Mapping[str, Sequence[str]]) -> frozenset[str]:
    return frozenset(f"{service}:{action}" for service, actions in by_service.items() for action in actions)
