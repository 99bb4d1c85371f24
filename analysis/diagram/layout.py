"""Makes a drawing of a picture: places first, arrows second, the title and the legend last."""

from analysis.diagram.arrows import arrows
from analysis.diagram.legend import legend
from analysis.diagram.measures import MARGIN
from analysis.diagram.picture import Picture
from analysis.diagram.placement import place
from analysis.diagram.routes import routes_of
from analysis.diagram.shapes import Drawing, Text

_HEADING: float = 18.0
_NOTE: float = 11.0
_SOURCE = "drawn from the synthesized Terraform JSON"


def draw(picture: Picture) -> Drawing:
    """Return the picture with a place for everything in it."""
    routes = routes_of(picture)
    placed = place(picture, routes)
    heading = Text(MARGIN, MARGIN + 18, picture.title, _HEADING, is_bold=True)
    note = Text(MARGIN + heading.width + 12, MARGIN + 18, _SOURCE, _NOTE, style="muted")
    key = legend(picture, MARGIN, placed.height, max(placed.width, 460) - 2 * MARGIN)
    width = max(placed.width, note.x + note.width + MARGIN, key.right + MARGIN)
    return Drawing(
        picture=picture,
        width=width,
        height=key.bottom + MARGIN,
        boxes=placed.boxes,
        texts={**placed.texts, "": [heading, note]},
        icons=placed.icons,
        lines=arrows(routes, placed),
        legend=key.samples,
    )
