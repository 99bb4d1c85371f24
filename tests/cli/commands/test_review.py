"""`aurora-serverless review` as a command: its outputs, its exit status, and wrong command lines."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.exit_status import ExitStatus
from tests.analysis.review.projects import Project, copying_project
from tests.analysis.review.stacks import document
from tests.conftest import ROOT
from tests.deployed.deployment import Done, run

CLUSTER = "aws_rds_cluster.aurora"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project in which dev loses its cluster, production its protection, and other nothing."""
    project = copying_project(tmp_path_factory.mktemp("project") / "project")
    for name in ("dev", "other", "production"):
        project.write(f"{name}.json", document({CLUSTER: {"engine": "a", "deletion_protection": name == "production"}}))
    project.commit()
    project.write("dev.json", document({CLUSTER: {"engine": "b", "deletion_protection": False}}))
    project.write("production.json", document({CLUSTER: {"engine": "a", "deletion_protection": False}}))
    return project


@pytest.fixture
def reviewing(project: Project, capsys: pytest.CaptureFixture[str]) -> Any:
    def run_it(*arguments: str) -> Done:
        return run(capsys, "review", *arguments, "--project", str(project.folder))

    return run_it


def test_people_get_text(reviewing: Any) -> None:
    done = reviewing()
    assert (done.status, done.errors) == (0, "")
    first, second, *_ = done.output.splitlines()
    assert first.startswith("dev")
    assert second == f"  replaced  {CLUSTER}"
    assert done.output.splitlines()[-1].startswith("against main (")


def test_scripts_get_json(reviewing: Any) -> None:
    found = json.loads(reviewing("main", "--json").output)
    assert [environment["name"] for environment in found["environments"]] == ["dev", "production"]
    assert found["unchanged"] == ["other"]


def test_pull_requests_get_markdown(reviewing: Any) -> None:
    assert reviewing("--markdown").output.startswith("## What this change does\n")


@pytest.mark.parametrize(("option", "begin"), [("--markdown", "## What"), ("--json", "{"), (None, "dev")])
def test_each_may_go_into_a_file(reviewing: Any, tmp_path: Path, option: str | None, begin: str) -> None:
    path = tmp_path / "review.txt"
    done = reviewing("--output", str(path), *([option] if option else []))
    assert (done.status, done.output, done.errors) == (0, "", "")
    assert path.read_text().startswith(begin)
    assert path.read_text().endswith("\n")


@pytest.mark.parametrize(
    ("fail_on", "status", "said"),
    [
        ("destroy", 0, ""),
        ("open:critical", 0, ""),
        ("replace", 9, f"--fail-on replace: {CLUSTER}\n"),
        ("destroy,open:high", 9, f"--fail-on open:high: {CLUSTER}: deletion_protection is off\n"),
    ],
)
def test_what_must_not_happen_is_an_exit_status(reviewing: Any, fail_on: str, status: int, said: str) -> None:
    done = reviewing("--fail-on", fail_on)
    assert (done.status, done.errors) == (status, said)
    assert done.output


def test_the_report_is_written_also_when_it_fails(reviewing: Any, tmp_path: Path) -> None:
    done = reviewing("--fail-on", "replace", "--json", "--output", str(tmp_path / "review.json"))
    assert done.status == ExitStatus.REVIEW_FAILED
    assert json.loads((tmp_path / "review.json").read_text())["failed_on"] == [f"replace: {CLUSTER}"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--markdown", "--json"], "give --markdown or --json, not both"),
        (["--output", "/nowhere/review.md"], "/nowhere/review.md cannot be written: there is no folder /nowhere"),
        (["--output", "/"], "/ cannot be written: it is a folder"),
        (["--fail-on", "replaced"], '--fail-on has "replaced": write replace, destroy, open'),
        (["--fail-on", "replace,,open"], '--fail-on has "": write'),
        (["no-such-branch"], 'git knows no revision "no-such-branch"'),
        (["main", "other"], "unexpected extra argument"),
        (["--markdwn"], "no such option: --markdwn"),
        (["--output", "/proc/review"], "/proc/review cannot be written: "),
    ],
)
def test_a_wrong_command_line_is_one_line(reviewing: Any, arguments: list[str], words: str) -> None:
    done = reviewing(*arguments)
    assert (done.status, done.output) == (2, "")
    assert words.lower() in done.error.lower()


def test_a_wrong_project_is_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    done = run(capsys, "review", "--project", str(tmp_path))
    assert done.status == 2
    assert "is in no git repository" in done.error


def test_it_imports_neither_boto3_nor_cdktf(project: Project) -> None:
    code = (
        "import sys\nfrom cli.main import main\nmain(sys.argv[1:])\n"
        "slow = {'boto3', 'botocore', 'cdktf', 'jsii', 'matplotlib'} & set(sys.modules)\n"
        "sys.exit(f'imported: {sorted(slow)}' if slow else 0)"
    )
    line = [sys.executable, "-c", code, "review", "--project", str(project.folder)]
    environment = {"PYTHONPATH": f"{ROOT}:{ROOT / 'constructs'}", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(line, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
