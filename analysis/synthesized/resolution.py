"""What the values of a synthesized stack refer to: followed as far as the program itself says the value."""

import re
from collections.abc import Mapping
from typing import Any, Final

from analysis.synthesized.expressions import ATTRIBUTE
from analysis.synthesized.stack import SynthesizedStack

_EXPRESSION: Final = re.compile(r"\$\{" + ATTRIBUTE.pattern + r"\}")


def resolved(value: Any, stack: SynthesizedStack) -> Any:
    """Return a value in which a reference to an argument that another block has been given is that argument's value.

    What AWS gives, such as an ARN, stays a reference.
    """
    if isinstance(value, Mapping):
        return {key: resolved(inner, stack) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, stack) for inner in value]
    if not isinstance(value, str) or "${" not in value:
        return value
    if (whole := _EXPRESSION.fullmatch(value)) is not None:
        found = _argument(whole, stack)
        return value if found is None else resolved(found, stack)
    return _EXPRESSION.sub(lambda part: _text(_argument(part, stack), part[0], stack), value)


def renamed(value: Any, addresses: Mapping[str, str]) -> Any:
    """Return a value in which references to old addresses are to the new ones."""
    if isinstance(value, Mapping):
        return {key: renamed(inner, addresses) for key, inner in value.items()}
    if isinstance(value, list):
        return [renamed(inner, addresses) for inner in value]
    if not isinstance(value, str) or "${" not in value:
        return value
    return ATTRIBUTE.sub(lambda found: _renamed_one(found, addresses), value)


def _renamed_one(found: re.Match[str], addresses: Mapping[str, str]) -> str:
    address = found["address"]
    return addresses.get(address, address) + found[0][len(address) :]


def _argument(found: re.Match[str], stack: SynthesizedStack) -> Any:
    block = stack.blocks.get(found["address"])
    if block is None or block.mode != "resource" or found["attribute"] is None:
        return None
    return block.arguments.get(found["attribute"])


def _text(argument: Any, otherwise: str, stack: SynthesizedStack) -> str:
    if isinstance(argument, str):
        return str(resolved(argument, stack))
    return str(argument) if isinstance(argument, (int, float)) and not isinstance(argument, bool) else otherwise
