"""What provider 6 takes, read from the assembly of cdktn's bindings: their arguments and blocks are the provider's."""

import json
import re
import tarfile
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.terraform_json import TerraformJson

_OF_TERRAFORM: Final = {"//", "connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"}
_RENAMED: Final = {"self": "selfattribute"}
"""Arguments that the bindings call otherwise."""
_TYPE: Final = re.compile(r'    "(?P<name>@cdktn/provider-\w+\.(?P<module>\w+)\.\w+)": \{\n')
_SECTIONS: Final = {"resource": "", "data": "data", "ephemeral": "ephemeral", "provider": None}
"""What the modules of the bindings begin with for a type of each section."""

Types = Mapping[str, Mapping[str, Any]]


def modules_of(document: TerraformJson) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Yield, for each block of a stack, the module of the bindings that has its type, its address, and itself."""
    for section, beginning in _SECTIONS.items():
        for type_, found in document.get(section, {}).items():
            blocks = {type_: found} if beginning is None else {f"{type_}.{name}": found[name] for name in found}
            for address, block in blocks.items():
                whole = _plain(f"{beginning}_{type_}" if beginning else type_.partition("_")[2])
                provider, module = type_.partition("_")[0], "provider" if beginning is None else whole
                if provider in {"aws", "random"}:
                    for each in block if isinstance(block, list) else [block]:
                        yield f"{provider}.{module}", f"{section}.{address}", each


def read_types(assemblies: Collection[Path], modules: Collection[str]) -> Types:
    """Return the types of those modules by their names in small letters. Line by line: the file has 155 MB."""
    types: dict[str, Mapping[str, Any]] = {}
    taken: list[str] | None
    for path in assemblies:
        with tarfile.open(path, "r|gz") as archive:
            member = next(member for member in archive if member.name == "package/.jsii")
            lines = archive.extractfile(member)
            assert lines is not None
            name, taken = "", None
            for raw in lines:
                if taken is not None:
                    taken.append(raw.decode())
                    if raw.startswith(b"    }"):
                        types[name] = json.loads("".join(taken).rstrip().rstrip(","))
                        taken = None
                elif raw.startswith(b'    "@cdktn/provider-') and (found := _TYPE.fullmatch(raw.decode())):
                    name = found["name"].removeprefix("@cdktn/provider-").lower()
                    if name.rpartition(".")[0] in modules:
                        taken = ["{"]
    return types


def complaints(types: Types, document: TerraformJson) -> Iterator[str]:
    """Yield each argument of a stack that the provider does not have, or has and means to take away."""
    for module, address, block in modules_of(document):
        provider, _, name = module.partition(".")
        config = f"{provider if name == 'provider' else ''}{name}config"
        yield from _complaints(types, f"{module}.{config}", block, address)


def _complaints(types: Types, name: str, block: Mapping[str, Any], where: str) -> Iterator[str]:
    assert name in types, f"{where}: the bindings have no {name}"
    known = {_plain(each["name"]): each for each in types[name].get("properties", ())}
    for argument, value in block.items():
        if argument in _OF_TERRAFORM:
            continue
        found = known.get(_RENAMED.get(argument, _plain(argument)))
        if found is None:
            yield f"{where}.{argument}: provider 6 has no such argument"
            continue
        if "deprecated" in found.get("docs", {}):
            yield f"{where}.{argument}: is deprecated"
        for inner in _structures(found["type"]):
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, dict):
                    yield from _complaints(types, inner, each, f"{where}.{argument}")


def _structures(type_: Mapping[str, Any]) -> set[str]:
    """Return the names of the bindings' own structures in the type of a property."""
    if "fqn" in type_:
        name = type_["fqn"]
        return {name.removeprefix("@cdktn/provider-").lower()} if name.startswith("@cdktn/provider-") else set()
    inner = [*type_.get("union", {}).get("types", ()), *filter(None, [type_.get("collection", {}).get("elementtype")])]
    return {name for each in inner for name in _structures(each)}


def _plain(name: str) -> str:
    """Return a name of Terraform or of the bindings, which write it in one word, as both are alike."""
    return name.replace("_", "").lower()
