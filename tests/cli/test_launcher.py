"""The launcher: it finds its project from anywhere, installs once, and hands on arguments and exit status."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import COMMAND_PACKAGES, ROOT
from tests.deployed.deployment import Deployment


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project folder with the launcher, and this one's Python as what is installed."""
    folder = tmp_path / "a project"
    (folder / ".venv/bin").mkdir(parents=True)
    for name in ("aurora-serverless", "Makefile"):
        shutil.copy(ROOT / name, folder / name)
    for name in ("stacks", "constructs", "local_aws", *COMMAND_PACKAGES):
        (folder / name).symlink_to(ROOT / name)
    (folder / "requirements").mkdir()
    for name in ("requirements.txt", "requirements/operations.txt"):
        (folder / name).write_text("")
    python = folder / ".venv/bin/python"
    # pip notes that it was called; all else is the real Python.
    noted = f'echo "$*" >> "{folder}/installed"'
    python.write_text(f'#!/bin/sh\ncase "$*" in "-m pip "*) {noted} ;; *) exec "{sys.executable}" "$@" ;; esac\n')
    python.chmod(0o755)
    (folder / ".venv/bin/pip").touch()
    return folder


def launch(program: Path, *arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "COLUMNS": "80"}
    return subprocess.run(
        [program, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_it_installs_what_it_needs_once(project: Path) -> None:
    first = launch(project / "aurora-serverless", "--help", folder=project)
    assert (first.returncode, "Usage: aurora-serverless" in first.stdout) == (0, True)
    assert first.stderr == (
        "installing cdktf, Node and the bindings of AWS's provider into .venv, once: about half a minute\n"
        "installing what ./aurora-serverless needs into .venv, once: about 15 seconds\n"
    )
    second = launch(project / "aurora-serverless", "--help", folder=project)
    assert (second.returncode, second.stderr) == (0, "")
    assert len((project / "installed").read_text().splitlines()) == 2


def test_it_works_from_another_folder_and_through_a_link(project: Path, deployed: Deployment, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "cli").mkdir(parents=True)  # not to be taken for the project's
    (elsewhere / "cli/__init__.py").touch()
    (elsewhere / "cli/__main__.py").write_text("raise SystemExit('the wrong one')")
    (elsewhere / "alexdb").symlink_to(project / "aurora-serverless")
    line = ["env", "dev", "--local", "--project", str(deployed.project), "--output", ".env"]
    done = launch(elsewhere / "alexdb", *line, folder=elsewhere)
    assert done.returncode == 0, done.stderr
    assert "DATABASE_NAME=alex\n" in (elsewhere / ".env").read_text()


def test_its_first_name_is_a_link_to_it() -> None:
    assert (ROOT / "alexdb").readlink() == Path("aurora-serverless")


def test_the_exit_status_is_the_commands(project: Path) -> None:
    done = launch(project / "aurora-serverless", "wait", "nope", folder=project)
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines()[-1].startswith("error: there is no environment nope")


def test_a_failed_installation_is_exit_status_2(project: Path) -> None:
    (project / "requirements/operations.txt").unlink()
    assert launch(project / "aurora-serverless", "--help", folder=project).returncode == 2
