"""What `python -m local_aws deploy` says where something is missing; tests/operations has the whole way of a user."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from local_aws.process import PROJECT

ENVIRONMENT = "dev"


def test_the_command_line_tells_a_missing_cli_in_one_line(tmp_path: Path) -> None:
    """Run from a copy of the package, whose project has no cdktf CLI."""
    shutil.copytree(PROJECT / "local_aws", tmp_path / "local_aws", ignore=shutil.ignore_patterns("__pycache__"))
    terraform = tmp_path / "terraform"
    terraform.write_text("#!/bin/sh\n")
    terraform.chmod(0o755)

    done = subprocess.run(
        [sys.executable, "-m", "local_aws", "deploy", ENVIRONMENT],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr == (
        "error: the cdktf CLI is not installed at node_modules/.bin/cdktf: run `make local-deploy`\n"
    )
