"""Facts of geometry that hold for every picture: nothing overlaps, nothing is cut, nothing is crossed out."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, pairwise

import pytest

from analysis.diagram.layout import draw
from analysis.diagram.picture import Area
from analysis.diagram.reading import picture_of
from analysis.diagram.shapes import Drawing, Rectangle, Text
from analysis.synthesized.stack import SynthesizedStack
from tests.analysis.diagram.made_up import crowded


@pytest.fixture(scope="module")
def drawings(stacks: Mapping[str, SynthesizedStack]) -> Mapping[str, Drawing]:
    return {name: draw(picture_of(stack)) for name, stack in stacks.items()}


def parents(drawing: Drawing) -> Mapping[str, str | None]:
    picture = drawing.picture
    return {group.id: group.parent for group in picture.groups} | {node.id: node.group for node in picture.nodes}


def overlapping_siblings(drawing: Drawing) -> Iterator[object]:
    above = parents(drawing)
    for one, other in combinations(above, 2):
        if above[one] == above[other] and drawing.boxes[one].meets(drawing.boxes[other]):
            yield one, other


def boxes_outside_their_group(drawing: Drawing) -> Iterator[object]:
    for id_, parent in parents(drawing).items():
        if parent is not None and not drawing.boxes[parent].holds(drawing.boxes[id_]):
            yield id_, parent


def texts_outside_their_box(drawing: Drawing) -> Iterator[object]:
    for id_, box in drawing.boxes.items():
        icon = drawing.icons.get(id_)
        for text in drawing.texts[id_]:
            if not box.holds(text.extent) or (icon is not None and icon[1].meets(text.extent)):
                yield id_, text.text


def overlapping_texts(drawing: Drawing) -> Iterator[object]:
    texts = [*all_texts(drawing), *labels(drawing), *(sample.text for sample in drawing.legend)]
    for one, other in combinations(texts, 2):
        if one.extent.meets(other.extent):
            yield one.text, other.text


def headers_under_boxes(drawing: Drawing) -> Iterator[object]:
    """A group's text lies under nothing that stands in the group."""
    above = parents(drawing)
    for id_, box in drawing.boxes.items():
        for text in drawing.texts.get(above[id_] or "", ()):
            if box.meets(text.extent):
                yield id_, text.text


def labels_on_boxes(drawing: Drawing) -> Iterator[object]:
    for label in labels(drawing):
        for node in drawing.picture.nodes:
            if drawing.boxes[node.id].meets(label.extent):
                yield label.text, node.id


def outside_the_canvas(drawing: Drawing) -> Iterator[object]:
    canvas = Rectangle(0, 0, drawing.width, drawing.height)
    yield from (id_ for id_, box in drawing.boxes.items() if not canvas.holds(box))
    texts = [*all_texts(drawing), *labels(drawing), *(sample.text for sample in drawing.legend)]
    yield from (text.text for text in texts if not canvas.holds(text.extent))
    for line in drawing.lines:
        yield from (line.edge for x, y in line.points if not (0 <= x <= drawing.width and 0 <= y <= drawing.height))


def arrows_through_text_or_boxes(drawing: Drawing) -> Iterator[object]:
    texts = [*all_texts(drawing), *labels(drawing), *(sample.text for sample in drawing.legend)]
    for line in drawing.lines:
        ends = {line.edge.source, line.edge.target}
        for piece in pieces(line.points):
            for text in texts:
                if text is not line.label and piece.meets(text.extent):
                    yield line.edge, text.text
            for node in drawing.picture.nodes:
                if node.id not in ends and piece.meets(drawing.boxes[node.id]):
                    yield line.edge, node.id


def arrows_that_do_not_touch_their_boxes(drawing: Drawing) -> Iterator[object]:
    for line in drawing.lines:
        for id_, (x, y) in ((line.edge.source, line.points[0]), (line.edge.target, line.points[-1])):
            box = drawing.boxes[id_]
            if x not in (box.x, box.right) or not box.y <= y <= box.bottom:
                yield line.edge, id_


def arrows_upon_one_another(drawing: Drawing) -> Iterator[object]:
    """Two arrows may cross; they never run along the same line."""
    for one, other in combinations(drawing.lines, 2):
        for a in pieces(one.points):
            for b in pieces(other.points):
                is_upright = a.width < a.height
                if is_upright == (b.width < b.height) and a.meets(b):
                    yield one.edge, other.edge


def all_texts(drawing: Drawing) -> list[Text]:
    return [text for texts in drawing.texts.values() for text in texts]


def labels(drawing: Drawing) -> list[Text]:
    return [line.label for line in drawing.lines if line.label is not None]


def pieces(points: tuple[tuple[float, float], ...]) -> Iterator[Rectangle]:
    """Yield the straight parts of an arrow, each a pixel wide."""
    for (x1, y1), (x2, y2) in pairwise(points):
        yield Rectangle(min(x1, x2) - 0.5, min(y1, y2) - 0.5, abs(x1 - x2) + 1, abs(y1 - y2) + 1)


@pytest.mark.parametrize(
    "wrong",
    [
        overlapping_siblings,
        boxes_outside_their_group,
        texts_outside_their_box,
        overlapping_texts,
        headers_under_boxes,
        labels_on_boxes,
        outside_the_canvas,
        arrows_through_text_or_boxes,
        arrows_that_do_not_touch_their_boxes,
        arrows_upon_one_another,
    ],
)
def test_no_picture_has(wrong: Callable[[Drawing], Iterator[object]], drawings: Mapping[str, Drawing]) -> None:
    assert {name: found for name, drawing in drawings.items() if (found := list(wrong(drawing)))} == {}


def test_every_arrow_goes_up_and_down_or_left_and_right(drawings: Mapping[str, Drawing]) -> None:
    for drawing in drawings.values():
        for line in drawing.lines:
            for (x1, y1), (x2, y2) in pairwise(line.points):
                assert x1 == x2 or y1 == y2


def test_every_part_of_a_picture_has_a_place(drawings: Mapping[str, Drawing]) -> None:
    for drawing in drawings.values():
        picture = drawing.picture
        assert set(drawing.boxes) == {*picture.group, *picture.node}
        assert [line.edge for line in drawing.lines] == list(picture.edges)


def test_instances_stand_in_rows_in_their_order(drawings: Mapping[str, Drawing]) -> None:
    drawing = drawings["crowded"]
    [cluster] = [group.id for group in drawing.picture.groups if group.area is Area.CLUSTER]
    places = [(drawing.boxes[node.id].y, drawing.boxes[node.id].x) for node in drawing.picture.nodes_in(cluster)]
    assert len(places) == 16
    assert places == sorted(places)


@pytest.mark.parametrize("readers", range(1, 16))
def test_no_instance_stands_alone_in_a_row(readers: int, stacks: Mapping[str, SynthesizedStack]) -> None:
    drawing = draw(picture_of(crowded(stacks["high-scale"].document, readers=readers, ranges=0, groups=0)))
    instances = [drawing.boxes[node.id] for node in drawing.picture.nodes if node.icon == "instance"]
    rows = Counter(box.y for box in instances)
    assert sum(rows.values()) >= readers + 1
    assert min(rows.values()) > 1


def test_the_services_stand_below_the_network_in_columns(drawings: Mapping[str, Drawing]) -> None:
    for name in ("production", "high-scale"):
        drawing = drawings[name]
        network = max(drawing.boxes[group.id].bottom for group in drawing.picture.groups if group.area is Area.VPC)
        services = [drawing.boxes[group.id] for group in drawing.picture.groups if group.area is Area.SERVICE]
        assert min(box.y for box in services) > network
        assert len({box.x for box in services}) == 3
        heads = [box for box in services if box.y == services[0].y]
        assert max(box.right for box in heads) - min(box.x for box in heads) > 0.7 * drawing.width


def test_what_a_picture_is_read_by_stands_where_there_is_room(drawings: Mapping[str, Drawing]) -> None:
    drawing = drawings["production"]
    region = drawing.boxes["region"]
    for sample in drawing.legend:
        assert sample.text.extent.bottom < region.y
        assert all(not box.meets(sample.text.extent) for box in drawing.boxes.values())


def test_the_same_stack_is_drawn_the_same(stacks: Mapping[str, SynthesizedStack]) -> None:
    stack = stacks["access"]
    one, other = (draw(picture_of(SynthesizedStack(stack.name, stack.document))) for _ in range(2))
    assert one.boxes == other.boxes
    assert one.lines == other.lines
