"""What the values of a synthesized stack refer to: followed as far as the program itself says the value."""

import re
from collections.abc import Mapping
from typing import Any, Final

from analysis.synthesized.expressions import ATTRIBUTE, with_texts
from analysis.synthesized.stack import SynthesizedStack

_EXPRESSION: Final = re.compile(r"\$\{" + ATTRIBUTE.pattern + r"\}")


def resolved(value: Any, stack: SynthesizedStack, within: frozenset[str] = frozenset()) -> Any:
    """Return a value in which a reference to an argument that another block has been given is that argument's value.

    What AWS gives, such as an ARN, stays a reference, and so does one that leads back to itself: `within` are those on
    the way.
    """
    return with_texts(value, lambda text: _resolved_text(text, stack, within))


def renamed(value: Any, addresses: Mapping[str, str]) -> Any:
    """Return a value in which references to old addresses are to the new ones."""
    return with_texts(value, lambda text: ATTRIBUTE.sub(lambda found: _renamed_one(found, addresses), text))


def _resolved_text(text: str, stack: SynthesizedStack, within: frozenset[str]) -> Any:
    if (whole := _EXPRESSION.fullmatch(text)) is not None:
        found = _argument(whole, stack, within)
        return text if found is None else found
    return _EXPRESSION.sub(lambda part: _text(_argument(part, stack, within), part[0]), text)


def _renamed_one(found: re.Match[str], addresses: Mapping[str, str]) -> str:
    address = found["address"]
    return addresses.get(address, address) + found[0][len(address) :]


def _argument(found: re.Match[str], stack: SynthesizedStack, within: frozenset[str]) -> Any:
    block = stack.blocks.get(found["address"])
    if block is None or block.mode != "resource" or found["attribute"] is None or found[0] in within:
        return None
    return resolved(block.arguments.get(found["attribute"]), stack, within | {found[0]})


def _text(argument: Any, otherwise: str) -> str:
    is_text = isinstance(argument, (str, int, float)) and not isinstance(argument, bool)
    return str(argument) if is_text else otherwise
