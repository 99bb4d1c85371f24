"""Text is as wide as the font says, and breaks where it may."""

import pytest
from fontTools.ttLib import TTFont

from analysis.diagram.text import FONTS, text_width, wrapped

PRINTABLE = "".join(map(chr, range(32, 127)))


@pytest.mark.parametrize(("name", "is_bold"), [("regular", False), ("bold", True)])
def test_widths_are_those_of_the_font(name: str, is_bold: bool) -> None:
    with TTFont(FONTS / f"arimo-{name}.ttf") as font:
        glyphs, advances, units = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
        for character in PRINTABLE + "äéß\u2013\u2026":
            advance, _ = advances[glyphs[ord(character)]]
            assert text_width(character, 12, is_bold=is_bold) == advance * 12 / units


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
