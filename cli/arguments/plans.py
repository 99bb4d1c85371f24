"""Reads `--plan`: files, each of an environment that is named before it or where the file lies."""

from collections.abc import Sequence
from pathlib import Path

from operations.errors import wrong_input

_STACKS = "stacks"
"""The folder of `cdktf.out` with a folder for each environment."""


def named_plans(texts: Sequence[str]) -> list[tuple[str, Path]]:
    """Return the environment and the file of each `FILE` or `ENVIRONMENT=FILE`. Raises OperationsError (2)."""
    found = [_named(text) for text in texts]
    names = [name for name, _ in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise wrong_input(f"--plan: {twice} has several plans; name the environments: --plan ENVIRONMENT=FILE")
    return found


def _named(text: str) -> tuple[str, Path]:
    name, equals, file = text.partition("=")
    if equals and not Path(text).exists():
        if not (name and file):
            raise wrong_input(f"--plan {text}: write FILE, or ENVIRONMENT=FILE")
        return name, Path(file)
    path = Path(text)
    folder = path.absolute().parent
    return (folder.name if folder.parent.name == _STACKS else path.stem), path
