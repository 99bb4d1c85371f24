"""Runs Python programs of their own: what is imported, and from where, is decided once in a process."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

import pytest

from tests.conftest import ROOT

_DECIDES_THE_START = ("JSII_", "NODE_OPTIONS", "CDKTF_FAST_START")

CDKTN = ROOT / ".venv-cdktn"
"""The virtual environment of the other engine."""

needs_cdktn = pytest.mark.skipif(
    not (CDKTN / "bin" / "python").exists(), reason="cdktn is not installed: make synth ENGINE=cdktn"
)


def clean_environment(**changes: str) -> dict[str, str]:
    """Return the environment without what `cdktf_fast_start` has put there in this process."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_DECIDES_THE_START)}
    return inherited | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'constructs'}"} | changes


def run(
    arguments: Sequence[str], environment: Mapping[str, str] | None = None, *, executable: str = sys.executable
) -> subprocess.CompletedProcess[str]:
    """Run Python with `arguments` and return what it printed, whatever its exit status."""
    return subprocess.run(
        [executable, *arguments],
        env=clean_environment() if environment is None else environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def output_of(
    program: str, *, lazy: bool = True, environment: Mapping[str, str] | None = None, enable: str = ""
) -> str:
    """Run `program` after `enable(...)`, switched off unless `lazy`, see it succeed, and return what it printed."""
    enabling = f"import cdktf_fast_start\ncdktf_fast_start.enable({enable})\n"
    started = clean_environment() if environment is None else environment
    finished = run(["-c", enabling + program], {**started, "CDKTF_FAST_START": "" if lazy else "off"})
    assert finished.returncode == 0, finished.stderr
    return finished.stdout
