"""Arguments that are a list, or stand alone, or are an expression for one."""

from collections.abc import Mapping
from typing import Any


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, nothing as an empty one, and all else, such as an expression, as the one in a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def texts_in(value: Any) -> tuple[str, ...]:
    """Return the texts in an argument, or the one that it is."""
    return tuple(text for text in as_list(value) if isinstance(text, str))


def blocks_in(value: Any) -> list[Mapping[str, Any]]:
    """Return the blocks in an argument; none where it is an expression, or something else."""
    return [block for block in as_list(value) if isinstance(block, Mapping)]
