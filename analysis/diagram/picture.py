"""The model of a picture: boxes, boxes around boxes, and arrows. Nothing here knows where anything is drawn."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any


class Area(StrEnum):
    """What a group is, and so where it belongs: at the left, in the network, or at the right."""

    ROLES = "roles"
    CLIENTS = "clients"
    ELSEWHERE = "elsewhere"
    REGION = "region"
    VPC = "vpc"
    SUBNETS = "subnets"
    SECURITY_GROUP = "security_group"
    CLUSTER = "cluster"
    SERVICE = "service"


class Arrow(StrEnum):
    """What an arrow means; `meaning` is its line in the legend."""

    meaning: str

    def __new__(cls, value: str, meaning: str) -> "Arrow":
        """Make a member with its meaning."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    NETWORK = "network", "a security group lets it connect"
    PERMISSION = "permission", "an IAM policy allows it"
    USE = "use", "AWS does it by itself"
    ENCRYPTION = "encryption", "is encrypted with"
    COPY = "copy", "data is copied"


@dataclass(frozen=True)
class Node:
    """A box. `is_elsewhere` says that the stack uses it and does not make it; `warns` that it deserves a look."""

    id: str
    icon: str
    title: str
    lines: tuple[str, ...] = ()
    group: str | None = None
    is_elsewhere: bool = False
    warns: bool = False


@dataclass(frozen=True)
class Group:
    """A box around boxes."""

    id: str
    area: Area
    icon: str | None
    title: str
    lines: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True)
class Edge:
    """An arrow from a node or group to another."""

    source: str
    target: str
    arrow: Arrow
    label: str = ""


@dataclass(frozen=True)
class Picture:
    """All that is drawn of one stack."""

    name: str
    title: str
    groups: tuple[Group, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def group(self) -> Mapping[str, Group]:
        """Groups by id."""
        return {group.id: group for group in self.groups}

    @cached_property
    def node(self) -> Mapping[str, Node]:
        """Nodes by id."""
        return {node.id: node for node in self.nodes}

    def groups_in(self, parent: str | None) -> Iterator[Group]:
        """Yield the groups that stand directly in a group, or in none."""
        return (group for group in self.groups if group.parent == parent)

    def nodes_in(self, group: str | None) -> Iterator[Node]:
        """Yield the nodes that stand directly in a group, or in none."""
        return (node for node in self.nodes if node.group == group)

    def as_json(self) -> dict[str, Any]:
        """Return it as one JSON document."""
        return asdict(self)
