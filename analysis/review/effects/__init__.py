"""What a change does to a running database, from a refused downgrade to what waits for a window, and to its clients."""

from collections.abc import Callable, Iterable
from typing import Final

from analysis.review.comparison import Comparison
from analysis.review.effects import clients, modifications, parameters, versions
from analysis.review.finding import Effect, EffectKind

Rule = Callable[[Comparison], Iterable[Effect]]

RULES: Final[tuple[Rule, ...]] = (*versions.RULES, *clients.RULES, *modifications.RULES, *parameters.RULES)


def effects(comparison: Comparison) -> tuple[Effect, ...]:
    """Return what running databases feel of the change, worst first; a new or a replaced cluster feels nothing."""
    order = list(EffectKind)
    found = [effect for rule in RULES for effect in rule(comparison)]
    return tuple(sorted(found, key=lambda effect: (order.index(effect.kind), -effect.severity, effect.address)))
