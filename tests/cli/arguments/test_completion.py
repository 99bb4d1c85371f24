"""Completion in the shells themselves: the script that the launcher gives is run, on a line that is begun."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import COMMAND_PACKAGES, ROOT

SHELLS = ["bash", "zsh", "fish"]
SCRIPTS = {
    "bash": """
source script.bash
COMP_WORDS=({words}) COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
_aurora_serverless_completion ./aurora-serverless
printf '%s\\n' "${{COMPREPLY[@]}}"
""",
    "fish": 'source script.fish; complete -C "{line}"',
    "zsh": """
compdef() {{ : }}
_arguments() {{ print -r -- $1 }}
source ./script.zsh
words=({words}) CURRENT=$#words
_aurora_serverless_completion
""",
}
"""What a shell does when somebody presses the tab key, once it has read the script that it was given."""
NO_DETECTION = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
"""Else typer looks which shell has called it, and takes no name of one."""


def make_launcher(folder: Path) -> Path:
    """Make a folder with the launcher, this Python as what is installed, and nothing that could install more."""
    (folder / ".venv/bin").mkdir(parents=True)
    python = folder / ".venv/bin/python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (folder / "Makefile").write_text("install-operations:\n")
    shutil.copy(ROOT / "aurora-serverless", folder)
    for name in ("stacks", "constructs", "local_aws", "environments", *COMMAND_PACKAGES):
        (folder / name).symlink_to(ROOT / name)
    return folder


def launch(launcher: Path, *arguments: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    line = [str(launcher / "aurora-serverless"), *arguments]
    return subprocess.run(line, env={**os.environ, **variables}, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return such a folder, with the script for each shell."""
    folder = make_launcher(tmp_path_factory.mktemp("project") / "a folder")
    for shell in SHELLS:
        script = launch(folder, "--show-completion", shell, **NO_DETECTION).stdout
        (folder / f"script.{shell}").write_text(script)
    return folder


def completed(shell: str, launcher: Path, *words: str) -> list[str]:
    """Return what the shell offers for the last word of a line."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    line = ("./aurora-serverless", *words)
    script = SCRIPTS[shell].format(words=" ".join(f"'{word}'" for word in line), line=" ".join(line))
    without_rc = {"bash": "--norc", "fish": "--no-config", "zsh": "-f"}[shell]
    done = subprocess.run(
        [shell, without_rc, "-c", script], cwd=launcher, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["wa"], ["wait"]),
        (["ex"], ["explain"]),
        (["wait", ""], ["dev", "high-scale", "production", "reference"]),
        (["status", "h"], ["high-scale"]),
        (["explain", "capacity.m"], ["capacity.minimum_acu", "capacity.maximum_acu"]),
        (["new", "--pur"], ["--purpose"]),
        (["wait", "dev", "--dead"], ["--deadline-seconds"]),
        (["wait", "nothing-begins-so"], []),
        (["nothing-begins-so"], []),
        (["explain", "capacity.nothing"], []),
        (["wait", "--project", "/nowhere", ""], []),
        (["migrate", "d"], ["dev"]),
    ],
    ids=str,
)
def test_bash_completes(launcher: Path, words: list[str], offered: list[str]) -> None:
    assert [word for word in completed("bash", launcher, *words) if word] == offered


def test_bash_completes_environments_of_the_project_that_is_named(launcher: Path, tmp_path: Path) -> None:
    (tmp_path / "other/environments").mkdir(parents=True)
    (tmp_path / "other/environments/shop.toml").touch()
    assert completed("bash", launcher, "wait", "--project", str(tmp_path / "other"), "") == ["shop"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_run_what_was_typed(launcher: Path, shell: str) -> None:
    offered = "\n".join(completed(shell, launcher, "explain", "capacity.m"))
    assert "capacity.minimum_acu" in offered
    assert "Smallest capacity in ACU" in offered


@pytest.mark.parametrize("shell", SHELLS)
def test_no_script_runs_a_program_from_the_path(launcher: Path, shell: str) -> None:
    """The scripts are typer's, and two are fixed here: another typer may write them otherwise."""
    runs = {"bash": "complete_bash $1 ", "zsh": "complete_zsh ${~words[1]})", "fish": ") (commandline -opc)[1]"}
    script = (launcher / f"script.{shell}").read_text()
    assert script.count(runs[shell]) == (2 if shell == "fish" else 1)


def test_installing_it_writes_into_the_home_of_whoever_asks(launcher: Path, tmp_path: Path) -> None:
    done = launch(launcher, "--install-completion", "bash", HOME=str(tmp_path), **NO_DETECTION)
    assert (done.returncode, done.stderr) == (0, "")
    script = tmp_path / ".bash_completions/aurora-serverless.sh"
    assert "complete -o default -F _aurora_serverless_completion aurora-serverless alexdb" in script.read_text()
    assert str(script) in (tmp_path / ".bashrc").read_text()


def test_a_home_that_cannot_be_written_is_one_line(launcher: Path, tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    done = launch(launcher, "--install-completion", "fish", HOME=str(tmp_path / "home"), **NO_DETECTION)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"error: {tmp_path / 'home/.config/fish/completions'}: Not a directory\n"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_alias_is_completed_too(launcher: Path, shell: str) -> None:
    script = (launcher / f"script.{shell}").read_text()
    registered = script.count("aurora-serverless --command alexdb" if shell == "fish" else "aurora-serverless alexdb")
    assert registered == {"bash": 1, "zsh": 2, "fish": 1}[shell]


@pytest.mark.parametrize("instruction", ["complete_tcsh", "source_nothing", "nonsense", "run_bash"])
def test_a_wrong_request_of_a_shell_is_one_line(launcher: Path, instruction: str) -> None:
    done = launch(
        launcher, _AURORA_SERVERLESS_COMPLETE=instruction, COMP_WORDS="./aurora-serverless wa", COMP_CWORD="1"
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1


def test_completion_installs_nothing(tmp_path: Path) -> None:
    folder = make_launcher(tmp_path / "project")
    (folder / "Makefile").write_text("install-operations:\n\t@touch installed\n")
    done = launch(
        folder,
        _AURORA_SERVERLESS_COMPLETE="complete_bash",
        COMP_WORDS="./aurora-serverless explain cap",
        COMP_CWORD="2",
    )
    assert done.stdout.split()[0] == "capacity"
    assert not (folder / "installed").exists()


def test_before_the_first_run_it_offers_nothing_and_says_nothing(tmp_path: Path) -> None:
    folder = make_launcher(tmp_path / "project")
    shutil.rmtree(folder / ".venv")
    done = launch(
        folder, _AURORA_SERVERLESS_COMPLETE="complete_bash", COMP_WORDS="./aurora-serverless wa", COMP_CWORD="1"
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
