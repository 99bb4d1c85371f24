"""Completion in a shell: environments, keys of environment files and revisions of git, beside commands and options.

The scripts that `--install-completion` and `--show-completion` give are typer's. Those for zsh and fish run a program
of the command's name from the PATH, where ours is not: `complete_by_the_launcher` has them run what was typed, as
bash's does; and all complete the alias, too.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import typer
from typer import _completion_shared

from operations.target.where import PROJECT

ALIAS: Final = "alexdb"
"""The command's first name, which is a link to it."""
_FUNCTION: Final = "%(complete_func)s %(prog_name)s"
_CHANGES: Final = {
    "bash": [(f"-F {_FUNCTION}", f"-F {_FUNCTION} {ALIAS}")],
    "zsh": [
        ("complete_zsh %(prog_name)s", "complete_zsh ${~words[1]}"),
        ("#compdef %(prog_name)s", f"#compdef %(prog_name)s {ALIAS}"),
        (f"compdef {_FUNCTION}", f"compdef {_FUNCTION} {ALIAS}"),
    ],
    "fish": [
        ("(commandline -cp) %(prog_name)s", "(commandline -cp) (commandline -opc)[1]"),
        ("--command %(prog_name)s", f"--command %(prog_name)s --command {ALIAS}"),
    ],
}
"""What goes out of typer's script for a shell, and what comes in: the first word of the line, and the alias."""


def complete_by_the_launcher() -> None:
    """Make the scripts run the command that stands on the line, such as ./aurora-serverless."""
    scripts = _completion_shared._completion_scripts
    for shell, changes in _CHANGES.items():
        for out, in_ in changes:
            scripts[shell] = scripts[shell].replace(out, in_)


def environments(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the names of the environment files that begin so, of the folder that `--project` names."""
    project = ctx.params.get("project") or PROJECT
    names = (path.stem for path in (Path(project) / "environments").glob("*.toml"))
    return sorted(name for name in names if name.startswith(incomplete))


def keys(incomplete: str) -> list[tuple[str, str]]:
    """Return the keys and sections of an environment file that begin so, or whose last part does, with what each is."""
    from stacks.described_keys import described_file  # noqa: PLC0415 (the model is slow to import)

    file = described_file()
    described = [(section.path, section.description) for section in file.all_sections() if section.path]
    described += [(key.path, key.description) for key in file.all_keys()]
    return [(path, text.partition(". ")[0].replace("`", "")) for path, text in described if path.startswith(incomplete)]


def facts(incomplete: str) -> list[tuple[str, str]]:
    """Return the names of the files of facts that begin so, with what each holds."""
    from aurora_serverless.facts.files import FACT_FILES  # noqa: PLC0415 (the rules of the engine, for this command only)

    return [(file.name, file.what) for file in FACT_FILES if file.name.startswith(incomplete)]


def revisions(incomplete: str) -> list[str]:
    """Return the branches and tags that begin so."""
    return [name for name in _git("for-each-ref", "--format=%(refname:short)") if name.startswith(incomplete)]


def _git(*arguments: str) -> Iterator[str]:
    try:
        done: Any = subprocess.run(["git", *arguments], capture_output=True, timeout=2, check=True)
    except (OSError, subprocess.SubprocessError):
        return
    yield from done.stdout.decode("utf-8", "replace").splitlines()
