"""What an argument is: a list, or what stands for one; blocks; the JSON in a text."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from analysis.synthesized.expressions import expressions


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


PARAMETER_GROUPS: Final = ("aws_rds_cluster_parameter_group", "aws_db_parameter_group")


def parameters_in(value: Any) -> Mapping[str, str]:
    """Return the values of the parameters in the blocks `parameter` of a parameter group, by name."""
    return {str(block.get("name")): str(block.get("value")) for block in blocks_in(value)}


def parsed(text: Any) -> Any:
    """Return the object or list that a string holds, or None where it holds none.

    An expression outside of the JSON's own strings, such as a number that only Terraform knows, becomes a string.
    """
    if not isinstance(text, str) or text[:1] not in ("{", "["):
        return None
    for candidate in (text, _quoted(text) if "${" in text else text):
        try:
            value = json.loads(candidate)
        except (ValueError, RecursionError):
            continue
        return value if isinstance(value, (dict, list)) else None
    return None


def _quoted(text: str) -> str:
    """Return the JSON with each expression escaped, and quoted where it stands outside of a string."""
    pieces, last, in_string = [], 0, False
    for start, end in expressions(text):
        pieces.append(text[last:start])
        for character in re.sub(r"\\.", "", text[last:start]):
            in_string ^= character == '"'
        expression = json.dumps(text[start:end].replace('\\"', '"'))
        pieces.append(expression[1:-1] if in_string else expression)
        last = end
    return "".join([*pieces, text[last:]])
