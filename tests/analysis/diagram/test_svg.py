"""The SVG: well-formed, alone, the same each time, and legible with another font."""

import struct
from collections.abc import Mapping
from xml.etree import ElementTree as ET

import pytest

from analysis.diagram.layout import draw
from analysis.diagram.picture import Area, Group, Node, Picture
from analysis.diagram.reading import picture_of
from analysis.diagram.svg import png, svg
from analysis.diagram.text import text_width
from analysis.synthesized.stack import SynthesizedStack

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def documents(stacks: Mapping[str, SynthesizedStack]) -> Mapping[str, str]:
    return {name: svg(draw(picture_of(stack))) for name, stack in stacks.items()}


def root(document: str) -> ET.Element:
    return ET.fromstring(document)  # noqa: S314 (our own)


def test_it_has_every_text_as_text(documents: Mapping[str, str], stacks: Mapping[str, SynthesizedStack]) -> None:
    texts = {"".join(element.itertext()) for element in root(documents["production"]).iter(f"{SVG}text")}
    assert {"production", "7 alarms", "Serverless v2, 2 to 8 ACU", "GetSecretValue"} <= texts
    assert {edge.label for edge in picture_of(stacks["production"]).edges} - {""} <= texts


def test_each_text_takes_the_room_that_was_measured(documents: Mapping[str, str]) -> None:
    for document in documents.values():
        for element in root(document).iter(f"{SVG}text"):
            size, is_bold = float(element.attrib["font-size"]), element.get("font-weight") == "bold"
            width = text_width("".join(element.itertext()), size, is_bold=is_bold)
            assert float(element.attrib["textLength"]) == pytest.approx(width, abs=0.06)


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
    assert any("<script>" in "".join(element.itertext()) for element in root(document).iter(f"{SVG}text"))


def test_an_empty_picture_is_one_too() -> None:
    assert root(svg(draw(Picture("empty", "empty", (), (), ())))).tag == f"{SVG}svg"


def test_the_png_is_twice_as_large(documents: Mapping[str, str]) -> None:
    content = png(documents["dev"])
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    element = root(documents["dev"])
    assert (width, height) == pytest.approx([2 * float(element.attrib[side]) for side in ("width", "height")], abs=2)
