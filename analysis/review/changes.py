"""What happens to each resource of an environment, and by which of its arguments."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from analysis.review.arguments import ArgumentChange, argument_changes
from analysis.review.comparison import Comparison, Pair
from analysis.review.propagation import Replacement
from analysis.review.replacement import data_of
from analysis.review.secrets import HIDDEN, Secrets
from analysis.synthesized.expressions import references
from analysis.synthesized.stack import Block
from analysis.synthesized.values import blocks_in

_LIFECYCLE: Final = ("prevent_destroy", "create_before_destroy", "ignore_changes", "replace_triggered_by")


class Kind(StrEnum):
    """What happens to a resource, worst first."""

    DESTROYED = "destroyed"
    REPLACED = "replaced"
    MAY_BE_REPLACED = "may be replaced"
    CHANGED = "changed"
    MAY_CHANGE = "may change"
    MOVED = "moved"
    KEPT = "kept"
    FORGOTTEN = "forgotten"
    IMPORTED = "imported"
    ADDED = "added"


@dataclass(frozen=True)
class ResourceChange:
    """What happens to one resource.

    `former_address` is where it was, if a `moved` block says that it was elsewhere. `lost_move` is the other address,
    where it only looks like the same resource. `data` is what is lost with it, such as "the logs". `refusal` is why
    Terraform or AWS will not do it. `notes` are about the lifecycle, and `depends_on`.
    """

    kind: Kind
    address: str
    former_address: str = ""
    lost_move: str = ""
    arguments: tuple[ArgumentChange, ...] = ()
    replacement: Replacement | None = None
    data: str | None = None
    refusal: str = ""
    notes: tuple[str, ...] = ()

    @property
    def loses_data(self) -> bool:
        """Whether data is lost, if it happens."""
        return self.data is not None and self.kind in {Kind.DESTROYED, Kind.REPLACED, Kind.MAY_BE_REPLACED}


def resource_changes(comparison: Comparison, secrets: Secrets) -> tuple[ResourceChange, ...]:
    """Return what happens to the resources of an environment, worst first; data sources that changed are the last."""
    order = list(Kind)
    found = [change for pair in comparison.pairs if (change := _change(comparison, pair, secrets)) is not None]
    return tuple(sorted(found, key=lambda change: (not change.loses_data, order.index(change.kind))))


def _change(comparison: Comparison, pair: Pair, secrets: Secrets) -> ResourceChange | None:
    if pair.block.mode != "resource":
        return _of_data(comparison, pair, secrets)
    if pair.after is None:
        return _gone(comparison, pair)
    if pair.before is None:
        return _new(comparison, pair, secrets)
    return _kept(comparison, pair.before, pair.after, pair, secrets)


def _of_data(comparison: Comparison, pair: Pair, secrets: Secrets) -> ResourceChange | None:
    """Nothing happens to what is looked up, but what is found may be another thing."""
    if pair.before is None or pair.after is None or pair.block.mode != "data":
        return None
    changes = _hidden(pair.type, _changed(comparison, pair), secrets)
    if not changes:
        return None
    note = "it may find something else than before"
    return ResourceChange(Kind.CHANGED, pair.address, arguments=changes, notes=(note,))


def _gone(comparison: Comparison, pair: Pair) -> ResourceChange:
    address = pair.address
    lost_move = comparison.lost_moves.get(address, "")
    if address in _forgotten(comparison.after.document):
        return ResourceChange(Kind.FORGOTTEN, address, notes=("stays in AWS, and out of the state",))
    refusal = "AWS refuses: deletion_protection is on" if pair.was("deletion_protection") is True else ""
    notes = (said,) if (said := comparison.note(address)) else ()
    return ResourceChange(
        Kind.DESTROYED, address, lost_move=lost_move, data=data_of(pair.type), refusal=refusal, notes=notes
    )


def _new(comparison: Comparison, pair: Pair, secrets: Secrets) -> ResourceChange:
    former = next((old for old, new in comparison.lost_moves.items() if new == pair.address), "")
    arguments = _hidden(pair.type, argument_changes(pair.type, {}, pair.block.arguments), secrets)
    is_imported = pair.address in {str(block.get("to", "")).strip("${}") for block in _blocks(comparison, "import")}
    return ResourceChange(
        Kind.IMPORTED if is_imported else Kind.ADDED, pair.address, lost_move=former, arguments=arguments
    )


def _kept(comparison: Comparison, before: Block, after: Block, pair: Pair, secrets: Secrets) -> ResourceChange | None:
    replacement = comparison.replacements.get(after.address)
    arguments = _without_ignored(_changed(comparison, pair), pair.ignored)
    arguments += tuple(_following(comparison, after, arguments))
    arguments = _hidden(after.type, arguments, secrets)
    former = comparison.addresses[after.address]
    former = "" if former == after.address else former
    notes = tuple(_notes(comparison, before, after))
    if said := comparison.note(after.address):
        notes += (said,)
    kind = _kind_of_kept(comparison, after.address)
    if kind is Kind.KEPT and arguments:
        notes += ("Terraform plans no change: what is deployed keeps it",)
    elif after.address in comparison.consequences.instances:
        notes += ("some of its instances are created or destroyed",)
    elif kind is Kind.KEPT and former:
        kind = Kind.MOVED
    if kind is Kind.MAY_CHANGE and not arguments:
        notes += (f"only AWS knows: it takes values from {', '.join(_uncertain(comparison, after))}",)
    if kind is Kind.KEPT and not (arguments or notes):
        return None
    return ResourceChange(
        kind,
        after.address,
        former_address=former,
        arguments=arguments,
        replacement=replacement,
        data=data_of(after.type),
        refusal=_refusal(before, after) if replacement is not None else "",
        notes=notes,
    )


def _changed(comparison: Comparison, pair: Pair) -> tuple[ArgumentChange, ...]:
    """Return what changed, and of each what is left to tell beside the names that are others in many places."""
    found = []
    for change in comparison.changed_arguments[pair.address]:
        left = comparison.renames.left(pair.type, change)
        found.append(change if left == (change,) else replace(change, left=left))
    return tuple(found)


def _uncertain(comparison: Comparison, block: Block) -> list[str]:
    """Return what a block refers to that may be another thing after the deploy."""
    named = block.references
    maybe = {address for address, what in comparison.replacements.items() if not what.certain}
    # Terraform reads one that depends on something only during the deploy.
    late = {pair.address for pair in comparison.pairs if pair.block.mode == "data" and pair.block.depends_on}
    return sorted(named & (maybe | late)) or sorted(named)


def _kind_of_kept(comparison: Comparison, address: str) -> Kind:
    """Return what happens to a resource that is on both sides; where nothing does, it is kept."""
    found = comparison.consequences
    if (replacement := found.replacements.get(address)) is not None:
        return Kind.REPLACED if replacement.certain else Kind.MAY_BE_REPLACED
    if address in found.updates or address in found.instances:
        return Kind.CHANGED
    return Kind.MAY_CHANGE if address in found.possible_updates else Kind.KEPT


def _refusal(before: Block, after: Block) -> str:
    if after.lifecycle.get("prevent_destroy") is True:
        return "Terraform refuses to plan it: prevent_destroy is on"
    if before.get("deletion_protection") is True:
        return "AWS refuses to delete the old one: deletion_protection is on"
    return ""


def _following(comparison: Comparison, after: Block, known: Collection[ArgumentChange]) -> Iterator[ArgumentChange]:
    """Yield the arguments that get another value because they take it from what is replaced."""
    paths = {change.path.partition(".")[0].partition("[")[0] for change in known}
    replaced = {address for address, what in comparison.replacements.items() if what.certain}
    unknown = comparison.unknown_arguments(after.address)
    for name, value in after.arguments.items():
        named = references(value)
        sources = sorted(replaced.intersection(named) or (named if name in unknown else ()))
        if sources and name not in paths:
            yield ArgumentChange(name, value, value, follows=", ".join(sources))


def _notes(comparison: Comparison, before: Block, after: Block) -> Iterator[str]:
    for name in _LIFECYCLE:
        old, new = before.lifecycle.get(name), after.lifecycle.get(name)
        if old != new:
            yield f"lifecycle.{name}: {_said(old)} → {_said(new)}"
    for name in ("precondition", "postcondition"):
        old, new = (_conditions(block, name) for block in (before, after))
        if comparison.renames.applied(old) != new:
            counts = f"{len(old)} → {len(new)}" if len(old) != len(new) else "another condition"
            yield f"lifecycle.{name}: {counts}"
    # Of what comes or goes itself there is no need to say that nothing depended on it, or does.
    sides = set(comparison.before.blocks), set(comparison.after.blocks)
    gone = sorted(set(before.depends_on) - set(after.depends_on) - (sides[0] - sides[1]))
    new_ones = sorted(set(after.depends_on) - set(before.depends_on) - (sides[1] - sides[0]))
    if gone or new_ones:
        yield "depends_on: " + ", ".join([f"-{address}" for address in gone] + [f"+{address}" for address in new_ones])


def _conditions(block: Block, name: str) -> list[Any]:
    return [one.get("condition") for one in blocks_in(block.lifecycle.get(name))]


def _said(value: Any) -> str:
    if value in (None, [], False):
        return "off"
    return "on" if value is True else ", ".join(map(str, value if isinstance(value, list) else [value]))


def _without_ignored(changes: tuple[ArgumentChange, ...], ignored: Collection[str]) -> tuple[ArgumentChange, ...]:
    if "all" in ignored:
        return ()
    return tuple(
        change
        for change in changes
        if not any(change.path == name or change.path.startswith((f"{name}.", f"{name}[")) for name in ignored)
    )


def _hidden(type_: str, changes: tuple[ArgumentChange, ...], secrets: Secrets) -> tuple[ArgumentChange, ...]:
    return tuple(_hidden_one(type_, change, secrets) for change in changes)


def _hidden_one(type_: str, change: ArgumentChange, secrets: Secrets) -> ArgumentChange:
    before = secrets.hidden(type_, change.path, change.before)
    after = secrets.hidden(type_, change.path, change.after)
    if HIDDEN in (before, after):
        return replace(change, before=before, after=after, details=(), is_secret=True)
    details = tuple(detail.with_text(secrets.hide) for detail in change.details)
    left = None if change.left is None else _hidden(type_, change.left, secrets)
    return replace(change, before=before, after=after, details=details, left=left)


def _forgotten(document: Mapping[str, Any]) -> set[str]:
    """Return what `removed` blocks take out of the state without destroying it."""
    return {
        str(block.get("from", "")).strip("${}")
        for block in blocks_in(document.get("removed"))
        if any(one.get("destroy") is False for one in blocks_in(block.get("lifecycle")))
    }


def _blocks(comparison: Comparison, name: str) -> list[Mapping[str, Any]]:
    return blocks_in(comparison.after.document.get(name))
