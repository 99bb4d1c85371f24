"""Puts the arrows of one gutter side by side, so that as few as possible cross."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_CROSSING: Final = 1
_TOUCHING: Final = 6
_NEAR: Final = 5.0


@dataclass(frozen=True)
class Run:
    """One arrow in a gutter: it comes in at a height from one side and goes out at another."""

    start: float
    end: float
    starts_left: bool
    ends_left: bool

    @property
    def low(self) -> float:
        """The upper end."""
        return min(self.start, self.end)

    @property
    def high(self) -> float:
        """The lower end."""
        return max(self.start, self.end)


def order(runs: Sequence[Run]) -> list[int]:
    """Return the indexes of the runs from left to right."""
    cost = [[_cost(a, b) for b in runs] for a in runs]
    found = sorted(range(len(runs)), key=lambda index: (runs[index].low, runs[index].high, index))
    best = _total(found, cost)
    improved = True
    while improved:
        improved = False
        for position in range(len(found)):
            for other in range(len(found)):
                trial = [*found]
                trial.insert(other, trial.pop(position))
                if (total := _total(trial, cost)) < best:
                    found, best, improved = trial, total, True
    return found


def crossings(runs: Sequence[Run], indexes: Sequence[int]) -> int:
    """Return how bad an order is."""
    return _total(indexes, [[_cost(a, b) for b in runs] for a in runs])


def _total(indexes: Sequence[int], cost: Sequence[Sequence[int]]) -> int:
    return sum(cost[a][b] for place, a in enumerate(indexes) for b in indexes[place + 1 :])


def _cost(left: Run, right: Run) -> int:
    """Return how bad it is when one stands left of the other."""
    total = 0
    for height, is_left in ((left.start, left.starts_left), (left.end, left.ends_left)):
        if not is_left and right.low - _NEAR <= height <= right.high + _NEAR:
            total += _CROSSING
    for height, is_left in ((right.start, right.starts_left), (right.end, right.ends_left)):
        if is_left and left.low - _NEAR <= height <= left.high + _NEAR:
            total += _CROSSING
    # A line that comes from the left to the right-hand track, at the height at which the other goes out to the right.
    for one, one_is_left in ((left.start, left.starts_left), (left.end, left.ends_left)):
        for two, two_is_left in ((right.start, right.starts_left), (right.end, right.ends_left)):
            if abs(one - two) < _NEAR and not one_is_left and two_is_left:
                total += _TOUCHING
    return total
