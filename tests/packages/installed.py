"""The wheels, and a virtual environment outside the checkout that has them."""

import re
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest

from packages.package import PACKAGES
from tests.cdktf_fast_start.programs import CDKTN


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
    return _installed(wheels, tmp_path_factory.mktemp("elsewhere") / "venv", Path(sysconfig.get_path("purelib")))


@pytest.fixture(scope="session")
def python_of_cdktn(wheels: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the same with what is required from the environment of cdktn; skip where there is none."""
    required = [*CDKTN.glob("lib/python*/site-packages")]
    if not required:
        pytest.skip("cdktn is not installed: make synth ENGINE=cdktn")
    return _installed(wheels, tmp_path_factory.mktemp("elsewhere") / "venv", required[0])


def _installed(wheels: Mapping[str, Path], folder: Path, required: Path) -> Path:
    """Make a virtual environment with the wheels, which finds what they require in the folder `required`."""
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
    (site_packages / "requirements.pth").write_text(str(required))
    return executable


def example(name: str) -> str:
    """Return the program that the package's page on PyPI shows."""
    return re.findall(r"^```python\n(.*?)^```$", (PACKAGES[name].folder / "README.md").read_text(), re.M | re.S)[0]
