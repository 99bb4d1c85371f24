"""The workflows of GitHub: what they may do, and that all they call exists."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import typer.main
import yaml

from analysis.review.review import review
from cli.arguments.fail_on import parse_conditions, what_happened
from cli.main import app
from tests.analysis.review.stacks import stack
from tests.conftest import ROOT

PATHS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in PATHS}
WORKFLOWS: dict[str, dict[Any, Any]] = {name: yaml.safe_load(text) for name, text in TEXTS.items()}
JOBS = {f"{name}: {job}": body for name, workflow in WORKFLOWS.items() for job, body in workflow["jobs"].items()}
WRITES = {
    "drift: issue": {"issues": "write"},
    "pull-request: comment": {"pull-requests": "write"},
    "facts: pull-request": {"contents": "write", "pull-requests": "write"},
    "release: publish": {"id-token": "write"},
}
"""The jobs that may write, and what; PyPI takes packages for such a token."""
READS = {"deploy-changed: changed": {"actions": "read", "contents": "read"}}
"""The jobs that read more than files: of which commit the last run was."""
GETS_CREDENTIALS = {"deploy: plan", "deploy: deploy", "drift-plan: plan", "facts: compare"}
"""The jobs to which AWS gives credentials."""
WITH_CREDENTIALS = {"contents": "read", "id-token": "write"}
CALLS = {job: body["uses"] for job, body in JOBS.items() if "uses" in body}
"""The jobs that are other workflows, and which."""
TRIGGERS = {
    "ci": ["push"],
    "deploy": ["workflow_dispatch", "workflow_call"],
    "deploy-changed": ["push", "workflow_dispatch"],
    "drift": ["schedule", "workflow_dispatch"],
    "drift-plan": ["workflow_call"],
    "facts": ["schedule", "workflow_dispatch"],
    "pull-request": ["pull_request"],
    "release": ["push"],
}
"""The workflows, and what starts each."""


def steps(job: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [] if job in CALLS else JOBS[job]["steps"]
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


def test_there_is_no_other_workflow() -> None:
    assert set(WORKFLOWS) == set(TRIGGERS)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_reads_only_and_is_not_started_with_more_rights(name: str) -> None:
    assert WORKFLOWS[name]["permissions"] == {"contents": "read"}
    triggers = WORKFLOWS[name][True]  # YAML 1.1 reads `on` so
    assert list(triggers) == TRIGGERS[name]
    assert "secrets." not in TEXTS[name]


@pytest.mark.parametrize("job", JOBS)
def test_a_job_has_no_more_rights_than_it_needs(job: str) -> None:
    wanted = (WRITES | READS).get(job, WITH_CREDENTIALS if job in {*GETS_CREDENTIALS, *CALLS} else None)
    assert JOBS[job].get("permissions") == wanted
    if job in CALLS:
        return
    assert JOBS[job]["timeout-minutes"] <= 60
    assert JOBS[job]["runs-on"] == "ubuntu-24.04"


@pytest.mark.parametrize("job", WRITES)
def test_a_job_that_may_write_runs_nothing_of_the_repository(job: str) -> None:
    assert not [step for step in steps(job) if step.get("uses", "").startswith(("actions/checkout", "./"))]
    own = [text for where, text in scripts() if where == job]
    assert not [text for text in own if re.search(r"\bmake\b|aurora-serverless (?!\w+ -->)|python|\./", text)]


def test_the_comment_is_not_tried_with_the_token_of_a_fork() -> None:
    condition = JOBS["pull-request: comment"]["if"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in condition


@pytest.mark.parametrize("name", WORKFLOWS)
def test_an_action_is_pinned_to_a_commit_with_its_version(name: str) -> None:
    lines = [line.strip() for line in TEXTS[name].splitlines() if "uses:" in line and "uses: ./" not in line]
    assert lines
    for line in lines:
        assert re.fullmatch(r"- uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_an_action_has_one_version_in_all_workflows() -> None:
    pinned = {line.strip() for text in TEXTS.values() for line in text.splitlines() if "- uses:" in line}
    assert len(pinned) == len({line.partition("@")[0] for line in pinned})


def test_no_checkout_leaves_its_token_behind() -> None:
    for job in JOBS:
        for step in steps(job):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, job


def test_the_review_is_made_by_the_program_of_the_base_branch_and_runs_nothing_of_the_change() -> None:
    review = "pull-request: review"
    [checkout] = [step for step in steps(review) if step.get("uses", "").startswith("actions/checkout@")]
    assert checkout["with"]["ref"] == "refs/heads/${{ github.base_ref }}"
    [download] = [step for step in steps(review) if step.get("uses", "").startswith("actions/download-artifact@")]
    assert download["with"] == {"name": "stacks", "path": "change"}
    [(_, only_script)] = [found for found in scripts() if found[0] == review]
    assert './aurora-serverless review "$BASE" --change change ' in only_script
    assert "change/" not in only_script


RULE = "aws_vpc_security_group_ingress_rule.a"
DOOR = {"security_group_id": "sg-1", "ip_protocol": "tcp", "from_port": 5432, "to_port": 5432}
CLUSTER = "aws_rds_cluster.aurora"


@pytest.mark.parametrize(
    ("before", "after", "stops"),
    [
        ({RULE: DOOR | {"cidr_ipv4": "10.1.0.0/16"}}, {}, ["destroy", "lock-out:high"]),
        ({RULE: DOOR | {"cidr_ipv4": "10.1.0.0/16"}}, {RULE: DOOR | {"cidr_ipv4": "10.1.2.0/24"}}, ["lock-out:high"]),
        ({CLUSTER: {"enable_http_endpoint": True}}, {CLUSTER: {"enable_http_endpoint": False}}, ["lock-out:high"]),
        ({CLUSTER: {"enable_http_endpoint": False}}, {CLUSTER: {"enable_http_endpoint": True}}, []),
        ({RULE: DOOR | {"cidr_ipv4": "10.1.0.0/16"}}, {RULE: DOOR | {"cidr_ipv4": "0.0.0.0/0"}}, ["open:high"]),
        ({CLUSTER: {"engine_version": "17.7"}}, {CLUSTER: {"engine_version": "17.4"}}, ["downgrade"]),
    ],
)
def test_the_gate_stops_what_its_documentation_says(before: Any, after: Any, stops: list[str]) -> None:
    [conditions] = [
        step["env"]["FAIL_ON"] for step in steps("pull-request: review") if "FAIL_ON" in step.get("env", {})
    ]
    assert f"FAIL_ON: {conditions}\n" in (ROOT / "docs/continuous-integration.md").read_text(encoding="utf-8")
    found = review({"dev": stack(before)}, {"dev": stack(after)}, base="main")
    assert [what.partition(": ")[0] for what in what_happened(found, parse_conditions(conditions))] == stops


def test_the_stacks_are_handed_to_the_review_before_a_check_can_fail() -> None:
    check = "pull-request: check"
    assert position(check, "make synth") < position(check, "actions/upload-artifact") < position(check, "make check")
    [upload] = [step["with"] for step in steps(check) if step.get("uses", "").startswith("actions/upload-artifact@")]
    assert (upload["name"], upload["path"], upload["if-no-files-found"]) == ("stacks", "cdktf.out", "error")


def test_a_job_that_is_required_is_never_skipped() -> None:
    """GitHub counts a skipped job as one that has passed, and skips a job when one that it needs fails."""
    for job in ("check", "test", "review"):
        body = JOBS[f"pull-request: {job}"]
        assert body.get("if") == ("${{ !cancelled() }}" if "needs" in body else None)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_branch_is_never_told_by_a_name_that_a_tag_may_have(name: str) -> None:
    """`github.ref_name` is `main` for a tag of that name, and git takes the tag where both are meant."""
    values = re.findall(r"^ *(?:- )?[\w-]+: *(.*\$\{\{.*)$", TEXTS[name], re.MULTILINE)
    assert not [value for value in values if re.search(r"\b(github\.)?(ref_name|head_ref)\b|github\['ref", value)]
    of_base = [value for value in values if "base_ref" in value]
    assert all(value.startswith("refs/heads/${{ github.base_ref }}") for value in of_base), of_base
    assert not re.search(r"GITHUB_(REF_NAME|HEAD_REF|BASE_REF)\b", TEXTS[name])


@pytest.mark.parametrize("job", sorted(GETS_CREDENTIALS))
def test_credentials_are_for_the_default_branch_only(job: str) -> None:
    """Of the branch itself, or after a job that is: a condition without a status function asks that it has passed."""
    body = JOBS[job]
    if "needs" in body:
        assert f"deploy: {body['needs']}" in GETS_CREDENTIALS
        assert not re.search(r"always|cancelled|failure", body["if"])
        return
    is_default = "github.ref == format('refs/heads/{0}', github.event.repository.default_branch)"
    by_itself = "github.event_name == 'schedule' || " if "schedule" in TRIGGERS[job.partition(":")[0]] else ""
    assert body["if"] == f"${{{{ {by_itself}{is_default} }}}}"
    assert position(job, "Refuse another branch") == 0


@pytest.mark.parametrize("job", JOBS)
def test_no_script_holds_an_expression(job: str) -> None:
    """GitHub puts its value into the script as text: a branch's name could be a command."""
    assert not [text for where, text in scripts() if where == job and "${{" in text]


def test_main_is_tested_on_every_python_from_the_oldest_that_is_supported() -> None:
    assert WORKFLOWS["ci"][True] == {"push": {"branches": ["main"]}}
    job = JOBS["ci: run"]
    oldest = re.findall(r"sys.version_info < \(3, (\d+)\)", (ROOT / "Makefile").read_text())
    versions = job["strategy"]["matrix"]["python-version"]
    assert versions == [f"3.{minor}" for minor in range(int(oldest[0]), int(oldest[0]) + len(versions))]
    assert job["strategy"]["fail-fast"] is False
    assert steps("ci: run")[position("ci: run", "actions/setup-python")]["with"]["python-version"] == (
        "${{ matrix.python-version }}"
    )
    assert steps("ci: run")[-1] == {"run": ".ci/run"}


def test_dependabot_looks_at_every_folder_with_something_pinned() -> None:
    updates = yaml.safe_load((ROOT / ".github/dependabot.yml").read_text(encoding="utf-8"))["updates"]
    folders = {update["package-ecosystem"]: update.get("directories", [update.get("directory")]) for update in updates}
    own = [folder for folder in ROOT.iterdir() if folder.is_dir() and not folder.name.startswith((".", "node_modules"))]
    for ecosystem, name in (("uv", "*.in"), ("npm", "package-lock.json")):
        pinned = [*ROOT.glob(name), *(path for folder in own for path in folder.rglob(name))]
        wanted = {path.parent for path in pinned if "node_modules" not in path.parts}
        assert {ROOT / folder.lstrip("/") for folder in folders[ecosystem]} == wanted


def test_every_make_target_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    called = {target for _, text in scripts() for target in re.findall(r"\bmake ([a-z-]+)", text)}
    assert {"synth", "check", "test", "snapshots"} <= called <= targets


def test_every_command_and_option_of_the_command_exists() -> None:
    commands = typer.main.get_group(app).commands
    called = [
        shlex.split(line) for _, text in scripts() for line in re.findall(r"\./aurora-serverless ([^|\n]+)", text)
    ]
    assert {name for name, *_ in called} == {"review", "changed", "ci", "wait", "check", "facts"}
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


@pytest.mark.parametrize("job", sorted(GETS_CREDENTIALS))
def test_credentials_come_after_the_code_that_needs_none(job: str) -> None:
    """What was synthesized by another job is read here, and no code of the repository runs."""
    if [text for where, text in scripts() if where == job and re.search(r"\bmake\b|\./aurora-serverless", text)]:
        assert position(job, "make synth") < position(job, "aws-actions/configure-aws-credentials")
    else:
        assert position(job, "actions/download-artifact") < position(job, "aws-actions/configure-aws-credentials")


def test_a_workflow_that_is_called_is_here_and_gets_what_it_asks_for() -> None:
    assert set(CALLS.values()) == {"./.github/workflows/deploy.yml", "./.github/workflows/drift-plan.yml"}
    for job, path in CALLS.items():
        called = WORKFLOWS[path.removeprefix("./.github/workflows/").removesuffix(".yml")]
        assert set(JOBS[job]["with"]) == set(called[True]["workflow_call"]["inputs"]), job


def test_each_wave_waits_for_all_before_it_and_for_what_is_to_be_deployed() -> None:
    waves = [job for job in JOBS if job.startswith("deploy-changed: wave-")]
    before = ["changed"]
    for job in waves:
        body, number = JOBS[job], job.rpartition("-")[2]
        assert body["needs"] == before
        assert f"fromJSON(needs.changed.outputs.changed).waves['{number}']" in body["if"]
        assert len(before) == 1 or "!contains(needs.*.result, 'failure')" in body["if"]
        assert body["strategy"]["fail-fast"] is False
        before.append(f"wave-{number}")
    assert len(waves) > 1


@pytest.mark.parametrize("job", ["deploy-changed: changed", "drift: stacks"])
def test_what_works_on_all_environments_waits_for_its_switch_and_refuses_waves_without_a_job(job: str) -> None:
    assert "vars.FLEET == 'on' && github.ref == format(" in JOBS[job]["if"]
    assert "./aurora-serverless ci --for github --check" in [text for where, text in scripts() if where == job]


def test_the_issue_is_written_after_every_plan() -> None:
    plans = [job.removeprefix("drift: ") for job in CALLS if job.startswith("drift: ")]
    assert JOBS["drift: issue"]["needs"] == ["stacks", *plans]


def test_no_plan_file_is_kept() -> None:
    kept = [step["with"]["path"] for job in JOBS for step in steps(job) if "upload-artifact" in step.get("uses", "")]
    assert sorted(kept) == [
        "cdktf.out",
        "cdktf.out",
        "change.tar\nreport.txt\n",
        "drift",
        "facts",
        "plan.txt",
        "release/*.whl\nrelease/*.tar.gz\n",
        "review.md",
    ]


def test_what_the_facts_run_takes_over_goes_from_job_to_job_and_is_written_by_the_last() -> None:
    needs = {job: JOBS[f"facts: {job}"].get("needs") for job in ("compare", "generate", "pull-request")}
    assert needs == {"compare": None, "generate": "compare", "pull-request": "generate"}
    assert "id-token" not in JOBS["facts: generate"].get("permissions", {})
    assert re.fullmatch(r"\d+ \d+ \d+ \* \*", WORKFLOWS["facts"][True]["schedule"][0]["cron"]), "once a month"


def test_a_release_is_of_a_tag_on_the_default_branch_and_of_the_wheel_that_was_tested() -> None:
    assert list(WORKFLOWS["release"][True]["push"]) == ["tags"]
    build = "release: build"
    order = [
        "Refuse what is not on the default branch",
        "actions/setup-python",
        "Build the package of the tag",
        "Test its wheel",
        "actions/upload-artifact",
    ]
    positions = [position(build, beginning) for beginning in order]
    assert positions == sorted(positions)
    assert "--output release" in script(build, "Build the package of the tag")
    assert script(build, "Test its wheel").endswith("tests/packages --wheels release")


def test_a_release_waits_for_its_environment_and_takes_no_cache() -> None:
    publish = JOBS["release: publish"]
    assert (publish["needs"], publish["environment"]) == ("build", "pypi")
    assert "cache" not in {key for step in steps("release: build") for key in step.get("with", {})}
