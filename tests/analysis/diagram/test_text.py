"""Text is as wide as the font says, and breaks where it may."""

import json

import pytest
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from analysis.diagram.text import FONTS, UNITS_PER_EM, glyphs, text_width, wrapped
from tests.accepted import Accepted

PRINTABLE = "".join(map(chr, range(32, 127)))


def letters_of(name: str) -> dict[str, list[object]]:
    """Return width and outline of each letter of a font; in an SVG down is up."""
    letters: dict[str, list[object]] = {}
    with TTFont(FONTS / f"arimo-{name}.ttf") as font:
        assert font["head"].unitsPerEm == UNITS_PER_EM
        drawn, advances = font.getGlyphSet(), font["hmtx"]
        for code, glyph in sorted(font.getBestCmap().items()):
            pen = SVGPathPen(drawn, ntos=lambda number: f"{number:g}")
            drawn[glyph].draw(TransformPen(pen, (1, 0, 0, -1, 0, 0)))
            letters[chr(code)] = [advances[glyph][0], pen.getCommands()]
    return letters


def test_letters_are_those_of_the_font(accepted: Accepted) -> None:
    found = {name: letters_of(name) for name in ("regular", "bold")}
    lines = (
        f"{json.dumps(name)}: {{\n"
        + ",\n".join(f"{json.dumps(character)}: {json.dumps(letter)}" for character, letter in letters.items())
        + "\n}"
        for name, letters in found.items()
    )
    text = "{\n" + ",\n".join(lines) + "\n}\n"
    assert accepted.text(FONTS / "glyphs.json", text) == text, "write it again with: make snapshots"


@pytest.mark.parametrize("is_bold", [False, True])
def test_a_text_is_as_wide_as_its_letters(is_bold: bool) -> None:
    known = glyphs(is_bold=is_bold)
    assert set(PRINTABLE + "äéß\u2013\u2026") <= set(known)
    assert text_width("Aä", 12, is_bold=is_bold) == (known["A"].width + known["ä"].width) * 12 / UNITS_PER_EM


def test_a_character_that_the_font_lacks_is_taken_for_a_square() -> None:
    assert text_width("数", 12) == 12


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("short", ["short"]),
        ("two words here", ["two words", "here"]),
        ("alex-dev-lambda-aurora-role", ["alex-dev-", "lambda-", "aurora-role"]),
        ("/aws/rds/cluster/postgresql", ["/aws/rds/", "cluster/", "postgresql"]),
        ("BasicExecutionRole", ["Basic", "Execution", "Role"]),
        ("m" * 20, ["mmmmmm", "mmmmmm", "mmmmmm", "mm"]),
        ("", []),
    ],
)
def test_text_breaks_between_words_else_in_names_else_anywhere(text: str, lines: list[str]) -> None:
    assert wrapped(text, 60, 11) == lines


@pytest.mark.parametrize("width", [30, 60, 111])
@pytest.mark.parametrize("text", [PRINTABLE, "x" * 63, "a b " * 20, "/".join("abc" * 9), "ÄÖÜ 数 " * 9])
def test_no_line_is_wider_than_it_may_be_and_no_character_is_lost(text: str, width: float) -> None:
    lines = wrapped(text, width, 11)
    assert all(text_width(line, 11) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
