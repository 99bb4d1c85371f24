"""The SVG: well-formed, alone, the same each time, and legible without any font."""

import struct
from collections.abc import Mapping
from xml.etree import ElementTree as ET

import pytest

from analysis.diagram.layout import draw
from analysis.diagram.picture import Area, Group, Node, Picture
from analysis.diagram.reading import picture_of
from analysis.diagram.svg import png, svg
from analysis.diagram.text import UNITS_PER_EM, text_width
from analysis.synthesized.stack import SynthesizedStack

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def documents(stacks: Mapping[str, SynthesizedStack]) -> Mapping[str, str]:
    return {name: svg(draw(picture_of(stack))) for name, stack in stacks.items()}


def root(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 (our own)


def test_it_names_every_text(documents: Mapping[str, str], stacks: Mapping[str, SynthesizedStack]) -> None:
    texts = {element.get("aria-label") for element in root(documents["production"]).iter()}
    assert {"production", "7 alarms", "Serverless v2, 2 to 8 ACU", "GetSecretValue"} <= texts
    assert {edge.label for edge in picture_of(stacks["production"]).edges} - {""} <= texts


def test_no_text_needs_a_font(documents: Mapping[str, str]) -> None:
    for document in documents.values():
        assert list(root(document).iter(f"{SVG}text")) == []


def test_each_letter_stands_where_it_was_measured(documents: Mapping[str, str]) -> None:
    for document in documents.values():
        for element in root(document).iter(f"{SVG}g"):
            if (text := element.get("aria-label")) is None:
                continue
            is_bold = element[0].attrib["href"].startswith("#b")
            places = [float(letter.get("x", 0)) for letter in element]
            shown = [place for place, character in enumerate(text) if character != " "]
            before = [text_width(text[:place], UNITS_PER_EM, is_bold=is_bold) for place in shown]
            assert places == before
            letters = [chr(int(letter.attrib["href"][2:], 16)) for letter in element]
            assert "".join(letters) == text.replace(" ", "")


def test_a_character_that_the_font_lacks_is_left_to_the_renderer_in_the_room_that_was_measured() -> None:
    picture = Picture("数", "数 1", (), (), ())
    [element] = root(svg(draw(picture))).iter(f"{SVG}text")
    assert (element.text, element.get("font-weight")) == ("数 1", "bold")
    assert float(element.attrib["textLength"]) == pytest.approx(text_width("数 1", 18, is_bold=True), abs=0.06)


@pytest.mark.parametrize("name", ["dev", "high-scale", "production", "reference"])
def test_a_picture_as_wide_as_a_page_shows_no_text_below_ten_pixels(
    name: str, stacks: Mapping[str, SynthesizedStack]
) -> None:
    drawing = draw(picture_of(stacks[name]))
    texts = [*(text for texts in drawing.texts.values() for text in texts), *(one.text for one in drawing.legend)]
    texts += [line.label for line in drawing.lines if line.label is not None]
    assert min(text.size for text in texts) * min(838 / drawing.width, 1) >= 10


def test_it_needs_nothing_from_elsewhere(documents: Mapping[str, str]) -> None:
    for document in documents.values():
        elements = list(root(document).iter())
        names = {element.tag.removeprefix(SVG) for element in elements}
        assert names <= set("svg title defs marker path symbol g rect use text circle ellipse".split())
        ids = {element.get("id") for element in elements} - {None}
        for element in elements:
            if (link := element.get("href")) is not None:
                assert link.removeprefix("#") in ids
        assert document.count("http") == 1, "the name space"


def test_its_background_is_white_for_a_dark_page_too(documents: Mapping[str, str]) -> None:
    for document in documents.values():
        element = root(document)
        first = next(child for child in element if child.tag == f"{SVG}rect")
        assert first.get("fill") == "#ffffff"
        assert (first.get("width"), first.get("height")) == (element.get("width"), element.get("height"))


def test_what_could_be_markup_is_text() -> None:
    name = "<script>alert('&\"')</script>"
    group = Group("roles", Area.ROLES, None, name, (name,))
    picture = Picture(name, name, (group,), (Node("a", "role", name, (name,), "roles"),), ())
    document = svg(draw(picture))
    assert "<script" not in document
    assert any("<script>" in element.get("aria-label", "") for element in root(document).iter())


def test_an_empty_picture_is_one_too() -> None:
    assert root(svg(draw(Picture("empty", "empty", (), (), ())))).tag == f"{SVG}svg"


def test_the_png_is_twice_as_large(documents: Mapping[str, str]) -> None:
    content = png(documents["dev"])
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    element = root(documents["dev"])
    assert (width, height) == pytest.approx([2 * float(element.attrib[side]) for side in ("width", "height")], abs=2)
