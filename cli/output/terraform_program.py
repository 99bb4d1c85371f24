"""Terraform as people call it: where `TERRAFORM_BINARY_NAME` names another program, commands that are shown name it."""

import re
import shlex
from typing import Final

from local_aws.programs import terraform

_COMMAND: Final = re.compile(
    r"\bterraform (?=-chdir=|(?:apply|destroy|force-unlock|import|init|output|plan|show|state|untaint|workspace)\b)"
)
"""Terraform where a command line begins. The layers below read no environment, and write its own name."""


def as_called(text: str) -> str:
    """Return a text whose command lines of Terraform begin with the program that people run in its place."""
    return _COMMAND.sub(lambda _: f"{shlex.quote(terraform())} ", text)
