"""Sets two stacks of the same environment side by side: which block became which, with references filled in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from analysis.review.arguments import ArgumentChange, argument_changes
from analysis.review.propagation import Consequences, Replacement, consequences, ignored_changes, pairs
from analysis.review.renames import Place, Rename, Renames, renames
from analysis.review.secrets import Secrets
from analysis.synthesized.resolution import renamed, resolved
from analysis.synthesized.stack import Block, SynthesizedStack

NO_STACK: Final = SynthesizedStack("", {})
"""What an environment was before it was added, and is after it was removed."""


@dataclass(frozen=True)
class Pair:
    """A block before and after, at least one of them.

    References to arguments of other blocks are filled in, and the ones before name the addresses after.
    """

    before: Block | None
    after: Block | None

    @property
    def block(self) -> Block:
        """The one after, else the one before."""
        block = self.after or self.before
        if block is None:
            raise ValueError("a pair needs a block")
        return block

    @property
    def address(self) -> str:
        """Its address after, else that before."""
        return self.block.address

    @property
    def type(self) -> str:
        """Its type."""
        return self.block.type

    def was(self, *path: str, default: Any = None) -> Any:
        """Return the argument at a path before."""
        return default if self.before is None else self.before.get(*path, default=default)

    def now(self, *path: str, default: Any = None) -> Any:
        """Return the argument at a path after."""
        return default if self.after is None else self.after.get(*path, default=default)

    @property
    def ignored(self) -> tuple[str, ...]:
        """Arguments whose changes Terraform ignores."""
        return () if self.after is None else ignored_changes(self.after)


@dataclass(frozen=True)
class Comparison:
    """An environment before and after; `former_name` is what one was called that is called otherwise now."""

    name: str
    before: SynthesizedStack
    after: SynthesizedStack
    former_name: str = ""

    @cached_property
    def addresses(self) -> Mapping[str, str]:
        """The address before of each resource that is in both, by the one after."""
        return pairs(self.before, self.after)

    @cached_property
    def moved(self) -> Mapping[str, str]:
        """The address after, by that before, where `moved` blocks say it is another."""
        return {before: after for after, before in self.addresses.items() if before != after}

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every block of both: those after in their order, then those that are gone."""
        apart = [address for address in self.after.blocks if address not in self.after.resources]
        known = {address: address for address in apart if address in self.before.blocks} | dict(self.addresses)
        found = [
            Pair(self._before(known[address]) if address in known else None, self._after(address))
            for address in self.after.blocks
        ]
        gone = set(self.before.blocks) - set(known.values())
        return (*found, *(Pair(self._before(address), None) for address in self.before.blocks if address in gone))

    @cached_property
    def changed_arguments(self) -> Mapping[str, tuple[ArgumentChange, ...]]:
        """The arguments that changed of each block that is in both, by its address after."""
        return {
            pair.address: argument_changes(pair.type, pair.before.arguments, pair.after.arguments)
            for pair in self.pairs
            if pair.before is not None and pair.after is not None
        }

    @cached_property
    def renames(self) -> Renames:
        """The names that are others in many places."""
        types = {pair.address: pair.type for pair in self.pairs}
        changed = self.changed_arguments.items()
        places = [Place(address, types[address], change) for address, changes in changed for change in changes]
        return renames(places, self.secrets)

    @cached_property
    def secrets(self) -> Secrets:
        """What must not be told of both sides."""
        return Secrets(self.before, self.after)

    @property
    def other_name(self) -> Renames:
        """The name of the environment itself, where it is another."""
        found = (Rename(self.former_name, self.name),) if self.former_name else ()
        return Renames(found, within=r"\w-")

    @cached_property
    def consequences(self) -> Consequences:
        """What a deploy does to the resources that are in both."""
        return consequences(self.before, self.after)

    @property
    def replacements(self) -> Mapping[str, Replacement]:
        """What a deploy replaces, or may replace, by the address after."""
        return self.consequences.replacements

    @cached_property
    def lost_moves(self) -> Mapping[str, str]:
        """Old and new address of resources that are the same one by all signs, though no `moved` block says so."""
        found: dict[str, str] = {}
        gone = [pair.before for pair in self.pairs if pair.after is None and pair.before is not None]
        new = [pair.after for pair in self.pairs if pair.before is None and pair.after is not None]
        for is_same in (_same_construct, _same_arguments):
            for old in gone:
                other = next((one for one in new if one.address not in found.values() and is_same(old, one)), None)
                if old.address not in found and other is not None:
                    found[old.address] = other.address
        return found

    def unknown_arguments(self, address: str) -> frozenset[str]:  # noqa: ARG002 (a plan knows)
        """Return the arguments of which Terraform says that they are known after the apply only."""
        return frozenset()

    def note(self, address: str) -> str:  # noqa: ARG002 (a plan knows)
        """Return what Terraform says of what it does to a resource."""
        return ""

    def of_type(self, *types: str, modes: Sequence[str] = ("resource",)) -> Iterator[Pair]:
        """Yield the pairs of some types."""
        return (pair for pair in self.pairs if pair.type in types and pair.block.mode in modes)

    def _before(self, address: str) -> Block:
        block = self.before.blocks[address]
        return replace(block, arguments=renamed(resolved(block.arguments, self.before), self.moved))

    def _after(self, address: str) -> Block:
        block = self.after.blocks[address]
        return replace(block, arguments=resolved(block.arguments, self.after))


def _same_construct(old: Block, new: Block) -> bool:
    return _same_type(old, new) and old.construct_path == new.construct_path != ""


def _same_arguments(old: Block, new: Block) -> bool:
    return _same_type(old, new) and old.arguments == new.arguments != {}


def _same_type(old: Block, new: Block) -> bool:
    return old.mode == new.mode == "resource" and old.type == new.type
