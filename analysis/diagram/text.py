"""How wide text is, how it is broken into lines, and how its letters are drawn: by a font that is part of the project.

The font is Arimo, whose widths are those of Arial, Helvetica and Liberation Sans.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

FONTS: Final = Path(__file__).parent / "fonts"
FAMILIES: Final = "Arial, Helvetica, 'Liberation Sans', Arimo, sans-serif"
UNITS_PER_EM: Final = 2048
_PIECE: Final = re.compile(r"[^\s/.:_,-]*?(?:[/.:_,-]|(?<=[a-z])(?=[A-Z])|$)")
"""What stays together on a line: a word, or a part of a name up to where it may be broken."""


class Glyph(NamedTuple):
    """A letter: how far the next one is away, and its outline as the path of an SVG; in units of the font."""

    width: int
    outline: str


@cache
def glyphs(*, is_bold: bool) -> Mapping[str, Glyph]:
    """Return the letters that the font has."""
    found = json.loads((FONTS / "glyphs.json").read_text(encoding="utf-8"))["bold" if is_bold else "regular"]
    return {character: Glyph(*glyph) for character, glyph in found.items()}


def text_width(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return the width of a text in pixels; a character that the font lacks is taken for a square."""
    known = glyphs(is_bold=is_bold)
    units = sum(known[character].width if character in known else UNITS_PER_EM for character in text)
    return units * size / UNITS_PER_EM


def wrapped(text: str, width: float, size: float, *, is_bold: bool = False) -> list[str]:
    """Break a text into lines no wider than `width`, between words, else inside a name, else anywhere."""
    lines, line = [], ""
    for piece in _pieces(text, width, size, is_bold=is_bold):
        if line.strip() and text_width((line + piece).rstrip(), size, is_bold=is_bold) > width:
            lines.append(line.strip())
            line = ""
        line += piece
    return [*lines, line.strip()] if line.strip() else lines


def _pieces(text: str, width: float, size: float, *, is_bold: bool) -> list[str]:
    pieces: list[str] = []
    for word in re.findall(r"\s+|\S+", text):
        if text_width(word, size, is_bold=is_bold) <= width:
            pieces.append(word)
            continue
        for part in _PIECE.findall(word):
            while text_width(part, size, is_bold=is_bold) > width:
                cut = next(
                    (n for n in range(len(part) - 1, 1, -1) if text_width(part[:n], size, is_bold=is_bold) <= width), 1
                )
                pieces.append(part[:cut])
                part = part[cut:]  # noqa: PLW2901 (what is left of it)
            pieces.append(part)
    return pieces
