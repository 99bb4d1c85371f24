"""The other side of a review: which revision it is, and that nothing of it stays behind."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from analysis.errors import AnalysisError
from analysis.review.base import both_sides
from analysis.synthesized.stack import ReadStacks
from analysis.synthesized.synthesis import synthesize_project
from tests.analysis.review.projects import Project, copying_project
from tests.analysis.review.stacks import document
from tests.conftest import ROOT


def described(text: str) -> dict[str, Any]:
    return document({"aws_kms_key.a": {"description": text}})


def description(stacks: Any, name: str = "dev") -> str:
    return str(stacks[name].resources["aws_kms_key.a"].get("description"))


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the folder for temporary files, in which nothing may stay."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """Return a project on a branch that changed an environment after main, and once more without a commit."""
    return _on_a_branch(copying_project(tmp_path / "project"))


def _on_a_branch(project: Project, main: str = "main") -> Project:
    project.write("dev.json", described("at main"))
    project.commit()
    project.git("checkout", "--quiet", "-b", "change")
    project.write("dev.json", described("committed"))
    project.commit()
    project.git("checkout", "--quiet", main)
    project.write("dev.json", described("main went on"))
    project.commit()
    project.git("checkout", "--quiet", "change")
    project.write("dev.json", described("working tree"))
    return project


def refusal(folder: Path, base: str | None) -> str:
    with pytest.raises(AnalysisError) as caught:
        both_sides(folder, base)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_by_default_the_working_tree_is_compared_with_where_the_branch_began(project: Project) -> None:
    sides = both_sides(project.folder, None)
    assert (description(sides.before), description(sides.after)) == ("at main", "working tree")
    assert sides.base == f"main ({project.git('merge-base', 'main', 'HEAD')[:7]})"
    assert sides.notes == ()


@pytest.mark.parametrize("base", ["main", "folder"])
def test_a_change_that_is_synthesized_already_is_read_and_nothing_of_it_is_run(
    project: Project, tmp_path: Path, base: str
) -> None:
    for name in ("change", "base"):
        stack = tmp_path / name / "stacks/dev/cdk.tf.json"
        stack.parent.mkdir(parents=True)
        stack.write_text(json.dumps(described(f"in {name}")))
    (project.folder / "main.py").write_text("raise SystemExit('this is run')")
    of_base = "main" if base == "main" else str(tmp_path / "base")
    sides = both_sides(project.folder, of_base, change=tmp_path / "change")
    assert description(sides.after) == "in change"
    assert description(sides.before) == ("main went on" if base == "main" else "in base")


def test_a_change_without_stacks_is_refused(project: Project, tmp_path: Path) -> None:
    with pytest.raises(AnalysisError, match="has no synthesized stack"):
        both_sides(project.folder, "main", change=tmp_path)


@pytest.mark.parametrize(("base", "expected"), [("main", "main went on"), ("HEAD", "committed"), ("HEAD~1", "at main")])
def test_any_revision_may_be_the_base(project: Project, base: str, expected: str) -> None:
    assert description(both_sides(project.folder, base).before) == expected


def test_a_commit_and_a_tag_may_be_the_base(project: Project) -> None:
    commit = project.git("rev-parse", "HEAD")
    project.git("tag", "--annotate", "--message", "One", "v1")
    assert both_sides(project.folder, commit[:10]).base == commit[:10]
    assert both_sides(project.folder, "v1").base == f"v1 ({commit[:7]})"


def test_a_folder_of_synthesized_stacks_may_be_the_base(project: Project, tmp_path: Path) -> None:
    output = tmp_path / "elsewhere"
    (output / "stacks" / "old").mkdir(parents=True)
    (output / "stacks" / "old" / "cdk.tf.json").write_text('{"resource": {}}')
    sides = both_sides(project.folder, str(output))
    assert (list(sides.before), list(sides.after), sides.base) == (["old"], ["dev"], str(output))


def test_a_branch_that_is_called_like_a_folder_is_meant(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "main").mkdir()
    monkeypatch.chdir(tmp_path)
    assert description(both_sides(project.folder, "main").before) == "main went on"


def test_a_project_may_lie_below_the_repository(tmp_path: Path) -> None:
    project = _on_a_branch(copying_project(tmp_path / "repository", below="infra/database"))
    (project.repository / "other.txt").write_text("not of the project")
    sides = both_sides(project.folder, "main")
    assert (description(sides.before), description(sides.after)) == ("main went on", "working tree")


@pytest.mark.parametrize("branch", ["master", "main"])
def test_main_may_be_called_master_or_be_at_the_origin_only(tmp_path: Path, branch: str) -> None:
    origin = _on_a_branch(copying_project(tmp_path / "origin", branch=branch), main=branch)
    copy = Project(tmp_path / "copy", tmp_path / "copy")
    origin.git("clone", "--quiet", "--branch", "change", str(origin.repository), str(copy.repository))
    for project, name in ((origin, branch), (copy, f"origin/{branch}")):
        sides = both_sides(project.folder, None)
        assert sides.base.startswith(f"{name} (")
        assert description(sides.before) == "at main"


def test_the_repository_stays_as_it_is(project: Project) -> None:
    (project.folder / "untracked.txt").write_text("mine")
    project.git("add", "environments")
    before = [project.git(*question.split()) for question in ("status --porcelain", "worktree list", "stash list")]
    index = (project.repository / ".git" / "index").read_bytes()
    both_sides(project.folder, "main")
    after = [project.git(*question.split()) for question in ("status --porcelain", "worktree list", "stash list")]
    assert (before, index) == (after, (project.repository / ".git" / "index").read_bytes())


def test_a_hook_of_git_does_not_lead_astray(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "another" / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "another" / "index"))
    assert description(both_sides(project.folder, "HEAD").before) == "committed"


def test_other_requirements_are_noted(project: Project) -> None:
    (project.folder / "requirements.txt").write_text("cdktf==9\n")
    [note] = both_sides(project.folder, "HEAD").notes
    assert note.startswith("requirements.txt of HEAD (")


def test_a_revision_that_git_does_not_know_is_refused(project: Project) -> None:
    assert refusal(project.folder, "mian").startswith(
        'git knows no revision "mian", and there is no such folder; name a'
    )


@pytest.mark.parametrize("base", ["--help", "-x", "", "HEAD~99", "HEAD:environments", "a..b", "$(touch x)"])
def test_what_is_no_revision_is_refused(project: Project, base: str) -> None:
    assert refusal(project.folder, base).startswith("git knows no revision")


def test_a_folder_without_stacks_is_refused(project: Project, tmp_path: Path) -> None:
    assert "has no synthesized stack" in refusal(project.folder, str(tmp_path))


def test_a_project_without_git_is_refused(tmp_path: Path) -> None:
    assert "is in no git repository" in refusal(tmp_path, None)


def test_a_project_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "nowhere", "main").endswith("nowhere is not a folder: name the folder of the project")


def test_a_machine_without_git_is_refused(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert refusal(project.folder, None).startswith("git is not installed")


def test_a_repository_without_main_is_refused(tmp_path: Path) -> None:
    project = copying_project(tmp_path / "project", branch="trunk")
    project.write("dev.json", described("a"))
    project.commit()
    assert refusal(project.folder, None).startswith("there is no branch main, origin/main, master, origin/master")


def test_branches_that_have_nothing_in_common_are_refused(project: Project) -> None:
    project.git("checkout", "--quiet", "--orphan", "alone")
    project.commit()
    assert refusal(project.folder, None).startswith("this branch and main have no commit in common")


def test_a_shallow_clone_says_what_to_fetch(project: Project, tmp_path: Path) -> None:
    project.commit()
    copy = tmp_path / "copy"
    address = f"file://{project.repository}"
    project.git("clone", "--quiet", "--depth=1", "--branch=change", address, str(copy))
    for base in (None, "HEAD~1"):
        assert "the clone is shallow, fetch its history first (git fetch --unshallow)" in refusal(copy, base)


def test_a_base_that_cannot_be_synthesized_is_told_with_its_first_error(project: Project) -> None:
    project.write("dev.json", "wrong")
    project.commit()
    project.write("dev.json", described("fixed"))
    message = refusal(project.folder, "HEAD")
    assert "cannot be synthesized: environments/dev.json: it is wrong (and 1 more" in message
    assert "aurora-serverless-review" not in message


def test_a_base_whose_program_breaks_is_told_with_its_last_line(project: Project) -> None:
    (project.folder / "main.py").write_text("raise ValueError('no')")
    project.commit()
    copying_project(project.repository / "new").folder.joinpath("main.py").replace(project.folder / "main.py")
    commit = project.git("rev-parse", "--short=7", "HEAD")
    assert refusal(project.folder, "HEAD") == f"HEAD ({commit}) cannot be synthesized: ValueError: no"


def test_a_base_without_a_program_is_told(project: Project) -> None:
    (project.folder / "main.py").rename(project.folder / "other.py")
    project.commit()
    (project.folder / "other.py").rename(project.folder / "main.py")
    assert "cannot be synthesized: it has no main.py" in refusal(project.folder, "HEAD")


def test_a_base_from_before_the_folder_was_there_is_told(tmp_path: Path) -> None:
    project = copying_project(tmp_path / "repository", below="infra")
    (project.repository / "readme").write_text("first")
    project.git("add", "readme")
    project.git("commit", "--quiet", "--message", "First")
    project.write("dev.json", described("a"))
    project.commit()
    assert "has no folder infra/" in refusal(project.folder, "HEAD~1")


def test_a_working_tree_that_cannot_be_synthesized_is_told_as_such(project: Project) -> None:
    project.write("dev.json", "wrong")
    assert refusal(project.folder, "HEAD").startswith(f"{project.folder}/environments/dev.json: it is wrong")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a program cannot be given some of the processors")
def test_both_sides_are_synthesized_with_half_of_the_processors_each(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[set[int]] = []

    def synthesized(folder: Path) -> ReadStacks:
        given.append(os.sched_getaffinity(0))
        return synthesize_project(folder)

    monkeypatch.setattr("analysis.review.base.synthesize_project", synthesized)
    all_, some = os.sched_getaffinity(0), sorted(os.sched_getaffinity(0))[:1]
    both_sides(project.folder, None, keep=False)
    if len(all_) > 1:
        assert not given[0] & given[1]
        assert given[0] | given[1] == all_
        assert abs(len(given[0]) - len(given[1])) <= 1
    os.sched_setaffinity(0, some)
    try:
        both_sides(project.folder, None, keep=False)
    finally:
        os.sched_setaffinity(0, all_)
    assert given[2:] == [set(some), set(some)], "one cannot be parted"
    assert os.sched_getaffinity(0) == all_
    both_sides(project.folder, None)
    both_sides(project.folder, None)
    assert given[-1] == all_, "with a base that is kept there is one"

    def forbidden(_: int, __: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", forbidden)
    both_sides(project.folder, None, keep=False)
    assert given[-2:] == [all_, all_], "a sandbox forbids it"


def test_ctrl_c_leaves_nothing_behind(project: Project, tmp_path: Path) -> None:
    started = tmp_path / "started"
    started.mkdir()
    program = f"import os, time\nopen(f'{started}/{{os.getpid()}}', 'w')\ntime.sleep(60)\n"
    (project.folder / "main.py").write_text(program)
    project.commit()
    line = [sys.executable, "-P", "-m", "cli", "review", "HEAD", "--project", str(project.folder)]
    process = subprocess.Popen(
        line,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    while len(list(started.iterdir())) < 2:  # both sides
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the command and to what it started
    output, errors = process.communicate(timeout=40)
    assert (process.returncode, output, errors) == (130, b"", b"error: stopped by Ctrl-C\n")
