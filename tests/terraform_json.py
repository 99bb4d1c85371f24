"""Reading synthesized JSON in tests: by address, with the difference between two of them as readable lines."""

import difflib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import gettempdir
from typing import Any

TerraformJson = dict[str, Any]


def read_stacks(output: Path) -> dict[str, TerraformJson]:
    """Return the JSON of every stack in a `cdktf.out`, by the stack's name."""
    return {path.parent.name: json.loads(path.read_text()) for path in sorted(output.glob("stacks/*/cdk.tf.json"))}


def synthesize_alone(build: Callable[[Any], object]) -> TerraformJson:
    """Synthesize a stack that holds only what `build` puts into it."""
    from cdktf import App, TerraformStack  # noqa: PLC0415

    stack = TerraformStack(App(outdir=gettempdir()), "alone")
    build(stack)
    return synthesize_stack(stack)


def synthesize_stack(stack: Any) -> TerraformJson:
    """Return what a stack synthesizes to, without CDKTF's metadata, and without writing a file."""
    from cdktf import Testing  # noqa: PLC0415

    parsed: TerraformJson = json.loads(Testing.synth(stack))
    return parsed


def blocks(document: TerraformJson) -> dict[str, dict[str, Any]]:
    """Return every resource and data source by its address, without CDKTF's own metadata."""
    found = {}
    for kind, prefix in (("resource", ""), ("data", "data.")):
        for type_, of_type in document.get(kind, {}).items():
            for name, block in of_type.items():
                found[f"{prefix}{type_}.{name}"] = {key: value for key, value in block.items() if key != "//"}
    return found


def only(document: TerraformJson, type_: str) -> dict[str, Any]:
    """Return the one resource of a type."""
    (block,) = (block for address, block in blocks(document).items() if address.startswith(f"{type_}."))
    return block


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value that is not a container (or an empty one), with its dotted path."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, f"{path}[{index}]")
    else:
        yield path, value


def differences(before: TerraformJson, after: TerraformJson) -> Iterator[str]:
    """Yield a line for each argument that differs: resource, argument, before and after.

    Of a text of many lines, those that differ are told.
    """
    old, new = dict(leaves(before)), dict(leaves(after))
    for path in sorted(old.keys() | new.keys()):
        was, is_ = old.get(path, _ABSENT), new.get(path, _ABSENT)
        name = path.removeprefix("resource.")
        if was == is_:
            continue
        if isinstance(was, str) and isinstance(is_, str) and "\n" in was + is_:
            changed = difflib.ndiff(was.splitlines(), is_.splitlines())
            yield from (f"{name}: {line}" for line in changed if line.startswith(("- ", "+ ")))
        else:
            yield f"{name}: {_told(was)} -> {_told(is_)}"


def _told(value: Any) -> str:
    return "(absent)" if value is _ABSENT else json.dumps(value)


_ABSENT = object()
