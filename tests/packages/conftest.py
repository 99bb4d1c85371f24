"""The wheels, and a virtual environment outside the checkout that has them."""

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from packages.package import PACKAGES
from tests.cdktf_fast_start.programs import clean_environment

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def wheels(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Mapping[str, Path]:
    """Return the wheel of each package: the one in the folder of `--wheels`, or one that is built now."""
    given: Path | None = request.config.getoption("wheels")
    output = tmp_path_factory.mktemp("dist")
    found = {}
    for name, package in PACKAGES.items():
        there = sorted(given.glob(f"{name.replace('-', '_')}-*.whl")) if given else []
        found[name] = there[0] if there else package.build(output)
    return found


@pytest.fixture(scope="session")
def python(wheels: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of a virtual environment with the wheels, which finds what they require in ours."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    venv.create(folder, symlinks=True)
    executable = folder / "bin" / "python"
    subprocess.run(
        [
            *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-index", "--no-deps"),
            *("--python", str(executable), *map(str, wheels.values())),
        ],
        check=True,
    )
    (site_packages,) = folder.glob("lib/python*/site-packages")
    (site_packages / "requirements.pth").write_text(sysconfig.get_path("purelib"))
    return executable


@pytest.fixture
def run(python: Path, tmp_path: Path) -> Run:
    """Return what runs a program in a folder of its own, sees it succeed, and returns what it printed."""

    def run_program(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "main.py").write_text(program)
        finished = subprocess.run(
            [python, "main.py"],
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
