"""Git repositories with a project in them: one that only copies documents, and this one, its code by links."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.conftest import ROOT

_COPYING: Final = """
import os, pathlib, shutil, sys
root = pathlib.Path(__file__).parent
output = pathlib.Path(os.environ["CDKTF_OUTDIR"])
for path in sorted((root / "environments").glob("*.json")):
    if "wrong" in path.read_text():
        sys.exit(f"error: {path}: it is wrong\\nerror: and more")
    folder = output / "stacks" / path.stem
    folder.mkdir(parents=True)
    shutil.copy(path, folder / "cdk.tf.json")
"""


@dataclass(frozen=True)
class Project:
    """A project's folder in a repository whose work tree begins at `repository`."""

    folder: Path
    repository: Path

    def git(self, *arguments: str) -> str:
        own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        identity = ["-c", "user.name=Reviewer", "-c", "user.email=reviewer@example.com", "-c", "commit.gpgsign=false"]
        command = ["git", "-C", str(self.repository), *identity, *arguments]
        return subprocess.run(command, env=os.environ | own, capture_output=True, text=True, check=True).stdout.strip()

    def commit(self) -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Change")
        return self.git("rev-parse", "HEAD")

    def write(self, name: str, document: Mapping[str, Any] | str) -> None:
        """Write an environment: a document as JSON, or any other text."""
        text = document if isinstance(document, str) else json.dumps(document)
        (self.folder / "environments" / name).write_text(text, encoding="utf-8")


def copying_project(repository: Path, below: str = "", branch: str = "main") -> Project:
    """Return a project whose `main.py` copies `environments/*.json`: what git does needs no more."""
    folder = repository / below
    (folder / "environments").mkdir(parents=True)
    (folder / "main.py").write_text(_COPYING)
    project = Project(folder, repository)
    project.git("init", "--quiet", f"--initial-branch={branch}")
    return project


def real_project(repository: Path) -> Project:
    """Return this project with environments of its own: its code is linked, so that it need not be compiled again."""
    (repository / "environments").mkdir(parents=True)
    shutil.copy(ROOT / "main.py", repository)
    for path in ROOT.iterdir():
        if (path.is_dir() and (path / "__init__.py").exists()) or path.name == "constructs":
            (repository / path.name).symlink_to(path)
    (repository / "requirements.txt").write_text((ROOT / "requirements.txt").read_text())
    project = Project(repository, repository)
    project.git("init", "--quiet", "--initial-branch=main")
    return project
