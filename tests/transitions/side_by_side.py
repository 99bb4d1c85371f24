"""Many deployments in one run of Terraform, each a module that changes by itself: one provider, one wait for all.

What an apply or a plan says is told by deployment. One that is refused or that fails holds up none of the others.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from local_aws.process import LocalAws
from tests.end_to_end.terraform import CHANGED, Terraform
from tests.terraform_json import TerraformJson
from tests.terraform_providers.finding import TerraformProviders

APPLY_SECONDS: Final = 1200
"""How long an apply may take; the provider repeats for 15 minutes a delete that AWS refuses."""

TIMED_OUT: Final = 124
"""Exit status of `timeout` when the time was over."""

REGION: Final = "us-east-1"
"""What the operator gives where a document names no Region."""

_OF_THE_ROOT: Final = {"provider", "terraform", "//"}
_ROOT: Final = ""


class HarnessError(Exception):
    """Terraform said something that belongs to no deployment: nothing can be told of any of them."""


@dataclass
class Said:
    """What one run of Terraform said of one deployment; addresses are those of the deployment itself."""

    planned: dict[str, str] = field(default_factory=dict)
    """The action for each address: create, update, replace, delete."""
    errors: list[str] = field(default_factory=list)
    """`address: summary: detail`, each in one line."""
    done: list[str] = field(default_factory=list)
    unfinished: set[str] = field(default_factory=set)
    """What was begun and had not ended."""
    failed: set[str] = field(default_factory=set)
    """What was begun and ended with an error."""
    last: float = 0.0
    """Seconds from the begin of the run to the end of the last thing that was done."""


@dataclass(frozen=True)
class Run:
    """One run: what it said by deployment, and whether anything was begun."""

    said: Mapping[str, Said]
    is_applied: bool
    timed_out: bool = False

    @property
    def refused(self) -> set[str]:
        """The deployments because of which nothing was begun."""
        return set() if self.is_applied else {name for name, said in self.said.items() if said.errors}


class _Bounded(Terraform):
    """Terraform that is interrupted, as by Ctrl-C, after some seconds."""

    seconds: float = APPLY_SECONDS

    def command(self, *arguments: str, variables: Mapping[str, object] | None = None) -> list[str]:
        bound = ["timeout", "--foreground", "--signal=INT", str(self.seconds)]
        return bound + super().command(*arguments, variables=variables)


class SideBySide:
    """Deployments by name, in one folder with one state; the next run applies what the document of a name is then."""

    def __init__(self, folder: Path, aws: LocalAws, providers: TerraformProviders) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.documents: dict[str, TerraformJson] = {}
        self._terraform = _Bounded(folder, aws, providers)
        self._installed: set[str] = set()
        self._aliases: dict[str, str] = {}
        self._moves = False

    def put(self, name: str, document: TerraformJson) -> None:
        """Say what a deployment shall be."""
        before = self.documents.get(name, document)
        self._moves = self._moves or _provider(before) != _provider(document)
        self.documents[name] = document

    def forget(self, name: str) -> None:
        """Take a deployment out of the state and out of the configuration; what is in AWS stays."""
        del self.documents[name]
        path = self.folder / "terraform.tfstate"
        if path.exists():
            state = json.loads(path.read_text())
            state["resources"] = [one for one in state["resources"] if one.get("module") != f"module.{name}"]
            state["outputs"].pop(name, None)
            path.write_text(json.dumps(state))

    def adopt(self, name: str, document: TerraformJson, state: Mapping[str, Any]) -> None:
        """Take over a deployment from the state of a folder of its own."""
        self.put(name, document)
        self._write()
        path = self.folder / "terraform.tfstate"
        new: dict[str, Any] = {"version": 4, "serial": 1, "lineage": "side-by-side", "outputs": {}, "resources": []}
        together: dict[str, Any] = json.loads(path.read_text()) if path.exists() else new
        aws = 'provider["registry.terraform.io/hashicorp/aws"]'
        for resource in state["resources"]:
            for instance in resource["instances"]:
                instance["dependencies"] = [f"module.{name}.{one}" for one in instance.get("dependencies", ())]
            provider = resource["provider"]
            aliased = f"{provider}.{self._alias(document)}" if provider == aws else provider
            together["resources"].append({**resource, "module": f"module.{name}", "provider": aliased})
        path.write_text(json.dumps(together))

    def command(self, name: str, command: str, address: str, *arguments: str) -> None:
        """Run a command of Terraform on an address of a deployment, such as `untaint` or `import`."""
        self._terraform.run(command, f"module.{name}.{address}", *arguments)

    def apply(self, *, seconds: float = APPLY_SECONDS, refresh: bool = True) -> Run:
        """Apply what is put. Where the plan refuses a deployment, nothing at all is applied.

        Without `refresh` Terraform does not look at AWS again, unless one looks elsewhere than before.
        """
        self._write()
        looks = str(refresh or self._moves).lower()
        run = self._run("apply", "-auto-approve", f"-refresh={looks}", seconds=seconds)
        self._moves = self._moves and not run.is_applied
        return run

    def plan(self) -> Run:
        """Plan again."""
        self._write()
        return self._run("plan", "-detailed-exitcode", "-out=again.tfplan", seconds=APPLY_SECONDS)

    def changed_arguments(self) -> dict[tuple[str, str], list[str]]:
        """Return what the last plan changes: the paths of arguments, by deployment and address."""
        shown = json.loads(self._terraform.run("show", "-json", "again.tfplan").stdout)
        found = {}
        for resource in shown.get("resource_changes", ()):
            if resource["change"]["actions"] not in (["no-op"], ["read"]):
                name, address = _place(resource["address"])
                found[name, address] = sorted(_differing(resource["change"]))
        return found

    def state(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the attributes of a deployment's resources by address; with `for_each`, those of the last one."""
        path = self.folder / "terraform.tfstate"
        state = json.loads(path.read_text()) if path.exists() else {"resources": []}
        return {
            f"{one['type']}.{one['name']}": instance["attributes"]
            for one in state["resources"]
            if one.get("module") == f"module.{name}" and one["mode"] == "managed"
            for instance in one["instances"]
        }

    def _write(self) -> None:
        modules: dict[str, Any] = {}
        for name, document in self.documents.items():
            (self.folder / name).mkdir(exist_ok=True)
            inside = {section: content for section, content in document.items() if section not in _OF_THE_ROOT}
            required = {"required_providers": document["terraform"]["required_providers"]}
            (self.folder / name / "cdk.tf.json").write_text(json.dumps(inside | {"terraform": required}))
            modules[name] = {"source": f"./{name}", "providers": {"aws": f"aws.{self._alias(document)}"}}
            if "default" not in document["variable"]["aws_region"]:
                modules[name]["aws_region"] = REGION
        root = {
            "terraform": required,
            "provider": {"aws": [json.loads(of) | {"alias": alias} for of, alias in self._aliases.items()]},
            "module": modules,
            "output": {name: {"value": f"${{module.{name}}}", "sensitive": True} for name in modules},
        }
        (self.folder / "main.tf.json").write_text(json.dumps(root))
        if not self._installed:
            self._terraform.run("init", "-input=false")
        elif not self._installed >= modules.keys():
            self._terraform.run("get")
        self._installed |= modules.keys()

    def _alias(self, document: TerraformJson) -> str:
        """Return the alias of the provider that a document configures, always the same one: a state names it."""
        return self._aliases.setdefault(json.dumps(_provider(document), sort_keys=True), f"number_{len(self._aliases)}")

    def _run(self, *arguments: str, seconds: float) -> Run:
        begin, self._terraform.seconds = time.time(), seconds
        parallel = f"-parallelism={10 * len(self.documents)}"
        done = self._terraform.run(arguments[0], "-json", parallel, *arguments[1:], allowed=(0, 1, CHANGED, TIMED_OUT))
        events = [json.loads(event) for event in done.stdout.splitlines() if event.startswith("{")]
        said = {name: Said() for name in self.documents}
        for event in events:
            note(event, said, begin)
        place_the_rest(events, said)
        is_right = done.returncode in {0, CHANGED}
        if not is_right and not any(one.errors for one in said.values()):
            raise HarnessError("\n".join(event["@message"] for event in events if event["@level"] == "error"))
        # A plan reads data sources, which is told in the same words.
        begun = [event["hook"]["action"] for event in events if event["type"] == "apply_start"]
        is_applied = is_right or any(action != "read" for action in begun)
        return Run(said, is_applied, done.returncode == TIMED_OUT)


def note(event: Mapping[str, Any], said: Mapping[str, Said], begin: float) -> None:
    """Take down an event of `-json` where it belongs; `begin` is when the run began."""
    kind = event["type"]
    if kind == "diagnostic":
        if event["@level"] == "error":
            _note_error(event["diagnostic"], said)
        return
    place = (event.get("change") or event.get("hook") or {}).get("resource")
    if place is None or place["resource"].startswith("data."):
        return
    name, address = _place(place["addr"])
    if name not in said:
        return
    of = said[name]
    if kind == "planned_change":
        of.planned[address] = event["change"]["action"]
    elif kind == "apply_start":
        of.unfinished.add(address)
    elif kind in {"apply_complete", "apply_errored"}:
        of.unfinished.discard(address)
        if kind == "apply_errored":
            of.failed.add(address)
        of.last = _seconds(event) - begin
        if kind == "apply_complete":
            of.done.append(f"{event['hook']['action']} {address}")


def _note_error(diagnostic: Mapping[str, Any], said: Mapping[str, Said]) -> None:
    name, address = _place(diagnostic.get("address", ""))
    name = name or _module_of_file(diagnostic)
    if name in said:  # else it is of an interruption, or of the root: told where nothing else is
        text = ": ".join(part for part in (address, diagnostic["summary"], diagnostic.get("detail", "")) if part)
        said[name].errors.append(" ".join(text.split()))


def place_the_rest(events: Sequence[Mapping[str, Any]], said: Mapping[str, Said]) -> None:
    """Add the errors that name no address, as those of a delete do, to the deployments in which something failed.

    Terraform does not say that the delete of what was replaced has failed: it is not finished then.
    """
    messages = [
        " ".join(event["@message"].split())
        for event in events
        if event["type"] == "diagnostic"
        and event["@level"] == "error"
        and not event["diagnostic"].get("address")
        and _module_of_file(event["diagnostic"]) not in said
    ]
    named = {name for name in said for message in messages if f"module.{name}." in message}
    for name in named:  # as of a cycle, of which nothing is begun
        said[name].errors += [message for message in messages if f"module.{name}." in message]
    messages = [message for message in messages if not any(f"module.{name}." in message for name in named)]
    if not any(of.failed for of in said.values()):
        for of in said.values():
            of.failed |= of.unfinished
    for of in said.values():
        untold = sorted(address for address in of.failed if not any(one.startswith(address) for one in of.errors))
        of.errors += [f"{address}: {message}" for address in untold for message in messages]


def _seconds(event: Mapping[str, Any]) -> float:
    return datetime.fromisoformat(event["@timestamp"]).timestamp()


def _place(address: str) -> tuple[str, str]:
    """Return the deployment, and the address in it."""
    if not address.startswith("module."):
        return _ROOT, address
    _, name, inside = address.split(".", 2)
    return name, inside


def _module_of_file(diagnostic: Mapping[str, Any]) -> str:
    return str((diagnostic.get("range") or {}).get("filename", "")).partition("/")[0]


def _provider(document: TerraformJson) -> dict[str, Any]:
    """Return the configuration of the AWS provider, with the variable's default in it."""
    [provider] = document["provider"]["aws"]
    region = document["variable"]["aws_region"].get("default", REGION)
    return {**provider, "region": region}


def _differing(change: Mapping[str, Any]) -> Iterator[str]:
    before, after = change["before"] or {}, change["after"] or {}
    for name in before.keys() | after.keys():
        if before.get(name) != after.get(name) and not (change.get("after_unknown") or {}).get(name):
            yield name
