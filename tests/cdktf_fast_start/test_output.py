"""The whole project, lazily and the stock way: the same bytes."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cdktf_fast_start.programs import CDKTN, clean_environment, needs_cdktn, run
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("cdktf_fast_start")


def _synthesize(output: Path, executable: str, **environment: str) -> subprocess.CompletedProcess[str]:
    program = [str(ROOT / "main.py"), "--output", str(output)]
    finished = run(program, clean_environment(**environment), executable=executable)
    assert finished.returncode == 0, finished.stderr
    return finished


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "executable",
    [
        pytest.param(sys.executable, id="this engine"),
        pytest.param(str(CDKTN / "bin" / "python"), id="cdktn", marks=needs_cdktn),
    ],
)
def test_lazy_and_stock_output_are_byte_identical(tmp_path: Path, executable: str) -> None:
    lazy = _synthesize(tmp_path / "lazy", executable)
    stock = _synthesize(tmp_path / "stock", executable, CDKTF_FAST_START="off")
    written = _files(tmp_path / "lazy")
    assert written == _files(tmp_path / "stock")
    for environment in (ROOT / "environments").glob("*.toml"):
        assert f"stacks/{environment.stem}/cdk.tf.json" in written
    for finished in (lazy, stock):
        assert "!!" not in finished.stderr, "jsii's box about the version of Node"
