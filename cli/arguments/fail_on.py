"""Reads `--fail-on`, and tells which of what it names has happened."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from analysis.review.changes import Kind
from analysis.review.finding import Effect, EffectKind, Finding, Severity
from analysis.review.review import Review
from operations.errors import wrong_input

_EFFECTS: Final = tuple(kind.value for kind in EffectKind)
_ALLOWED: Final = (
    f"replace, destroy, open, {', '.join(_EFFECTS)}, these from open on also with :low, :medium, :high or :critical, "
    "and cost>50 (US dollars a month)"
)
_COST: Final = re.compile(r"cost\s*>\s*(\d+(?:\.\d+)?)")


@dataclass(frozen=True)
class Condition:
    """One thing that must not happen: `happened` says in a few words what did, or is empty."""

    text: str
    happened: Callable[[Review], str]


def parse_conditions(text: str | None) -> tuple[Condition, ...]:
    """Return the conditions of `replace,destroy,open:high,cost>50`. Raises OperationsError (2)."""
    if text is None:
        return ()
    return tuple(_condition(part.strip()) for part in text.split(","))


def what_happened(review: Review, conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """Return, of what must not happen, what did."""
    found = ((condition, condition.happened(review)) for condition in conditions)
    return tuple(f"{condition.text}: {happened}" for condition, happened in found if happened)


def _condition(text: str) -> Condition:
    if text == "replace":
        return Condition(text, lambda review: _counted(review, Kind.REPLACED, Kind.MAY_BE_REPLACED))
    if text == "destroy":
        return Condition(text, lambda review: _counted(review, Kind.DESTROYED))
    name, _, severity = text.partition(":")
    if name in {"open", *_EFFECTS} and (not severity or severity.upper() in Severity.__members__) and text[-1] != ":":
        least = Severity[severity.upper()] if severity else Severity.LOW
        if name == "open":
            return Condition(text, lambda review: _worst(review.findings, least))
        return Condition(text, lambda review: _worst(_felt(review, EffectKind(name)), least))
    if (found := _COST.fullmatch(text)) is not None:
        most = Decimal(found[1])
        return Condition(text, lambda review: _costs(review, most))
    raise wrong_input(f'--fail-on has "{text}": write {_ALLOWED}, with commas between them')


def _counted(review: Review, *kinds: Kind) -> str:
    found = [change.address for change in review.of_kind(*kinds)]
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0]}{more}" if found else ""


def _felt(review: Review, kind: EffectKind) -> list[Effect]:
    def counts(effect: Effect) -> bool:
        return effect.restarts if kind is EffectKind.RESTART else effect.kind is kind

    return [effect for effect in review.effects if counts(effect)]


def _worst(findings: Sequence[Finding], least: Severity) -> str:
    found = sorted((one for one in findings if one.severity >= least), key=lambda one: -one.severity)
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return f"{found[0].address}: {found[0].what}{more}" if found else ""


def _costs(review: Review, most: Decimal) -> str:
    increase = review.typical_increase
    if increase is None:
        return "no estimate can be made" if review.environments else ""
    if increase > most:
        return f"${increase:.2f} more in a typical month"
    unknown = review.unknown_costs
    return f"nobody can tell how much more {unknown[0]} costs" if unknown else ""
