"""Arguments that are a switch or a number: what each rule about one of them has in common."""

from collections.abc import Callable, Iterator
from typing import Any

from analysis.review.comparison import Comparison, Pair
from analysis.review.finding import Finding, Severity


def turned(
    types: tuple[str, ...],
    argument: str,
    to: bool,
    severity: Severity,
    why: str,
    *,
    unset: bool = False,
    also_when_new: bool = False,
) -> Callable[[Comparison], Iterator[Finding]]:
    """Return the rule that tells where a switch of resources was turned.

    `unset` is what AWS takes it for where it is not given. `also_when_new` tells of new resources too, which have it
    that way from the start.
    """

    def rule(comparison: Comparison) -> Iterator[Finding]:
        for pair in comparison.of_type(*types):
            if pair.after is None or (pair.before is None and not also_when_new):
                continue
            now = is_on(pair.now(argument), unset=unset)
            was = (not to) if pair.before is None else is_on(pair.was(argument), unset=unset)
            if now is to and was is not to:
                yield Finding(severity, pair.address, f"{argument} is {'on' if to else 'off'}", why)

    return rule


def is_on(value: Any, *, unset: bool) -> bool:
    """Whether a switch is on: Terraform takes the text of a truth value too."""
    return unset if value is None else value in (True, "true", 1)


def number(pair: Pair, *path: str, unset: float | None = None) -> tuple[float | None, float | None]:
    """Return the number at a path before and after; None where it is not known, or the block is not there."""
    found = []
    for block in (pair.before, pair.after):
        value = None if block is None else block.get(*path, default=unset)
        try:
            found.append(None if value is None else float(value))
        except (TypeError, ValueError):
            found.append(None)
    return found[0], found[1]
