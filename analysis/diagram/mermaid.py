"""Writes a picture as Mermaid, which GitHub draws where it stands in Markdown."""

import html
import re
from collections.abc import Iterator, Mapping
from typing import Final

from analysis.diagram.picture import Area, Arrow, Group, Node, Picture

_ARROWS: Final[Mapping[Arrow, str]] = {
    Arrow.NETWORK: "-->",
    Arrow.PERMISSION: "-->",
    Arrow.USE: "-.->",
    Arrow.ENCRYPTION: "-.->",
    Arrow.COPY: "==>",
}
_SHAPES: Final[Mapping[str, tuple[str, str]]] = {
    "instance": ("[(", ")]"),
    "cluster": ("[(", ")]"),
    "lambda": ("(", ")"),
    "role": ("(", ")"),
}
_LABELS: Final[Mapping[Arrow, str]] = {Arrow.ENCRYPTION: "encrypted with"}
_DASHED: Final = "stroke-dasharray: 4 3"


def mermaid(picture: Picture) -> str:
    """Return the text of a flowchart, without the fence that Markdown puts around it."""
    names = _names(picture)
    lines = ["flowchart LR"]
    roots = sorted(picture.groups_in(None), key=lambda group: list(Area).index(group.area))
    for group in roots:
        lines += _group(picture, group, names, "  ")
    lines += [f"  {_node(node, names)}" for node in picture.nodes_in(None)]
    for edge in picture.edges:
        label = edge.label or _LABELS.get(edge.arrow, "")
        text = f'|"{_text(label)}"|' if label else ""
        lines.append(f"  {names[edge.source]} {_ARROWS[edge.arrow]}{text} {names[edge.target]}")
    if any(group.lines for group in picture.groups):
        lines.append("  classDef facts fill:none,stroke:none,text-align:left")
    if elsewhere := [names[node.id] for node in picture.nodes if node.is_elsewhere]:
        lines += [f"  classDef elsewhere {_DASHED}", f"  class {','.join(elsewhere)} elsewhere"]
    return "\n".join(lines) + "\n"


def _names(picture: Picture) -> dict[str, str]:
    """Return short names that Mermaid takes: addresses have characters that it does not."""
    names: dict[str, str] = {}
    for id_ in (*picture.group, *picture.node):
        # Without a beginning of its own the name `end` would close a subgraph, and `o` or `x` be read as an arrow.
        base = "n_" + (re.sub(r"\W+", "_", id_.removeprefix("aws_"), flags=re.ASCII).strip("_") or "box")
        name, number = base, 2
        while name in names.values():
            name, number = f"{base}_{number}", number + 1
        names[id_] = name
    return names


def _group(picture: Picture, group: Group, names: Mapping[str, str], indent: str) -> Iterator[str]:
    yield f'{indent}subgraph {names[group.id]}["{_text(group.title)}"]'
    if group.lines:
        # Mermaid keeps room for one line of a title: what more there is stands in a box without a border.
        yield f'{indent}  {names[group.id]}_facts["{_lines(*group.lines)}"]:::facts'
    for node in picture.nodes_in(group.id):
        yield f"{indent}  {_node(node, names)}"
    for inner in picture.groups_in(group.id):
        yield from _group(picture, inner, names, indent + "  ")
    yield f"{indent}end"


def _node(node: Node, names: Mapping[str, str]) -> str:
    opening, closing = _SHAPES.get(node.icon, ("[", "]"))
    return f'{names[node.id]}{opening}"{_lines(node.title, *node.lines)}"{closing}'


def _lines(*lines: str) -> str:
    return "<br/>".join(_text(line) for line in lines)


def _text(text: str) -> str:
    # Mermaid reads #quot; and its like, and Markdown inside quotes: backticks, asterisks and underscores of names.
    escaped = html.escape(text, quote=False).replace("&", "#").replace("#amp;", "#38;")
    for character in '"`*_\\':
        escaped = escaped.replace(character, f"#{ord(character)};")
    return escaped
