"""Draws the arrows: where each leaves and enters a box, and its corners between."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from analysis.diagram.placement import Placement, Zone
from analysis.diagram.routes import INNER, Bus, Gutter, Lane, Route, Side, comes_from_above
from analysis.diagram.shapes import GAP, LABEL_GAP, LABEL_SIZE, PORT, TRACK, Line, Text
from analysis.diagram.text import text_width
from analysis.diagram.tracks import Run, crossings, order

_APART: Final = 17.0
"""Arrows at one side of a box stay that far apart."""
_TURNS: Final = 4


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
        self._tracks: dict[tuple[int, Lane], float] = {}
        """Where each arrow runs up or down in each lane."""
        self._rows: dict[tuple[int, Bus], float] = {}
        """Where each arrow runs from side to side in each bus."""
        self._sides: dict[tuple[str, Side], list[_Port]] = defaultdict(list)
        for index, route in enumerate(routes):
            self._sides[route.edge.source, route.source_side].append(_Port(index, is_source=True))
            self._sides[route.edge.target, route.target_side].append(_Port(index, is_source=False))

    def lines(self) -> list[Line]:
        self._spread()
        self._straighten()
        self._run()
        return [Line(route.edge, self._points(index), self._label(index)) for index, route in enumerate(self._routes)]

    def _middle(self, id_: str) -> float:
        low, high = self._placed.zones[id_]
        return (low + high) / 2

    def _box(self, port: _Port) -> tuple[str, Side]:
        route = self._routes[port.index]
        return (route.edge.source, route.source_side) if port.is_source else (route.edge.target, route.target_side)

    def _zone(self, port: _Port) -> Zone:
        """Return between which heights an end of an arrow may be."""
        id_, _ = self._box(port)
        is_inner = INNER in self._routes[port.index].lanes and id_ in self._placed.inner_zones
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
        route = self._routes[port.index]
        other_id, other_side = self._box(_Port(port.index, not port.is_source))
        other, (_, side) = self._middle(other_id), self._box(port)
        if route.buses:
            lanes, buses = (route.lanes, route.buses) if port.is_source else (route.lanes[::-1], route.buses[::-1])
            x = self._placed.boxes[other_id].x
            if comes_from_above(lanes[0], buses[0]):
                # What goes furthest down turns first, and of what goes to the services what goes to the left.
                return (2, other, port.index) if lanes[0].gutter is Gutter.ABOVE else (2, -x, port.index)
            return (0, other, port.index) if lanes[0].gutter is Gutter.COLUMN else (0, -x, port.index)
        if other_side == side:
            # An arrow that comes back to the same gutter goes around those that are nearer.
            return (1 if other < own else 3, -other, port.index)
        return (2, other, port.index)

    def _straighten(self) -> None:
        """Move an end of an arrow to the height of its other end, where its neighbours at that side leave the room."""
        for index, (route, own) in enumerate(zip(self._routes, self._ends, strict=True)):
            source, target = _Port(index, is_source=True), _Port(index, is_source=False)
            if not route.buses and route.source_side != route.target_side:
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

    def _run(self) -> None:
        """Put the arrows of each lane and each bus side by side, by turns: the ones depend on where the others are."""
        for bus in Bus:
            found = [index for index, route in enumerate(self._routes) if bus in route.buses]
            for place, index in enumerate(sorted(found, key=self._first_row)):
                self._rows[index, bus] = self._placed.buses[bus] + PORT * (place + 1)
        for index, route in enumerate(self._routes):
            for lane in route.lanes:
                x, size = self._placed.lanes[lane]
                self._tracks[index, lane] = x + size.width / 2
        best = None
        for _ in range(_TURNS):
            cost = sum(self._run_along(lane) for lane in self._placed.lanes)
            cost += sum(crossings(self._runs_across(bus)[1], self._order_across(bus)) for bus in Bus)
            if best is None or cost < best[0]:
                best = cost, dict(self._tracks), dict(self._rows)
            for bus in Bus:
                self._run_across(bus)
        if best is not None:
            _, self._tracks, self._rows = best

    def _first_row(self, index: int) -> tuple[float, float]:
        """Return the key of the order of rows to begin with: around what is near goes what is further away."""
        source, target = (
            self._placed.boxes[id_] for id_ in (self._routes[index].edge.source, self._routes[index].edge.target)
        )
        if Bus.UPPER in self._routes[index].buses:
            return -max(source.y, target.y), -self._ends[index].start
        return -min(source.y, target.y), max(source.x, target.x)

    def _runs_across(self, bus: Bus) -> tuple[list[int], list[Run]]:
        found = [index for index, route in enumerate(self._routes) if bus in route.buses]
        runs = []
        for index in found:
            lanes = self._routes[index].lanes
            before, after = lanes[self._routes[index].buses.index(bus) :][:2]
            sides = {"starts_left": comes_from_above(before, bus), "ends_left": comes_from_above(after, bus)}
            runs.append(Run(self._tracks[index, before], self._tracks[index, after], **sides))
        return found, runs

    def _order_across(self, bus: Bus) -> list[int]:
        found, _ = self._runs_across(bus)
        return sorted(range(len(found)), key=lambda place: self._rows[found[place], bus])

    def _run_across(self, bus: Bus) -> None:
        found, runs = self._runs_across(bus)
        for place, position in enumerate(order(runs)):
            self._rows[found[position], bus] = self._placed.buses[bus] + PORT * (place + 1)

    def _run_along(self, lane: Lane) -> int:
        """Put the arrows of a lane side by side, and return how bad it is that some cross."""
        found, runs = [], []
        for index, (route, own) in enumerate(zip(self._routes, self._ends, strict=True)):
            if lane not in route.lanes:
                continue
            here = self._tracks[index, lane]
            place = route.lanes.index(lane)
            start, starts_left = own.start, route.source_side == "right"
            end, ends_left = own.end, route.target_side == "right"
            if place > 0:
                start = self._rows[index, route.buses[place - 1]]
                starts_left = self._tracks[index, route.lanes[place - 1]] < here
            if place < len(route.buses):
                end = self._rows[index, route.buses[place]]
                ends_left = self._tracks[index, route.lanes[place + 1]] < here
            if start != end or starts_left == ends_left:
                found.append(index)
                runs.append(Run(start, end, starts_left=starts_left, ends_left=ends_left))
        x, size = self._placed.lanes[lane]
        x += size.labels + LABEL_GAP if lane.gutter is Gutter.COLUMN and size.labels else 0
        found_order = order(runs)
        for place, position in enumerate(found_order):
            self._tracks[found[position], lane] = x + TRACK * (place + 1)
        return crossings(runs, found_order)

    def _points(self, index: int) -> tuple[tuple[float, float], ...]:
        route, own = self._routes[index], self._ends[index]
        source, target = self._placed.boxes[route.edge.source], self._placed.boxes[route.edge.target]
        heights = [own.start, *(self._rows[index, bus] for bus in route.buses), own.end]
        points = [(source.right if route.source_side == "right" else source.x, own.start)]
        for lane, (before, after) in zip(route.lanes, pairwise(heights), strict=True):
            # Where it goes on at the same height there is nothing to turn for.
            x = self._tracks[index, lane]
            points += [(x, before), (x, after)] if before != after or route.source_side == route.target_side else []
        return (*points, (target.right if route.target_side == "right" else target.x, own.end))

    def _label(self, index: int) -> Text | None:
        route, own = self._routes[index], self._ends[index]
        if not route.edge.label:
            return None
        if route.buses:
            x, y = self._place_on_bus(index)
        else:
            (lane,) = route.lanes
            x, size = self._placed.lanes[lane]
            if lane.gutter is Gutter.COLUMN:
                x, y = x + 6, own.start if route.source_side == "right" else own.end
            else:
                x, y = x + size.width - size.labels - 8, own.start if route.source_side == "left" else own.end
        return Text(x, y - 4, route.edge.label, LABEL_SIZE, style=route.edge.arrow)

    def _place_on_bus(self, index: int) -> tuple[float, float]:
        """Return where a label begins: below the group above that the arrow leaves, or above the left column."""
        route = self._routes[index]
        above = next((lane for lane in route.lanes if lane.gutter is Gutter.ABOVE), None)
        if above is not None:
            width = text_width(route.edge.label, LABEL_SIZE)
            return self._placed.lanes[above][0] - width - 6, self._rows[index, Bus.UPPER]
        first = min(lane.place for lane in route.lanes if lane.gutter is Gutter.COLUMN)
        x, size = self._placed.lanes[Lane(Gutter.COLUMN, first)]
        return x + max(size.width, GAP if first else 0) + 4, self._rows[index, Bus.LOWER]
