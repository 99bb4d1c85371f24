"""What is given to make on its command line: an option or a target that it does not know is refused by every target."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local_aws.command_line import main
from local_aws.deployment import LocalDeployer
from tests.conftest import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)
OPTIONS = ["ARGS", "BASE", "ENGINE", "ENVIRONMENT", "N", "PYTHON", "SEED"]


def make(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Let make say what it would do, as the first make of a shell."""
    return subprocess.run(
        ["make", "--dry-run", "--always-make", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("ENV=production", "ENVIRONMENT"),
        ("ENVIRONMNT=production", "ENVIRONMENT"),
        ("environment=production", "ENVIRONMENT"),
        ("ENV:=production", "ENVIRONMENT"),
        ("ENV=", "ENVIRONMENT"),
        ("ARG=-k pause", "ARGS"),
        ("BRANCH=main", "BASE"),
        ("PYTHON3=python3.12", "PYTHON"),
    ],
)
def test_an_unknown_variable_is_refused_in_one_line_with_the_nearest_known_one(given: str, meant: str) -> None:
    done = make("local-deploy", given)

    name = re.split(r":?=", given)[0]
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"unknown variable {name}: did you mean {meant}? Known are {' '.join(OPTIONS)}" in done.stderr


@pytest.mark.parametrize("target", [*TARGETS, ""])
def test_every_target_refuses_it(target: str) -> None:
    assert make(*filter(None, [target]), "ENV=production").returncode == 2


@pytest.mark.parametrize(
    "arguments", [["local-deploy", "production"], ["production", "local-deploy"], ["local-destroy", "local-stopp"]]
)
def test_an_unknown_target_is_refused_before_a_known_one_is_run(arguments: list[str]) -> None:
    done = make(*arguments)

    [unknown] = set(arguments) - set(TARGETS)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"there is no target {unknown}; make help lists them; an environment is named by ENVIRONMENT=" in done.stderr


def test_a_deploy_looks_for_variables_without_a_value_before_the_cdktf_cli_starts() -> None:
    lines = make("cdktf", 'ARGS=deploy reference --var "a=b c"').stdout.splitlines()
    [check] = [number for number, line in enumerate(lines) if "-m stacks.missing_variables deploy reference" in line]
    [cli] = [number for number, line in enumerate(lines) if "node_modules/.bin/cdktf deploy reference" in line]
    assert check < cli
    assert lines[check].endswith('--var "a=b c"')


def test_an_unknown_engine_is_refused_before_anything_is_installed() -> None:
    done = make("synth", "ENGINE=pulumi")
    assert (done.returncode, done.stdout) == (2, "")
    assert "ENGINE=pulumi: there is no such engine; write cdktf, which is the default, or cdktn" in done.stderr


@pytest.mark.parametrize("given", [{"arguments": ["ENGINE=cdktn"]}, {"environment": {"ENGINE": "cdktn"}}])
def test_another_engine_has_an_environment_and_a_cli_of_its_own(given: dict[str, Any]) -> None:
    done = make("cdktf", "ARGS=deploy dev", *given.get("arguments", ()), **given.get("environment", {}))
    assert ".venv-cdktn/bin/python -m pip install" in done.stdout
    assert "--requirement requirements/cdktn.txt" in done.stdout
    assert "requirements/cdktn-cli/node_modules/.bin/cdktn deploy dev" in done.stdout
    assert not re.search(r"\.venv/|requirements\.txt|\bcdktf ", done.stdout)


def test_what_cannot_be_written_is_a_line_of_local_aws_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/project/.local-aws")

    monkeypatch.setattr(LocalDeployer, "deploy", refused)
    assert main(["deploy", "dev"]) == 2
    assert capsys.readouterr().err == "error: /project/.local-aws: Permission denied\n"


def test_a_folder_that_cannot_be_written_is_told_in_a_line_before_anything_is_installed(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    tmp_path.chmod(0o500)
    # root may write anywhere, unless it gives that up.
    as_others = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
    if as_others and shutil.which("setpriv") is None:
        pytest.skip("root may write anywhere, and there is no setpriv")

    def run(target: str) -> "subprocess.CompletedProcess[str]":
        line = [*as_others, "make", "--silent", target]
        return subprocess.run(line, cwd=tmp_path, capture_output=True, text=True, check=False)

    refused = run("synth")
    assert (refused.returncode, refused.stdout) == (2, "")
    [line] = refused.stderr.splitlines()
    assert f"{tmp_path} cannot be written, and .venv is to be made in it; copy the project to a folder of" in line
    assert run("help").returncode == 0


@pytest.mark.parametrize("target", [*TARGETS, ".venv/.requirements-installed", "node_modules/.package-lock.json"])
def test_every_target_is_known(target: str) -> None:
    assert make(target).returncode == 0


@pytest.mark.parametrize(
    "arguments",
    [
        ["ENVIRONMENT=production"],
        ["ARGS=--json --x='ENV=a b' ENV=c"],
        ["PYTHON=python3.12", "BASE=origin/main"],
        ["SHELL=/bin/sh", "VENV=.other", "-j4", "-e", "--silent"],
    ],
)
def test_what_make_and_the_makefile_know_is_taken(arguments: list[str]) -> None:
    done = make("local-deploy", *arguments)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    "environment",
    [
        {"ENV": "production", "ENVIRONMNT": "production"},
        {"MAKEFLAGS": "-j4 --silent"},
        {"MAKELEVEL": "1", "MAKEFLAGS": " -- CONFIGURATION=release"},  # of a make that calls this one
    ],
)
def test_the_environment_disturbs_nothing(environment: dict[str, str]) -> None:
    done = make("local-deploy", **environment)

    assert (done.returncode, done.stderr) == (0, "")
    assert "deploy dev" in done.stdout


def test_every_variable_of_the_makefile_is_known_to_it() -> None:
    checking = {"KNOWN", "GIVEN", "UNKNOWN", "OPTIONS", "TARGETS", "NO_TARGET"}
    assigned = set(re.findall(r"^([A-Z_]+) *[:?]?=", MAKEFILE, re.MULTILINE)) - checking

    assert assigned
    for name in assigned:
        assert make("help", f"{name}=x").returncode == 0, name
