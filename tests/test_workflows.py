"""The workflows of GitHub: what they may do, and that all they call exists."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
import yaml

from operations.cli import app
from tests.conftest import ROOT

PATHS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in PATHS}
WORKFLOWS: dict[str, dict[Any, Any]] = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
JOBS = {f"{name}: {job}": body for name, workflow in WORKFLOWS.items() for job, body in workflow["jobs"].items()}
WRITES = {"pull-request: comment": {"pull-requests": "write"}}
"""The jobs that may write, and what."""
GETS_CREDENTIALS = {"deploy: plan", "deploy: deploy"}
"""The jobs to which AWS gives credentials."""


def steps(job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = JOBS[job]["steps"]
    return found


def scripts() -> Iterator[tuple[str, str]]:
    for job in JOBS:
        for step in steps(job):
            if "run" in step:
                yield job, step["run"]


def script(job: str, beginning: str) -> str:
    """Return the script of the step whose name begins so."""
    [found] = [step["run"] for step in steps(job) if step.get("name", "").startswith(beginning)]
    return str(found)


def position(job: str, beginning: str) -> int:
    """Return which step it is that does what begins so."""
    [found] = [
        index
        for index, step in enumerate(steps(job))
        if any(str(step.get(key, "")).startswith(beginning) for key in ("run", "uses", "name"))
    ]
    return found


def test_there_are_two_workflows() -> None:
    assert list(WORKFLOWS) == ["deploy", "pull-request"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_reads_only_and_is_not_started_with_more_rights(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    triggers = WORKFLOWS[name][True]  # YAML 1.1 reads `on` so
    assert list(triggers) == (["pull_request"] if name == "pull-request" else ["workflow_dispatch"])
    assert "secrets." not in TEXTS[name]


@pytest.mark.parametrize("job", JOBS)
def test_a_job_has_no_more_rights_than_it_needs(job: str) -> None:
    wanted = WRITES.get(job, {"contents": "read", "id-token": "write"} if job in GETS_CREDENTIALS else None)
    assert JOBS[job].get("permissions") == wanted
    assert JOBS[job]["timeout-minutes"] <= 60
    assert JOBS[job]["runs-on"] == "ubuntu-24.04"


@pytest.mark.parametrize("job", WRITES)
def test_a_job_that_may_write_runs_nothing_of_the_repository(job: str) -> None:
    assert not [step for step in steps(job) if step.get("uses", "").startswith(("actions/checkout", "./"))]
    assert not re.search(r"\bmake\b|alexdb (?!review -->)|python|\./", script(job, "Write the comment"))


def test_the_comment_is_not_tried_with_the_token_of_a_fork() -> None:
    condition = JOBS["pull-request: comment"]["if"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in condition


@pytest.mark.parametrize("name", WORKFLOWS)
def test_an_action_is_pinned_to_a_commit_with_its_version(name: str) -> None:
    lines = [line.strip() for line in TEXTS[name].splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.fullmatch(r"- uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_an_action_has_one_version_in_all_workflows() -> None:
    pinned = {line.strip() for text in TEXTS.values() for line in text.splitlines() if "uses:" in line}
    assert len(pinned) == len({line.partition("@")[0] for line in pinned})


def test_no_checkout_leaves_its_token_behind() -> None:
    for job in JOBS:
        for step in steps(job):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, job


def test_the_review_has_the_history_that_it_compares_with() -> None:
    [checkout] = [
        step for step in steps("pull-request: review") if step.get("uses", "").startswith("actions/checkout@")
    ]
    assert checkout["with"]["fetch-depth"] == 0


@pytest.mark.parametrize("job", JOBS)
def test_no_script_holds_an_expression(job: str) -> None:
    """GitHub puts its value into the script as text: a branch's name could be a command."""
    assert not [text for where, text in scripts() if where == job and "${{" in text]


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = {target for _, text in scripts() for target in re.findall(r"\bmake ([a-z-]+)", text)}
    assert {"synth", "check", "test"} <= called <= targets


def test_every_command_and_option_of_alexdb_exists() -> None:
    commands = typer.main.get_group(app).commands
    called = [shlex.split(line) for _, text in scripts() for line in re.findall(r"\./alexdb ([^|\n]+)", text)]
    assert {name for name, *_ in called} == {"review", "wait", "check"}
    for name, *arguments in called:
        assert name in commands
        known = {option for parameter in commands[name].params for option in parameter.opts}
        assert {argument for argument in arguments if argument.startswith("--")} <= known, name


def test_one_pull_request_has_one_run_and_a_deploy_is_never_stopped() -> None:
    pull_request, deploy = (WORKFLOWS[name]["concurrency"] for name in ("pull-request", "deploy"))
    assert (pull_request["cancel-in-progress"], deploy["cancel-in-progress"]) == (True, False)
    assert deploy["group"] == "deploy-${{ inputs.environment }}"


def test_a_deploy_waits_for_its_plan_and_an_approval() -> None:
    plan, deploy = JOBS["deploy: plan"], JOBS["deploy: deploy"]
    assert plan["environment"] == "${{ inputs.environment }}-plan"
    assert (deploy["environment"], deploy["needs"]) == ("${{ inputs.environment }}", "plan")
    assert plan["if"] == "${{ github.ref_name == github.event.repository.default_branch }}"


@pytest.mark.parametrize("job", sorted(GETS_CREDENTIALS))
def test_credentials_come_after_the_code_that_needs_none(job: str) -> None:
    assert position(job, "make synth") < position(job, "aws-actions/configure-aws-credentials")


def test_no_plan_file_is_kept() -> None:
    kept = [step["with"]["path"] for job in JOBS for step in steps(job) if "upload-artifact" in step.get("uses", "")]
    assert sorted(kept) == ["plan.txt", "review.md"]
