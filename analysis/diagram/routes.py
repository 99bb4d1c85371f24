"""Which way each arrow takes: the lanes and buses it runs in, and the sides of the boxes it meets.

A picture has three floors: whoever reaches the database above, the Region below with the network, its own clients in a
column of their own and what AWS runs beside it above, and the services at the bottom, in columns. Lanes lead up and
down, buses from side to side between the floors.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final, Literal, NamedTuple

from analysis.diagram.picture import Area, Edge, Picture
from analysis.diagram.shapes import GAP, LABEL_GAP, LABEL_SIZE, PORT, TRACK
from analysis.diagram.text import text_width

Side = Literal["left", "right"]


class Floor(Enum):
    """Where a box stands."""

    ABOVE = auto()
    TOP = auto()
    INNER = auto()
    CENTER = auto()
    SERVICES = auto()


class Gutter(Enum):
    """Where there are lanes: at the right of a group above, beside the Region, beside the network, in it."""

    ABOVE = auto()
    LEFT = auto()
    INNER = auto()
    RISER = auto()
    RIGHT = auto()
    COLUMN = auto()


class Lane(NamedTuple):
    """A gutter in which arrows run up and down; `place` is that of its group or column."""

    gutter: Gutter
    place: int = 0


class Bus(Enum):
    """A gutter in which arrows run from side to side: above the Region, and above the services."""

    UPPER = auto()
    LOWER = auto()


LEFT: Final = Lane(Gutter.LEFT)
INNER: Final = Lane(Gutter.INNER)
RISER: Final = Lane(Gutter.RISER)
RIGHT: Final = Lane(Gutter.RIGHT)
_ABOVE_UPPER: Final = {Gutter.ABOVE}
_BELOW_LOWER: Final = {Gutter.COLUMN}


def comes_from_above(lane: Lane, bus: Bus) -> bool:
    """Say whether a lane meets a bus from above."""
    return lane.gutter in _ABOVE_UPPER if bus is Bus.UPPER else lane.gutter not in _BELOW_LOWER


@dataclass(frozen=True)
class Route:
    """The way of one arrow: its lanes, and between each two of them a bus."""

    edge: Edge
    lanes: tuple[Lane, ...]
    buses: tuple[Bus, ...]
    source_side: Side
    target_side: Side

    @property
    def label_width(self) -> float:
        """Width of its label in its lane; one that takes a bus has it there."""
        return 0 if self.buses else text_width(self.edge.label, LABEL_SIZE)


_ABOVE_AREAS: Final = (Area.ROLES, Area.CLIENTS, Area.ELSEWHERE)
_IN_THE_NETWORK: Final = (Floor.TOP, Floor.CENTER)
_Way = tuple[tuple[Lane, ...], tuple[Bus, ...], Side, Side]


def floor_of(picture: Picture, id_: str) -> Floor:
    """Return the floor of a node or a group."""
    node = picture.node.get(id_)
    group = picture.group.get((node.group or "") if node else id_)
    if node is not None and group is not None and group.area in (Area.REGION, Area.VPC):
        return Floor.TOP if group.area is Area.REGION else Floor.INNER
    if group is None or group.area in _ABOVE_AREAS:
        return Floor.ABOVE
    return Floor.SERVICES if group.area is Area.SERVICE else Floor.CENTER


def routes_of(picture: Picture, places: Mapping[str, int]) -> list[Route]:
    """Return the way of each arrow of a picture; `places` has groups above and of services, with their columns."""
    return [Route(edge, *_way(picture, places, edge)) for edge in picture.edges]


def _way(picture: Picture, places: Mapping[str, int], edge: Edge) -> _Way:
    source, target = floor_of(picture, edge.source), floor_of(picture, edge.target)
    start, end = (_place(picture, places, id_) for id_ in (edge.source, edge.target))
    if source is target is Floor.SERVICES:
        return _between_services(start, end)
    if source is target is Floor.ABOVE:
        lanes = tuple(dict.fromkeys((Lane(Gutter.ABOVE, start), Lane(Gutter.ABOVE, end))))
        return lanes, (Bus.UPPER,) * (len(lanes) - 1), "right", "right"
    if Floor.INNER in (source, target):
        return (INNER,), (), *(("right", "left") if source is Floor.INNER else ("left", "right"))
    if source in _IN_THE_NETWORK and target in _IN_THE_NETWORK:
        return (RISER,), (), "right", "right"
    if (source, target) in {(Floor.SERVICES, floor) for floor in Floor} | {(floor, Floor.ABOVE) for floor in Floor}:
        lanes, buses, target_side, source_side = _down(target, source, end, start)
        return lanes[::-1], buses[::-1], source_side, target_side
    return _down(source, target, start, end)


def _place(picture: Picture, places: Mapping[str, int], id_: str) -> int:
    node = picture.node.get(id_)
    return places.get((node.group or "") if node else id_, 0)


def _down(source: Floor, target: Floor, start: int, end: int) -> _Way:
    """Return the way from one floor to a lower one."""
    if source is not Floor.ABOVE:
        return (RIGHT, Lane(Gutter.COLUMN, end)), (Bus.LOWER,), "right", "left"
    lanes, buses = (Lane(Gutter.ABOVE, start), LEFT), (Bus.UPPER,)
    if target is Floor.SERVICES:
        return (*lanes, Lane(Gutter.COLUMN, end)), (*buses, Bus.LOWER), "right", "left"
    return lanes, buses, "right", "left"


def _between_services(start: int, end: int) -> _Way:
    """Return the way between two columns by the sides that are next to one another; by the right in one column."""
    first = Lane(Gutter.COLUMN, start if end < start else start + 1)
    last = Lane(Gutter.COLUMN, end if start < end else end + 1)
    sides: tuple[Side, Side] = ("left" if end < start else "right", "left" if start < end else "right")
    return ((first,), (), *sides) if first == last else ((first, last), (Bus.LOWER,), *sides)


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
    inside = [route for route in routes if lane in route.lanes]
    return LaneSize(len(inside), max((route.label_width for route in inside), default=0))


def bus_height(routes: Iterable[Route], bus: Bus) -> float:
    """Return the room that a bus needs, from one floor to the next."""
    rows = sum(bus in route.buses for route in routes)
    return rows * PORT + GAP
