"""What an environment is for: the keys that the shipped environment of the same purpose has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Purpose:
    """`comment` is the line at the top of the file; `document` has the keys without names, Region and version.

    `explained` is what a person reads who has to choose.
    """

    comment: str
    explained: str
    document: Mapping[str, Any]

    @property
    def has_alarms(self) -> bool:
        """Whether there are alarms, for which somebody wants a mail."""
        return "preset" in self.document


PURPOSES: Final[Mapping[str, Purpose]] = {
    "development": Purpose(
        "A development deployment, which pauses when idle.",
        "one instance that pauses when idle; may be deleted at any time",
        {"capacity": {"minimum_acu": 0, "maximum_acu": 1}},
    ),
    "production": Purpose(
        "Production: docs/options.md lists what the preset sets.",
        "never pauses; a second instance takes over, nothing is deleted by mistake, backups of 35 days, a key of its "
        "own, alarms and a dashboard",
        {"preset": "production", "capacity": {"minimum_acu": 2, "maximum_acu": 8}},
    ),
    "high-scale": Purpose(
        "Production, with readers that wait at a low capacity for the load, and storage whose I/O is not billed by the "
        "request.",
        "as production, with four readers that wait for load, and storage whose I/O is not billed by the request",
        {
            "preset": "production",
            "capacity": {"minimum_acu": 4, "maximum_acu": 16},
            "instances": {"readers": 4, "promotion_tiers": [1, 2, 2, 2]},
            "storage": {"type": "io_optimized"},
        },
    ),
}
"""By the word that `--purpose` takes. tests/cli/commands/test_new.py holds that each is as the one that ships."""
