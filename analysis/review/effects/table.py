"""The table `arguments.toml`, and which arguments of a running resource change."""

import functools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from analysis.review.comparison import Comparison, Pair
from analysis.review.findings.switches import is_on
from analysis.review.replacement import resource_type

TABLE: Final = Path(__file__).with_name("arguments.toml")


@dataclass(frozen=True)
class ArgumentEffects:
    """What the table says of a type of resources; its file says what each key means."""

    source: str
    restart: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    reboot: tuple[str, ...] = ()
    window: tuple[str, ...] = ()
    no_outage: tuple[str, ...] = ()
    no_outage_since_6: tuple[str, ...] = ()


@functools.cache
def argument_effects() -> Mapping[str, ArgumentEffects]:
    """Return the table by the type of the resource."""
    table = tomllib.loads(TABLE.read_text(encoding="utf-8"))
    lists = ("restart", "always", "reboot", "window", "no_outage", "no_outage_since_6")
    return {
        type_: ArgumentEffects(**row | {name: tuple(row.get(name, ())) for name in lists})
        for type_, row in table.items()
    }


def running(comparison: Comparison, *types: str) -> Iterator[Pair]:
    """Yield the resources of some types that run before the change, and go on after it."""
    for pair in comparison.of_type(*types):
        if pair.before is None or pair.after is None or "all" in pair.ignored:
            continue
        replacement = comparison.replacements.get(pair.address)
        if replacement is None or not replacement.certain:
            yield pair


@dataclass(frozen=True)
class Change:
    """An argument that gets another value, or may."""

    argument: str
    before: Any
    after: Any
    certain: bool

    @property
    def text(self) -> str:
        """What changes, in a few words; a value that only AWS knows is not shown."""
        if "${" in f"{self.before}{self.after}":
            return f"{self.argument} {'changes' if self.certain else 'may change'}"
        return f"{self.argument} {_shown(self.before)} → {_shown(self.after)}"


def changes(pair: Pair, arguments: Iterable[str]) -> Iterator[Change]:
    """Yield which of some arguments change."""
    known = resource_type(pair.type)
    for argument in arguments:
        before, after = pair.was(argument), pair.now(argument)
        difference = known.difference(argument, before, after)
        if argument not in pair.ignored and difference != "same":
            yield Change(argument, before, after, difference == "other")


def is_immediate(pair: Pair) -> bool:
    """Whether the changes of a resource do not wait for the maintenance window; by default they do."""
    return is_on(pair.now("apply_immediately"), unset=False)


def _shown(value: Any) -> str:
    if value is None:
        return "not set"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return str(value).lower() if isinstance(value, bool) else str(value)
