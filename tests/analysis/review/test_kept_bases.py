"""A base that was synthesized once is not synthesized again, and never taken for another one."""

import os
import stat
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from analysis.errors import AnalysisError
from analysis.review import base, kept_bases
from analysis.review.base import both_sides
from analysis.review.kept_bases import KeptBases
from analysis.synthesized.stack import ReadStacks, read_stacks
from analysis.synthesized.synthesis import synthesize_project
from stacks.environment_files import read_environments
from stacks.synthesis import synthesize
from tests.analysis.review.projects import Project, copying_project
from tests.analysis.review.stacks import document
from tests.conftest import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Project:
    project = copying_project(tmp_path / "project")
    project.write("dev.json", document({"aws_kms_key.a": {"description": "at main"}}))
    project.commit()
    return project


@pytest.fixture
def synthesized(monkeypatch: pytest.MonkeyPatch, project: Project) -> list[Path]:
    """Return the folders that were synthesized of bases, as it goes on."""
    folders: list[Path] = []

    def noting(folder: Path) -> ReadStacks:
        if folder != project.folder:
            folders.append(folder)
        return synthesize_project(folder)

    monkeypatch.setattr(base, "synthesize_project", noting)
    return folders


def kept(project: Project) -> list[Path]:
    return sorted((project.repository / ".git/aurora-serverless/bases").iterdir())


def test_a_base_is_synthesized_once(project: Project, synthesized: list[Path]) -> None:
    first = both_sides(project.folder, "HEAD")
    project.write("dev.json", document({"aws_kms_key.a": {"description": "another"}}))
    second = both_sides(project.folder, "main")
    assert len(synthesized) == 1
    assert first.before == second.before
    assert second.after["dev"].document != second.before["dev"].document
    assert [stat.S_IMODE(path.stat().st_mode) for path in kept(project)] == [0o600]


def test_another_commit_of_the_same_files_is_the_same_base(project: Project, synthesized: list[Path]) -> None:
    both_sides(project.folder, "HEAD")
    project.git("commit", "--quiet", "--allow-empty", "--message", "Nothing")
    both_sides(project.folder, "HEAD")
    assert len(synthesized) == 1


def test_what_is_not_to_be_kept_is_not(project: Project, synthesized: list[Path]) -> None:
    both_sides(project.folder, "HEAD", keep=False)
    assert not (project.repository / ".git/aurora-serverless").exists()
    both_sides(project.folder, "HEAD")
    both_sides(project.folder, "HEAD", keep=False)
    assert len(synthesized) == 3


def other_files(project: Project, _: pytest.MonkeyPatch) -> None:
    project.write("dev.json", document({"aws_kms_key.a": {"description": "another"}}))
    project.commit()


def other_packages(_: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_bases, "_installed", lambda: ["cdktf-9.dist-info"])


def other_variables(_: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDKTF_CONTEXT_JSON", "{}")


@pytest.mark.parametrize("change", [other_files, other_packages, other_variables])
def test_what_decides_the_json_makes_another_base(
    project: Project,
    synthesized: list[Path],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Project, pytest.MonkeyPatch], None],
) -> None:
    both_sides(project.folder, "HEAD")
    change(project, monkeypatch)
    both_sides(project.folder, "HEAD")
    assert (len(synthesized), len(kept(project))) == (2, 2)


def test_the_day_decides_nothing_of_the_json(tmp_path: Path) -> None:
    """It is no part of the key."""
    environments = read_environments(ROOT / "environments")
    for day in (date(2026, 11, 1), date(2036, 11, 1)):
        synthesize(environments, tmp_path / str(day.year), today=day)
    assert read_stacks(tmp_path / "2026") == read_stacks(tmp_path / "2036")


def test_a_link_that_leads_out_of_the_files_is_never_kept(
    project: Project, synthesized: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "shared").mkdir()
    (project.folder / "shared").symlink_to(tmp_path / "shared")
    (project.folder / "inside").symlink_to("environments")
    project.commit()
    for _ in range(2):
        both_sides(project.folder, "HEAD")
    assert len(synthesized) == 2
    (project.folder / "shared").unlink()
    project.commit()
    for _ in range(2):
        both_sides(project.folder, "HEAD")
    assert len(synthesized) == 3


def test_a_program_whose_packages_are_not_known_is_never_kept(tmp_path: Path) -> None:
    (tmp_path / "cdktf.json").write_text('{"app": "node main.js"}')
    assert KeptBases(tmp_path).key("a", tmp_path) is None


def test_a_base_that_fails_is_not_kept(project: Project) -> None:
    project.write("dev.json", "wrong")
    project.commit()
    with pytest.raises(AnalysisError, match="cannot be synthesized"):
        both_sides(project.folder, "HEAD")
    assert not (project.repository / ".git/aurora-serverless").exists()


@pytest.mark.parametrize("damage", [b"", b"PK", None])
def test_what_is_damaged_is_made_again(project: Project, synthesized: list[Path], damage: bytes | None) -> None:
    both_sides(project.folder, "HEAD")
    [path] = kept(project)
    whole = path.read_bytes()
    path.write_bytes(whole[:40] + b"\0\0\0\0" + whole[44:] if damage is None else damage)
    both_sides(project.folder, "HEAD")
    assert len(synthesized) == 2
    assert kept(project) == [path]
    both_sides(project.folder, "HEAD")
    assert len(synthesized) == 2


def test_where_nothing_can_be_kept_all_goes_on(project: Project, synthesized: list[Path]) -> None:
    (project.repository / ".git/aurora-serverless").write_text("a file in its place")
    for _ in range(2):
        assert list(both_sides(project.folder, "HEAD").before) == ["dev"]
    assert len(synthesized) == 2


STACKS = ReadStacks({"dev": zlib.compress(b"{}")})


def test_the_oldest_goes_first_and_the_newest_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bases = KeptBases(tmp_path / "bases")
    for age, key in enumerate(("c", "b", "a")):
        bases.write(key, STACKS)
        os.utime(bases.folder / f"{key}.zip", (1_000_000 - age, 1_000_000 - age))
    assert bases.read("b") is not None  # which makes it the newest
    (bases.folder / "left.unfinished").write_text("")
    (bases.folder / "old.unfinished").write_text("")
    os.utime(bases.folder / "old.unfinished", (1_000_000, 1_000_000))
    monkeypatch.setattr(kept_bases, "MOST_KEPT", 2)
    bases.write("d", STACKS)
    assert sorted(path.name for path in bases.folder.iterdir()) == ["b.zip", "d.zip", "left.unfinished"]
    monkeypatch.setattr(kept_bases, "MOST_BYTES", 1)
    bases.write("e", STACKS)
    assert [path.name for path in bases.folder.glob("*.zip")] == ["e.zip"]


def test_two_at_once_see_all_of_it_or_nothing(tmp_path: Path) -> None:
    bases = KeptBases(tmp_path / "bases")
    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(bases.write, "a", STACKS) for _ in range(50)]
        reading = [pool.submit(bases.read, "a") for _ in range(50)]
    assert {None if (found := one.result()) is None else next(iter(found)) for one in reading} <= {None, "dev"}
    assert all(one.exception() is None for one in writing)
    assert [path.name for path in bases.folder.iterdir()] == ["a.zip"]
