"""Several deployments in one run of Terraform, each as a module of its own: one wait, one start of the provider."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from local_aws.process import LocalAws
from tests.end_to_end.terraform import Terraform
from tests.terraform_json import TerraformJson
from tests.terraform_providers.finding import TerraformProviders

State = dict[str, Any]

REGION: Final = "us-east-1"
_OF_THE_ROOT: Final = {"provider", "terraform"}


@dataclass(frozen=True)
class PlannedChange:
    """What a plan does to one resource, or to one instance of it: `actions` and paths are Terraform's."""

    actions: tuple[str, ...]
    replace_paths: frozenset[str]
    unseen: frozenset[str]
    """Arguments of the configuration that are in the state with the same value already."""


Plans = Mapping[str, Mapping[str, list[PlannedChange]]]
"""By the module's name, and by the address in it; a resource with `for_each` has a change for each instance."""


def terraform_for_modules(
    folder: Path, aws: LocalAws, providers: TerraformProviders, documents: Mapping[str, TerraformJson]
) -> Terraform:
    """Return Terraform, initialized, on a root that has each document as a module called by its name."""
    folder.mkdir(parents=True)
    root = _root(next(iter(documents.values()))) | {"module": {name: {"source": f"./{name}"} for name in documents}}
    (folder / "main.tf.json").write_text(json.dumps(root))
    for name, document in documents.items():
        (folder / name).mkdir()
        inside = {section: content for section, content in document.items() if section not in _OF_THE_ROOT}
        (folder / name / "cdk.tf.json").write_text(json.dumps(inside | {"terraform": _required(document)}))
    terraform = Terraform(folder, aws, providers)
    terraform.run("init", "-input=false")
    return terraform


def without_refusals(document: TerraformJson) -> TerraformJson:
    """Return a document of which every change can be planned: no postcondition and no prevent_destroy refuses it."""
    copy: TerraformJson = json.loads(json.dumps(document))
    for type_ in ("resource", "data"):
        for block in (block for blocks in copy.get(type_, {}).values() for block in blocks.values()):
            for refusal in ("postcondition", "prevent_destroy"):
                block.get("lifecycle", {}).pop(refusal, None)
    return copy


def terraform_for_cases(
    folder: Path,
    aws: LocalAws,
    providers: TerraformProviders,
    document: TerraformJson,
    resources: Mapping[str, Mapping[str, object]],
) -> Terraform:
    """Return Terraform, initialized, on a root with resources of its own and the providers of a document."""
    folder.mkdir(parents=True)
    (folder / "main.tf.json").write_text(json.dumps(_root(document) | {"resource": resources}, indent=1))
    terraform = Terraform(folder, aws, providers)
    terraform.run("init", "-input=false")
    return terraform


def copied(state: State, sources: Mapping[str, str]) -> State:
    """Return a state in which each module is a copy of another: `sources` says of which."""
    resources: list[Any] = []
    for name, source in sources.items():
        of_source = [resource for resource in state["resources"] if resource.get("module") == f"module.{source}"]
        resources += json.loads(json.dumps(of_source).replace(f'"module.{source}', f'"module.{name}'))
    return state | {"resources": resources}


def planned(terraform: Terraform, state: State) -> Plans:
    """Return what Terraform plans over a state, without looking at AWS again."""
    (terraform.folder / "terraform.tfstate").write_text(json.dumps(state))
    terraform.run("plan", "-refresh=false", "-out=changes.tfplan", "-parallelism=30")
    shown = json.loads(terraform.run("show", "-json", "changes.tfplan").stdout)
    plans: dict[str, dict[str, list[PlannedChange]]] = {}
    for resource in shown["resource_changes"]:
        if resource["mode"] == "managed":
            module = resource.get("module_address", "").removeprefix("module.")
            address = f"{resource['type']}.{resource['name']}"
            plans.setdefault(module, {}).setdefault(address, []).append(_change(resource["change"]))
    return plans


def _change(change: Mapping[str, Any]) -> PlannedChange:
    before, after = change["before"] or {}, change["after"] or {}
    unknown = change.get("after_unknown") or {}
    return PlannedChange(
        actions=tuple(change["actions"]),
        replace_paths=frozenset(
            ".".join(step for step in path if isinstance(step, str)) for path in change.get("replace_paths", ())
        ),
        unseen=frozenset(name for name in after if before.get(name) == after[name] and not unknown.get(name)),
    )


def _root(document: TerraformJson) -> TerraformJson:
    return {"terraform": _required(document), "provider": {"aws": [{"region": REGION}]}}


def _required(document: TerraformJson) -> TerraformJson:
    return {"required_providers": document["terraform"]["required_providers"]}
