"""The rules of a security group, whether they stand in it or beside it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final

from operations.diagram.words import blocks, resources, shown, texts
from operations.synthesized.stack import Block, SynthesizedStack

ANYONE: Final = frozenset({"0.0.0.0/0", "::/0"})
_ALL_PROTOCOLS: Final = "-1"


class PeerKind(IntEnum):
    """Who is at the other end of a rule, in the order in which they are drawn."""

    VPC = 0
    SECURITY_GROUP = 1
    ADDRESSES = 2
    PREFIX_LIST = 3
    ANYONE = 4


@dataclass(frozen=True)
class Peer:
    """The other end of a rule; `address` is that of a security group of the same stack."""

    kind: PeerKind
    name: str
    address: str | None = None


@dataclass(frozen=True)
class Rule:
    """One rule: which ports, and with whom."""

    is_ingress: bool
    ports: str
    peer: Peer

    @property
    def line(self) -> str:
        """The rule in words."""
        return (
            f"{'in' if self.is_ingress else 'out'}: {self.ports} {'from' if self.is_ingress else 'to'} {self.peer.name}"
        )


def rules_of(stack: SynthesizedStack, group: Block) -> list[Rule]:
    """Return the rules of a security group: those that let in first, and of them those that let everybody in."""
    found = [
        rule
        for is_ingress, argument in ((True, "ingress"), (False, "egress"))
        for inline in blocks(group.arguments.get(argument))
        for rule in _inline(stack, inline, is_ingress=is_ingress)
    ]
    for direction in ("ingress", "egress"):
        found += [
            _separate(stack, block, is_ingress=direction == "ingress")
            for block in stack.of_type(f"aws_vpc_security_group_{direction}_rule")
            if group.address in resources(block.get("security_group_id"), "aws_security_group")
        ]
    return sorted(found, key=_rank)


def _rank(rule: Rule) -> tuple[object, ...]:
    # Numbers by their size: 10.2.0.0/16 stands before 10.10.0.0/16.
    name = [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", rule.peer.name)]
    return not rule.is_ingress, rule.peer.kind is not PeerKind.ANYONE, rule.peer.kind, name


def _separate(stack: SynthesizedStack, block: Block, *, is_ingress: bool) -> Rule:
    ports = _ports(block.get("ip_protocol", default=_ALL_PROTOCOLS), block.get("from_port"), block.get("to_port"))
    for argument in ("cidr_ipv4", "cidr_ipv6", "prefix_list_id", "referenced_security_group_id"):
        if value := block.get(argument):
            return Rule(is_ingress, ports, _peer(stack, argument, value))
    return Rule(is_ingress, ports, Peer(PeerKind.ADDRESSES, "nobody"))


def _inline(stack: SynthesizedStack, rule: Mapping[str, Any], *, is_ingress: bool) -> Iterator[Rule]:
    ports = _ports(rule.get("protocol", _ALL_PROTOCOLS), rule.get("from_port"), rule.get("to_port"))
    arguments = {
        "cidr_blocks": "cidr_ipv4",
        "ipv6_cidr_blocks": "cidr_ipv6",
        "prefix_list_ids": "prefix_list_id",
        "security_groups": "referenced_security_group_id",
    }
    for argument, meaning in arguments.items():
        for value in texts(rule.get(argument)):
            yield Rule(is_ingress, ports, _peer(stack, meaning, value))
    if rule.get("self"):
        yield Rule(is_ingress, ports, Peer(PeerKind.SECURITY_GROUP, "its own members"))


def _peer(stack: SynthesizedStack, argument: str, value: str) -> Peer:
    if argument == "prefix_list_id":
        return Peer(PeerKind.PREFIX_LIST, f"prefix list {shown(value)}")
    if argument == "referenced_security_group_id":
        known = [address for address in resources(value, "aws_security_group") if address in stack.blocks]
        if known:
            return Peer(PeerKind.SECURITY_GROUP, shown(stack.blocks[known[0]].get("name", default=known[0])), known[0])
        return Peer(PeerKind.SECURITY_GROUP, f"members of {shown(value)}")
    if value in ANYONE:
        return Peer(PeerKind.ANYONE, f"anywhere ({value})")
    if "data.aws_vpc." in value or "aws_vpc." in value:
        return Peer(PeerKind.VPC, "the VPC's addresses")
    return Peer(PeerKind.ADDRESSES, shown(value))


def _ports(protocol: Any, first: Any, last: Any) -> str:
    if str(protocol) == _ALL_PROTOCOLS:
        return "everything"
    if first is None:
        return str(protocol)
    return f"{first}/{protocol}" if first == last else f"{first} to {last}/{protocol}"
