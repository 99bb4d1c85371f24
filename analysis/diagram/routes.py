"""Which way each arrow takes: the columns it joins, the gutter it runs in, and the sides of the boxes it meets.

The columns are fixed: whoever reaches the database at the left, the network in the middle with its own clients in a
column of their own, what AWS runs beside it above, and the services at the right.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Literal

from analysis.diagram.picture import Area, Edge, Picture
from analysis.diagram.shapes import LABEL_GAP, LABEL_SIZE, TRACK
from analysis.diagram.text import text_width

Side = Literal["left", "right"]


class Column(Enum):
    """Where a box stands."""

    LEFT = auto()
    INNER = auto()
    CENTER = auto()
    TOP = auto()
    RIGHT = auto()


class Lane(Enum):
    """A gutter between columns."""

    GUTTER = auto()
    INNER = auto()
    RISER = auto()
    MIDDLE = auto()
    OUTER = auto()


@dataclass(frozen=True)
class Route:
    """The way of one arrow; `goes_over` says that it passes above the network, by a row of its own."""

    edge: Edge
    lane: Lane
    source_side: Side
    target_side: Side
    goes_over: bool = False

    @property
    def label_width(self) -> float:
        """Width of its label in the gutter; one that goes over has it above the network."""
        return 0 if self.goes_over else text_width(self.edge.label, LABEL_SIZE)


_LEFT_AREAS: Final = (Area.ROLES, Area.CLIENTS, Area.ELSEWHERE)
_L, _I, _C, _T, _R = Column.LEFT, Column.INNER, Column.CENTER, Column.TOP, Column.RIGHT
_WAYS: Final[dict[tuple[Column, Column], tuple[Lane, Side, Side]]] = {
    (_L, _C): (Lane.GUTTER, "right", "left"),
    (_L, _T): (Lane.GUTTER, "right", "left"),
    (_C, _L): (Lane.GUTTER, "left", "right"),
    (_I, _C): (Lane.INNER, "right", "left"),
    (_C, _C): (Lane.RISER, "right", "right"),
    (_T, _C): (Lane.RISER, "right", "right"),
    (_C, _R): (Lane.MIDDLE, "right", "left"),
    (_T, _R): (Lane.MIDDLE, "right", "left"),
    (_C, _T): (Lane.MIDDLE, "right", "right"),
    (_R, _R): (Lane.OUTER, "right", "right"),
    (_L, _R): (Lane.MIDDLE, "right", "left"),
}


def column_of(picture: Picture, id_: str) -> Column:
    """Return the column of a node or a group."""
    node = picture.node.get(id_)
    group = picture.group.get((node.group or "") if node else id_)
    if node is not None and group is not None and group.area in (Area.REGION, Area.VPC):
        return Column.TOP if group.area is Area.REGION else Column.INNER
    if group is None or group.area in _LEFT_AREAS:
        return Column.LEFT
    return Column.RIGHT if group.area is Area.SERVICE else Column.CENTER


def routes_of(picture: Picture) -> list[Route]:
    """Return the way of each arrow of a picture."""
    found = []
    for edge in picture.edges:
        ends = column_of(picture, edge.source), column_of(picture, edge.target)
        lane, source_side, target_side = _WAYS[ends]
        found.append(Route(edge, lane, source_side, target_side, goes_over=ends == (_L, _R)))
    return found


def ports(routes: Iterable[Route]) -> Counter[tuple[str, Side]]:
    """Return how many arrows leave or enter each side of each box."""
    counts: Counter[tuple[str, Side]] = Counter()
    for route in routes:
        counts[route.edge.source, route.source_side] += 1
        counts[route.edge.target, route.target_side] += 1
    return counts


@dataclass(frozen=True)
class LaneSize:
    """The room a lane needs: for arrows side by side, and for their labels."""

    tracks: int
    labels: float

    @property
    def width(self) -> float:
        """All of it in pixels; nothing for a lane without arrows."""
        return (self.tracks + 1) * TRACK + (self.labels + LABEL_GAP if self.labels else 0) if self.tracks else 0


def lane_size(routes: Iterable[Route], lane: Lane) -> LaneSize:
    """Return the room that a lane needs."""
    inside = [route for route in routes if route.lane is lane]
    over = [route for route in routes if route.goes_over] if lane is Lane.GUTTER else []
    return LaneSize(len(inside) + len(over), max((route.label_width for route in inside), default=0))
