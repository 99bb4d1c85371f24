"""Mermaid: names and texts that GitHub's Mermaid takes."""

import re
from collections.abc import Mapping

import pytest

from analysis.diagram.mermaid import mermaid
from analysis.diagram.picture import Area, Arrow, Edge, Group, Node, Picture
from analysis.diagram.reading import picture_of
from analysis.synthesized.stack import SynthesizedStack

LINE = re.compile(
    r"""flowchart\ LR
    | \s+subgraph\ n_\w+\["[^"]+"\]
    | \s+end
    | \s+n_\w+(?:\["[^"]+"\](?::::facts)?|\("[^"]+"\)|\[\("[^"]+"\)\])
    | \s+n_\w+\ (?:-->|-\.->|==>)(?:\|"[^"]+"\|)?\ n_\w+
    | \s+classDef\ (?:elsewhere|facts)\ [\w:\ ,-]+
    | \s+class\ [\w,]+\ elsewhere""",
    re.VERBOSE,
)


def test_every_line_is_one_that_mermaid_knows(stacks: Mapping[str, SynthesizedStack]) -> None:
    for stack in stacks.values():
        lines = mermaid(picture_of(stack)).splitlines()
        assert [line for line in lines if not LINE.fullmatch(line)] == []
        assert sum(" subgraph " in line for line in lines) == lines_that_end(lines)


def lines_that_end(lines: list[str]) -> int:
    return sum(line.strip() == "end" for line in lines)


def test_every_box_and_arrow_is_there_once(stacks: Mapping[str, SynthesizedStack]) -> None:
    for stack in stacks.values():
        picture = picture_of(stack)
        text, facts = mermaid(picture), sum(bool(group.lines) for group in picture.groups)
        assert len(re.findall(r"^ +subgraph", text, re.MULTILINE)) == len(picture.groups)
        assert len(re.findall(r'^ +n_\w+[\[(]+"', text, re.MULTILINE)) == len(picture.nodes) + facts
        assert len(re.findall(r" (?:-->|-\.->|==>)", text)) == len(picture.edges)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ('say "yes"', "say #34;yes#34;"),
        ("a_b*c`d\\", "a#95;b#42;c#96;d#92;"),
        ("<b> & more", "#lt;b#gt; #38; more"),
        ("end", "end"),
    ],
)
def test_what_mermaid_would_read_is_text(title: str, text: str) -> None:
    picture = Picture("p", "p", (), (Node("end", "topic", title),), ())
    assert mermaid(picture) == f'flowchart LR\n  n_end["{text}"]\n'


def test_names_that_would_be_the_same_are_not() -> None:
    group = Group("a-b", Area.ROLES, None, "one")
    nodes = (Node("a.b", "topic", "two", (), "a-b"), Node("a/b", "topic", "three", (), "a-b"))
    text = mermaid(Picture("p", "p", (group,), nodes, (Edge("a.b", "a/b", Arrow.USE, "to"),)))
    assert text.splitlines()[1:] == [
        '  subgraph n_a_b["one"]',
        '    n_a_b_2["two"]',
        '    n_a_b_3["three"]',
        "  end",
        '  n_a_b_2 -.->|"to"| n_a_b_3',
    ]
