"""The providers' own schema, and what of a synthesized document it does not know, forbids or calls deprecated.

`terraform validate` finds unknown arguments too, one folder at a time, but says nothing of most deprecated ones.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from tests.terraform_json import TerraformJson

KINDS: Final = {
    "resource": "resource_schemas",
    "data": "data_source_schemas",
    "ephemeral": "ephemeral_resource_schemas",
}
"""The sections of a document that hold things of a provider, and what the schema calls them."""

OF_TERRAFORM: Final = {"//", "check", "import", "locals", "moved", "output", "removed", "terraform", "variable"}
"""The sections that no provider knows of."""

# Source: Terraform's documentation, "Meta-arguments"; `alias` and `version` are those of a provider's configuration.
META_ARGUMENTS: Final = set("// connection count depends_on for_each lifecycle provider provisioner".split())
PROVIDER_META_ARGUMENTS: Final = {"//", "alias", "version"}

Schema = Mapping[str, Any]


class ProviderSchemas:
    """What `terraform providers schema -json` says of the types that are asked for: the whole is 100 MB in memory."""

    def __init__(self, printed: Schema, types: Collection[str]) -> None:
        providers = printed["provider_schemas"]
        self._configurations = {address.rpartition("/")[2]: schema["provider"] for address, schema in providers.items()}
        self._types = {
            (kind, type_): schema
            for of_provider in providers.values()
            for kind, section in KINDS.items()
            for type_, schema in of_provider.get(section, {}).items()
            if type_ in types
        }

    def takes(self, kind: str, type_: str, argument: str) -> bool:
        """Whether a resource or data source of the type takes the argument."""
        schema = self._types.get((kind, type_))
        return schema is not None and argument in schema["block"].get("attributes", {})

    def arguments(self, type_: str) -> Mapping[str, Schema]:
        """Return the arguments of a resource by name: not its blocks, nor what is deprecated or only written."""
        attributes = self._types["resource", type_]["block"].get("attributes", {})
        return {
            name: attribute
            for name, attribute in attributes.items()
            if (attribute.get("optional") or attribute.get("required"))
            and not (attribute.get("deprecated") or attribute.get("write_only"))
        }

    def settable(self, type_: str) -> set[str]:
        """Return the arguments and blocks of a resource that may be given, but for those that all have."""
        block = self._types["resource", type_]["block"]
        attributes = block.get("attributes", {}).items()
        names = {name for name, attribute in attributes if attribute.get("optional") or attribute.get("required")}
        return (names | set(block.get("block_types", {}))) - {"id", "tags_all"}

    def secret_arguments(self, type_: str) -> set[str]:
        """Return the paths of a resource's arguments that the provider calls sensitive, or takes without keeping."""
        return {
            path
            for path, schema in _arguments(self._types["resource", type_]["block"])
            if schema.get("sensitive") or schema.get("write_only")
        }

    def ordered_arguments(self, type_: str) -> set[str]:
        """Return the paths of a resource's arguments and blocks that are lists, in which the order says something."""
        block = self._types["resource", type_]["block"]
        lists = {path for path, schema in _arguments(block) if schema["type"][0] == "list"}
        return lists | set(_listed_blocks(block))

    def problems(self, document: TerraformJson) -> Iterator[str]:
        """Yield a line, with address and argument, for each thing in the document that the schema does not allow."""
        for section, content in document.items():
            if section == "provider":
                for name, configurations in content.items():
                    for configuration in configurations:
                        yield from self._provider_problems(name, configuration)
            elif section in KINDS:
                for type_, of_type in content.items():
                    for name, body in of_type.items():
                        yield from self._problems_of(section, type_, name, body)
            elif section not in OF_TERRAFORM:
                yield f"{section}: a section that nothing here looks at"

    def _provider_problems(self, name: str, configuration: Mapping[str, Any]) -> Iterator[str]:
        if name not in self._configurations:
            yield f"provider.{name}: there is no such provider"
            return
        arguments = {key: value for key, value in configuration.items() if key not in PROVIDER_META_ARGUMENTS}
        yield from _block_problems(f"provider.{name}", arguments, self._configurations[name]["block"])

    def _problems_of(self, kind: str, type_: str, name: str, body: Mapping[str, Any]) -> Iterator[str]:
        address = f"{type_}.{name}" if kind == "resource" else f"{kind}.{type_}.{name}"
        schema = self._types.get((kind, type_))
        if schema is None:
            yield f"{address}: the provider knows no such {kind}"
            return
        if schema["block"].get("deprecated"):
            yield f"{address}: the provider calls it deprecated"
        arguments = {key: value for key, value in body.items() if key not in META_ARGUMENTS}
        yield from _block_problems(address, arguments, schema["block"])


def _arguments(block: Schema, before: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield path and schema of what may be given, in all blocks."""
    for name, schema in block.get("attributes", {}).items():
        if schema.get("optional") or schema.get("required"):
            yield before + name, schema
    for name, inner in block.get("block_types", {}).items():
        yield from _arguments(inner["block"], f"{before}{name}.")


def _listed_blocks(block: Schema, before: str = "") -> Iterator[str]:
    for name, inner in block.get("block_types", {}).items():
        if inner["nesting_mode"] == "list" and inner.get("max_items") != 1:
            yield before + name
        yield from _listed_blocks(inner["block"], f"{before}{name}.")


def types_in(*documents: TerraformJson) -> set[str]:
    """Return the types of all resources, data sources and ephemeral resources."""
    return {type_ for document in documents for kind in KINDS for type_ in document.get(kind, {})}


def _block_problems(path: str, body: Mapping[str, Any], schema: Schema) -> Iterator[str]:
    attributes, block_types = schema.get("attributes", {}), schema.get("block_types", {})
    for name, value in body.items():
        where = f"{path}.{name}"
        if name in attributes:
            yield from _attribute_problems(where, value, attributes[name])
        elif name in block_types:
            yield from _blocks_problems(where, value, block_types[name]["block"])
        elif name == "dynamic":
            for block_name, content in _dynamic_contents(value):
                yield from _block_problems(f"{path}.dynamic", {block_name: content}, schema)
        else:
            yield f"{where}: the provider knows no such argument"


def _blocks_problems(path: str, value: Any, schema: Schema) -> Iterator[str]:
    if schema.get("deprecated"):
        yield f"{path}: the provider calls it deprecated"
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _block_problems(f"{path}[{index}]", item, schema)
    else:
        yield from _block_problems(path, value, schema)


def _attribute_problems(path: str, value: Any, schema: Schema) -> Iterator[str]:
    if schema.get("deprecated"):
        yield f"{path}: the provider calls it deprecated"
    if schema.get("computed") and not schema.get("optional"):
        yield f"{path}: the provider sets it, and nobody else may"
    yield from _object_problems(path, value, schema["type"])


def _object_problems(path: str, value: Any, type_: Any) -> Iterator[str]:
    """Look into lists, sets, maps and objects: `["set", ["object", {"from_port": "number", …}]]`."""
    if isinstance(type_, str) or isinstance(value, str) or value is None:
        return
    container, of = type_
    if container == "object":
        for name, item in value.items():
            if name in of:
                yield from _object_problems(f"{path}.{name}", item, of[name])
            else:
                yield f"{path}.{name}: the provider knows no such argument"
    else:
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            yield from _object_problems(f"{path}[{key}]", item, of)


def _dynamic_contents(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the name and the content of each block that Terraform repeats."""
    for dynamic in value if isinstance(value, list) else [value]:
        for block_name, blocks in dynamic.items():
            for block in blocks if isinstance(blocks, list) else [blocks]:
                yield block_name, block["content"]
