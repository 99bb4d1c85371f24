"""The pages of `docs/` that set somebody else's words beside the keys of an environment file."""

import re
from collections.abc import Mapping
from typing import Final

from tests.conftest import ROOT

NOTHING, PROGRAM = "nothing", "the program"
_HEADING: Final = re.compile(r"^##+ `?(.+?)`?\n", re.MULTILINE)
_ROW: Final = re.compile(r"^\| `([^`]+)` \| (.+?) \| (.*?) ?\|$", re.MULTILINE)


def tables(page: str) -> Mapping[str, Mapping[str, tuple[str, str]]]:
    """Return, by heading and word, what sets it and what is said besides; a word stands once in a table."""
    parts = _HEADING.split((ROOT / "docs" / page).read_text(encoding="utf-8"))
    rows = {heading: _ROW.findall(text) for heading, text in zip(parts[1::2], parts[2::2], strict=True)}
    found = {heading: {word: (set_by, said) for word, set_by, said in of_table} for heading, of_table in rows.items()}
    for heading, of_table in found.items():
        assert len(of_table) == len(rows[heading]), f"{page}, {heading}: a word stands twice"
    return {heading: of_table for heading, of_table in found.items() if of_table}
