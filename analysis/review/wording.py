"""The words that a review uses on a terminal and in a pull request alike."""

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Final

from analysis.review.arguments import ArgumentChange, text_of
from analysis.review.changes import Kind, ResourceChange
from analysis.review.cost import CostChange, Month, month_text
from analysis.review.finding import Effect, EffectKind, Severity
from analysis.review.renames import MANY, Rename
from analysis.review.review import EnvironmentReview, Presence, Review
from analysis.review.settings import SettingChange

LONGEST: Final = 160
"""Characters of a value that are shown: no reader compares longer ones by eye."""

_NEW: Final = "known after the deploy"

_EFFECTS: Final = {
    EffectKind.DOWNGRADE: ("downgrade", "downgrades"),
    EffectKind.LOCK_OUT: ("lock-out", "lock-outs"),
    EffectKind.NEW_ENDPOINT: ("new endpoint", "new endpoints"),
    EffectKind.MAJOR_UPGRADE: ("major upgrade", "major upgrades"),
    EffectKind.RESTART: ("restart", "restarts"),
    EffectKind.PENDING_REBOOT: ("waits for a reboot", "wait for a reboot"),
    EffectKind.PENDING_WINDOW: ("waits for the maintenance window", "wait for the maintenance window"),
    EffectKind.END_OF_SUPPORT: ("end of support", "ends of support"),
}
"""One of a kind, and several."""


def shortened(text: str) -> str:
    """Return text on one line, cut where it is long, which it then says."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 30]}… ({len(line)} characters)"


def argument_text(change: ArgumentChange) -> str:
    """Return what became of an argument, on a line; of one with details, its name alone."""
    if change.is_secret:
        return f"{change.path} changed (hidden)"
    if change.follows:
        return f"{change.path}: {_NEW}, from {change.follows}"
    if change.details:
        return change.path
    if change.before is None:
        return f"{change.path} = {_value(change.after)}"
    if change.after is None:
        return f"{change.path}: {_value(change.before)} → not set"
    return f"{change.path}: {_value(change.before)} → {_value(change.after)}"


def consequences(change: ResourceChange) -> Iterator[str]:
    """Yield what a reader must know of a resource besides its arguments, most important first."""
    if change.loses_data:
        would = "would be lost" if change.kind is Kind.MAY_BE_REPLACED or change.refusal else "lost"
        yield f"{would} with it: {change.data}"
    if change.lost_move and change.kind is Kind.DESTROYED:
        yield f"it seems to be {change.lost_move} now, but no moved block says so: destroyed, and created again"
    elif change.lost_move:
        yield f"it seems to be {change.lost_move}, but no moved block says so"
    if change.former_address:
        yield f"was {change.former_address}; the moved block keeps it"
    if (replacement := change.replacement) is not None:
        forced = ", ".join((*replacement.paths, *replacement.possible))
        because = f"{'forced' if replacement.certain else 'may be forced'} by {forced}" if forced else "triggered"
        yield because + (f", with {', '.join(replacement.because)}" if replacement.because else "")
        if replacement.create_before_destroy:
            yield "the new one is made before the old one goes"
    if change.refusal:
        yield change.refusal
    yield from change.notes


def rename_text(rename: Rename) -> str:
    """Return a name that is another, and in how many places, on a line."""
    return f"{rename.before} → {rename.after} in {counted(len(rename.places), 'place')}"


def shared_changes(environment: EnvironmentReview) -> list[tuple[ArgumentChange, tuple[str, ...]]]:
    """Return the changes that many resources have alike, such as a tag, with the addresses of those resources."""
    found: dict[str, tuple[ArgumentChange, list[str]]] = {}
    for resource in environment.of_kind(Kind.CHANGED):
        for argument in _told_arguments(resource):
            if not (argument.details or argument.follows or argument.is_secret):
                found.setdefault(argument_text(argument), (argument, []))[1].append(resource.address)
    return [(argument, tuple(addresses)) for argument, addresses in found.values() if len(addresses) >= MANY]


def following_changes(environment: EnvironmentReview) -> list[tuple[Kind, tuple[str, ...]]]:
    """Return the resources to which something happens only because of what is told already, by what happens.

    That is a name that is another in many places, or the replacement of another resource.
    """
    found: dict[Kind, list[str]] = {}
    for resource in environment.resources:
        if _follows(resource):
            found.setdefault(resource.kind, []).append(resource.address)
    is_much = sum(map(len, found.values())) >= MANY
    return [(kind, tuple(addresses)) for kind, addresses in found.items() if is_much]


def by_type(addresses: Iterable[str]) -> str:
    """Return addresses on a line; of a type of which there are many, how many there are."""
    types: dict[str, list[str]] = {}
    for address in addresses:
        types.setdefault(address.rpartition(".")[0], []).append(address)
    alike = (f"{len(one)} {type_}" if len(one) >= MANY else ", ".join(one) for type_, one in types.items())
    return ", ".join(alike)


def own_changes(environment: EnvironmentReview) -> Iterator[tuple[ResourceChange, tuple[ArgumentChange, ...]]]:
    """Yield what happens to each resource with the changes that it does not share; not one that has no other."""
    shared = {
        (argument_text(argument), address)
        for argument, addresses in shared_changes(environment)
        for address in addresses
    }
    following = {address for _, addresses in following_changes(environment) for address in addresses}
    for resource in environment.resources:
        own = tuple(one for one in _told_arguments(resource) if (argument_text(one), resource.address) not in shared)
        is_told = resource.kind is Kind.CHANGED and not (own or resource.notes)
        if resource.address not in following and not is_told:
            yield resource, own


def own_settings(environment: EnvironmentReview) -> Iterator[SettingChange]:
    """Yield the settings of which something else than a name is another."""
    return (setting for setting in environment.settings if not setting.is_renamed)


def _told_arguments(resource: ResourceChange) -> Iterator[ArgumentChange]:
    """Yield the arguments of which something is left to tell; what a new resource takes from others goes without it."""
    replacement = resource.replacement
    for argument in resource.arguments:
        is_only_new = replacement is not None and replacement.certain and argument.path not in replacement.paths
        if not (argument.follows and is_only_new):
            yield from (argument,) if argument.left is None else argument.left


def _follows(resource: ResourceChange) -> bool:
    if resource.kind not in {Kind.REPLACED, Kind.CHANGED} or resource.loses_data or resource.refusal:
        return False
    if resource.former_address or resource.lost_move:
        return False
    if not resource.arguments:
        return resource.replacement is not None and bool(resource.replacement.because) and not resource.notes
    is_data = resource.address.startswith("data.")
    return all(one.is_renamed or one.follows for one in resource.arguments) and (is_data or not resource.notes)


def together(review: Review) -> list[tuple[list[str], EnvironmentReview]]:
    """Return environments of which the same is told as one, with their names; worst first."""
    groups: dict[tuple[object, ...], tuple[list[str], EnvironmentReview]] = {}
    for environment in review.environments:
        groups.setdefault(_told(environment), ([], environment))[0].append(environment.name)
    return list(groups.values())


def _told(environment: EnvironmentReview) -> tuple[object, ...]:
    """Return all that is told of an environment besides its name; the whole of long texts is not."""
    resources = tuple(
        (
            change.kind,
            change.address,
            *consequences(change),
            *((argument_text(one), one.details) for one in change.arguments),
        )
        for change in environment.resources
    )
    settings = tuple((one.path, one.details or (one.before, one.after), one.note) for one in environment.settings)
    told = environment.findings, environment.effects, environment.renames, environment.cost
    return presence(environment), resources, settings, *told


def named(names: list[str], most: int = 6) -> str:
    """Return names in a list, the last of many as a number."""
    if len(names) <= most:
        return ", ".join(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"


def summary(review: Review) -> str:
    """Return the whole review in a line."""
    if not review.environments:
        return f"nothing changes in {counted(len(review.unchanged), 'environment')}"
    parts = []
    for kind in Kind:
        changes = list(review.of_kind(kind))
        if changes:
            lost = sum(change.loses_data for change in changes)
            parts.append(f"{len(changes)} {kind}" + (f" ({lost} with data)" if lost else ""))
    if review.effects:
        parts.append(felt(review.effects))
    parts.append(opened(severity for severity in (finding.severity for finding in review.findings)))
    if review.typical_increase is not None:
        parts.append(increase_text(review.typical_increase, review.unknown_costs))
    places = counted(len(review.environments), "environment")
    unchanged = f" ({len(review.unchanged)} unchanged)" if review.unchanged else ""
    return f"{places}{unchanged}: " + "; ".join(parts)


def increase_text(increase: Decimal, unknown: tuple[str, ...]) -> str:
    """Return how much more a typical month costs, and that there is something of which nobody can tell."""
    if unknown:
        known = f"{signed(increase)} a month and" if increase else "costs"
        return f"{known} what nobody can tell ({counted(len(unknown), 'line')})"
    return f"{signed(increase)} a month" if increase else "costs as before"


def opened(severities: Iterable[Severity]) -> str:
    """Return how much opens, by severity, worst first."""
    counts = [(word, len(list(found))) for word, found in groupby(sorted(severities, reverse=True))]
    return f"opens {', '.join(f'{count} {word.word}' for word, count in counts)}" if counts else "opens nothing"


def felt(effects: Iterable[Effect]) -> str:
    """Return what running databases feel, by kind, worst first."""
    counts = Counter(effect.kind for effect in effects)
    return ", ".join(f"{counts[kind]} {words[counts[kind] > 1]}" for kind, words in _EFFECTS.items() if counts[kind])


def presence(environment: EnvironmentReview) -> str:
    """Return what a heading says after the name."""
    said = {
        Presence.ADDED: "new environment",
        Presence.REMOVED: "removed from the project",
        Presence.RENAMED: f"renamed, it was {environment.former_name}",
    }
    return said.get(environment.presence, "")


def cost_line(before: Month | None, after: Month | None) -> str:
    """Return what became of a line of an estimate."""
    return f"{month_text(before)} → {month_text(after)}"


def cost_is_same(cost: CostChange) -> bool:
    """Whether no line of the estimate changed."""
    return not cost.lines


def signed(amount: Decimal) -> str:
    """Return an amount of US dollars with its sign."""
    return f"{'-' if amount < 0 else '+'}${abs(amount):,.2f}"


def counted(number: int, what: str) -> str:
    """Return how many there are of something."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def _value(value: object) -> str:
    return shortened(text_of(value))
