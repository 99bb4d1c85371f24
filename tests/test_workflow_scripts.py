"""What the scripts in the workflows of GitHub do, run as there, with stand-ins for the programs that they call."""

import base64
import json
import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.test_workflows import script


def run(text: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a step's script as GitHub does, in a folder whose bin/ comes first on the path."""
    variables = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GITHUB_REPOSITORY": "example/alex",
        **variables,
    }
    line = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    return subprocess.run(line, cwd=folder, env=variables, capture_output=True, text=True, check=False)


def stub(folder: Path, name: str, text: str) -> None:
    """Put a program in the place of another one."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("status", [0, 9])
def test_a_review_is_kept_whatever_it_finds(tmp_path: Path, status: int) -> None:
    stub(tmp_path, "aurora-serverless", f'echo "$*" > called; echo "# Review" > review.md; exit {status}')
    done = run(script("pull-request: review", "Review"), tmp_path, BASE="refs/heads/main", FAIL_ON="replace")
    assert done.returncode == status
    assert (tmp_path / "called").read_text() == (
        "review refs/heads/main --change change --markdown --output review.md --fail-on replace\n"
    )
    assert (tmp_path / "summary").read_text() == "# Review\n"
    assert (tmp_path / "output").read_text() == "written=true\n"


def test_a_review_that_fails_itself_is_no_comment(tmp_path: Path) -> None:
    stub(tmp_path, "aurora-serverless", "exit 2")
    assert run(script("pull-request: review", "Review"), tmp_path, BASE="refs/heads/main", FAIL_ON="x").returncode == 2
    assert not (tmp_path / "output").exists()


GH = """
if [ "$1 $2 $4" = "api --paginate --jq" ]; then
  python3 "$(dirname "$0")/comments.py" "$5"
else
  echo "$*" > called; cp comment.md sent
fi
"""
COMMENTS = """
import json, sys
assert sys.argv[1] == (
    '.[] | select(.user.login == "github-actions[bot]"'
    ' and (.body | startswith("<!-- aurora-serverless review -->"))) | .id'
)
for one in json.load(open("comments.json")):
    if one["user"]["login"] == "github-actions[bot]" and one["body"].startswith("<!-- aurora-serverless review -->"):
        print(one["id"])
"""


@pytest.fixture
def github(tmp_path: Path) -> Path:
    """Return a folder whose gh knows the comments in comments.json, and notes what it is sent."""
    stub(tmp_path, "bin/gh", GH)
    (tmp_path / "bin/comments.py").write_text(COMMENTS)
    (tmp_path / "comments.json").write_text("[]")
    return tmp_path


@pytest.mark.parametrize(
    ("comments", "called"),
    [
        ([], "--method POST repos/example/alex/issues/7/comments"),
        ([(1, "somebody", "<!-- aurora-serverless review -->")], "--method POST repos/example/alex/issues/7/comments"),
        ([(1, "github-actions[bot]", "Coverage")], "--method POST repos/example/alex/issues/7/comments"),
        (
            [(1, "somebody", "hello"), (2, "github-actions[bot]", "<!-- aurora-serverless review -->\nold")],
            "--method PATCH repos/example/alex/issues/comments/2",
        ),
    ],
    ids=["first", "another's", "another of the bot", "again"],
)
def test_a_comment_is_written_once_and_then_changed(
    github: Path, comments: list[tuple[int, str, str]], called: str
) -> None:
    document = [{"id": number, "user": {"login": login}, "body": body} for number, login, body in comments]
    (github / "comments.json").write_text(json.dumps(document))
    (github / "review.md").write_text("# Review\n")
    done = run(script("pull-request: comment", "Write"), github, PULL_REQUEST="7", RUN="https://example.com/run")
    assert (done.returncode, done.stderr) == (0, "")
    assert (github / "called").read_text() == f"api --silent {called} --field body=@comment.md\n"
    assert (github / "sent").read_text() == "<!-- aurora-serverless review -->\n# Review\n"


def test_a_review_that_is_too_long_is_a_link(github: Path) -> None:
    (github / "review.md").write_text("é" * 40_000)
    done = run(script("pull-request: comment", "Write"), github, PULL_REQUEST="7", RUN="https://example.com/run")
    assert done.returncode == 0
    sent = (github / "sent").read_text()
    assert len(sent) < 200
    assert "[the summary of the run](https://example.com/run)" in sent


TERRAFORM = """
shift  # -chdir=...
echo "$*" >> called
case "$1" in
  plan) exit {status} ;;
  show) cat planned ;;
esac
"""


def test_a_plan_that_is_no_longer_the_approved_one_is_not_applied(tmp_path: Path) -> None:
    stub(tmp_path, "bin/terraform", TERRAFORM.format(status=0))
    (tmp_path / "approved").mkdir()
    (tmp_path / "approved/plan.txt").write_text("1 to add\n")
    apply = script("deploy: deploy", "Apply")
    (tmp_path / "planned").write_text("1 to destroy\n")
    assert run(apply, tmp_path, STACK="stack").returncode == 1
    assert "apply" not in (tmp_path / "called").read_text()
    (tmp_path / "planned").write_text("1 to add\n")
    assert run(apply, tmp_path, STACK="stack").returncode == 0
    assert (tmp_path / "called").read_text().splitlines()[-1] == "apply -lock-timeout=5m deploy.tfplan"


@pytest.mark.parametrize(
    ("status", "ended", "output"),
    [(0, 0, None), (2, 0, "changes=true\n"), (1, 1, None)],
    ids=["none", "some", "failed"],
)
def test_only_a_plan_with_changes_is_deployed(tmp_path: Path, status: int, ended: int, output: str | None) -> None:
    stub(tmp_path, "bin/terraform", TERRAFORM.format(status=status))
    (tmp_path / "planned").write_text("the plan\n")
    assert run(script("deploy: plan", "Plan"), tmp_path, STACK="stack", ENVIRONMENT="dev").returncode == ended
    written = tmp_path / "output"
    assert (written.read_text() if written.exists() else None) == output
    if ended == 0:
        assert (tmp_path / "summary").read_text() == "### Plan of dev\n```\nthe plan\n```\n"


@pytest.mark.parametrize(
    ("ref", "ended"),
    [("refs/heads/main", 0), ("refs/tags/main", 1), ("refs/heads/MAIN", 1), ("refs/heads/main/x", 1), ("main", 1)],
)
def test_a_deploy_starts_from_the_default_branch_only(tmp_path: Path, ref: str, ended: int) -> None:
    refuse = script("deploy: plan", "Refuse another branch")
    assert run(refuse, tmp_path, GITHUB_REF=ref, DEFAULT_BRANCH="main").returncode == ended


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("dev", ""),
        ("prod", "there is no environments/prod.toml"),
        ("../evil/dev", "an environment has the name of a file"),
        ("dev\n::warning::dev", "an environment has the name of a file"),
        ("", "an environment has the name of a file"),
    ],
    ids=["a file", "no file", "a path", "two lines", "nothing"],
)
def test_an_environment_is_a_file_of_environments(tmp_path: Path, name: str, said: str) -> None:
    stub(tmp_path, "bin/jq", "exit 0")
    for folder in ("environments", "evil"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "dev.toml").touch()
    done = run(script("deploy: plan", "Refuse what"), tmp_path, ENVIRONMENT=name, STACK=f"stacks/{name}")
    assert done.returncode == (1 if said else 0)
    assert done.stdout.startswith(f"::error::{said}" if said else "")
    assert "::warning::" not in done.stdout


FACTS = """
[ "$*" = "facts --compare --write" ] || exit 70
echo "2 differences"
{change}
exit {status}
"""


@pytest.mark.parametrize(
    ("status", "changes", "ended", "output"),
    [(0, True, 0, "changed=true\n"), (1, True, 0, "changed=true\n"), (1, False, 0, None), (6, True, 6, None)],
    ids=["taken over", "some is left", "nothing to write", "not compared"],
)
def test_what_aws_says_is_handed_on_unless_a_part_was_not_compared(
    tmp_path: Path, status: int, changes: bool, ended: int, output: str | None
) -> None:
    csv = tmp_path / "constructs/aurora_serverless/facts/prices.csv"
    csv.parent.mkdir(parents=True)
    csv.write_text("old\n")
    for line in (["init", "--quiet"], ["add", "constructs"]):
        subprocess.run(["git", *line], cwd=tmp_path, check=True)
    change = "echo new > constructs/aurora_serverless/facts/prices.csv" if changes else ""
    stub(tmp_path, "aurora-serverless", FACTS.format(change=change, status=status))
    done = run(script("facts: compare", "Compare"), tmp_path)
    assert (done.returncode, done.stdout) == (ended, "2 differences\n")
    assert (tmp_path / "summary").read_text() == "```\n2 differences\n```\n"
    written = tmp_path / "output"
    assert (written.read_text() if written.exists() else None) == output
    assert (tmp_path / "facts/prices.csv").exists() is (output is not None)


@pytest.mark.parametrize(
    ("event", "ref", "ended"),
    [
        ("schedule", "refs/heads/main", 0),
        ("workflow_dispatch", "refs/heads/main", 0),
        ("workflow_dispatch", "refs/tags/main", 1),
        ("workflow_dispatch", "refs/heads/MAIN", 1),
    ],
)
def test_the_facts_are_compared_on_the_default_branch_only(tmp_path: Path, event: str, ref: str, ended: int) -> None:
    refuse = script("facts: compare", "Refuse another branch")
    branch = "" if event == "schedule" else "main"  # GitHub does not promise it to a run that the clock starts
    done = run(refuse, tmp_path, GITHUB_EVENT_NAME=event, GITHUB_REF=ref, DEFAULT_BRANCH=branch)
    assert done.returncode == ended


def test_changed_files_are_collected_with_their_folders(tmp_path: Path) -> None:
    for name in ("docs/facts.md", "constructs/prices.csv", "docs/same.md"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("old\n")
    for line in (["init", "--quiet"], ["add", "docs", "constructs"]):
        subprocess.run(["git", *line], cwd=tmp_path, check=True)
    for name in ("docs/facts.md", "constructs/prices.csv"):
        (tmp_path / name).write_text("new\n")
    (tmp_path / "facts").mkdir()
    (tmp_path / "facts/report.txt").write_text("2 differences\n")
    assert run(script("facts: generate", "Collect what changed"), tmp_path).returncode == 0
    with tarfile.open(tmp_path / "change.tar") as archive:
        archive.extractall(tmp_path / "out", filter="data")
    found = {path: path.read_text() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    wanted = ("docs/facts.md", "constructs/prices.csv")
    assert found == {tmp_path / "out" / name: "new\n" for name in wanted}


API = """
echo "$*" >> called
case "$*" in
  *"/git/ref/heads/"*) {branch} ;;
  *"--jq .default_branch") echo main ;;
  *"/pulls?state=open"*) {number} ;;
esac
"""


@pytest.mark.parametrize(("again", "ending"), [(False, "--method POST {}/pulls"), (True, "--method PATCH {}/pulls/7")])
def test_a_months_facts_are_one_commit_and_one_pull_request(tmp_path: Path, again: bool, ending: str) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made/docs").mkdir()
    (tmp_path / "made/docs/facts.md").write_text("é\n" * 200_000)
    (tmp_path / "made/prices.csv").write_text("new\n")
    with tarfile.open(tmp_path / "change.tar", "w") as archive:
        archive.add(tmp_path / "made", ".")
    (tmp_path / "report.txt").write_text("2 differences\n")
    stub(tmp_path, "bin/gh", API.format(branch="exit 0" if again else "exit 1", number="echo 7" if again else ":"))
    done = run(script("facts: pull-request", "Commit"), tmp_path, GITHUB_SHA="abc", RUN="https://example.com/run")
    assert (done.returncode, done.stderr) == (0, "")
    calls = (tmp_path / "called").read_text().splitlines()
    assert f"--method {'PATCH' if again else 'POST'} repos/example/alex/git/refs" in calls[1]
    assert "sha=abc" in calls[1]
    assert ending.format("repos/example/alex") in calls[-1]
    given = json.loads((tmp_path / "commit.json").read_text())["variables"]["input"]
    assert given["expectedHeadOid"] == "abc"
    assert {one["path"]: base64.b64decode(one["contents"]).decode() for one in given["fileChanges"]["additions"]} == {
        "docs/facts.md": "é\n" * 200_000,
        "prices.csv": "new\n",
    }
    assert "2 differences" in (tmp_path / "body.md").read_text()


CHANGED = {
    "base": "a",
    "include": [{"environment": "dev"}],
    "waves": {"1": ["dev"], "3": ["live"]},
    "removed": [],
    "unchanged": ["x"],
}


@pytest.mark.parametrize(
    ("given", "last", "before", "base"),
    [("v1", "abc", "def", "v1"), ("", "abc", "def", "abc"), ("", "", "def", "def")],
    ids=["named", "the last that was deployed", "the one before the push"],
)
def test_what_was_not_deployed_yet_goes_to_the_waves(
    tmp_path: Path, given: str, last: str, before: str, base: str
) -> None:
    stub(tmp_path, "bin/gh", f'echo "$2" > asked; echo "{last}"')
    stub(tmp_path, "aurora-serverless", f"echo \"$*\" > called; cat <<'END'\n{json.dumps(CHANGED, indent=2)}\nEND")
    find = script("deploy-changed: changed", "Find")
    done = run(find, tmp_path, BASE=given, BEFORE=before, DEFAULT_BRANCH="trunk")
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "called").read_text() == f"changed {base} --json\n"
    assert (tmp_path / "output").read_text() == 'changed={"waves":{"1":["dev"],"3":["live"]}}\n'
    assert '"environment": "dev"' in (tmp_path / "summary").read_text()
    if not given:
        assert (tmp_path / "asked").read_text() == (
            "repos/example/alex/actions/workflows/deploy-changed.yml/runs?branch=trunk&status=success&per_page=1\n"
        )


def test_without_anything_to_compare_with_nothing_is_deployed(tmp_path: Path) -> None:
    stub(tmp_path, "bin/gh", "true")
    done = run(script("deploy-changed: changed", "Find"), tmp_path, BASE="", BEFORE="", DEFAULT_BRANCH="main")
    assert (done.returncode, done.stdout) == (
        1,
        "::error::nothing was deployed by this workflow yet: name a base\n",
    )


@pytest.mark.parametrize(("status", "ended", "kept"), [(0, 0, []), (2, 0, ["dev.txt"]), (1, 1, [])])
def test_a_plan_is_kept_where_something_differs(tmp_path: Path, status: int, ended: int, kept: list[str]) -> None:
    stub(tmp_path, "bin/terraform", TERRAFORM.format(status=status))
    (tmp_path / "planned").write_text("Plan: 1 to add\n")
    assert run(script("drift-plan: plan", "Plan"), tmp_path, STACK="stack", ENVIRONMENT="dev").returncode == ended
    assert [path.name for path in (tmp_path / "drift").iterdir()] == kept


ISSUES = """
if [ "$2" = --paginate ]; then cat open; else echo "$*" >> called; cp body.md sent 2> /dev/null || true; fi
"""
OF_ISSUES = "api --silent --method {} repos/example/alex/issues{}\n"


@pytest.mark.parametrize(
    ("plans", "failed", "number", "called"),
    [
        ({}, "false", "", ""),
        ({}, "false", "7\n", OF_ISSUES.format("PATCH", "/7 --field state=closed --field state_reason=completed")),
        ({"dev": "Plan: 1"}, "false", "7\n9\n", OF_ISSUES.format("PATCH", "/7 --field body=@body.md")),
        (
            {"dev": "Plan: 1"},
            "false",
            "",
            OF_ISSUES.format("POST", " --field title=What is deployed differs --field body=@body.md"),
        ),
        ({}, "true", "7\n", OF_ISSUES.format("PATCH", "/7 --field body=@body.md")),
    ],
    ids=["nothing", "no longer", "again", "first", "not known"],
)
def test_drift_is_one_issue(tmp_path: Path, plans: dict[str, str], failed: str, number: str, called: str) -> None:
    stub(tmp_path, "bin/gh", ISSUES)
    (tmp_path / "open").write_text(number)
    for name, text in plans.items():
        (tmp_path / "drift").mkdir(exist_ok=True)
        (tmp_path / f"drift/{name}.txt").write_text(f"...\n{text}\nPlan: of another\n")
    done = run(script("drift: issue", "Write"), tmp_path, FAILED=failed, RUN="https://example.com/run")
    assert (done.returncode, done.stderr) == (0, "")
    assert ((tmp_path / "called").read_text() if (tmp_path / "called").exists() else "") == called
    if plans:
        assert "- `dev`: Plan: 1\n" in (tmp_path / "sent").read_text()
    if failed == "true":
        assert "Not every environment could be planned" in (tmp_path / "sent").read_text()


def test_drift_of_thousands_fits_into_an_issue(tmp_path: Path) -> None:
    stub(tmp_path, "bin/gh", ISSUES)
    (tmp_path / "open").write_text("")
    (tmp_path / "drift").mkdir()
    for number in range(2000):
        (tmp_path / f"drift/environment-{number}.txt").write_text("Plan: 1 to add, 2 to change, 3 to destroy.\n")
    done = run(script("drift: issue", "Write"), tmp_path, FAILED="false", RUN="https://example.com/run")
    assert (done.returncode, done.stderr) == (0, "")
    assert 40_000 < len((tmp_path / "sent").read_text()) < 65_536
