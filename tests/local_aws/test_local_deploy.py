"""What `python -m local_aws deploy` says where something is missing; tests/cli has the whole way of a user."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws import command_line
from local_aws.deployment import LocalDeployer
from local_aws.interruptions import Interrupted
from local_aws.process import PROJECT

ENVIRONMENT = "dev"


def test_the_command_line_tells_a_missing_cli_in_one_line(tmp_path: Path) -> None:
    """Run from a copy of the packages, whose project has no cdktf CLI."""
    for name in ("local_aws", "constructs"):
        shutil.copytree(PROJECT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
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


@pytest.mark.parametrize(
    ("arguments", "ways"),
    [
        (
            ["deploy", "dev"],
            "to go on: make local-deploy ENVIRONMENT=dev, and if that is refused "
            "./aurora-serverless check dev --local says why; "
            "to remove what is there: make local-destroy ENVIRONMENT=dev; ",
        ),
        (["destroy", "dev"], "to go on: make local-destroy ENVIRONMENT=dev; "),
        (
            ["destroy", "dev", "--remove-protection"],
            "to go on: make local-destroy ENVIRONMENT=dev ARGS=--remove-protection; ",
        ),
        (
            ["destroy", "dev", "--terraform-config", "mirror.rc"],
            "to go on: make local-destroy ENVIRONMENT=dev ARGS='--terraform-config mirror.rc'; ",
        ),
    ],
)
def test_an_interrupted_command_names_the_ways_on_once_with_its_own_options(
    arguments: list[str], ways: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise Interrupted(15)

    monkeypatch.setattr(LocalDeployer, arguments[0], interrupt)

    assert command_line.main(arguments) == 143
    assert capsys.readouterr().err == (
        f"error: interrupted, and nothing of it runs any more; {ways}"
        "to end local AWS with all that is on it: make local-stop\n"
    )
