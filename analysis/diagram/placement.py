"""Gives each box its place: columns from left to right, boxes in boxes from top to bottom."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from analysis.diagram.picture import Area, Group, Node, Picture
from analysis.diagram.routes import Column, Lane, LaneSize, Route, column_of, lane_size, ports
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
    over: float = 0.0
    """Height of the first row above the network."""
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


def place(picture: Picture, routes: list[Route]) -> Placement:
    """Return the place of each group and node, and how wide the gutters between the columns are."""
    return _Builder(picture, routes).build()


class _Builder:
    def __init__(self, picture: Picture, routes: list[Route]) -> None:
        self._picture = picture
        self._routes = routes
        self._ports = ports(routes)
        self._placed = Placement()
        self._sizes = {lane: lane_size(routes, lane) for lane in Lane}
        self._inner = self._clients_beside()
        self._inner_cards = {n.id: _card(n, INSTANCE_TEXT) for nodes in self._inner.values() for n in nodes}

    def build(self) -> Placement:
        placed, picture = self._placed, self._picture
        left = [group for group in picture.groups_in(None) if group.area is not Area.REGION]
        left.sort(key=lambda group: list(Area).index(group.area))
        left_width = self._column_width(left)
        x, top = MARGIN, MARGIN + _HEADING
        self._lane(Lane.GUTTER, x + left_width + (PADDING if left else 0))
        region_x = x + left_width + (PADDING if left else 0) + self._sizes[Lane.GUTTER].width
        bottom, right = self._region(region_x, top) if picture.group.get("region") else (top, region_x)
        bottom = max(bottom, self._left(left, x, top, left_width))
        placed.width, placed.height = right + MARGIN, bottom + MARGIN
        return placed

    def _lane(self, lane: Lane, x: float) -> float:
        self._placed.lanes[lane] = (x, self._sizes[lane])
        return x + self._sizes[lane].width

    def _region(self, x: float, top: float) -> tuple[float, float]:
        over = sum(route.goes_over for route in self._routes)
        self._placed.over = top + _REGION_HEADER + PORT
        y = top + _REGION_HEADER + (over * PORT + PADDING if over else 0)
        content_x = x + GAP
        vpcs = [group for group in self._picture.groups_in("region") if group.area is Area.VPC]
        right, bottom = content_x, y
        stack_right = self._stack_right(vpcs, content_x)
        for node in self._picture.nodes_in("region"):
            card = _card(node, CARD_TEXT)
            self._put(card, stack_right - card.width, y, card.width)
            bottom = y = self._placed.boxes[node.id].bottom + GAP
        for vpc in vpcs:
            box = self._vpc(vpc, content_x, y)
            right, bottom, y = max(right, box.right), box.bottom, box.bottom + GAP
        services = [group for group in self._picture.groups_in("region") if group.area is Area.SERVICE]
        right = max(right, stack_right)
        if services:
            right = self._lane(Lane.MIDDLE, right) if self._sizes[Lane.MIDDLE].tracks else right + GAP
            width = self._column_width(services)
            bottom = max(bottom, self._stack(services, right, top + _REGION_HEADER, width))
            right += width
            right = self._lane(Lane.OUTER, right)
        box = Rectangle(x, top, right + GAP - x, bottom + GAP - top)
        self._frame(self._picture.group["region"], box)
        return box.bottom, box.right

    def _stack_right(self, vpcs: list[Group], x: float) -> float:
        inner = self._inner_width()
        stack = max((self._natural(group) for vpc in vpcs for group in self._picture.groups_in(vpc.id)), default=240.0)
        return x + PADDING + inner + stack

    def _inner_width(self) -> float:
        cards = self._inner_cards.values()
        return max(card.width for card in cards) + self._sizes[Lane.INNER].width if cards else 0.0

    def _vpc(self, vpc: Group, x: float, y: float) -> Rectangle:
        stack_x = x + PADDING + self._inner_width()
        width = self._stack_right([vpc], x) - stack_x
        right = self._lane(Lane.RISER, stack_x + width) if self._sizes[Lane.RISER].tracks else stack_x + width
        if self._inner_cards:
            self._lane(Lane.INNER, stack_x - self._sizes[Lane.INNER].width)
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
            if column_of(self._picture, source) is Column.INNER and source not in seen:
                seen.add(source)
                beside.setdefault(route.edge.target, []).append(self._picture.node[source])
        return beside

    def _natural(self, group: Group) -> float:
        inside = [self._natural(inner) for inner in self._picture.groups_in(group.id)]
        cards = self._cards(group)
        if group.area is Area.CLUSTER and cards:
            columns = min(len(cards), INSTANCES_IN_A_ROW)
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
                self._put(card, inner_x, below, inner_width)
                below = self._placed.boxes[card.node.id].bottom + PADDING
        box.height = below - y
        return box.bottom

    def _grid(self, cards: list[_Card], x: float, y: float, width: float) -> float:
        columns = min(len(cards), INSTANCES_IN_A_ROW)
        each = (width - (columns - 1) * PADDING) / columns
        for start in range(0, len(cards), columns):
            row = cards[start : start + columns]
            height = max(card.height for card in row)
            for index, card in enumerate(row):
                self._put(card, x + index * (each + PADDING), y, each, height)
            y += height + PADDING
        return y - PADDING

    def _left(self, groups: list[Group], x: float, y: float, width: float) -> float:
        bottom = y
        for group in groups:
            targets = [
                self._placed.zones[route.edge.target if route.edge.target in self._placed.zones else route.edge.source][
                    0
                ]
                for route in self._routes
                if group.area is not Area.ROLES
                and self._group_of(group.id, route)
                and (route.edge.target in self._placed.zones or route.edge.source in self._placed.zones)
            ]
            y = max(y, min(targets) - _GROUP_HEADER - PADDING) if targets else y
            bottom = self._stack([group], x, y, width)
            y = bottom + GAP
        return bottom

    def _group_of(self, group: str, route: Route) -> bool:
        ends = (self._picture.node.get(route.edge.source), self._picture.node.get(route.edge.target))
        return any(node is not None and node.group == group for node in ends)

    def _column_width(self, groups: Iterable[Group]) -> float:
        cards = [card.width for group in groups for card in self._cards(group)]
        titles = [text_width(group.title, TITLE_SIZE, is_bold=True) for group in groups]
        return max(cards + titles) + 2 * PADDING if cards else 0.0

    def _stack(self, groups: Iterable[Group], x: float, y: float, width: float) -> float:
        """Place groups below one another, with their cards, and return where the last ends."""
        for group in groups:
            box = Rectangle(x, y, width, 0)
            below = self._frame(group, box)
            for card in self._cards(group):
                self._put(card, x + PADDING, below, width - 2 * PADDING)
                below = self._placed.boxes[card.node.id].bottom + PADDING
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
        inner = sum(route.lane is Lane.INNER and route.edge.target == id_ for route in self._routes)
        inner_end = max(self._stand_beside(beside, start), start + inner * PORT)
        placed.inner_zones[id_] = (start, inner_end)
        end = max(end, inner_end + PADDING + (left - inner) * PORT, start + right * PORT)
        placed.zones[id_] = (inner_end + PADDING if left > inner else start, end)
        return end

    def _stand_beside(self, nodes: list[Node], y: float) -> float:
        x = self._placed.lanes[Lane.INNER][0] - max(card.width for card in self._inner_cards.values())
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
