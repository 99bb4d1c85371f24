"""How a picture says what the JSON says: expressions as words, names without what only AWS will know."""

import re
from collections.abc import Sequence
from typing import Any, Final

from analysis.synthesized.expressions import expressions, references
from analysis.synthesized.stack import Block, SynthesizedStack
from analysis.synthesized.values import texts_in

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
"""What has no place in a line of text, nor, most of it, in XML."""

_WORDS: Final = (
    (re.compile(r"random_\w+\.\w+\.\w+"), "*"),
    (re.compile(r"data\.aws_vpc\.\w+\.cidr_block"), "the VPC's addresses"),
    (re.compile(r"data\.aws_caller_identity\.\w+\.account_id"), "this account"),
    (re.compile(r"var\.(\w+)"), r"\1"),
)
"""What an expression is called; any other is `...`."""


def shown(value: Any) -> str:
    """Return a value of the JSON as a picture shows it. No secret is an argument that a picture reads."""
    text, pieces, last = str(value), [], 0
    for start, end in expressions(text):
        pieces += [text[last:start], _word(text[start + 2 : end - 1])]
        last = end
    return _CONTROL.sub(" ", "".join([*pieces, text[last:]]))


def _word(expression: str) -> str:
    for pattern, word in _WORDS:
        if found := pattern.fullmatch(expression.strip()):
            return found.expand(word)
    return "..."


def cut_short(items: Sequence[str], most: int, rest: str = "and {} more") -> list[str]:
    """Return items, and a line that counts those beyond `most`; no line counts a single one."""
    if len(items) <= most + 1:
        return list(items)
    return [*items[:most], rest.format(len(items) - most)]


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def each(block: Block, argument: str) -> Sequence[str]:
    """Return what an argument is in each copy of a block, as `for_each = toset(["a", "b"])` makes one for each."""
    return re.findall(r'"([^"]+)"', str(block.get("for_each", default=""))) or texts_in(block.get(argument))


def resources(value: Any, type_: str) -> list[str]:
    """Return the addresses of a type that a value names, sorted."""
    return sorted(address for address in references(value) if address.startswith(f"{type_}."))


def blocks_named(stack: SynthesizedStack, value: Any, type_: str) -> list[Block]:
    """Return the blocks of a type that a value names and the stack has, sorted by address."""
    return [stack.blocks[address] for address in resources(value, type_) if address in stack.blocks]


def name_of(block: Block, *arguments: str) -> str:
    """Return the first argument that names a block, else its name in Terraform."""
    for argument in arguments:
        if value := block.get(argument):
            return shown(value)
    return block.name
