"""The ARNs of what a stack makes and uses, as narrow as its JSON tells: what only AWS knows is `*`."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from analysis.policy.actions import Template, block_type
from analysis.synthesized.expressions import expressions, references, with_texts
from analysis.synthesized.resolution import resolved
from analysis.synthesized.stack import Block, SynthesizedStack

ANY: Final = "*"
_PLACEHOLDER: Final = re.compile(r"\{(?P<path>[\w.]*)(\|(?P<default>[^}]*))?\}")
_STARS: Final = re.compile(r"\*+")
_SET: Final = re.compile(r"\$\{toset\((?P<values>\[.*\])\)\}")
_EACH: Final = ("${each.value}", "${each.key}")


@dataclass(frozen=True)
class Place:
    """Where the stack is deployed; what is not known of it is `*`."""

    partition: str
    region: str = ANY
    account_id: str = ANY


@dataclass(frozen=True)
class Arns:
    """Makes ARNs of the templates of the table, for the blocks of a stack in a place."""

    stack: SynthesizedStack
    place: Place

    def of_block(self, block: Block) -> frozenset[str]:
        """Return the ARNs of a block; none where the table has none."""
        known = block_type(block.mode, block.type)
        return self.of_templates(block, known.arns if known else ())

    def of_templates(self, block: Block, templates: Sequence[Template]) -> frozenset[str]:
        """Return the ARNs that templates make of the arguments of a block, for each of its instances."""
        found = {
            arn
            for arguments in self._instances(block)
            for template in templates
            for arn in self._of_template(block, arguments, template)
        }
        return frozenset(arn for arn in found if not any(_covers(other, arn) for other in found - {arn}))

    def _instances(self, block: Block) -> Iterator[Mapping[str, Any]]:
        """Yield the arguments of each instance that `for_each` makes of texts of the program."""
        written = _SET.fullmatch(str(block.get("for_each")))
        if written is None:
            yield block.arguments
            return
        for value in json.loads(written["values"]):
            yield with_texts(block.arguments, partial(_of_instance, value=value))

    def _of_template(self, block: Block, arguments: Mapping[str, Any], template: Template) -> Iterator[str]:
        if isinstance(template, str):
            yield self._filled_in(arguments, template)
            return
        named = self._named(block, template.argument)
        if named is not None:
            yield from self.of_block(named)
            return
        for text in template.otherwise:
            if arguments.get(template.argument) is not None or "|" in text:
                yield self._filled_in(arguments, text, template.argument)

    def _named(self, block: Block, argument: str) -> Block | None:
        """Return the block of the stack that an argument refers to."""
        named = sorted(references(block.get(argument)))
        return next((self.stack.blocks[address] for address in named if address in self.stack.blocks), None)

    def _filled_in(self, arguments: Mapping[str, Any], template: str, argument: str = "") -> str:
        def text(found: re.Match[str]) -> str:
            path = found["path"] or argument
            value = _at(arguments, path)
            if value is None:
                return found["default"] or ANY
            known = _known(resolved(value, self.stack))
            return known + ANY if path.endswith("name_prefix") else known

        filled = _STARS.sub(ANY, _PLACEHOLDER.sub(text, template))
        arn = filled.find("arn:")
        if arn >= 0:
            return filled[arn:]
        return ANY if filled == ANY else self._arn(filled)

    def _arn(self, short: str) -> str:
        service, _, resource = short.partition(":")
        has_region = not resource.startswith(":")
        region = self.place.region if has_region else ""
        return f"arn:{self.place.partition}:{service}:{region}:{self.place.account_id}:{resource.removeprefix(':')}"


def _of_instance(text: str, value: str) -> str:
    return value if text in _EACH else text


def _at(arguments: Mapping[str, Any], path: str) -> Any:
    value: Any = arguments
    for name in path.split("."):
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _known(value: Any) -> str:
    """Return a text in which what only Terraform knows is `*`."""
    if not isinstance(value, str):
        return ANY
    pieces, last = [], 0
    for start, end in expressions(value):
        pieces += [value[last:start], ANY]
        last = end
    return "".join([*pieces, value[last:]])


def _covers(pattern: str, arn: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split(ANY))), arn) is not None
