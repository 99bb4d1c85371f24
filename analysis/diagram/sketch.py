"""A picture while it is being read from a stack."""

from collections.abc import Sequence

from analysis.diagram.picture import Arrow, Edge, Group, Node, Picture


class Sketch:
    """Collects groups, nodes and arrows; what is added twice is there once."""

    def __init__(self) -> None:
        self._groups: dict[str, Group] = {}
        self._nodes: dict[str, Node] = {}
        self._edges: dict[Edge, None] = {}

    def group(self, group: Group) -> str:
        """Add a group and return its id."""
        self._groups.setdefault(group.id, group)
        return group.id

    def node(self, node: Node) -> str:
        """Add a node and return its id."""
        self._nodes.setdefault(node.id, node)
        return node.id

    def edge(self, source: str, target: str, arrow: Arrow, label: str = "") -> None:
        """Add an arrow; one whose ends are not drawn is left out when the picture is done."""
        self._edges.setdefault(Edge(source, target, arrow, label))

    def group_of(self, id_: str) -> Group:
        """Return a group by its id."""
        return self._groups[id_]

    def has(self, id_: str) -> bool:
        """Say whether there is a node or a group of that id."""
        return id_ in self._nodes or id_ in self._groups

    def picture(self, name: str, title: str, order: Sequence[str]) -> Picture:
        """Return what has been collected; groups that are in `order` come in it, after the others."""
        groups = sorted(self._groups.values(), key=lambda g: order.index(g.id) if g.id in order else -1)
        edges = [edge for edge in self._edges if self.has(edge.source) and self.has(edge.target)]
        return Picture(name, title, tuple(groups), tuple(self._nodes.values()), tuple(edges))
