"""Reads the network of a stack: VPC, subnets, security groups with their rules, and who they let in."""

from typing import Final

from analysis.diagram.picture import Area, Arrow, Group, Node
from analysis.diagram.security_rules import Peer, PeerKind, Rule, rules_of
from analysis.diagram.sketch import Sketch
from analysis.diagram.words import blocks_named, cut_short, name_of, plural, resources, shown
from analysis.synthesized.stack import Block, SynthesizedStack
from analysis.synthesized.values import blocks_in, texts_in

REGION: Final = "region"
CLIENTS: Final = "clients"
MOST_RULES: Final = 24
MOST_SOURCES: Final = 5

_NOUNS: Final = {
    PeerKind.SECURITY_GROUP: ("network", "security groups"),
    PeerKind.ADDRESSES: ("users", "address ranges"),
    PeerKind.PREFIX_LIST: ("users", "prefix lists"),
    PeerKind.ANYONE: ("internet", "ranges of everybody"),
}


class VpcSketch:
    """Makes the boxes of the network as something asks for a place in it."""

    def __init__(self, stack: SynthesizedStack, sketch: Sketch) -> None:
        self._stack = stack
        self._sketch = sketch
        self._placed: set[str] = set()

    def place(self, subnets: str, security_group_ids: object) -> str:
        """Return the group for what stands in those subnets, with those security groups."""
        groups = blocks_named(self._stack, security_group_ids, "aws_security_group")
        known = [group.address for group in groups]
        self._placed.update(known)
        others = [shown(id_) for id_ in texts_in(security_group_ids) if "${" not in id_]
        vpc = self._vpc(groups[0] if groups else None)
        outer = self._subnets(subnets, vpc)
        if not groups and not others:
            return outer
        id_ = "+".join([*known, *others])
        id_ = id_ if outer.endswith(":1") else f"{id_} in {outer}"
        rules = [rule for group in groups for rule in rules_of(self._stack, group)]
        lines = [*_rule_lines(rules, is_ingress=True), *_rule_lines(rules, is_ingress=False)] if groups else []
        if others:
            lines.append(
                "rules of " + ", ".join(others) + ": not in this stack" if groups else "rules: not in this stack"
            )
        names = ", ".join([shown(group.get("name", default=group.name)) for group in groups] + others)
        title = f"Security group {names}" if len(groups) + len(others) == 1 else f"Security groups {names}"
        self._sketch.group(Group(id_, Area.SECURITY_GROUP, None, title, tuple(lines), outer))
        self._let_in(id_, rules, vpc)
        return id_

    def place_what_nothing_stands_in(self) -> None:
        """Draw the security groups that nothing of the stack uses: somebody else's database does."""
        for block in self._stack.of_type("aws_security_group"):
            if block.address not in self._placed:
                self.place(
                    subnets_of(self._stack, self._stack.one("aws_db_subnet_group")), [f"${{{block.address}.id}}"]
                )

    def _vpc(self, group: Block | None) -> str:
        named = blocks_named(self._stack, group.get("vpc_id"), "data.aws_vpc") if group else []
        block = named[0] if named else self._stack.one("aws_vpc", "data")
        self._sketch.group(region(self._stack))
        if block is None:
            literal = shown(group.get("vpc_id")) if group else ""
            title = f"VPC {literal}" if literal and literal != "..." else "VPC"
            return self._sketch.group(Group("vpc", Area.VPC, "vpc", title, (), REGION))
        if block.get("default"):
            title = "Default VPC"
        elif id_ := block.get("id"):
            title = f"VPC {shown(id_)}"
        else:
            title = f"VPC with {_tags(block)}" if block.get("tags") else "VPC"
        return self._sketch.group(Group(block.address, Area.VPC, "vpc", title, (), REGION))

    def _subnets(self, text: str, vpc: str) -> str:
        number = 1
        while self._sketch.has(f"{vpc}/subnets:{number}"):
            if self._sketch.group_of(f"{vpc}/subnets:{number}").title == text:
                return f"{vpc}/subnets:{number}"
            number += 1
        return self._sketch.group(Group(f"{vpc}/subnets:{number}", Area.SUBNETS, "subnets", text, (), vpc))

    def _let_in(self, target: str, rules: list[Rule], vpc: str) -> None:
        found: dict[tuple[PeerKind, str], dict[Peer, None]] = {}
        for rule in rules:
            if not rule.is_ingress:
                continue
            if rule.peer.address is not None and rule.peer.address in self._stack.blocks:
                continue
            found.setdefault((rule.peer.kind, rule.ports), {})[rule.peer] = None
        for (kind, ports), peers in found.items():
            id_ = self._client(kind, list(peers), vpc)
            self._sketch.edge(id_, target, Arrow.NETWORK, ports)

    def _client(self, kind: PeerKind, peers: list[Peer], vpc: str) -> str:
        if kind is PeerKind.VPC:
            node = Node(f"{vpc}/addresses", "network", "Anything in the VPC", (), vpc)
            return self._sketch.node(node)
        icon, noun = _NOUNS[kind]
        names = [peer.name for peer in peers]
        title, lines = (
            (names[0], []) if len(names) == 1 else (plural(len(names), noun, noun), cut_short(names, MOST_SOURCES))
        )
        title = title[:1].upper() + title[1:]
        is_within = kind is PeerKind.SECURITY_GROUP
        if not is_within:
            self._sketch.group(Group(CLIENTS, Area.CLIENTS, None, "On the network"))
        return self._sketch.node(
            Node(
                "client " + ", ".join(names),
                icon,
                title,
                tuple(lines),
                vpc if is_within else CLIENTS,
                is_elsewhere=True,
                warns=kind is PeerKind.ANYONE,
            )
        )


def _rule_lines(rules: list[Rule], *, is_ingress: bool) -> list[str]:
    lines = [rule.line for rule in rules if rule.is_ingress is is_ingress]
    word = "in" if is_ingress else "out"
    return cut_short(lines, MOST_RULES, f"{word}: {{}} rules more") or [f"{word}: nothing"]


def region(stack: SynthesizedStack) -> Group:
    """Return the group of the Region."""
    return Group(REGION, Area.REGION, "region", f"AWS Region {stack.region or ''}".rstrip())


def subnets_of(stack: SynthesizedStack, group: Block | None) -> str:
    """Return the title of the subnets of a DB subnet group."""
    if group is None:
        return "Subnets"
    return f"{subnets_named(stack, group.get('subnet_ids'))}: DB subnet group {name_of(group, 'name', 'name_prefix')}"


def subnets_named(stack: SynthesizedStack, ids: object) -> str:
    """Return which subnets a list of their ids is, as far as it is known before a deploy."""
    literal = [id_ for id_ in texts_in(ids) if "${" not in id_]
    if literal:
        return "Subnets " + ", ".join(cut_short(literal, 4))
    sources = resources(ids, "data.aws_subnets")
    block = stack.blocks.get(sources[0]) if sources else None
    if block is not None and isinstance(block.get("tags"), dict) and block.get("tags"):
        return f"Subnets with {_tags(block)}"
    names = {str(item.get("name")) for item in blocks_in(block.get("filter") if block else None)}
    if "availability-zone" in names:
        return "Subnets of the VPC, in the zones that have RDS Proxy"
    if names == {"vpc-id"}:
        return "All subnets of the VPC"
    return "One subnet of the VPC in each zone" if "availability_zone" in str(ids) else "Subnets of the VPC"


def _tags(block: Block) -> str:
    return ", ".join(f"{name} = {shown(value)}" for name, value in sorted(block.get("tags").items()))
