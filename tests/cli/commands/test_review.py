"""`aurora-serverless review` as a command: its outputs, its exit status, and wrong command lines."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.commands.review import named_plans
from cli.exit_status import ExitStatus
from operations.errors import ErrorKind, OperationsError
from tests.analysis.review.projects import Project, copying_project
from tests.analysis.review.stacks import document
from tests.analysis.review.test_terraform_plan import change, plan
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
        (["main", "--plan", "plan.json"], "--plan has both sides itself: leave out BASE"),
        (["--change", "out", "--plan", "plan.json"], "--plan has both sides itself: leave out --change"),
        (["--plan", "/nowhere/plan.json"], "/nowhere/plan.json cannot be read: No such file or directory"),
        (["--plan", "dev="], "--plan dev=: write FILE, or ENVIRONMENT=FILE"),
        (["--plan", "/dev/null"], "/dev/null cannot be read: it is a device"),
    ],
)
def test_a_wrong_command_line_is_one_line(reviewing: Any, arguments: list[str], words: str) -> None:
    done = reviewing(*arguments)
    assert (done.status, done.output) == (2, "")
    assert words.lower() in done.error.lower()


def test_terraforms_own_plan_is_told_in_the_same_words(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    topics = [
        change("aws_sns_topic.a", ["delete"], {"name": "a"}, None),
        change("aws_sns_topic.b", ["create"], None, {"name": "b"}),
    ]
    for name, topic in zip(("dev", "production"), topics, strict=True):
        (tmp_path / f"{name}.json").write_text(json.dumps(plan(topic)))
    files = [f"--plan={tmp_path}/dev.json", f"--plan=live={tmp_path}/production.json"]
    done = run(capsys, "review", *files, "--fail-on", "destroy")
    assert (done.status, done.errors) == (9, "--fail-on destroy: aws_sns_topic.a\n")
    assert "dev\n  destroyed aws_sns_topic.a\n" in done.output
    assert "live  new environment\n" in done.output
    assert done.output.splitlines()[-1].startswith("against the states, by 2 plans: 2 environments: 1 destroyed; ")
    found = json.loads(run(capsys, "review", files[0], "--json").output)
    assert found["base"] == f"the state, by Terraform's plan {tmp_path}/dev.json"
    assert [one["name"] for one in found["environments"]] == ["dev"]


def test_a_plan_names_its_environment_or_lies_where_that_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a=b.json").touch()
    texts = ["production=x/plan.json", "cdktf.out/stacks/dev/plan.json", "staging.json", "a=b.json"]
    assert [name for name, _ in named_plans(texts)] == ["production", "dev", "staging", "a=b"]
    assert [str(path) for _, path in named_plans(texts)] == ["x/plan.json", *texts[1:]]


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["dev="], "--plan dev=: write FILE, or ENVIRONMENT=FILE"),
        (["=plan.json"], "--plan =plan.json: write FILE, or ENVIRONMENT=FILE"),
        (["a/plan.json", "b/plan.json"], "plan has several plans; name the environments: --plan ENVIRONMENT=FILE"),
    ],
)
def test_a_plan_of_no_environment_or_of_one_that_has_another_is_refused(texts: list[str], words: str) -> None:
    with pytest.raises(OperationsError) as caught:
        named_plans(texts)
    assert words in str(caught.value)
    assert caught.value.kind is ErrorKind.WRONG_INPUT


@pytest.mark.parametrize("arguments", [{"policy": 5}, {"parameter": "x"}, {"port": {"a": [[]]}}, {"auth": [1, "x"]}])
def test_an_argument_of_any_form_in_a_plan_is_told_or_refused_in_a_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: Any
) -> None:
    path = tmp_path / "dev.json"
    addresses = (CLUSTER, "aws_rds_cluster_parameter_group.g", "aws_kms_key.k", "aws_db_proxy.p")
    path.write_text(json.dumps(plan(*(change(address, ["update"], {}, arguments) for address in addresses))))
    done = run(capsys, "review", f"--plan={path}")
    assert done.status in {ExitStatus.DONE, ExitStatus.WRONG_INPUT}
    assert "Traceback" not in done.errors


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
