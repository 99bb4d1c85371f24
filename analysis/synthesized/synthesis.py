"""Synthesizes a project on the side: a command works on what the files say now, and writes over nothing of theirs."""

import difflib
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from analysis.errors import AnalysisError, UnknownEnvironment
from analysis.files import read_json_object
from analysis.synthesized.stack import STACK_FILE, ReadStacks, SynthesizedStack, read_stacks

_PROGRAM: Final = "main.py"
_OUTPUT: Final = "CDKTF_OUTDIR"
"""Source: CDKTF's App takes its folder from this variable, which the cdktf CLI sets."""


def synthesize_project(
    project: Path, *, environments: Path | None = None, environment: str | None = None
) -> ReadStacks:
    """Return the stacks that the program in the folder `project` makes of its environment files, by name.

    Any CDKTF program will do: it is told where to write as the cdktf CLI tells it. A `main.py` runs with the packages
    that run this command, any other program as the `app` of its `cdktf.json` says; what it warns of is not said here.
    `environments` is another folder of files. An `environment` that has no file there is refused with
    UnknownEnvironment before anything is synthesized; one of a program without such a folder is not. Raises
    AnalysisError with the first problem of its files.
    """
    files = sorted((environments or project / "environments").glob("*.toml"))
    if environment is not None and files:
        _check_known(environment, [file.stem for file in files])
    command = _command(project)
    if environments is not None:
        command = f"{command} --environments {shlex.quote(str(environments))}"
    with tempfile.TemporaryDirectory(prefix="aurora-serverless-") as folder:
        # -P and PYTHONPATH belong to the launcher of this command, not to the program.
        variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        variables[_OUTPUT] = folder
        variables["PYTHONIOENCODING"] = "utf-8:backslashreplace"  # whatever the locale: it is read here
        ended = subprocess.run(  # noqa: S602 (the app of a cdktf.json is a line for the shell, which the cdktf CLI runs so)
            command,
            shell=True,
            cwd=project,
            env=variables,
            capture_output=True,
            encoding="utf-8",
            errors="backslashreplace",
            check=False,
        )
        if ended.returncode != 0:
            raise _refused(project, ended)
        if not any(Path(folder).glob(f"stacks/*/{STACK_FILE}")):
            raise AnalysisError(
                f"{project} cannot be synthesized: its program wrote no stack into the folder that {_OUTPUT} names; "
                "leave outdir out of its App(...)"
            )
        return read_stacks(Path(folder))


def runs_with_installed_packages(project: Path) -> bool:
    """Whether the program of a project runs with the packages that run this command."""
    return (project / _PROGRAM).is_file()


def _command(project: Path) -> str:
    """Return what runs the program of a project. Raises AnalysisError where there is none."""
    program, settings = project.absolute() / _PROGRAM, project / "cdktf.json"
    if runs_with_installed_packages(project):
        return f"exec {shlex.quote(sys.executable)} {shlex.quote(str(program))}"
    if not settings.is_file():
        raise AnalysisError(f"{project} has no main.py and no cdktf.json: name the folder of the project")
    app = read_json_object(settings, what="the cdktf.json of a CDKTF program").get("app")
    if not isinstance(app, str) or not app.strip():
        raise AnalysisError(f"{settings} has no app, which is the command that runs the program")
    return app


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
