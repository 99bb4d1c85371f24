"""Programs in an environment that has the wheels and nothing else of this checkout."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cdktf_fast_start.programs import clean_environment

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(python: Path, tmp_path: Path) -> Run:
    """Return what runs a program in a folder of its own, sees it succeed, and returns what it printed."""

    def run_program(program: str, *, executable: Path = python, **environment: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "main.py").write_text(program)
        finished = subprocess.run(
            [executable, "main.py"],
            env=clean_environment(PYTHONPATH="", **environment),
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert finished.returncode == 0, finished.stderr
        return finished

    return run_program
