"""Makes a drawing of a picture: places first, arrows second, the title and the legend last."""

from dataclasses import dataclass

from analysis.diagram.arrows import arrows
from analysis.diagram.picture import Arrow, Picture
from analysis.diagram.placement import columns_of, place
from analysis.diagram.routes import routes_of
from analysis.diagram.shapes import GAP, LINE_HEIGHT, MARGIN, TEXT_SIZE, Drawing, Sample, Text

_HEADING: float = 18.0
_NOTE: float = 13.0
_SOURCE = "drawn from the synthesized Terraform JSON"


def draw(picture: Picture) -> Drawing:
    """Return the picture with a place for everything in it."""
    columns = columns_of(picture)
    routes = routes_of(picture, columns.places)
    placed = place(picture, routes, columns)
    heading = Text(MARGIN, MARGIN + 18, picture.title, _HEADING, is_bold=True)
    note = Text(MARGIN + heading.width + 12, MARGIN + 18, _SOURCE, _NOTE, style="muted")
    free = placed.free
    key = legend(picture, free.x, free.y + LINE_HEIGHT / 2, 0)
    if key.right <= free.right and key.bottom <= free.bottom:
        key = legend(picture, free.right - (key.right - free.x), free.y + LINE_HEIGHT / 2, 0)
    else:
        key = legend(picture, MARGIN, placed.height, max(placed.width, 460) - 2 * MARGIN)
    width = max(placed.width, note.x + note.width + MARGIN, key.right + MARGIN)
    return Drawing(
        picture=picture,
        width=width,
        height=max(placed.height, key.bottom + MARGIN),
        boxes=placed.boxes,
        texts={**placed.texts, "": [heading, note]},
        icons=placed.icons,
        lines=arrows(routes, placed),
        legend=key.samples,
    )


_SAMPLE = 34.0


@dataclass(frozen=True)
class Legend:
    """Its samples, and where it ends."""

    samples: list[Sample]
    right: float
    bottom: float


def legend(picture: Picture, x: float, y: float, width: float) -> Legend:
    """Return the samples of the arrows that a picture has, from `x` and `y` on, in rows of `width` at most."""
    samples, left, right, base = [], x, x, y
    used = {edge.arrow for edge in picture.edges}
    entries: list[Arrow | None] = [arrow for arrow in Arrow if arrow in used]
    if any(node.is_elsewhere for node in picture.nodes):
        entries.append(None)
    for arrow in entries:
        text = Text(0, 0, "not made by this stack, or not yet" if arrow is None else arrow.meaning, TEXT_SIZE)
        if left > x and left + _SAMPLE + 8 + text.width > x + width:
            left, base = x, base + LINE_HEIGHT + 4
        placed = Text(left + _SAMPLE + 8, base + 4, text.text, TEXT_SIZE)
        samples.append(Sample(arrow, left, base, _SAMPLE, placed))
        left = placed.x + placed.width + 1.5 * GAP
        right = max(right, placed.x + placed.width)
    return Legend(samples, right, base + LINE_HEIGHT / 2 if samples else y)
