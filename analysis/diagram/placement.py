"""Gives each box its place: floors from top to bottom, columns from left to right, boxes in boxes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from math import ceil
from typing import Final

from analysis.diagram.picture import Area, Group, Node, Picture
from analysis.diagram.routes import (
    INNER,
    LEFT,
    RIGHT,
    RISER,
    Bus,
    Floor,
    Gutter,
    Lane,
    LaneSize,
    Route,
    bus_height,
    floor_of,
    lane_size,
    ports,
)
from analysis.diagram.shapes import (
    CARD_TEXT,
    GAP,
    GROUP_ICON,
    ICON,
    INSTANCE_TEXT,
    INSTANCES_IN_A_ROW,
    LEAST_STACK,
    LINE_HEIGHT,
    LONE_INSTANCE_TEXT,
    MARGIN,
    MOST_COLUMNS,
    MOST_WIDER,
    PADDING,
    PORT,
    TEXT_SIZE,
    TITLE_SIZE,
    Rectangle,
    Text,
)
from analysis.diagram.text import text_width, wrapped

_HEADING: Final = 44.0
_REGION_HEADER: Final = 34.0
_GROUP_HEADER: Final = 30.0
Zone = tuple[float, float]


@dataclass
class Placement:
    """Places of everything but the arrows. `zones` is where arrows may meet a box, from one height to another."""

    boxes: dict[str, Rectangle] = field(default_factory=dict)
    texts: dict[str, list[Text]] = field(default_factory=dict)
    icons: dict[str, tuple[str, Rectangle]] = field(default_factory=dict)
    zones: dict[str, Zone] = field(default_factory=dict)
    inner_zones: dict[str, Zone] = field(default_factory=dict)
    lanes: dict[Lane, tuple[float, LaneSize]] = field(default_factory=dict)
    buses: dict[Bus, float] = field(default_factory=dict)
    """Where each begins."""
    free: Rectangle = field(default_factory=lambda: Rectangle(0, 0, 0, 0))
    """What is left of the floor above, at its right."""
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True)
class _Card:
    node: Node
    title: list[str]
    lines: list[str]

    @property
    def width(self) -> float:
        texts = [text_width(line, TITLE_SIZE, is_bold=True) for line in self.title]
        return 3 * PADDING + ICON + max([*texts, *(text_width(line, TEXT_SIZE) for line in self.lines)])

    @property
    def height(self) -> float:
        return max(ICON, LINE_HEIGHT * (len(self.title) + len(self.lines))) + 1.5 * PADDING


def _card(node: Node, limit: float) -> _Card:
    title = wrapped(node.title, limit, TITLE_SIZE, is_bold=True)
    return _Card(node, title, [line for text in node.lines for line in wrapped(text, limit, TEXT_SIZE)])


def _fitted(node: Node, width: float) -> _Card:
    """Return a card of a width, with its text in as few lines as that has room for."""
    return _card(node, width - 3 * PADDING - ICON)


@dataclass(frozen=True)
class Columns:
    """The groups above the Region, from left to right, and the services, from left to right in columns."""

    above: Sequence[Group]
    services: Sequence[Sequence[Group]]

    @property
    def places(self) -> Mapping[str, int]:
        """The index of the column of each group."""
        columns = [*enumerate([group] for group in self.above), *enumerate(self.services)]
        return {group.id: index for index, groups in columns for group in groups}


def columns_of(picture: Picture) -> Columns:
    """Share the services out to as many columns as a sheet has room for, none much longer than another."""
    above = [group for group in picture.groups_in(None) if group.area is not Area.REGION]
    above.sort(key=lambda group: list(Area).index(group.area))
    services = [group for group in picture.groups_in("region") if group.area is Area.SERVICE]
    heights = [_height(picture, group) for group in services]
    count = min(len(services), MOST_COLUMNS)
    splits = (combinations(range(1, len(services)), count - 1)) if services else ()
    bounds = [(0, *split, len(services)) for split in splits]
    best = min(bounds, key=lambda bound: max(sum(heights[a:b]) for a, b in pairwise(bound)), default=())
    return Columns(above, [services[a:b] for a, b in pairwise(best)])


def _height(picture: Picture, group: Group) -> float:
    cards = [_card(node, CARD_TEXT).height + PADDING for node in picture.nodes_in(group.id)]
    return _GROUP_HEADER + sum(cards) + GAP


def _rows(cards: list[_Card]) -> list[list[_Card]]:
    """Share instances out to rows of nearly the same length, so that none stands alone below the others."""
    count = ceil(len(cards) / INSTANCES_IN_A_ROW)
    bounds = [ceil(index * len(cards) / count) for index in range(count + 1)]
    return [cards[a:b] for a, b in pairwise(bounds)]


def place(picture: Picture, routes: list[Route], columns: Columns) -> Placement:
    """Return the place of each group and node, and how wide the gutters between the columns are."""
    return _Builder(picture, routes, columns).build()


class _Builder:
    def __init__(self, picture: Picture, routes: list[Route], columns: Columns) -> None:
        self._picture = picture
        self._routes = routes
        self._columns = columns
        self._ports = ports(routes)
        self._placed = Placement()
        self._wider = 0.0
        """How much wider the network is drawn than it needs to be."""
        self._inner = self._clients_beside()
        self._inner_cards = {n.id: _card(n, INSTANCE_TEXT) for nodes in self._inner.values() for n in nodes}

    def build(self) -> Placement:
        placed = self._placed
        x, top = self._lane(LEFT, MARGIN), MARGIN + _HEADING
        above, right = self._above(x, top)
        bottom = above
        if "region" in self._picture.group:
            placed.buses[Bus.UPPER] = above
            y = above + bus_height(self._routes, Bus.UPPER) if self._columns.above else above
            bottom, region_right = self._region(x, y)
            right = max(right, region_right)
        left = max(
            (x + size.width for (gutter, _), (x, size) in placed.lanes.items() if gutter is Gutter.ABOVE), default=x
        )
        placed.free = Rectangle(left + GAP, top, right - left - GAP, above - top)
        placed.width, placed.height = right + MARGIN, bottom + MARGIN
        return placed

    def _size(self, lane: Lane) -> LaneSize:
        return lane_size(self._routes, lane)

    def _lane(self, lane: Lane, x: float, least: float = 0.0) -> float:
        size = self._size(lane)
        self._placed.lanes[lane] = (x, size)
        return x + max(size.width, least)

    def _above(self, x: float, y: float) -> tuple[float, float]:
        """Place the groups above the Region side by side, and return where the longest and the last end."""
        bottom, right = y, x
        widths = [self._column_width([group]) for group in self._columns.above]
        lanes = sum(max(self._size(Lane(Gutter.ABOVE, index)).width, GAP) for index in range(len(widths)))
        room = self._content_width() + 2 * GAP - sum(widths) - lanes
        wider = min(max(room, 0) / len(widths), MOST_WIDER) if widths else 0
        for index, group in enumerate(self._columns.above):
            width = widths[index] + wider
            bottom = max(bottom, self._stack([group], x, y, width))
            right = x + width
            x = self._lane(Lane(Gutter.ABOVE, index), right, GAP)
        return bottom, right

    def _region(self, x: float, top: float) -> tuple[float, float]:
        content_x, y = x + GAP, top + GAP
        services, beside = self._service_widths()
        width = self._content_width()
        self._wider = width - self._network_width()
        vpcs = self._vpcs()
        stack_right = self._stack_right(vpcs, content_x) + self._wider
        for node in self._picture.nodes_in("region"):
            card = _card(node, CARD_TEXT)
            self._put(card, stack_right - card.width, y, card.width)
            y = self._placed.boxes[node.id].bottom + GAP
        y = max(y, top + _REGION_HEADER)
        for vpc in vpcs:
            y = self._vpc(vpc, content_x, y).bottom + GAP
        bottom = y - GAP
        right = self._lane(RIGHT, content_x + width)
        if services:
            self._placed.buses[Bus.LOWER] = bottom
            wider = (width - sum(services) - sum(beside)) / len(services)
            y = bottom + bus_height(self._routes, Bus.LOWER)
            column_x = content_x
            for index, groups in enumerate(self._columns.services):
                column_x = self._lane(Lane(Gutter.COLUMN, index), column_x, GAP if index else 0)
                bottom = max(bottom, self._stack(groups, column_x, y, services[index] + wider))
                column_x += services[index] + wider
            self._lane(Lane(Gutter.COLUMN, len(services)), column_x)
        box = Rectangle(x, top, right + GAP - x, bottom + GAP - top)
        self._frame(self._picture.group["region"], box)
        return box.bottom, box.right

    def _vpcs(self) -> list[Group]:
        return [group for group in self._picture.groups_in("region") if group.area is Area.VPC]

    def _network_width(self) -> float:
        return self._stack_right(self._vpcs(), 0.0) + self._size(RISER).width + PADDING

    def _service_widths(self) -> tuple[list[float], list[float]]:
        """Return how wide the columns of services have to be, and the lanes at their left and behind the last."""
        services = [self._column_width(groups) for groups in self._columns.services]
        last = len(services)
        lanes = [self._size(Lane(Gutter.COLUMN, index)).width for index in range(last + 1)]
        return services, [max(width, GAP if 0 < index < last else 0) for index, width in enumerate(lanes)]

    def _content_width(self) -> float:
        services, beside = self._service_widths()
        return max(self._network_width(), sum(services) + sum(beside)) if "region" in self._picture.group else 0.0

    def _stack_right(self, vpcs: list[Group], x: float) -> float:
        inner = self._inner_width()
        stack = max((self._natural(group) for vpc in vpcs for group in self._picture.groups_in(vpc.id)), default=240.0)
        return x + PADDING + inner + stack

    def _inner_width(self) -> float:
        cards = self._inner_cards.values()
        return max(card.width for card in cards) + self._size(INNER).width if cards else 0.0

    def _vpc(self, vpc: Group, x: float, y: float) -> Rectangle:
        stack_x = x + PADDING + self._inner_width()
        width = self._stack_right(self._vpcs(), x) + self._wider - stack_x
        right = self._lane(RISER, stack_x + width)
        if self._inner_cards:
            self._lane(INNER, stack_x - self._size(INNER).width)
        box = Rectangle(x, y, right + PADDING - x, 0)
        below = self._frame(vpc, box)
        for group in self._picture.groups_in(vpc.id):
            below = self._nested(group, stack_x, below, width) + PADDING
        box.height = below - y
        return box

    def _clients_beside(self) -> dict[str, list[Node]]:
        """Return the clients in the VPC by the security group beside which they stand: the first that lets them in."""
        beside: dict[str, list[Node]] = {}
        seen: set[str] = set()
        for route in self._routes:
            source = route.edge.source
            if floor_of(self._picture, source) is Floor.INNER and source not in seen:
                seen.add(source)
                beside.setdefault(route.edge.target, []).append(self._picture.node[source])
        return beside

    def _natural(self, group: Group) -> float:
        inside = [self._natural(inner) for inner in self._picture.groups_in(group.id)]
        cards = self._cards(group)
        if group.area is Area.CLUSTER and cards:
            columns = max(map(len, _rows(cards)))
            inside.append(columns * max(card.width for card in cards) + (columns - 1) * PADDING)
        else:
            inside += [card.width for card in cards]
        least = LEAST_STACK if group.area in (Area.SECURITY_GROUP, Area.CLUSTER) else 0
        return max([least, *inside]) + 2 * PADDING

    def _cards(self, group: Group) -> list[_Card]:
        nodes = list(self._picture.nodes_in(group.id))
        limit = CARD_TEXT
        if group.area is Area.CLUSTER:
            limit = INSTANCE_TEXT if len(nodes) > 1 else LONE_INSTANCE_TEXT
        return [_card(node, limit) for node in nodes]

    def _nested(self, group: Group, x: float, y: float, width: float) -> float:
        """Place a group of the network with all in it, and return where it ends."""
        box = Rectangle(x, y, width, 0)
        below = self._frame(group, box)
        inner_x, inner_width = x + PADDING, width - 2 * PADDING
        for inner in self._picture.groups_in(group.id):
            below = self._nested(inner, inner_x, below, inner_width) + PADDING
        cards = self._cards(group)
        if group.area is Area.CLUSTER and cards:
            below = self._grid(cards, inner_x, below, inner_width) + PADDING
        else:
            for card in cards:
                self._put(_fitted(card.node, inner_width), inner_x, below, inner_width)
                below = self._placed.boxes[card.node.id].bottom + PADDING
        box.height = below - y
        return box.bottom

    def _grid(self, cards: list[_Card], x: float, y: float, width: float) -> float:
        for row in _rows(cards):
            each = (width - (len(row) - 1) * PADDING) / len(row)
            fitted = [_fitted(card.node, each) for card in row]
            height = max(card.height for card in fitted)
            for index, card in enumerate(fitted):
                self._put(card, x + index * (each + PADDING), y, each, height)
            y += height + PADDING
        return y - PADDING

    def _column_width(self, groups: Iterable[Group]) -> float:
        cards = [card.width for group in groups for card in self._cards(group)]
        titles = [text_width(group.title, TITLE_SIZE, is_bold=True) for group in groups]
        return max(cards + titles) + 2 * PADDING if cards else 0.0

    def _stack(self, groups: Iterable[Group], x: float, y: float, width: float) -> float:
        """Place groups below one another, with their cards, and return where the last ends."""
        for group in groups:
            box = Rectangle(x, y, width, 0)
            below = self._frame(group, box)
            for node in self._picture.nodes_in(group.id):
                self._put(_fitted(node, width - 2 * PADDING), x + PADDING, below, width - 2 * PADDING)
                below = self._placed.boxes[node.id].bottom + PADDING
            box.height = below - y
            y = below + GAP
        return y - GAP

    def _frame(self, group: Group, box: Rectangle) -> float:
        """Write the header of a group, and return where what is in it may begin."""
        placed, style = self._placed, f"title {group.area}"
        placed.boxes[group.id] = box
        text_x, start = box.x + PADDING, box.y + 4
        if group.icon:
            placed.icons[group.id] = (group.icon, Rectangle(box.x, box.y, GROUP_ICON, GROUP_ICON))
            text_x, start = box.x + GROUP_ICON + 8, box.y + GROUP_ICON + 4
        limit = box.right - PADDING - text_x
        y, texts = box.y + 17, []
        for line in wrapped(group.title, limit, TITLE_SIZE, is_bold=True):
            texts.append(Text(text_x, y, line, TITLE_SIZE, is_bold=True, style=style))
            y += LINE_HEIGHT
        for line in (line for text in group.lines for line in wrapped(text, limit, TEXT_SIZE)):
            texts.append(Text(text_x, y, line, TEXT_SIZE))
            y += LINE_HEIGHT
        placed.texts[group.id] = texts
        return self._zones(group.id, start, max(y - 6, box.y + GROUP_ICON + 2)) + PADDING / 2

    def _zones(self, id_: str, start: float, end: float) -> float:
        """Keep room in a header for the arrows that meet the group there, and return where it ends."""
        placed = self._placed
        left, right = self._ports[id_, "left"], self._ports[id_, "right"]
        beside = self._inner.get(id_, [])
        if not beside:
            end = max(end, start + max(left, right) * PORT)
            placed.zones[id_] = (start, end)
            return end
        # Clients in the VPC stand beside the upper part, so that what comes from outside passes below them.
        inner = sum(INNER in route.lanes and route.edge.target == id_ for route in self._routes)
        inner_end = max(self._stand_beside(beside, start), start + inner * PORT)
        placed.inner_zones[id_] = (start, inner_end)
        end = max(end, inner_end + PADDING + (left - inner) * PORT, start + right * PORT)
        placed.zones[id_] = (inner_end + PADDING if left > inner else start, end)
        return end

    def _stand_beside(self, nodes: list[Node], y: float) -> float:
        x = self._placed.lanes[INNER][0] - max(card.width for card in self._inner_cards.values())
        for node in nodes:
            card = self._inner_cards[node.id]
            self._put(card, x, y, max(card.width for card in self._inner_cards.values()))
            y = self._placed.boxes[node.id].bottom + PADDING
        return y - PADDING

    def _put(self, card: _Card, x: float, y: float, width: float, height: float = 0.0) -> None:
        placed, node = self._placed, card.node
        most = max(self._ports[node.id, "left"], self._ports[node.id, "right"])
        height = max(height, card.height, most * PORT + PADDING)
        box = placed.boxes[node.id] = Rectangle(x, y, width, height)
        placed.zones[node.id] = (y + 3, box.bottom - 3)
        placed.icons[node.id] = (node.icon, Rectangle(x + PADDING, y + (height - ICON) / 2, ICON, ICON))
        text_x = x + 2 * PADDING + ICON
        line_y = y + (height - LINE_HEIGHT * (len(card.title) + len(card.lines))) / 2 + 11
        texts = placed.texts[node.id] = []
        for line in card.title:
            texts.append(Text(text_x, line_y, line, TITLE_SIZE, is_bold=True))
            line_y += LINE_HEIGHT
        for line in card.lines:
            texts.append(Text(text_x, line_y, line, TEXT_SIZE))
            line_y += LINE_HEIGHT
