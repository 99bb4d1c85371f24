"""A clone of this project as a user has it, with what is installed here: its `make` and its command, really run."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from local_aws.background import BackgroundAws
from tests.conftest import ROOT
from tests.deployed.deployment import Done
from tests.local_aws.conftest import take_any_port
from tests.terraform_providers.finding import TerraformProviders

_LEFT_OUT = ("benchmarks", "cdktf.out", "docs", "examples", "node_modules", "tests")
_FILES = ("Makefile", "aurora-serverless", "cdktf.json", "main.py", "package-lock.json")
_STAMPS = (".requirements-installed", ".requirements-operations-installed", ".requirements-dev-installed")


@dataclass
class Checkout:
    """The folder, and all that its commands have printed."""

    folder: Path
    providers: TerraformProviders
    printed: list[str] = field(default_factory=list)

    @property
    def background(self) -> BackgroundAws:
        """Its local AWS."""
        return BackgroundAws(self.folder / ".local-aws")

    def make(self, target: str) -> Done:
        """Run a target of the Makefile; where the registry does not answer, name the providers that were found."""
        configuration = self.providers.cli_configuration
        return self._run("make", target, f"ARGS={f'--terraform-config {configuration}' if configuration else ''}")

    def command(self, name: str, *arguments: str) -> Done:
        """Run a command on the environment dev, on local AWS."""
        return self._run("./aurora-serverless", name, "dev", *arguments, "--local")

    def _run(self, *line: str) -> Done:
        done = subprocess.run(line, cwd=self.folder, capture_output=True, text=True, check=False)
        self.printed += [done.stdout, done.stderr]
        return Done(done.returncode, done.stdout, done.stderr)


def check_out(folder: Path, providers: TerraformProviders) -> Checkout:
    """Return a clone in `folder`, in which nothing is left to install."""
    folder.mkdir()
    for path in ROOT.iterdir():
        if path.is_dir() and path.name not in _LEFT_OUT and not path.name.startswith("."):
            shutil.copytree(path, folder / path.name)
    for name in (*_FILES, "requirements.txt"):
        shutil.copy2(ROOT / name, folder / name)
    for path in (*folder.glob("*.*"), *folder.glob("requirements/*")):
        os.utime(path, (0, 0))  # older than what is installed, whenever this was cloned
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    environment = folder / ".venv"
    environment.mkdir()
    for path in Path(sys.prefix).iterdir():
        if path.name not in _STAMPS:
            (environment / path.name).symlink_to(path)
    for name in _STAMPS:
        (environment / name).touch()
    made = Checkout(folder, providers)
    take_any_port(made.background.folder)
    return made
