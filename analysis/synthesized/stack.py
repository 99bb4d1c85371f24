"""One synthesized stack as a reader sees it: its blocks, with the variables' defaults filled in."""

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal

from analysis.errors import AnalysisError
from analysis.files import json_object, read_bytes
from analysis.synthesized.document import problem
from analysis.synthesized.expressions import filled_in, references, with_texts
from analysis.synthesized.values import blocks_in

Mode = Literal["resource", "data", "ephemeral"]

STACK_FILE: Final = "cdk.tf.json"
_LONGEST_TEXT: Final = 1_000_000
_PREFIXES: Final[Mapping[Mode, str]] = {"resource": "", "data": "data.", "ephemeral": "ephemeral."}


@dataclass(frozen=True)
class Block:
    """A resource, a data source or an ephemeral resource.

    `arguments` are as Terraform would see them with every variable at its default; what only AWS knows stays an
    expression, such as `${aws_rds_cluster.aurora.arn}`. `lifecycle` and `depends_on` are apart: they are Terraform's.
    `construct_path` is where the construct stands in the program, such as `dev/cluster/cluster`. A block of a plan may
    be in a `module`, such as `module.database`; of a synthesized stack none is.
    """

    mode: Mode
    type: str
    name: str
    arguments: Mapping[str, Any]
    lifecycle: Mapping[str, Any]
    depends_on: tuple[str, ...]
    construct_path: str
    module: str = ""

    @property
    def address(self) -> str:
        """Terraform's address, such as `aws_rds_cluster.aurora` or `data.aws_vpc.default`."""
        module = f"{self.module}." if self.module else ""
        return f"{module}{_PREFIXES[self.mode]}{self.type}.{self.name}"

    def get(self, *path: str, default: Any = None) -> Any:
        """Return the argument at a path; a block that may stand once is found whether or not it is in a list."""
        value: Any = self.arguments
        for key in path:
            if isinstance(value, list) and len(value) == 1:
                value = value[0]
            if not isinstance(value, Mapping) or value.get(key) is None:
                return default
            value = value[key]
        return value

    def is_on(self, argument: str) -> bool:
        """Return whether a switch is on: by its text too, as Terraform takes it; one that only it knows is."""
        return bool(value := self.get(argument)) and value != "false"

    @cached_property
    def references(self) -> frozenset[str]:
        """Addresses of the blocks that the arguments name."""
        return references(self.arguments)

    @property
    def copies(self) -> int | None:
        """How many resources it makes by `count` or `for_each`; None where only Terraform knows."""
        for_each = self.get("for_each")
        if for_each is not None:
            return len(for_each) if isinstance(for_each, (list, dict)) else None
        count = self.get("count", default=1)
        return count if isinstance(count, int) else None


@dataclass(frozen=True)
class SynthesizedStack:
    """The JSON of one environment. `document` is all of it, as written."""

    name: str
    document: Mapping[str, Any]

    @cached_property
    def variables(self) -> Mapping[str, Any]:
        """Defaults of the Terraform variables by name; one that the operator must give is not among them."""
        variables = self.document.get("variable", {})
        return {name: variable["default"] for name, variable in variables.items() if "default" in variable}

    @cached_property
    def blocks(self) -> Mapping[str, Block]:
        """Resources, data sources and ephemeral resources by address, in the order of the JSON."""
        found = [self._block(mode, type_, name, body) for mode, type_, name, body in self._bodies()]
        return {block.address: block for block in found}

    @cached_property
    def resources(self) -> Mapping[str, Block]:
        """Resources by address."""
        return {address: block for address, block in self.blocks.items() if block.mode == "resource"}

    def of_type(self, type_: str, mode: Mode = "resource") -> tuple[Block, ...]:
        """Return the blocks of a type, sorted by name."""
        found = (block for block in self.blocks.values() if block.type == type_ and block.mode == mode)
        return tuple(sorted(found, key=lambda block: block.name))

    def one(self, type_: str, mode: Mode = "resource") -> Block | None:
        """Return the block of a type of which a stack has one at most."""
        found = self.of_type(type_, mode)
        return found[0] if found else None

    @property
    def region(self) -> str | None:
        """The Region, where the stack or its provider names one; else the operator gives it at the deploy."""
        providers = blocks_in(self.document.get("provider", {}).get("aws"))
        named = (self.filled_in(provider.get("region")) for provider in providers if "alias" not in provider)
        literal = (region for region in named if isinstance(region, str) and "${" not in region)
        return self.variables.get("aws_region") or next(literal, None)

    @property
    def moved(self) -> Mapping[str, str]:
        """Addresses that the stack says have changed: the old one to the new one."""
        return {block["from"].strip("${}"): block["to"].strip("${}") for block in self.document.get("moved", ())}

    def filled_in(self, value: Any) -> Any:
        """Return any value of the document with variables and locals filled in."""
        return with_texts(value, self._meaning)

    def _meaning(self, text: str) -> Any:
        if text not in self._meanings:
            self._meanings[text] = filled_in(_with_locals(text, self.document.get("locals", {})), self._names)
        return self._meanings[text]

    @cached_property
    def _meanings(self) -> dict[str, Any]:
        """What has been made of texts so far: a stack says many things more than once."""
        return {}

    @cached_property
    def _names(self) -> Mapping[str, Any]:
        names = {f"var.{name}": value for name, value in self.variables.items()}
        for name, value in self.document.get("locals", {}).items():
            if isinstance(known := filled_in(value, names), str) and "${" in known:
                continue
            names[f"local.{name}"] = known
        return names

    def _bodies(self) -> Iterator[tuple[Mode, str, str, Mapping[str, Any]]]:
        for mode in _PREFIXES:
            for type_, named in self.document.get(mode, {}).items():
                for name, body in named.items():
                    yield mode, type_, name, body

    def _block(self, mode: Mode, type_: str, name: str, body: Mapping[str, Any]) -> Block:
        apart = ("//", "lifecycle", "depends_on")
        own = {key: value for key, value in body.items() if key not in apart}
        return Block(
            mode=mode,
            type=type_,
            name=name,
            arguments=self.filled_in(own),
            lifecycle=self.filled_in(body.get("lifecycle", {})),
            depends_on=tuple(address.strip("${}") for address in body.get("depends_on", ())),
            construct_path=body.get("//", {}).get("metadata", {}).get("path", ""),
        )


class ReadStacks(Mapping[str, SynthesizedStack]):
    """Stacks by name, each held as its compressed JSON, of which it is made whenever it is asked for.

    So the stacks of thousands of environments take some kilobytes each, and two of one text are the same at a glance.
    """

    def __init__(self, compressed: Mapping[str, bytes]) -> None:
        self.compressed = dict(compressed)

    def __getitem__(self, name: str) -> SynthesizedStack:
        return SynthesizedStack(name, json.loads(zlib.decompress(self.compressed[name])))

    def __iter__(self) -> Iterator[str]:
        return iter(self.compressed)

    def __len__(self) -> int:
        return len(self.compressed)


def is_same(before: Mapping[str, SynthesizedStack], after: Mapping[str, SynthesizedStack], name: str) -> bool:
    """Whether a stack has one JSON on both sides."""
    if isinstance(before, ReadStacks) and isinstance(after, ReadStacks):
        texts = before.compressed[name], after.compressed[name]
        return texts[0] == texts[1] or before[name].document == after[name].document
    return before[name].document == after[name].document


def read_stacks(folder: Path) -> ReadStacks:
    """Return the stacks in a folder such as `cdktf.out`, by name. Raises AnalysisError."""
    paths = sorted((folder / "stacks").glob(f"*/{STACK_FILE}"))
    if not paths:
        raise AnalysisError(f"{folder} has no synthesized stack (stacks/NAME/{STACK_FILE}): write it with make synth")
    return ReadStacks({path.parent.name: zlib.compress(_checked(path)[0], 1) for path in paths})


def read_stack(path: Path) -> SynthesizedStack:
    """Return the stack in a file `cdk.tf.json`. Raises AnalysisError."""
    return SynthesizedStack(path.parent.name, _checked(path)[1])


def _checked(path: Path) -> tuple[bytes, Mapping[str, Any]]:
    """Return the text of a synthesized stack, and what it says. Raises AnalysisError where it is none."""
    text = read_bytes(path)
    document = json_object(text, str(path), what="a synthesized stack")
    if (wrong := problem(document)) is not None:
        raise AnalysisError(f"{path} is not a synthesized stack: {wrong}; write it again with make synth")
    return text, document


def _with_locals(text: str, locals_: Mapping[str, Any]) -> Any:
    """Return a text with `${local.x}` replaced by what the local is, an expression or not."""
    for name, meaning in locals_.items():
        if text == f"${{local.{name}}}":
            return meaning
        if isinstance(meaning, str) and len(text) < _LONGEST_TEXT:  # locals of locals may grow without end
            text = text.replace(f"${{local.{name}}}", meaning)
    return text
