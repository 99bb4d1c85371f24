"""One line of what changed inside of a value, with what changed inside of that."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Sign = Literal["+", "-", "~"]


@dataclass(frozen=True)
class Detail:
    """What was added (`+`), taken away (`-`) or changed (`~`) inside of a policy, a dashboard or another value."""

    sign: Sign
    text: str
    within: tuple["Detail", ...] = ()

    def with_text(self, change: Callable[[str], str]) -> "Detail":
        """Return it with each text changed, also within."""
        return Detail(self.sign, change(self.text), tuple(detail.with_text(change) for detail in self.within))

    def lines(self, depth: int = 0) -> Iterator[tuple[int, Sign, str]]:
        """Yield depth, sign and text of it and of all within it."""
        yield depth, self.sign, self.text
        for detail in self.within:
            yield from detail.lines(depth + 1)
