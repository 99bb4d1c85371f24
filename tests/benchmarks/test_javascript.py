"""The JavaScript program that the benchmark compares with: it makes the same stack, or nothing would be compared."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.programs import JAVASCRIPT_FOLDER, differences
from tests.terraform_json import TerraformJson

PACKAGES = {
    "cdktf": "cdktf",
    "constructs": "constructs",
    "cdktf_cdktf_provider_aws": "@cdktf/provider-aws",
    "cdktf_cdktf_provider_random": "@cdktf/provider-random",
}
"""The packages of npm, by those of Python that bring them."""


def test_it_makes_the_stack_that_python_makes(synthesized: dict[str, TerraformJson], tmp_path: Path) -> None:
    from cdktf_fast_start.node import choose_node  # noqa: PLC0415

    for name, package in PACKAGES.items():
        place = tmp_path / "node_modules" / package
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(_unpacked(name, package))
    shutil.copy(JAVASCRIPT_FOLDER / "reference_stack.js", tmp_path)
    program = ["reference_stack.js", str(tmp_path / "javascript"), "reference=alex"]
    node = [str(choose_node()), "--preserve-symlinks", "--preserve-symlinks-main"]
    subprocess.run([*node, *program], cwd=tmp_path, env=os.environ | {"NODE_OPTIONS": ""}, check=True)
    ours = tmp_path / "python" / "stacks" / "reference" / "cdk.tf.json"
    ours.parent.mkdir(parents=True)
    ours.write_text(json.dumps(synthesized["reference"]))
    assert list(differences(tmp_path / "python", tmp_path / "javascript")) == []


def _unpacked(name: str, package: str) -> Path:
    """Return where jsii has unpacked a package, which it did when `synthesized` was made."""
    of_system = "Library/Caches/com.amazonaws.jsii" if sys.platform == "darwin" else ".cache/aws/jsii"
    root = Path(os.environ.get("JSII_RUNTIME_PACKAGE_CACHE_ROOT") or Path.home() / of_system / "package-cache")
    found = (root / package / version(name)).glob("*/package.json")
    return max(found, key=lambda path: path.stat().st_mtime).parent
