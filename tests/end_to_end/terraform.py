"""Runs real Terraform on a synthesized stack against a local AWS, for tests."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local_aws.process import LocalAws
from tests.end_to_end.called_actions import CalledActions
from tests.end_to_end.kept_providers import kept_providers
from tests.terraform_providers.finding import TerraformProviders

CHANGED = 2
"""Exit status of `plan -detailed-exitcode` when there is something to do."""

FOR_PEOPLE = {"init", "validate", "plan", "apply", "destroy", "import"}
"""Commands whose output people see; the others show the state to programs, secrets included."""


@dataclass(frozen=True)
class Plan:
    """What a plan would do: the changes by address, without those that do nothing; `shown` is all that it is."""

    exit_status: int
    text: str
    changes: Mapping[str, dict[str, Any]] = field(default_factory=dict)
    shown: Mapping[str, Any] = field(default_factory=dict)

    @property
    def actions(self) -> dict[str, list[str]]:
        """Return what happens to each resource: `["update"]`, `["delete", "create"]`, …."""
        return {address: change["actions"] for address, change in self.changes.items()}

    def changed_arguments(self, address: str) -> set[str]:
        """Return the names of the arguments of a resource that an update changes."""
        change = self.changes[address]
        before, after = change["before"], change["after"]
        return {name for name in after if before.get(name) != after.get(name)}


class Terraform:
    """One working folder; `variables` go to every command as `-var`.

    With `called`, whatever asks AWS must keep to the policy that is worked out for the stack.
    """

    def __init__(
        self,
        folder: Path,
        aws: LocalAws,
        providers: TerraformProviders,
        variables: Mapping[str, object] | None = None,
        called: CalledActions | None = None,
    ) -> None:
        self.folder = folder
        self.environment = aws.environment | providers.environment | {"TF_IN_AUTOMATION": "1"}
        self.variables = dict(variables or {})
        self.log: list[str] = []
        self.called = called

    def command(self, *arguments: str, variables: Mapping[str, object] | None = None) -> list[str]:
        """Return a command line, with variables where the command takes them."""
        line = ["terraform", arguments[0]]
        if arguments[0] in FOR_PEOPLE:
            line += ["-no-color"]
        if arguments[0] in {"plan", "apply", "destroy", "import"}:
            line += ["-input=false"]
            line += [f"-var={name}={value}" for name, value in (self.variables | dict(variables or {})).items()]
        line += arguments[1:]  # last, for the arguments of an import
        return line

    def run(
        self, *arguments: str, variables: Mapping[str, object] | None = None, allowed: tuple[int, ...] = (0,)
    ) -> subprocess.CompletedProcess[str]:
        """Run a command; any exit status but the allowed ones fails the test with what Terraform printed."""
        # `init` starts providers of its own, and so does whoever starts Terraform with `environment`: it may be killed.
        with (
            nullcontext(self.environment)
            if arguments[0] == "init"
            else kept_providers(self.folder, self.environment) as environment,
            self._within_policy(arguments[0]),
        ):
            done = subprocess.run(
                self.command(*arguments, variables=variables),
                cwd=self.folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        if arguments[0] in FOR_PEOPLE:
            self.log.append(done.stdout)
        assert done.returncode in allowed, f"terraform {arguments[0]}: exit status {done.returncode}\n{done.stdout}"
        return done

    def _within_policy(self, command: str) -> AbstractContextManager[None]:
        if self.called is None or command not in {"plan", "apply", "destroy"}:
            return nullcontext()
        return self.called.within_policy(self.folder / "cdk.tf.json", plan_only=command == "plan")

    def init(self, *arguments: str) -> None:
        """Initialize. What `terraform validate` finds, every plan and apply finds too: they validate first.

        A folder that was initialized for the same providers and the same backend is left as it is: Terraform would read
        the whole provider to check it, which costs more than a plan.
        """
        document, done = self.folder / "cdk.tf.json", self.folder / ".terraform" / "initialized-for.json"
        settings = json.loads(document.read_text())["terraform"] if document.exists() else None
        asked = json.dumps([settings, arguments])
        if settings and done.exists() and done.read_text() == asked:
            return
        self.run("init", "-input=false", *arguments)
        done.write_text(asked)

    def apply(self, **variables: object) -> str:
        """Apply and return what Terraform printed."""
        return self.run("apply", "-auto-approve", variables=variables).stdout

    def plan(self, **variables: object) -> Plan:
        """Plan; exit status 0 means nothing to do, 1 a refusal, 2 changes."""
        file = self.folder / "test.tfplan"
        done = self.run("plan", "-detailed-exitcode", f"-out={file.name}", variables=variables, allowed=(0, 1, CHANGED))
        if done.returncode == 1:
            return Plan(1, done.stdout)
        if done.returncode == 0:  # nothing to show, which would cost as much as the plan
            file.unlink()
            return Plan(0, done.stdout)
        shown = json.loads(self.run("show", "-json", file.name).stdout)
        file.unlink()
        changes = {
            resource["address"]: resource["change"]
            for resource in shown.get("resource_changes", [])
            if resource["change"]["actions"] not in (["no-op"], ["read"])
        }
        return Plan(done.returncode, done.stdout, changes, shown)

    def destroy(self) -> None:
        """Destroy everything in the state."""
        self.run("destroy", "-auto-approve")

    def state(self) -> dict[str, Any]:
        """Return the state."""
        parsed: dict[str, Any] = json.loads(self.run("state", "pull").stdout)
        return parsed

    def managed(self) -> list[str]:
        """Return the addresses of the resources in the state."""
        return [
            f"{resource['type']}.{resource['name']}"
            for resource in self.state()["resources"]
            # One that is only being made is there without an instance.
            if resource["mode"] == "managed" and resource["instances"]
        ]

    def password(self) -> str:
        """Return the password in the state, to look for it where it must not be."""
        for resource in self.state()["resources"]:
            if resource["type"] == "random_password":
                password: str = resource["instances"][0]["attributes"]["result"]
                return password
        raise LookupError("no password in the state")

    def outputs(self) -> dict[str, Any]:
        """Return the outputs' values."""
        parsed = json.loads(self.run("output", "-json").stdout)
        return {name: output["value"] for name, output in parsed.items()}


def terraform_on_path() -> bool:
    """Whether there is a Terraform to run."""
    return shutil.which("terraform") is not None
