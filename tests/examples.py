"""Runs the programs in `examples/` as a person does."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from tests.cdktf_fast_start.programs import clean_environment
from tests.conftest import ROOT
from tests.terraform_json import TerraformJson, read_stacks

EXAMPLES: Final = sorted(path.parent.name for path in (ROOT / "examples").glob("*/main.py"))


def run_example(name: str, output: Path) -> tuple[str, dict[str, TerraformJson]]:
    """Let a program write to `output`, and return what it printed and the stacks that it made."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name / "main.py")],
        cwd=output.parent,
        env=clean_environment(PYTHONPATH="", CDKTF_OUTDIR=str(output)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout, read_stacks(output)
