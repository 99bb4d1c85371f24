"""Knows which arguments are secret, so that a review tells of them only that they changed."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from analysis.synthesized.stack import SynthesizedStack
from analysis.synthesized.values import parsed

HIDDEN: Final = "(hidden)"

_TABLE: Final = Path(__file__).with_name("sensitive_arguments.json")
_NAMES: Final = re.compile(
    r"(password|passphrase|secret|secret_string|secret_binary|private_key|secret_key|access_key|api_key|token)(_wo)?$",
    re.IGNORECASE,
)
_SHORTEST: Final = 4
"""Characters below which a value is too common a word to be looked for elsewhere."""


class Secrets:
    """The secrets of a pair of stacks: by argument, and by value wherever a value of theirs stands again.

    `marked` are the type and the path of what Terraform itself calls sensitive.
    """

    def __init__(self, *stacks: SynthesizedStack | None, marked: Collection[tuple[str, str]] = ()) -> None:
        self._marked: dict[str, list[str]] = {}
        for type_, path in marked:
            self._marked.setdefault(type_, []).append(path)
        self._values = sorted(
            {value for stack in stacks if stack is not None for value in self._values_of(stack)}, key=len, reverse=True
        )

    def is_secret(self, type_: str, path: str, value: Any) -> bool:
        """Whether the argument of a resource type at a path, such as `auth.client_secret`, is secret.

        It is where the provider calls it sensitive or write-only, where its name says so and its value is text, and
        where it is JSON that holds such a name.
        """
        plain = re.sub(r"\[[^\]]*\]", "", path) if "[" in path else path
        sensitive = (*sensitive_arguments().get(type_, ()), *self._marked.get(type_, ()))
        if any(not known or plain == known or plain.startswith(f"{known}.") for known in sensitive):
            return True
        if not isinstance(value, str):
            return False
        return _NAMES.search(plain.rpartition(".")[2]) is not None or bool(_named_secrets(value))

    def _values_of(self, stack: SynthesizedStack) -> Iterator[str]:
        for name, variable in stack.document.get("variable", {}).items():
            if variable.get("sensitive"):
                yield from _texts(stack.variables.get(name))
        for block in stack.blocks.values():
            for path, value in _leaves(block.arguments):
                if self.is_secret(block.type, path, value):
                    yield from _texts(value)

    def hide(self, text: str) -> str:
        """Return text with every secret value in it replaced."""
        for value in self._values:
            text = text.replace(value, HIDDEN)
        return text

    def hidden(self, type_: str, path: str, value: Any) -> Any:
        """Return a value, however deep, without what is secret in it."""
        if value is not None and self.is_secret(type_, path, value):
            return HIDDEN
        if isinstance(value, Mapping):
            return {self.hide(str(key)): self.hidden(type_, f"{path}.{key}", inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.hidden(type_, path, inner) for inner in value]
        return self.hide(value) if isinstance(value, str) else value


@cache
def sensitive_arguments() -> Mapping[str, tuple[str, ...]]:
    """Return the arguments that the provider calls sensitive or write-only, by resource type.

    Source: `terraform providers schema -json` of hashicorp/aws 5.100.0.
    """
    return {type_: tuple(paths) for type_, paths in json.loads(_TABLE.read_bytes())["arguments"].items()}


def _leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _leaves(inner, path)
    else:
        yield path, value


@lru_cache(maxsize=1024)  # both sides of a review have the same policies and dashboards, and are asked twice
def _named_secrets(text: str) -> tuple[str, ...]:
    """Return the texts in a JSON document whose names say that they are secret; of other texts nothing."""
    return tuple(
        leaf
        for path, leaf in _leaves(parsed(text))
        if isinstance(leaf, str) and "${" not in leaf and _NAMES.search(path.rpartition(".")[2])
    )


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts in a value that are secrets themselves, and no expressions that name where one is."""
    for _, leaf in _leaves(value):
        if isinstance(leaf, str) and "${" not in leaf:
            yield from (text for text in (leaf, *_named_secrets(leaf)) if len(text) >= _SHORTEST)
