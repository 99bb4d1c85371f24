"""Synthesizes a project on the side: a command works on what the files say now, and writes over nothing of theirs."""

import difflib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from analysis.errors import AnalysisError, UnknownEnvironment
from analysis.synthesized.stack import SynthesizedStack, read_stacks


def synthesize_project(
    project: Path, *, environments: Path | None = None, environment: str | None = None
) -> Mapping[str, SynthesizedStack]:
    """Return the stacks that the program in the folder `project` makes of its environment files, by name.

    `environments` is another folder of files. An `environment` that has no file there is refused with
    UnknownEnvironment before anything is synthesized; one of a program without such a folder is not. The program runs
    as it does in `make synth`, with the packages that run this command; what it warns of is not said here. Raises
    AnalysisError with the first problem of its files.
    """
    program = project / "main.py"
    if not program.is_file():
        raise AnalysisError(f"{project} has no main.py: name the folder of the project")
    files = sorted((environments or project / "environments").glob("*.toml"))
    if environment is not None and files:
        _check_known(environment, [file.stem for file in files])
    with tempfile.TemporaryDirectory(prefix="aurora-serverless-") as folder:
        arguments = [sys.executable, str(program), "--output", folder]
        if environments is not None:
            arguments += ["--environments", str(environments)]
        # -P and PYTHONPATH belong to the launcher of this command, not to the program.
        variables = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "CDKTF_OUTDIR"}}
        variables["PYTHONIOENCODING"] = "utf-8:backslashreplace"  # whatever the locale: it is read here
        ended = subprocess.run(
            arguments,
            cwd=project,
            env=variables,
            capture_output=True,
            encoding="utf-8",
            errors="backslashreplace",
            check=False,
        )
        if ended.returncode != 0:
            raise _refused(project, ended)
        return read_stacks(Path(folder))


def stack_of(stacks: Mapping[str, SynthesizedStack], environment: str) -> SynthesizedStack:
    """Return the stack of an environment. Raises UnknownEnvironment."""
    _check_known(environment, list(stacks))
    return stacks[environment]


def unknown_environment(environment: str, known: Sequence[str]) -> str:
    """Return what is said of an environment that is not there."""
    nearest = difflib.get_close_matches(environment.lower(), known, n=1, cutoff=0.5)
    there = f"there are {', '.join(known)}" if known else "there are none"
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return f"there is no environment {environment}: {there}{hint}"


def _check_known(environment: str, known: Sequence[str]) -> None:
    if environment not in known:
        raise UnknownEnvironment(unknown_environment(environment, known))


def _refused(project: Path, ended: "subprocess.CompletedProcess[str]") -> AnalysisError:
    errors = [line.removeprefix("error: ") for line in ended.stderr.splitlines() if line.startswith("error: ")]
    if not errors:
        last = ended.stderr.strip().rpartition("\n")[2]
        return AnalysisError(f"{project} cannot be synthesized: {last or 'no message'}")
    more = f" (and {len(errors) - 1} more: make synth lists them)" if len(errors) > 1 else ""
    return AnalysisError(errors[0] + more)
