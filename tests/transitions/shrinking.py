"""Finds which of the keys of a pair matter to its fault, within a bound of applies."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tests.transitions.environments import changed, differing
from tests.transitions.fixed_list import Transition
from tests.transitions.outcome import Outcome

MOST_APPLIES: Final = 48

Judge = Callable[[Sequence[Transition]], Sequence[Outcome]]
"""Tells what becomes of transitions, each by itself; they are tried side by side."""


def shrink(transition: Transition, outcome: Outcome, judge: Judge, *, most: int = MOST_APPLIES) -> list[str]:
    """Return keys of a pair that have the same outcome without the others: few, but not always the fewest.

    Each key alone comes first, and then what is left when halves, quarters and so on are taken out (ddmin).
    """
    keys = differing(transition.before, transition.after)
    parts = len(keys)
    left = most
    is_first = True
    while len(keys) > 1 and left > 0:
        groups = _groups(list(keys), parts)
        tried = [_only(keys, group) for group in groups]
        if not is_first:
            tried += [_only(keys, [key for key in keys if key not in group]) for group in groups]
        tried = [one for one in tried if 0 < len(one) < len(keys)][:left]
        left -= len(tried)
        outcomes = judge([_pair(transition, one) for one in tried])
        found = [one for one, became in zip(tried, outcomes, strict=True) if became is outcome]
        if found:
            keys, parts = min(found, key=len), 2
        elif is_first:
            parts = 2
        elif parts < len(keys):
            parts = min(2 * parts, len(keys))
        else:
            break
        is_first = False
    return sorted(keys)


def _groups(keys: list[str], parts: int) -> list[list[str]]:
    return [keys[number::parts] for number in range(parts)]


def _only(keys: Mapping[str, Any], wanted: Sequence[str]) -> dict[str, Any]:
    return {key: keys[key] for key in wanted}


def _pair(transition: Transition, keys: Mapping[str, Any]) -> Transition:
    return Transition(f"{transition.name}: {', '.join(keys)}", transition.before, changed(transition.before, keys))
