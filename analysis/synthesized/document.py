"""The form of a synthesized stack: what `main.py` writes, down to where a resource's own arguments begin.

A folder of stacks may also be written by hand or by another program. What lies below, the arguments, may be anything:
each reader takes of them what has the form that it knows.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from analysis.synthesized.expressions import LARGEST_NUMBER

_BLOCKS: Final = ("resource", "data", "ephemeral")
_NAMED: Final = ("variable", "output")


def problem(document: Mapping[str, Any]) -> str | None:
    """Return what is wrong with the form of a document, such as `resource.aws_vpc is not an object`; else None."""
    return next(_problems(document), None)


def _problems(document: Mapping[str, Any]) -> Iterator[str]:
    for section in (*_BLOCKS, *_NAMED, "locals", "provider", "terraform"):
        if not isinstance(document.get(section, {}), dict):
            yield f"{section} is not an object"
            return
    for section in _NAMED:
        yield from _not_objects(section, document.get(section, {}))
    for section in _BLOCKS:
        types = document.get(section, {})
        yield from _not_objects(section, types)
        for type_, named in types.items():
            yield from _not_objects(f"{section}.{type_}", named)
            for name, body in named.items():
                yield from _of_block(f"{section}.{type_}.{name}", body)
    region = document.get("variable", {}).get("aws_region", {}).get("default")
    if region is not None and not isinstance(region, str):
        yield "the default of variable.aws_region is not a text"
    yield from _of_moved(document.get("moved", []))
    yield from _too_large(document)


def _not_objects(path: str, values: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{path}.{name} is not an object" for name, value in values.items() if not isinstance(value, dict))


def _of_block(path: str, body: Mapping[str, Any]) -> Iterator[str]:
    if not isinstance(body.get("lifecycle", {}), dict):
        yield f"lifecycle of {path} is not an object"
    depends_on = body.get("depends_on", [])
    if not isinstance(depends_on, list) or not all(isinstance(address, str) for address in depends_on):
        yield f"depends_on of {path} is not a list of texts"
    comment = body.get("//", {})
    metadata = comment.get("metadata", {}) if isinstance(comment, dict) else None
    if not isinstance(metadata, dict) or not isinstance(metadata.get("path", ""), str):
        yield f"// of {path} is not what CDKTF writes there"


def _too_large(value: Any) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _too_large(inner)
    elif isinstance(value, (int, float)) and not abs(value) <= LARGEST_NUMBER:
        yield f"a number in it is beyond {LARGEST_NUMBER}"


def _of_moved(moved: Any) -> Iterator[str]:
    if not isinstance(moved, list):
        yield "moved is not a list"
        return
    for block in moved:
        if not isinstance(block, dict) or not all(isinstance(block.get(end), str) for end in ("from", "to")):
            yield "moved has a block without the texts from and to"
