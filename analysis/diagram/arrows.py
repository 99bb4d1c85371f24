"""Draws the arrows: where each leaves and enters a box, and its corners between."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from analysis.diagram.placement import Placement, Zone
from analysis.diagram.routes import Lane, Route, Side
from analysis.diagram.shapes import LABEL_GAP, LABEL_SIZE, PORT, TRACK, Line, Text
from analysis.diagram.tracks import Run, order

_APART: Final = 14.0
"""Arrows at one side of a box stay that far apart."""


@dataclass(frozen=True)
class _Port:
    """One end of an arrow, by the arrow's index."""

    index: int
    is_source: bool


@dataclass
class _Ends:
    """The heights at which an arrow leaves and enters."""

    start: float = 0.0
    end: float = 0.0

    def at(self, port: _Port) -> float:
        return self.start if port.is_source else self.end


def arrows(routes: list[Route], placed: Placement) -> list[Line]:
    """Return the arrows of a picture whose boxes have their places."""
    return _Arrows(routes, placed).lines()


class _Arrows:
    def __init__(self, routes: list[Route], placed: Placement) -> None:
        self._routes = routes
        self._placed = placed
        self._ends = [_Ends() for _ in routes]
        self._rows = self._rows_above()
        self._sides: dict[tuple[str, Side], list[_Port]] = defaultdict(list)
        for index, route in enumerate(routes):
            self._sides[route.edge.source, route.source_side].append(_Port(index, is_source=True))
            self._sides[route.edge.target, route.target_side].append(_Port(index, is_source=False))

    def lines(self) -> list[Line]:
        self._spread()
        self._straighten()
        tracks = self._tracks()
        return [
            Line(route.edge, self._points(index, tracks), self._label(index))
            for index, route in enumerate(self._routes)
        ]

    def _rows_above(self) -> Mapping[int, float]:
        """Return the height of the row above the network for each arrow that goes over it."""
        over = [index for index, route in enumerate(self._routes) if route.goes_over]
        over.sort(key=lambda i: (self._middle(self._routes[i].edge.source), self._middle(self._routes[i].edge.target)))
        return {index: self._placed.over + place * PORT for place, index in enumerate(over)}

    def _middle(self, id_: str) -> float:
        low, high = self._placed.zones[id_]
        return (low + high) / 2

    def _box(self, port: _Port) -> tuple[str, Side]:
        route = self._routes[port.index]
        return (route.edge.source, route.source_side) if port.is_source else (route.edge.target, route.target_side)

    def _zone(self, port: _Port) -> Zone:
        """Return between which heights an end of an arrow may be."""
        id_, _ = self._box(port)
        is_inner = self._routes[port.index].lane is Lane.INNER and id_ in self._placed.inner_zones
        return self._placed.inner_zones[id_] if is_inner else self._placed.zones[id_]

    def _spread(self) -> None:
        """Put the ends at each side of each box at equal distances, in the order in which they cross least."""
        for found in self._sides.values():
            zones: dict[Zone, list[_Port]] = defaultdict(list)
            for port in found:
                zones[self._zone(port)].append(port)
            for (low, high), ports in zones.items():
                step = (high - low) / len(ports)
                ports.sort(key=lambda port, middle=(low + high) / 2: self._rank(port, middle))  # type: ignore[misc]
                for place, port in enumerate(ports):
                    self._move(port, low + step * (place + 0.5))

    def _move(self, port: _Port, height: float) -> None:
        setattr(self._ends[port.index], "start" if port.is_source else "end", height)

    def _rank(self, port: _Port, own: float) -> tuple[float, ...]:
        """Return the key by which the ends at one side of a box are sorted from top to bottom."""
        if port.index in self._rows:
            return (0, self._rows[port.index], port.index)
        other_id, other_side = self._box(_Port(port.index, not port.is_source))
        other, (_, side) = self._middle(other_id), self._box(port)
        if other_side == side:
            # An arrow that comes back to the same gutter goes around those that are nearer.
            return (1 if other < own else 3, -other, port.index)
        return (2, other, port.index)

    def _straighten(self) -> None:
        """Move an end of an arrow to the height of its other end, where its neighbours at that side leave the room."""
        for index, (route, own) in enumerate(zip(self._routes, self._ends, strict=True)):
            source, target = _Port(index, is_source=True), _Port(index, is_source=False)
            if index in self._rows:
                if self._fits(source, self._rows[index]):
                    own.start = self._rows[index]
            elif route.source_side != route.target_side:
                if self._fits(source, own.end):
                    own.start = own.end
                elif self._fits(target, own.start):
                    own.end = own.start

    def _fits(self, port: _Port, wanted: float) -> bool:
        low, high = self._zone(port)
        now = self._ends[port.index].at(port)
        others = [self._ends[other.index].at(other) for other in self._sides[self._box(port)] if other != port]
        return low + 3 <= wanted <= high - 3 and all(
            abs(other - wanted) >= _APART and (other < now) == (other < wanted) for other in others
        )

    def _tracks(self) -> Mapping[tuple[int, Lane], float]:
        """Return where each arrow runs up or down in each gutter that it passes."""
        runs: dict[Lane, list[tuple[int, Run]]] = defaultdict(list)
        for index, (route, own) in enumerate(zip(self._routes, self._ends, strict=True)):
            if index in self._rows:
                row = self._rows[index]
                runs[Lane.GUTTER].append((index, Run(own.start, row, starts_left=True, ends_left=False)))
                runs[Lane.MIDDLE].append((index, Run(row, own.end, starts_left=True, ends_left=False)))
            elif own.start != own.end or route.source_side == route.target_side:
                sides = {"starts_left": route.source_side == "right", "ends_left": route.target_side == "right"}
                runs[route.lane].append((index, Run(own.start, own.end, **sides)))
        tracks = {}
        for lane, found in runs.items():
            x, size = self._placed.lanes[lane]
            x += size.labels + LABEL_GAP if lane is Lane.OUTER and size.labels else 0
            for place, position in enumerate(order([run for _, run in found])):
                tracks[found[position][0], lane] = x + TRACK * (place + 1)
        return tracks

    def _points(self, index: int, tracks: Mapping[tuple[int, Lane], float]) -> tuple[tuple[float, float], ...]:
        route, own = self._routes[index], self._ends[index]
        source, target = self._placed.boxes[route.edge.source], self._placed.boxes[route.edge.target]
        points = [(source.right if route.source_side == "right" else source.x, own.start)]
        if index in self._rows:
            up, row, down = tracks[index, Lane.GUTTER], self._rows[index], tracks[index, Lane.MIDDLE]
            # Where it leaves at the height of its row there is nothing to go up.
            points += [(up, own.start), (up, row)] if own.start != row else []
            points += [(down, row), (down, own.end)]
        elif (index, route.lane) in tracks:
            x = tracks[index, route.lane]
            points += [(x, own.start), (x, own.end)]
        return (*points, (target.right if route.target_side == "right" else target.x, own.end))

    def _label(self, index: int) -> Text | None:
        route, own = self._routes[index], self._ends[index]
        if not route.edge.label:
            return None
        lane = Lane.GUTTER if index in self._rows else route.lane
        x, size = self._placed.lanes[lane]
        if index in self._rows:
            x, y = x + size.width + 30, self._rows[index]
        elif lane is Lane.OUTER:
            x, y = x + 6, own.start
        else:
            x, y = x + size.width - size.labels - 8, own.start if route.source_side == "left" else own.end
        return Text(x, y - 4, route.edge.label, LABEL_SIZE, style=route.edge.arrow)
