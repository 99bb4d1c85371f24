"""What the scripts in the workflows of GitHub do, run as there, with stand-ins for the programs that they call."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.test_workflows import script


def run(text: str, folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a step's script as GitHub does, in a folder whose bin/ comes first on the path."""
    surroundings = {
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_STEP_SUMMARY": str(folder / "summary"),
        "GITHUB_REPOSITORY": "example/alex",
        **variables,
    }
    line = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", text]
    return subprocess.run(line, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)


def stub(folder: Path, name: str, text: str) -> None:
    """Put a program in the place of another one."""
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/bash\n{text}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("status", [0, 9])
def test_a_review_is_kept_whatever_it_finds(tmp_path: Path, status: int) -> None:
    stub(tmp_path, "alexdb", f'echo "$*" > called; echo "# Review" > review.md; exit {status}')
    done = run(script("pull-request: review", "Review"), tmp_path, BASE="origin/main", FAIL_ON="replace")
    assert done.returncode == status
    assert (tmp_path / "called").read_text() == "review origin/main --markdown --output review.md --fail-on replace\n"
    assert (tmp_path / "summary").read_text() == "# Review\n"
    assert (tmp_path / "output").read_text() == "written=true\n"


def test_a_review_that_fails_itself_is_no_comment(tmp_path: Path) -> None:
    stub(tmp_path, "alexdb", "exit 2")
    assert run(script("pull-request: review", "Review"), tmp_path, BASE="origin/main", FAIL_ON="x").returncode == 2
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
    '.[] | select(.user.login == "github-actions[bot]" and (.body | startswith("<!-- alexdb review -->"))) | .id'
)
for one in json.load(open("comments.json")):
    if one["user"]["login"] == "github-actions[bot]" and one["body"].startswith("<!-- alexdb review -->"):
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
        ([(1, "somebody", "<!-- alexdb review -->")], "--method POST repos/example/alex/issues/7/comments"),
        ([(1, "github-actions[bot]", "Coverage")], "--method POST repos/example/alex/issues/7/comments"),
        (
            [(1, "somebody", "hello"), (2, "github-actions[bot]", "<!-- alexdb review -->\nold")],
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
    assert (github / "sent").read_text() == "<!-- alexdb review -->\n# Review\n"


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
