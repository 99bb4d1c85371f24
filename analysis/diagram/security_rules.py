"""The rules of a security group, whether they stand in it or beside it."""

import re
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from analysis.diagram.words import blocks_named, shown
from analysis.synthesized import group_rules
from analysis.synthesized.group_rules import ALL_PROTOCOLS, GroupRule, Other
from analysis.synthesized.stack import Block, SynthesizedStack

ANYONE: Final = frozenset({"0.0.0.0/0", "::/0"})


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
        Rule(rule.is_ingress, _ports(rule), _peer(stack, rule))
        for block in stack.resources.values()
        for rule in group_rules.rules_of(block)
        if rule.group == group.address
    ]
    return sorted(found, key=_rank)


def _rank(rule: Rule) -> tuple[object, ...]:
    # Numbers by their size: 10.2.0.0/16 stands before 10.10.0.0/16.
    name = [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", rule.peer.name)]
    return not rule.is_ingress, rule.peer.kind is not PeerKind.ANYONE, rule.peer.kind, name


def _peer(stack: SynthesizedStack, rule: GroupRule) -> Peer:
    if rule.kind is Other.ITSELF:
        return Peer(PeerKind.SECURITY_GROUP, "its own members")
    if rule.kind is Other.PREFIX_LIST:
        return Peer(PeerKind.PREFIX_LIST, f"prefix list {shown(rule.other)}")
    return _group(stack, rule.other) if rule.kind is Other.SECURITY_GROUP else _addresses(rule.other)


def _group(stack: SynthesizedStack, value: str) -> Peer:
    for group in blocks_named(stack, value, "aws_security_group"):
        return Peer(PeerKind.SECURITY_GROUP, shown(group.get("name", default=group.address)), group.address)
    return Peer(PeerKind.SECURITY_GROUP, f"members of {shown(value)}")


def _addresses(value: str) -> Peer:
    if value in ANYONE:
        return Peer(PeerKind.ANYONE, f"anywhere ({value})")
    if "aws_vpc." in value:
        return Peer(PeerKind.VPC, "the VPC's addresses")
    return Peer(PeerKind.ADDRESSES, shown(value))


def _ports(rule: GroupRule) -> str:
    if rule.protocol == ALL_PROTOCOLS:
        return "everything"
    if rule.first_port is None:
        return rule.protocol
    if rule.first_port == rule.last_port:
        return f"{rule.first_port}/{rule.protocol}"
    return f"{rule.first_port} to {rule.last_port}/{rule.protocol}"
