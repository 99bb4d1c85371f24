"""JSON as anybody may write it: values of every form, and documents with such a value at any place."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies

_SCALARS = strategies.one_of(
    strategies.none(),
    strategies.booleans(),
    strategies.integers(),
    strategies.floats(allow_nan=False, allow_infinity=False),
    strategies.text(max_size=8),
    strategies.sampled_from(
        [
            "${",
            "${var.x}",
            "${aws_rds_cluster.aurora.arn}",
            '${"a" * 999999999}',
            "${1e999}",
            "${" + "(" * 3000,
            "[" * 3000,
            '{"Statement": [1, null, {"Action": 5, "Resource": {"a": 1}, "Principal": [1], "Condition": [3]}]}',
            '{"Statement": {"Effect": "Allow", "Principal": {"AWS": {"a": [1]}}, "Action": {"x": 1}}}',
            '{"widgets": [1, {"properties": [2]}, {"properties": {"metrics": [1, [{}], [null]]}}]}',
            "\N{SUPERSCRIPT TWO}",
            "1e9999999",
            "nan",
            "-5",
            "10.0.0.0/99",
        ]
    ),
)

ANY = strategies.recursive(
    _SCALARS,
    lambda inner: (
        strategies.lists(inner, max_size=3) | strategies.dictionaries(strategies.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
"""Any value of JSON."""


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of each value inside another, however deep."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places(inner, (*path, key))


def with_value(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy of a document with another value at a path."""
    copy = json.loads(json.dumps(document))
    target = copy
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return copy
