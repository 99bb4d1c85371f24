"""The whole project, lazily and the stock way: the same bytes."""

import subprocess
from pathlib import Path

import pytest

from tests.cdktf_fast_start.programs import clean_environment, run
from tests.conftest import ROOT

pytestmark = pytest.mark.xdist_group("cdktf_fast_start")


def _synthesize(output: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    finished = run([str(ROOT / "main.py"), "--output", str(output)], clean_environment(**environment))
    assert finished.returncode == 0, finished.stderr
    return finished


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_lazy_and_stock_output_are_byte_identical(tmp_path: Path) -> None:
    lazy = _synthesize(tmp_path / "lazy")
    stock = _synthesize(tmp_path / "stock", CDKTF_FAST_START="off")
    written = _files(tmp_path / "lazy")
    assert written == _files(tmp_path / "stock")
    for environment in (ROOT / "environments").glob("*.toml"):
        assert f"stacks/{environment.stem}/cdk.tf.json" in written
    for finished in (lazy, stock):
        assert "!!" not in finished.stderr, "jsii's box about the version of Node"
