"""Ends Terraform at a request of a first deploy, and then deploys as people would: what it takes until all is right."""

import dataclasses
import json
import os
import re
import signal
import subprocess
import threading
import tomllib
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from local_aws.process import LocalAws
from tests.conftest import ROOT
from tests.end_to_end.conftest import VARIABLES
from tests.end_to_end.terraform import Terraform
from tests.terraform_json import TerraformJson
from tests.terraform_providers.finding import TerraformProviders
from tests.transitions.environments import own_names, synthesize_all
from tests.transitions.side_by_side import Said, SideBySide
from tests.transitions.stopping import Stopping

ENVIRONMENTS: Final = ("dev", "production")
SIGNALS: Final = (signal.SIGINT, signal.SIGKILL)
CLUSTER: Final = "aws_rds_cluster.aurora"
MOST_COMMANDS: Final = 12
DEPLOYING: Final = ROOT / "docs" / "deploying.md"
MOST_DEPLOYS: Final = 10
CREATION_SECONDS: Final = 15
_TOGETHER: Final = 3
"""Applies that are interrupted side by side: each has a provider of its own."""
_EXISTS: Final = re.compile(r"already ?exists|\.Duplicate", re.IGNORECASE)
_IN_BRACKETS: Final = re.compile(r"\(([^)]+)\)")
_IDENTIFIED_BY: Final = {
    "aws_rds_cluster": "cluster_identifier",
    "aws_rds_cluster_instance": "identifier",
    "aws_db_subnet_group": "name",
    "aws_rds_cluster_parameter_group": "name",
    "aws_db_parameter_group": "name",
    "aws_iam_role": "name",
    "aws_kms_alias": "name",
    "aws_cloudwatch_log_group": "name",
}
"""The argument that `terraform import` takes, where it is one."""


class Ending(StrEnum):
    """How it ends; those after the second are faults."""

    CONVERGES = "converges"
    DOCUMENTED = "one documented command, then converges"
    SEVERAL = "several documented commands, then converges"
    UNDOCUMENTED = "a command that docs/deploying.md does not name"
    NEVER = "does not converge"
    LOST = "another cluster"


@dataclass(frozen=True)
class Interruption:
    """Where Terraform is ended: at which of the requests that change something, from 1."""

    environment: str
    signal: signal.Signals
    at: int


@dataclass
class Ended:
    """An interruption, the operation at which it came, and what it took."""

    interruption: Interruption
    operation: str
    ending: Ending = Ending.CONVERGES
    commands: list[str] = field(default_factory=list)
    says: list[str] = field(default_factory=list)

    @property
    def is_fault(self) -> bool:
        return self.ending not in {Ending.CONVERGES, Ending.DOCUMENTED, Ending.SEVERAL}

    def as_line(self) -> str:
        """Return it as a line of JSON."""
        of = self.interruption
        where = {"environment": of.environment, "signal": of.signal.name, "at": of.at, "operation": self.operation}
        rest = dataclasses.asdict(self)
        del rest["interruption"]
        return json.dumps(where | rest)


@dataclass
class _Deployment:
    name: str
    document: TerraformJson
    ended: Ended
    state: dict[str, Any]


class Interruptions:
    """A local AWS on which first deploys are interrupted."""

    def __init__(self, folder: Path, aws: LocalAws, providers: TerraformProviders) -> None:
        self._folder, self._aws, self._providers = folder, aws, providers
        self._side_by_side = SideBySide(folder / "together", aws, providers)
        self._count = 0
        self._lock = threading.Lock()

    def changes(self, environment: str) -> list[str]:
        """Return the operations of a first deploy that change something, in the order of one run."""
        return self._apply(Interruption(environment, signal.SIGINT, 0))[1]

    def run(self, wanted: Sequence[Interruption], report: Callable[[Ended], None]) -> None:
        """Interrupt each, then deploy all of them again, side by side, until they are right."""
        with ThreadPoolExecutor(_TOGETHER) as pool:
            deployments = [deployment for deployment, _ in pool.map(self._apply, wanted)]
        for deployment in deployments:
            self._side_by_side.adopt(deployment.name, deployment.document, deployment.state)
        for deployment in self._recovered(deployments):
            report(deployment.ended)

    def _apply(self, interruption: Interruption) -> tuple[_Deployment, list[str]]:
        with self._lock:
            self._count += 1
            number = self._count
            file = ROOT / "environments" / f"{interruption.environment}.toml"
            [synthesized] = synthesize_all([own_names(tomllib.loads(file.read_text()), number, {})])
        document = synthesized.document
        assert document is not None, synthesized.refusal
        folder = self._folder / f"alone-{number}"
        folder.mkdir(parents=True)
        alone = document | {"terraform": {**document["terraform"], "backend": {"local": {}}}}
        (folder / "cdk.tf.json").write_text(json.dumps(alone))
        stopping = Stopping(self._aws.endpoint_url, at=interruption.at)
        aws = dataclasses.replace(self._aws, endpoint_url=stopping.url)
        terraform = Terraform(folder, aws, self._providers, VARIABLES)
        terraform.run("init", "-input=false")
        process = subprocess.Popen(
            terraform.command("apply", "-auto-approve"),
            cwd=folder,
            env=terraform.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        stopping.stop = lambda: os.killpg(process.pid, interruption.signal)
        process.wait()
        stopping.close()
        path = folder / "terraform.tfstate"
        state = json.loads(path.read_text()) if path.exists() and path.stat().st_size else {"resources": []}
        at = interruption.at
        operation = stopping.changes[at - 1] if 0 < at <= len(stopping.changes) else ""
        return _Deployment(f"interrupted_{number}", document, Ended(interruption, operation), state), stopping.changes

    def _recovered(self, deployments: Sequence[_Deployment]) -> Iterable[_Deployment]:
        """Deploy until all converge: after each try, each that does not gets one command."""
        left = {deployment.name: deployment for deployment in deployments}
        for _ in range(MOST_DEPLOYS):
            run = self._side_by_side.apply()
            errors = {name: said for name, said in run.said.items() if said.errors}
            if not errors:
                break
            for name, said in errors.items():
                if not self._help(left[name], said):
                    yield self._given_up(left.pop(name), said)
        again = self._side_by_side.plan()
        for name, deployment in left.items():
            said = again.said[name]
            if said.errors or said.planned:
                deployment.ended.ending = Ending.NEVER
                deployment.ended.says = [*said.errors, *said.planned]
            yield deployment

    def _given_up(self, deployment: _Deployment, said: Said) -> _Deployment:
        deployment.ended.ending, deployment.ended.says = Ending.NEVER, said.errors
        self._side_by_side.forget(deployment.name)
        return deployment

    def _help(self, deployment: _Deployment, said: Said) -> bool:
        """Run the commands that the errors ask for; tell whether there is one for each."""
        ended = deployment.ended
        commands = [command for error in said.errors if (command := self._command(deployment, error))]
        ended.says += said.errors
        if len(commands) < len(said.errors) or len(ended.commands) + len(commands) > MOST_COMMANDS:
            return False
        documented = DEPLOYING.read_text()
        for command in commands:
            ended.commands.append(" ".join(command))
            self._side_by_side.command(deployment.name, *command)
            if not (command[0] in documented and command[1] in documented):
                ended.ending = Ending.UNDOCUMENTED
        if ended.ending is not Ending.UNDOCUMENTED:
            ended.ending = Ending.DOCUMENTED if len(ended.commands) == 1 else Ending.SEVERAL
        return True

    def _command(self, deployment: _Deployment, error: str) -> list[str] | None:
        if "prevent_destroy" in error:
            return ["untaint", CLUSTER]
        address = error.partition(":")[0]
        if _EXISTS.search(error) and address in self._side_by_side.state(deployment.name):
            return ["untaint", address]  # its creation was cut off, and another one cannot have the name beside it
        identifier = self._identifier(deployment, address, error) if _EXISTS.search(error) else None
        return ["import", address, identifier] if identifier else None

    def _identifier(self, deployment: _Deployment, address: str, error: str) -> str | None:
        """Return what `terraform import` takes for what an error says is there."""
        type_, _, name = address.partition(".")
        if type_ == "aws_secretsmanager_secret" and (named := _IN_BRACKETS.search(error)):
            secret: str = self._aws.client("secretsmanager").describe_secret(SecretId=named[1])["ARN"]
            return secret
        if type_.startswith("aws_vpc_security_group_"):
            ec2 = self._aws.client("ec2")
            filters = [{"Name": "group-id", "Values": [self._group(deployment)]}]
            rules = ec2.describe_security_group_rules(Filters=filters)["SecurityGroupRules"]
            found = [one for one in rules if one["IsEgress"] == ("egress" in type_)]
            return found[0]["SecurityGroupRuleId"] if found else None
        if type_ == "aws_security_group":
            return self._group(deployment)
        value = deployment.document["resource"].get(type_, {}).get(name, {}).get(_IDENTIFIED_BY.get(type_, ""))
        return str(value) if value and "${" not in str(value) else None

    def _group(self, deployment: _Deployment) -> str:
        [group] = deployment.document["resource"]["aws_security_group"].values()
        name = group.get("name") or group["name_prefix"] + "*"
        filters = [{"Name": "group-name", "Values": [name]}]
        [found] = self._aws.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
        identifier: str = found["GroupId"]
        return identifier
