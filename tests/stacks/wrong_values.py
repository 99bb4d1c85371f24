"""Values that a key must refuse, by its schema: of another type, out of its range, in another form."""

import math
from datetime import date, datetime, time
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.stacks.environment_strategies import Node

# One of each type that TOML has; an integer does for a number, and a whole number for an integer is none.
_OF_TYPE: Final[dict[str, list[Any]]] = {
    "string": ["text", ""],
    "integer": [7, -1, 0, 1, 2**40],
    "number": [0.5, -0.25, 1.0, math.inf, math.nan],
    "boolean": [True, False],
    "date": [date(2026, 11, 1)],
    "date-time": [datetime(2026, 11, 1, 12)],
    "time": [time(12)],
    "array": [[], ["text"], [1]],
    "object": [{}, {"key": "text"}, {"key": 1}],
}
_TAKES: Final = {"number": {"integer", "number"}, "date": {"date"}}


def wrong_values(node: Node) -> SearchStrategy[Any]:
    """Return values that a key with this schema must refuse."""
    return st.one_of(
        st.sampled_from(_of_other_types(node)),
        *_out_of_range(node),
        *([st.sampled_from(["${var.x}", "%{ if true }", "a${b}"])] if node["type"] == "string" else []),
    )


def _of_other_types(node: Node) -> list[Any]:
    own = node.get("format", node["type"])
    takes = _TAKES.get(own, {own})
    return [value for type_, values in _OF_TYPE.items() if type_ not in takes for value in values]


def _out_of_range(node: Node) -> list[SearchStrategy[Any]]:
    if "const" in node or "enum" in node:
        allowed = node.get("enum", [node.get("const")])
        any_of_type = st.text() if node["type"] == "string" else st.integers(-(2**63), 2**63 - 1)
        return [any_of_type.filter(lambda value: value not in allowed)]
    if node["type"] in {"integer", "number"}:
        below = node.get("minimum", node.get("exclusiveMinimum", -math.inf))
        ranges = [st.integers(-(2**63), int(below) - 1)] if below > -math.inf else []
        if "maximum" in node:
            ranges.append(st.integers(int(node["maximum"]) + 1, 2**63 - 1))
        if "multipleOf" in node:
            ranges.append(st.integers(0, 2**40).map(lambda count: node["minimum"] + (count + 0.5) * node["multipleOf"]))
        return ranges
    if node["type"] == "array":
        return [_of_items(node).map(lambda item: [item])]
    return []


def _of_items(node: Node) -> SearchStrategy[Any]:
    return st.sampled_from(_of_other_types(node["items"]))
