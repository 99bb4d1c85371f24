"""The review of a change: every environment on both sides, and what becomes of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import Final, TypeVar

from analysis.review.changes import Kind, ResourceChange, resource_changes
from analysis.review.comparison import NO_STACK, Comparison
from analysis.review.cost import CostChange, cost_change, month_text
from analysis.review.effects import effects
from analysis.review.effects.versions import ends_of_support
from analysis.review.finding import Effect, Finding, Severity
from analysis.review.findings import findings
from analysis.review.renamed_environments import of_another_name, renamed_environments
from analysis.review.renames import Rename
from analysis.review.secrets import Secrets
from analysis.review.settings import SettingChange, setting_changes
from analysis.synthesized.stack import SynthesizedStack, is_same
from stacks.forks import each

Stacks = Mapping[str, SynthesizedStack]
Told = TypeVar("Told", bound=Finding)
LEAST_ENVIRONMENTS_A_PROCESS: Final = 10
"""With fewer, a further process takes longer to start than it saves."""

_HINT: Final = re.compile(r"\./aurora-serverless (?:restart|status)\b")


class Presence(StrEnum):
    """On which side there is an environment; one that is on both may be called otherwise."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    CHANGED = "changed"


@dataclass(frozen=True)
class Touched:
    """An environment whose JSON a change touches; `former_name` is what a renamed one was called."""

    name: str
    presence: Presence
    former_name: str = ""


@dataclass(frozen=True)
class EnvironmentReview:
    """What a change does to one environment. `cost` is None where no estimate can be made.

    `findings` are what opens, `effects` what the running database feels, `renames` the names that are others in many
    places. `former_name` is what a renamed environment was called.
    """

    name: str
    presence: Presence
    resources: tuple[ResourceChange, ...]
    settings: tuple[SettingChange, ...]
    findings: tuple[Finding, ...]
    cost: CostChange | None
    effects: tuple[Effect, ...] = ()
    renames: tuple[Rename, ...] = ()
    former_name: str = ""

    def of_kind(self, *kinds: Kind) -> tuple[ResourceChange, ...]:
        """Return the resources to which one of these happens."""
        return tuple(change for change in self.resources if change.kind in kinds)

    @property
    def loses_data(self) -> bool:
        """Whether a deploy destroys what holds data."""
        return any(change.loses_data for change in self.resources)

    @property
    def worst(self) -> tuple[bool, int, int, str]:
        """What environments are sorted by, worst first."""
        worst = max((finding.severity for finding in (*self.findings, *self.effects)), default=0)
        return (not self.loses_data, -worst, -len(self.of_kind(Kind.REPLACED, Kind.DESTROYED)), self.name)


@dataclass(frozen=True)
class Review:
    """What a change does. `base` says what it is against; `unchanged` are environments without a change."""

    base: str
    environments: tuple[EnvironmentReview, ...]
    unchanged: tuple[str, ...]

    def of_kind(self, *kinds: Kind) -> Iterator[ResourceChange]:
        """Yield the resources of all environments to which one of these happens."""
        for environment in self.environments:
            yield from environment.of_kind(*kinds)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Those of all environments."""
        return tuple(finding for environment in self.environments for finding in environment.findings)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What the databases of all environments feel."""
        return tuple(effect for environment in self.environments for effect in environment.effects)

    @property
    def unknown_costs(self) -> tuple[str, ...]:
        """The items, of all environments, whose cost changes by what nobody can tell."""
        costs = (environment.cost for environment in self.environments)
        return tuple(item for cost in costs if cost is not None for item in cost.unknown_lines)

    @property
    def typical_increase(self) -> Decimal | None:
        """How much more all environments cost in a typical month, or None where no estimate can be made."""
        costs = [environment.cost for environment in self.environments]
        return sum((cost.typical_increase for cost in costs if cost is not None), Decimal(0)) if any(costs) else None


def review(
    before: Stacks,
    after: Stacks,
    *,
    base: str,
    today: date | None = None,
    renamed: Mapping[str, str] | None = None,
) -> Review:
    """Compare all environments, worst first; `today` dates costs and ends of support, which are not told without.

    `renamed` has the name before of environments of which it is known that they had another.
    """
    names, unchanged = touched(before, after, renamed)
    found = each(partial(_reviewed, before, after, today), names, least=LEAST_ENVIRONMENTS_A_PROCESS)
    return Review(base, tuple(sorted(found, key=lambda one: one.worst)), unchanged)


def _reviewed(before: Stacks, after: Stacks, today: date | None, one: Touched) -> EnvironmentReview:
    old, new = before.get(one.former_name or one.name), after.get(one.name)
    if new is None:
        return _removed(one.name, old, today)
    return _environment(Comparison(one.name, old or NO_STACK, new, one.former_name), today)


def touched(
    before: Stacks, after: Stacks, renamed: Mapping[str, str] | None = None
) -> tuple[tuple[Touched, ...], tuple[str, ...]]:
    """Return the environments whose JSON differs, and the names of the others, both by name; `renamed` is as above."""
    former = renamed_environments(before, after, renamed or {})
    found, unchanged = [], []
    for name in sorted({*before, *after} - set(former.values())):
        if name in former:
            found.append(Touched(name, Presence.RENAMED, former[name]))
        elif name not in before:
            found.append(Touched(name, Presence.ADDED))
        elif name not in after:
            found.append(Touched(name, Presence.REMOVED))
        elif is_same(before, after, name):
            unchanged.append(name)
        else:
            found.append(Touched(name, Presence.CHANGED))
    return tuple(found), tuple(unchanged)


def review_of(comparisons: Sequence[Comparison], *, base: str, today: date | None = None) -> Review:
    """Tell what plans do, each to an environment; one to which nothing happens is unchanged."""
    found = [_environment(one, today) for one in comparisons]
    unchanged = tuple(one.name for one in found if not (one.resources or one.settings))
    told = (one for one in found if one.name not in unchanged)
    return Review(base, tuple(sorted(told, key=lambda one: one.worst)), unchanged)


def _environment(comparison: Comparison, today: date | None) -> EnvironmentReview:
    secrets, is_new = comparison.secrets, comparison.before is NO_STACK
    ends = () if today is None else ends_of_support(comparison, today)
    found = (*of_another_name(comparison), *findings(comparison))
    return EnvironmentReview(
        name=comparison.name,
        presence=Presence.ADDED if is_new else Presence.RENAMED if comparison.former_name else Presence.CHANGED,
        resources=resource_changes(comparison, secrets),
        settings=() if is_new else setting_changes(comparison, secrets),
        findings=tuple(_hidden(finding, secrets) for finding in found),
        cost=_cost(comparison, secrets, today),
        effects=tuple(_of(comparison.name, _hidden(effect, secrets)) for effect in (*effects(comparison), *ends)),
        renames=tuple(_without_secrets(rename, secrets) for rename in comparison.renames.found),
        former_name=comparison.former_name,
    )


def _cost(comparison: Comparison, secrets: Secrets, today: date | None) -> CostChange | None:
    """Return what it costs; a formula may have an argument in it."""
    found = cost_change(None if comparison.before is NO_STACK else comparison.before, comparison.after, today)
    if found is None:
        return None
    lines = (replace(line, item=secrets.hide(line.item), why=secrets.hide(line.why)) for line in found.lines)
    return replace(found, lines=tuple(lines))


def _removed(name: str, before: SynthesizedStack | None, today: date | None) -> EnvironmentReview:
    """Nothing is destroyed by a file that goes: what is deployed stays, and nobody manages it."""
    cost = cost_change(before, None, today)
    month = ""
    if cost is not None and cost.after is not None and cost.after[1]:
        month = f" {'at least ' if cost.unknown else ''}{month_text(cost.after)} a month"
    finding = Finding(
        Severity.MEDIUM,
        name,
        "the environment is gone from the project",
        f"what is deployed stays and keeps costing{month}, unmanaged: destroy it before its file goes",
    )
    return EnvironmentReview(name, Presence.REMOVED, (), (), (finding,), cost)


def _without_secrets(rename: Rename, secrets: Secrets) -> Rename:
    return replace(rename, before=secrets.hide(rename.before), after=secrets.hide(rename.after))


def _of(environment: str, effect: Effect) -> Effect:
    """Return an effect whose hints name the environment, so that they can be copied."""
    return replace(effect, why=_HINT.sub(rf"\g<0> {environment}", effect.why))


def _hidden(finding: Told, secrets: Secrets) -> Told:
    return replace(finding, what=secrets.hide(finding.what), why=secrets.hide(finding.why))
