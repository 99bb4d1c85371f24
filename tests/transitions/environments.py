"""Environments of transitions as documents: changed by key, given names of their own, synthesized."""

import copy
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomli_w

from aurora_serverless.rules.violation import RuleViolation
from stacks.environment_files import EnvironmentFileError, read_environment
from stacks.synthesis import synthesize
from tests.conftest import ROOT, TODAY
from tests.stacks.environment_strategies import KEYS
from tests.stacks.made_up_environments import Document, find, keys_in, put
from tests.terraform_json import TerraformJson

BASES: Final = ROOT / "tests" / "end_to_end" / "replacement" / "environments"
NAMES: Final = (
    *(key for key in KEYS if key.startswith("names.")),
    "protection.final_snapshot_identifier",
    "proxy.name",
    "global_database.identifier",
)
"""The keys whose value is a name of its own, not one made from `name_prefix`."""
_LONGEST_NAME: Final = 30
ALONE: Final = ("proxy", "bedrock_knowledge_base")
"""The sections that make something even if they are empty."""


def base(name: str) -> Document:
    """Return one of the environments from which the fixed list starts.

    Without interface endpoints: a VPC takes one of a service, and the deployments side by side are in the same VPC.
    """
    return changed(tomllib.loads((BASES / f"{name}.toml").read_text()), {"network.interface_endpoints": None})


def changed(document: Document, keys: Mapping[str, Any]) -> Document:
    """Return a document with dotted keys set, and those taken out that are None."""
    result = copy.deepcopy(document)
    for key, value in keys.items():
        if value is not None:
            put(result, key, copy.deepcopy(value))
        elif found := find(result, key):
            del found[0][found[1]]
    return result


def value_of(document: Document, key: str) -> Any:
    """Return the value of a dotted key, None where it is not given."""
    found = find(document, key)
    return None if found is None else found[0].get(found[1])


def differing(before: Document, after: Document) -> dict[str, Any]:
    """Return what makes `after` of `before`: its value of each key that differs, None for one that it has not."""
    keys = sorted(keys_in(before) | keys_in(after))
    found = {key: value_of(after, key) for key in keys if value_of(before, key) != value_of(after, key)}
    # A section may be there without a key, as `[proxy]` is.
    for section in (key for key in ALONE if (key in before) != (key in after)):
        found = {section: after.get(section)} | {
            key: value for key, value in found.items() if not key.startswith(f"{section}.")
        }
    return found


def own_names(document: Document, number: int, world: Mapping[str, Any]) -> Document:
    """Return a document whose names end in a number, with what stands for something in AWS filled in from `world`."""
    result = filled_in(copy.deepcopy(document), world)
    result["name_prefix"] = f"{result['name_prefix'][:_LONGEST_NAME].rstrip('-')}-{number}"
    for key in NAMES:
        if (value := value_of(result, key)) is not None:
            put(result, key, _own(value, number))
    return result


def _own(value: Any, number: int) -> Any:
    if isinstance(value, list):
        return [_own(one, number) for one in value]
    return f"{value[:_LONGEST_NAME].rstrip('-')}-{number}"


def filled_in(value: Any, world: Mapping[str, Any]) -> Any:
    """Return a value with what stands for something in AWS filled in; a list of several becomes part of its list."""
    if isinstance(value, dict):
        return {key: filled_in(inner, world) for key, inner in value.items()}
    if isinstance(value, list):
        filled = [filled_in(inner, world) for inner in value]
        return [one for inner in filled for one in (inner if isinstance(inner, list) else [inner])]
    return world.get(value, value) if isinstance(value, str) else value


@dataclass(frozen=True)
class Synthesized:
    """What an environment became: its JSON, or why it was refused."""

    document: TerraformJson | None
    refusal: str = ""


def synthesize_all(documents: Iterable[Document]) -> list[Synthesized]:
    """Synthesize documents at once, each by itself refused or not."""
    found: list[Synthesized | None] = []
    environments = []
    with tempfile.TemporaryDirectory() as folder:
        for number, document in enumerate(documents):
            path = Path(folder) / f"environment-{number}.toml"
            path.write_text(tomli_w.dumps(document), encoding="utf-8")
            try:
                environments.append(read_environment(path))
                found.append(None)
            except (EnvironmentFileError, RuleViolation) as error:
                found.append(Synthesized(None, str(error).replace(str(path), "the file")))
        stacks = synthesize(environments, Path(folder) / "cdktf.out", today=TODAY) if environments else ()
        written = iter([dict(stack.document) for stack in stacks])
    return [one or Synthesized(next(written)) for one in found]
