"""How far the deploys of an environment came: what its state has, and whether one runs."""

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from analysis.synthesized.stack import STACK_FILE
from operations.aws.session import AwsSession
from operations.state.lock import StateLock
from operations.state.resources import StateResource, tainted

if TYPE_CHECKING:
    from analysis.synthesized.stack import SynthesizedStack
    from stacks.environment import Environment


@dataclass(frozen=True)
class DeployState:
    """The state of an environment, and what its files synthesize to; `session` is None where nobody says the Region.

    `read_lock` returns who holds it, None for nobody, and raises what boto3 does: credentials that may read a state in
    S3 need not read its lock. `read_stack` returns the stack that the next deploy deploys, and raises OperationsError.
    `folder` is that of the stack, in which Terraform runs.
    """

    name: str
    environment: "Environment"
    resources: tuple[StateResource, ...]
    read_lock: Callable[[], StateLock | None]
    read_stack: Callable[[], "SynthesizedStack"]
    folder: Path
    session: AwsSession | None
    is_local: bool
    deploy: str

    @property
    def tainted(self) -> list[str]:
        """Addresses that the next deploy would destroy and make again."""
        return tainted(self.resources)

    def terraform(self, arguments: str) -> str:
        """Return a command line of Terraform in the folder in which this environment was deployed."""
        return f"terraform -chdir={stack_folder(self.environment.name, local=self.is_local)} {arguments}"

    @property
    def preparing(self) -> list[str]:
        """Commands without which Terraform cannot work in the folder: a fresh checkout does not have it."""
        synthesize = [] if (self.folder / STACK_FILE).is_file() else ["make synth"]
        return synthesize + ([] if (self.folder / ".terraform").is_dir() else [self.terraform("init")])

    def untainting(self, address: str) -> str:
        """Return the command after which Terraform keeps a resource that is tainted."""
        return self.terraform(f"untaint {shlex.quote(address)}")

    def importing(self, address: str, identifier: str) -> str:
        """Return the command that tells Terraform of what is there."""
        if self.is_local:  # Terraform would ask AWS itself; and nothing on local AWS is worth it
            return "make local-stop"
        region = self.session.region if self.session is not None and self.environment.region is None else None
        variable = "" if region is None else f"-var aws_region={region} "
        return self.terraform(f"import {variable}{shlex.quote(address)} {shlex.quote(identifier)}")


def stack_folder(name: str, *, local: bool) -> str:
    """Return the folder in which Terraform runs for an environment, from that of the project."""
    return f"{'.local-aws/' if local else ''}cdktf.out/stacks/{name}"
