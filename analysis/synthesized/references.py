"""What the expressions of a synthesized stack name: blocks, by their addresses."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from analysis.synthesized.expressions import expressions

LITERAL: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
"""A string inside an expression."""

ATTRIBUTE: Final = re.compile(
    r"(?<![\w.-])(?P<address>(?:(?:data|ephemeral)\.)?(?:aws|random|terraform)_\w+\.[A-Za-z_][\w-]*)(?:\.(?P<attribute>\w+))?"
)
"""A block, and which of its attributes."""


def references(value: Any) -> frozenset[str]:
    """Return the addresses that the expressions in a value name, however deep."""
    return frozenset(address for expression in expressions_in(value) for address in addresses_in(expression))


def expressions_in(value: Any) -> Iterator[str]:
    """Yield each `${...}` in a value, however deep."""
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from expressions_in(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from expressions_in(inner)
    elif isinstance(value, str):
        yield from (value[start:end] for start, end in expressions(value))


def addresses_in(expression: str) -> Iterator[str]:
    """Yield the addresses that an expression names, outside its strings."""
    yield from (found["address"] for found in ATTRIBUTE.finditer(LITERAL.sub('""', expression)))
