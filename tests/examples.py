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
    """Let an example write to `output`, and return what it printed and the stacks that it made."""
    return run_program(ROOT / "examples" / name / "main.py", output)


def run_program(
    program: Path, output: Path, *, python: Path = Path(sys.executable)
) -> tuple[str, dict[str, TerraformJson]]:
    """Do so with any program, by any Python; it finds nothing of the checkout that it does not look for itself."""
    done = subprocess.run(
        [str(python), str(program)],
        cwd=output.parent,
        env=clean_environment(PYTHONPATH="", CDKTF_OUTDIR=str(output)),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout, read_stacks(output)
