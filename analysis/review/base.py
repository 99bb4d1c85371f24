"""Finds the other side of a review: a git revision, synthesized on the side, or a folder of synthesized stacks."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from analysis.errors import AnalysisError
from analysis.files import read_bytes
from analysis.review.kept_bases import KeptBases
from analysis.synthesized.stack import SynthesizedStack, read_stacks
from analysis.synthesized.synthesis import synthesize_project

Stacks = Mapping[str, SynthesizedStack]

_MAIN: Final = ("main", "origin/main", "master", "origin/master")
_REQUIREMENTS: Final = "requirements.txt"
_ENVIRONMENTS: Final = "environments"
_KEPT: Final = "aurora-serverless/bases"


@dataclass(frozen=True)
class Sides:
    """Both sides, what the base is for people, and what to know of how it was synthesized.

    `folders` are those that stacks were read from, which anybody may have written. `renamed` has the name before of
    each environment whose file git takes for a renamed one.
    """

    before: Stacks
    after: Stacks
    base: str
    notes: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)


def both_sides(project: Path, base: str | None, *, change: Path | None = None, keep: bool = True) -> Sides:
    """Return the stacks of the base, and those of the working tree, or those in the folder `change`.

    With `change` nothing of the change is run: its stacks are read. With `keep` a base that was synthesized before is
    read, and one that was not is kept. Raises AnalysisError.
    """
    read = None if change is None else read_stacks(change)
    if base and _is_folder_of_stacks(project, base):
        folders = (base,) if change is None else (base, str(change))
        return Sides(read_stacks(Path(base)), read or synthesize_project(project), base, folders=folders)
    repository = _Repository(project)
    commit, name = repository.commit(base)
    with repository.files(commit) as folder:
        kept = repository.kept_bases() if keep else None
        key = kept.key(repository.tree(commit), folder) if kept is not None else None
        found = kept.read(key) if kept is not None and key is not None else None
        of_base = partial(_base_stacks, folder, name, kept, key)
        if read is not None:
            return Sides(found or of_base(), read, name, folders=(str(change),))
        of_project = partial(synthesize_project, project)
        stacks = _side_by_side(of_base, of_project) if found is None else (found, of_project())
        notes: tuple[str, ...] = ()
        if _content(folder / _REQUIREMENTS) != _content(project / _REQUIREMENTS):
            notes = (f"{_REQUIREMENTS} of {name} is another: it was synthesized with the packages that are installed",)
        return Sides(*stacks, name, notes, renamed=repository.renamed_files(folder, project))


def _side_by_side(*both: Callable[[], Stacks]) -> tuple[Stacks, Stacks]:
    """Synthesize twice at once, with half of the processors each: with all of them, both take a quarter longer."""
    processors = sorted(os.sched_getaffinity(0)) if sys.platform == "linux" else []
    half = len(processors) // 2

    def synthesized(share: Collection[int], synthesis: Callable[[], Stacks]) -> Stacks:
        if share:
            with suppress(OSError):  # a sandbox may forbid it
                os.sched_setaffinity(0, share)  # of this thread, and of the programs that it runs
        return synthesis()

    with ThreadPoolExecutor(2) as threads:
        shares = processors[:half], processors[half:]
        before, after = (threads.submit(synthesized, *one) for one in zip(shares, both, strict=True))
        # Inside, so that both have ended when Ctrl-C takes the folder of the base away.
        return before.result(), after.result()


def _is_folder_of_stacks(project: Path, base: str) -> bool:
    """Whether the base is a folder; one that has no stacks may have the name of a branch."""
    folder = Path(base)
    return folder.is_dir() and ((folder / "stacks").is_dir() or not _Repository.knows(project, base))


def _base_stacks(folder: Path, name: str, kept: KeptBases | None, key: str | None) -> Stacks:
    try:
        stacks = synthesize_project(folder)
    except AnalysisError as error:
        message = str(error).removeprefix(f"{folder} cannot be synthesized: ").replace(f"{folder}/", "")
        raise AnalysisError(f"{name} cannot be synthesized: {message.replace(str(folder), 'it')}") from None
    if kept is not None and key is not None:
        kept.write(key, stacks)
    return stacks


class _Repository:
    """The git repository that a project lies in, and the project's folder in it."""

    def __init__(self, project: Path) -> None:
        self._folder = project
        if not project.is_dir():
            raise AnalysisError(f"{project} is not a folder: name the folder of the project")
        self._prefix = self._git("rev-parse", "--show-prefix", otherwise=f"{project} is in no git repository")
        # checkout-index writes only what lies below the folder that it runs in.
        self._folder = Path(self._git("rev-parse", "--show-toplevel", otherwise=f"{project} has no work tree"))

    @classmethod
    def knows(cls, project: Path, revision: str) -> bool:
        """Whether the project lies in a repository that has such a revision."""
        try:
            return cls(project)._commit_of(revision) is not None
        except AnalysisError:
            return False

    def commit(self, base: str | None) -> tuple[str, str]:
        """Return the commit of a revision, by default where this branch left main, and what to call it."""
        if base is not None:
            commit = self._commit_of(base)
            if commit is None:
                raise AnalysisError(self._unknown(base))
            return commit, f"{base} ({commit[:7]})" if not commit.startswith(base) else base
        for main in _MAIN:
            if self._commit_of(main) is None:
                continue
            commit = self._try("merge-base", main, "HEAD")
            if commit is None:
                raise AnalysisError(f"this branch and {main} have no commit in common{self._shallow()}; name a BASE")
            return commit, f"{main} ({commit[:7]})"
        raise AnalysisError(
            f"there is no branch {', '.join(_MAIN)}{self._shallow()}; name a BASE: ./aurora-serverless review REVISION"
        )

    @contextmanager
    def files(self, commit: str) -> Iterator[Path]:
        """Give the project's files at a commit, in a folder that is gone afterwards; the repository stays as it is."""
        with tempfile.TemporaryDirectory(prefix="aurora-serverless-review-") as name:
            folder = Path(name) / "base"
            folder.mkdir()
            # An index of its own: neither the one of the user nor the list of work trees is touched.
            variables = {"GIT_INDEX_FILE": str(Path(name) / "index")}
            tree = f"{commit}:{self._prefix}" if self._prefix else commit
            self._git("read-tree", tree, otherwise=f"{commit[:7]} has no folder {self._prefix}", variables=variables)
            self._git(
                "checkout-index",
                "--all",
                "--quiet",
                f"--prefix={folder}/",
                otherwise=f"the files of {commit[:7]} cannot be written",
                variables=variables,
            )
            yield folder

    def tree(self, commit: str) -> str:
        """Return what git calls the project's files at a commit: two commits that differ elsewhere have one."""
        return self._git("rev-parse", "--verify", f"{commit}:{self._prefix}", otherwise=f"{commit[:7]} has no files")

    def kept_bases(self) -> KeptBases:
        """Return where bases of the repository are kept: in git's own folder, which goes with the clone."""
        found = self._git("rev-parse", "--git-common-dir", otherwise=f"{self._folder} has no folder of git")
        return KeptBases(self._folder / found / _KEPT)

    def renamed_files(self, before: Path, after: Path) -> Mapping[str, str]:
        """Return the stem before of each environment file that was renamed between two folders of the project."""
        sides = [folder / _ENVIRONMENTS for folder in (before, after)]
        if not all(side.is_dir() for side in sides):
            return {}
        # Of two folders, so that a file counts whether or not git has been told of it.
        options = ("--no-index", "--find-renames", "--diff-filter=R", "--name-status", "-z")
        said = self._run("diff", *options, *map(str, map(Path.absolute, sides))).stdout.split("\0")
        renames = zip(said[1::3], said[2::3], strict=False)
        return {Path(new).stem: Path(old).stem for old, new in renames}

    def _commit_of(self, revision: str) -> str | None:
        return self._try("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")

    def _unknown(self, base: str) -> str:
        return (
            f'git knows no revision "{base}", and there is no such folder{self._shallow()};'
            " name a branch, a tag, a commit or a folder of synthesized stacks"
        )

    def _shallow(self) -> str:
        is_shallow = self._try("rev-parse", "--is-shallow-repository") == "true"
        return ": the clone is shallow, fetch its history first (git fetch --unshallow)" if is_shallow else ""

    def _try(self, *arguments: str) -> str | None:
        ended = self._run(*arguments)
        return ended.stdout.strip() if ended.returncode == 0 else None

    def _git(self, *arguments: str, otherwise: str, variables: Mapping[str, str] | None = None) -> str:
        ended = self._run(*arguments, variables=variables)
        if ended.returncode != 0:
            last = ended.stderr.strip().rpartition("\n")[2].removeprefix("fatal: ")
            raise AnalysisError(f"{otherwise}: {last or 'git says no more'}")
        return ended.stdout.strip()

    def _run(self, *arguments: str, variables: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        # What a hook of git sets would point at another repository.
        foreign = {"GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX"}
        own = {name: value for name, value in os.environ.items() if name not in foreign}
        command = ["git", "-C", str(self._folder), *arguments]
        try:
            return subprocess.run(
                command,
                env=own | (dict(variables) if variables else {}),
                capture_output=True,
                encoding=sys.getfilesystemencoding(),
                errors=sys.getfilesystemencodeerrors(),  # what git says may be the name of a folder
                check=False,
            )
        except FileNotFoundError:
            raise AnalysisError("git is not installed: name a folder of synthesized stacks as BASE") from None


def _content(path: Path) -> bytes:
    return read_bytes(path) if path.is_file() else b""
