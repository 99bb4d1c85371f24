"""Which resources a deploy would replace or update, and which follow because they refer to one that is replaced.

As Terraform plans it: an attribute that AWS gives is unknown until its resource is there, and what is unknown forces
wherever a change would. An argument that the program gives is known, replaced or not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from analysis.review.replacement import Difference, Forced, ResourceType, forcing, resource_type
from analysis.synthesized.expressions import ATTRIBUTE, addresses_in, expressions_in, references
from analysis.synthesized.resolution import renamed, resolved
from analysis.synthesized.stack import Block, SynthesizedStack
from analysis.synthesized.values import texts_in

WRITE_ONLY: Final = "_wo"
"""How arguments end that are in no state: Terraform sees another value only where `..._wo_version` is another, too."""

_INSTANCES: Final = ("for_each", "count")


@dataclass(frozen=True)
class Replacement:
    """A resource that is replaced, or may be.

    `paths` are the arguments that force it, and `possible` those that may: their values are known in AWS only.
    `because` are the addresses of the resources on whose replacement, or creation, these depend, and of those that
    `replace_triggered_by` names. `certain` is whether Terraform will replace the resource. One that is made before the
    old one is destroyed has `create_before_destroy`.
    """

    paths: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    certain: bool = True
    create_before_destroy: bool = False


@dataclass(frozen=True)
class Consequences:
    """What a deploy does to the resources that are in both stacks, by the addresses that they have after it.

    `updates` are changed in place. `possible_updates` may be: what they refer to may become another, or AWS may have
    given them before what they ask for now. Of those in `instances`, single ones come or go: `for_each` differs.
    """

    replacements: Mapping[str, Replacement]
    updates: frozenset[str]
    possible_updates: frozenset[str]
    instances: frozenset[str]


def consequences(before: SynthesizedStack, after: SynthesizedStack) -> Consequences:
    """Return what a deploy of `after` over `before` replaces and updates."""
    return _Spread(before, after).consequences()


def pairs(before: SynthesizedStack, after: SynthesizedStack) -> Mapping[str, str]:
    """Return the address of each resource that is in both stacks, and the one it has in `before`, by `moved` blocks."""
    old = {to: from_ for from_, to in after.moved.items()}
    found = {}
    for address in after.resources:
        earlier, passed = address, set[str]()
        while earlier not in before.resources and earlier in old and earlier not in passed:
            passed.add(earlier)
            earlier = old[earlier]
        if earlier in before.resources:
            found[address] = earlier
    return found


@dataclass
class _Spread:
    """Goes over the resources again and again, until no more of them are replaced."""

    before: SynthesizedStack
    after: SynthesizedStack
    replaced: set[str] = field(default_factory=set)
    maybe: set[str] = field(default_factory=set)

    def consequences(self) -> Consequences:
        found = self._replacements()
        certain = {address for address, replacement in found.items() if replacement.certain}
        changes = {address: self._change(address) for address in self._pairs if address not in certain}
        return Consequences(
            replacements=found,
            updates=frozenset(address for address, change in changes.items() if change == "other"),
            possible_updates=frozenset(address for address, change in changes.items() if change == "perhaps"),
            instances=frozenset(filter(self._has_other_instances, self._pairs)),
        )

    def _replacements(self) -> Mapping[str, Replacement]:
        found: dict[str, Replacement] = {}
        while True:
            known = len(self.replaced), len(self.maybe), len(self._deferred)
            for address in self._pairs:
                if (replacement := self._replacement(address)) is not None:
                    found[address] = replacement
                    (self.replaced if replacement.certain else self.maybe).add(address)
            self._deferred |= {block.address for block in self._data() if self._waits(block)}
            self.maybe |= {block.address for block in self._data() if self._may_find_another_thing(block)}
            if known == (len(self.replaced), len(self.maybe), len(self._deferred)):
                return found

    @cached_property
    def _pairs(self) -> Mapping[str, str]:
        return pairs(self.before, self.after)

    @cached_property
    def _created(self) -> set[str]:
        return set(self.after.resources) - set(self._pairs)

    @cached_property
    def _deferred(self) -> set[str]:
        """Data sources that Terraform reads only during the apply."""
        return set()

    @cached_property
    def _arguments_before(self) -> Mapping[str, Any]:
        return {
            address: self._as_after(self.before.resources[earlier].arguments)
            for address, earlier in self._pairs.items()
        }

    def _as_after(self, arguments: Mapping[str, Any]) -> Any:
        """Return arguments of a block before, with what they refer to as it is called after."""
        return renamed(resolved(arguments, self.before), self._moved)

    @cached_property
    def _moved(self) -> Mapping[str, str]:
        return {earlier: address for address, earlier in self._pairs.items() if address != earlier}

    @cached_property
    def _arguments_after(self) -> Mapping[str, Any]:
        return {address: resolved(block.arguments, self.after) for address, block in self.after.blocks.items()}

    def _replacement(self, address: str) -> Replacement | None:
        block = self.after.resources[address]
        before, after = self._arguments_before[address], self._arguments_after[address]
        ignored = ignored_changes(block)
        sure = forcing(block.type, before, after, unknown=self._unknown, ignored=ignored)
        perhaps = sure
        if self._not_there or self.maybe:
            perhaps = forcing(block.type, before, after, unknown=self._maybe_unknown, ignored=ignored)
        triggers = self._triggers(block)
        possible = tuple(sorted({*sure.possible, *perhaps.paths, *perhaps.possible} - set(sure.paths)))
        if not (sure.paths or possible or triggers):
            return None
        return Replacement(
            paths=sure.paths,
            possible=possible,
            because=tuple(sorted({*triggers, *self._reasons(after, Forced(sure.paths, possible))})),
            certain=bool(sure.paths) or "other" in triggers.values(),
            create_before_destroy=self._is_created_first(address),
        )

    def _unknown(self, value: Any) -> bool:
        """Whether a value is known only after the apply; of a condition, Terraform may need one end only."""
        not_there = self._not_there
        return bool(not_there) and any(
            address in not_there
            for expression in expressions_in(value)
            if "?" not in expression
            for address in addresses_in(expression)
        )

    def _maybe_unknown(self, value: Any) -> bool:
        uncertain = self._not_there | self.maybe
        return bool(uncertain) and not uncertain.isdisjoint(references(value))

    @property
    def _not_there(self) -> set[str]:
        return self._created | self.replaced | self._deferred

    def _reasons(self, arguments: Mapping[str, Any], forced: Forced) -> Iterator[str]:
        for path in (*forced.paths, *forced.possible):
            value = arguments.get(path.partition(".")[0])
            yield from (address for address in references(value) if address in self._not_there | self.maybe)

    def _triggers(self, block: Block) -> Mapping[str, Difference]:
        """Return what of `replace_triggered_by` changes, or may: one that is only now made triggers nothing."""
        triggers: dict[str, Difference] = {}
        for trigger in texts_in(block.lifecycle.get("replace_triggered_by")):
            found = ATTRIBUTE.search(trigger)
            if found is None or found["address"] not in self._pairs:
                continue
            address, attribute = found["address"], found["attribute"]
            difference = self._trigger(address, attribute)
            if difference != "same" and triggers.get(address) != "other":
                triggers[address] = difference
        return triggers

    def _trigger(self, address: str, attribute: str | None) -> Difference:
        if address in self.replaced or (attribute is None and self._has_other_instances(address)):
            return "other"
        if attribute is None:
            return "perhaps" if address in self.maybe else self._change(address)
        before, after = self._arguments_before[address], self._arguments_after[address]
        type_ = resource_type(self.after.resources[address].type)
        found = self._argument_change(type_, attribute, before.get(attribute), after.get(attribute))
        return "perhaps" if found == "same" and address in self.maybe else found

    def _is_changed(self, address: str) -> bool:
        return self._change(address) == "other" or self._has_other_instances(address)

    def _change(self, address: str) -> Difference:
        before, after = self._arguments_before[address], self._arguments_after[address]
        block = self.after.resources[address]
        ignored, type_ = ignored_changes(block), resource_type(block.type)
        names = set() if "all" in ignored else {*before, *after} - {*ignored, *_INSTANCES}
        found: set[Difference] = {
            self._argument_change(type_, name, before.get(name), after.get(name))
            for name in names
            if not name.endswith(WRITE_ONLY)
        }
        return "other" if "other" in found else "perhaps" if "perhaps" in found else "same"

    def _argument_change(self, type_: ResourceType, name: str, old: Any, value: Any) -> Difference:
        if self._unknown(value):
            return "other"
        difference = type_.difference(name, old, value)
        return "perhaps" if difference == "same" and self._maybe_unknown(value) else difference

    def _has_other_instances(self, address: str) -> bool:
        before, after = self._arguments_before[address], self._arguments_after[address]
        return any(before.get(name) != after.get(name) for name in _INSTANCES)

    def _data(self) -> Iterator[Block]:
        return (block for block in self.after.blocks.values() if block.mode == "data")

    def _waits(self, block: Block) -> bool:
        if self._unknown(self._arguments_after[block.address]):
            return True
        return any(
            address in self._created | self.replaced or (address in self._pairs and self._is_changed(address))
            for address in block.depends_on
        )

    def _may_find_another_thing(self, block: Block) -> bool:
        before = self.before.blocks.get(block.address)
        arguments = self._arguments_after[block.address]
        return self._maybe_unknown(arguments) or (before is not None and self._as_after(before.arguments) != arguments)

    def _is_created_first(self, address: str) -> bool:
        """Whether the resource, or one that needs it, has `create_before_destroy`: Terraform passes it on."""
        if self.after.blocks[address].lifecycle.get("create_before_destroy"):
            return True
        return any(self._is_created_first(block.address) for block in self._needing(address))

    def _needing(self, address: str) -> Iterator[Block]:
        return (block for block in self.after.blocks.values() if address in block.references | set(block.depends_on))


def ignored_changes(block: Block) -> tuple[str, ...]:
    """Return the arguments of which Terraform ignores a change, or `all`."""
    return texts_in(block.lifecycle.get("ignore_changes"))
