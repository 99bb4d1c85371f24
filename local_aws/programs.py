"""Which programs deploy: the CLI of the engine that this Python has, and Terraform or what is named in its place."""

import os
from importlib.machinery import PathFinder
from pathlib import Path
from typing import Final

TERRAFORM_VARIABLE: Final = "TERRAFORM_BINARY_NAME"
"""By which both CLIs are told what to run in Terraform's place, such as `tofu`."""


def engine() -> str:
    """Return what synthesizes: cdktf or, in an environment without it, cdktn; docs/engines.md."""
    # Python's own finder does not know cdktn by the name of cdktf.
    return "cdktf" if PathFinder.find_spec("cdktf") or not PathFinder.find_spec("cdktn") else "cdktn"


def cli() -> Path:
    """Return where the engine's CLI lies in the project."""
    folder = Path("requirements/cdktn-cli" if engine() == "cdktn" else "")
    return folder / "node_modules" / ".bin" / engine()


def terraform() -> str:
    """Return the name or the path of Terraform, or of OpenTofu in its place."""
    return os.environ.get(TERRAFORM_VARIABLE) or "terraform"


def is_opentofu() -> bool:
    """Whether that is OpenTofu, by its name."""
    return Path(terraform()).name.startswith("tofu")
