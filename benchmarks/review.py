"""What a review takes, against one synthesis of the same environments: in a repository made up for it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.measure import seconds
from benchmarks.programs import ROOT, Environments, Program, lazy_python

COUNTS: Final = (1, 100)
_FILES: Final = ("dev", "production", "high-scale")
_NAME_PREFIX: Final = re.compile(r'^name_prefix = ".*"$', re.MULTILINE)


@dataclass(frozen=True)
class ReviewFigures:
    """Seconds by number of environments: of a synthesis, and of a review in which every environment changes."""

    synthesis: Mapping[int, float]
    review: Mapping[int, float]

    def beyond_two_syntheses(self, count: int) -> float:
        """Seconds that a review takes more than the two syntheses that it needs would one after the other."""
        return self.review[count] - 2 * self.synthesis[count]

    def times_two_syntheses(self, count: int) -> float:
        """How many times the two syntheses that it needs, one after the other, a review takes."""
        return self.review[count] / (2 * self.synthesis[count])


def measure_review(folder: Path, rounds: int, progress: Callable[[str], None]) -> ReviewFigures:
    """Measure both for each number of environments, in turn."""
    synthesis, review = {}, {}
    for count in COUNTS:
        progress(f"review of {count} environments")
        project = project_of(folder / str(count), count, changed=count)
        programs = (synthesis_of(project, folder / "out"), _review(project))
        taken = [[seconds(program) for program in programs] for _ in range(rounds + 1)][1:]
        synthesis[count], review[count] = (median(times) for times in zip(*taken, strict=True))
    return ReviewFigures(synthesis, review)


def project_of(folder: Path, count: int, *, changed: int, is_linked: bool = True) -> Path:
    """Return a repository of this project with made-up environments, some of which the working tree changes.

    Where its code is linked, a base is never kept, and each review synthesizes both sides.
    """
    environments = folder / "environments"
    environments.mkdir(parents=True)
    shutil.copy(ROOT / "main.py", folder)
    for path in ROOT.iterdir():
        if path.name == "constructs" or (path / "__init__.py").exists():
            if is_linked:
                (folder / path.name).symlink_to(path)
            else:
                shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
    texts = [(ROOT / "environments" / f"{name}.toml").read_text(encoding="utf-8") for name in _FILES]
    for number in range(count):
        text = _NAME_PREFIX.sub(f'name_prefix = "alex-{number}"', texts[number % len(texts)])
        (environments / f"environment-{number}.toml").write_text(text, encoding="utf-8")
    _git(folder, "init", "--quiet", "--initial-branch=main")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "Environments")
    for path in sorted(environments.iterdir())[:changed]:
        path.write_text(path.read_text(encoding="utf-8").replace('Part = "5"', 'Part = "6"'), encoding="utf-8")
    return folder


def _git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=benchmark", "-c", "user.email=benchmark@example.com", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True)


def synthesis_of(project: Path, output: Path) -> Program:
    """Return the synthesis of the project's environments."""
    return lazy_python(Environments(project / "environments", {}), output)


def _review(project: Path) -> Program:
    command = [sys.executable, "-P", "-m", "cli", "review", "--project", str(project), "--markdown"]
    return Program("review", command, os.environ | {"PYTHONPATH": str(ROOT)})
