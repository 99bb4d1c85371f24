"""Reads the rules of security groups, however they are written: inside of the group, or beside it."""

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from analysis.synthesized.stack import Block
from analysis.synthesized.values import as_list, blocks_in

ALL_PROTOCOLS: Final = "-1"
LAST_PORT: Final = 65535

AddressRange = ipaddress.IPv4Network | ipaddress.IPv6Network


class Other(Enum):
    """What is at the other end of a rule."""

    ADDRESSES = "addresses"
    SECURITY_GROUP = "security group"
    PREFIX_LIST = "prefix list"
    ITSELF = "the group itself"


# Source: hashicorp/aws, aws_security_group, aws_security_group_rule and aws_vpc_security_group_ingress_rule.
_OTHERS: Final = {
    "cidr_ipv4": Other.ADDRESSES,
    "cidr_ipv6": Other.ADDRESSES,
    "cidr_blocks": Other.ADDRESSES,
    "ipv6_cidr_blocks": Other.ADDRESSES,
    "referenced_security_group_id": Other.SECURITY_GROUP,
    "source_security_group_id": Other.SECURITY_GROUP,
    "security_groups": Other.SECURITY_GROUP,
    "prefix_list_id": Other.PREFIX_LIST,
    "prefix_list_ids": Other.PREFIX_LIST,
}


@dataclass(frozen=True)
class GroupRule:
    """One source or destination that a rule of a security group lets through, and at which ports.

    `other` is a range of addresses, or the id of a security group or a prefix list, or `self`; `kind` says which.
    `address` is that of the block that says it.
    """

    address: str
    group: str
    is_ingress: bool
    protocol: str
    first_port: Any
    last_port: Any
    kind: Other
    other: str

    @property
    def network(self) -> AddressRange | None:
        """The range of addresses, if it is one that is known before a deploy."""
        try:
            return ipaddress.ip_network(self.other, strict=False)
        except ValueError:
            return None

    @property
    def has_all_ports(self) -> bool:
        """Whether it lets through every port."""
        if self.protocol in {ALL_PROTOCOLS, "all"}:
            return True
        return self.protocol in {"tcp", "udp", "6", "17"} and (self.first_port, self.last_port) == (0, LAST_PORT)

    @property
    def ports(self) -> str:
        """The ports, for people."""
        if self.has_all_ports:
            return "every port"
        if self.first_port == self.last_port:
            return f"port {self.first_port}/{self.protocol}"
        return f"ports {self.first_port} to {self.last_port}/{self.protocol}"

    def covers(self, rule: "GroupRule") -> bool:
        """Whether it lets through all that another rule lets through."""
        if (self.group, self.is_ingress) != (rule.group, rule.is_ingress):
            return False
        return self._covers_ports(rule) and self._covers_other(rule)

    def _covers_ports(self, rule: "GroupRule") -> bool:
        if self.protocol in {ALL_PROTOCOLS, "all"}:
            return True
        if self.protocol != rule.protocol:
            return False
        mine, others = (self.first_port, self.last_port), (rule.first_port, rule.last_port)
        if mine == others:
            return True
        if not all(isinstance(port, (int, float)) for port in (*mine, *others)):
            return False
        return bool(mine[0] <= others[0] and others[1] <= mine[1])

    def _covers_other(self, rule: "GroupRule") -> bool:
        if self.other == rule.other:
            return True
        mine, others = self.network, rule.network
        if isinstance(mine, ipaddress.IPv4Network) and isinstance(others, ipaddress.IPv4Network):
            return others.subnet_of(mine)
        if isinstance(mine, ipaddress.IPv6Network) and isinstance(others, ipaddress.IPv6Network):
            return others.subnet_of(mine)
        return False


def rules_of(block: Block | None) -> Iterator[GroupRule]:
    """Yield what a block lets through; a block that is not a security group and no rule lets through nothing."""
    if block is None:
        return
    arguments = block.arguments
    if block.type == "aws_security_group":
        for direction in ("ingress", "egress"):
            for inline in blocks_in(arguments.get(direction)):
                yield from _rules(block.address, block.address, direction == "ingress", inline)
    elif block.type in {"aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"}:
        is_ingress = "ingress" in block.type
        yield from _rules(block.address, _group(arguments), is_ingress, arguments)
    elif block.type == "aws_security_group_rule":
        yield from _rules(block.address, _group(arguments), arguments.get("type") == "ingress", arguments)


def _rules(address: str, group: str, is_ingress: bool, body: Mapping[str, Any]) -> Iterator[GroupRule]:
    protocol = str(body.get("ip_protocol", body.get("protocol", ALL_PROTOCOLS)))
    ports = _number(body.get("from_port")), _number(body.get("to_port"))
    for kind, other in _others(body):
        yield GroupRule(address, group, is_ingress, protocol, *ports, kind, other)


def _others(body: Mapping[str, Any]) -> Iterator[tuple[Other, str]]:
    for name, kind in _OTHERS.items():
        yield from ((kind, str(value)) for value in as_list(body.get(name)) if value)
    if body.get("self") is True:
        yield Other.ITSELF, "self"


def _group(arguments: Mapping[str, Any]) -> str:
    """Return the address of the group, or its id where another stack made it."""
    group = str(arguments.get("security_group_id", ""))
    return group.removeprefix("${").removesuffix("}").removesuffix(".id")


def _number(port: Any) -> Any:
    return int(port) if isinstance(port, (int, float)) or (isinstance(port, str) and port.isdecimal()) else port
