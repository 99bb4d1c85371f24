"""Changes two keys under `[engine]` of an environment file; every other line and comment stays."""

import difflib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import tomlkit
from tomlkit.exceptions import TOMLKitError

from analysis.files import read_bytes
from operations.errors import wrong_input
from operations.files import write_file
from stacks.environment_files import EnvironmentFileError, read_environment
from stacks.problem import Problem

ALLOWED: Final = "allow_major_version_upgrade"
"""The key that allows a major upgrade to one version; it must equal `version`."""

_BYTE_ORDER_MARK: Final = "\ufeff"


@dataclass(frozen=True)
class FileChange:
    """The text of a file, and its text after the change."""

    path: Path
    before: str
    after: str

    @property
    def is_needed(self) -> bool:
        """Whether there is anything to change."""
        return self.before != self.after

    @property
    def difference(self) -> list[str]:
        """The lines of a unified difference, without their line ends."""
        name = f"environments/{self.path.name}"
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), name, name, n=2, lineterm="")
        return list(lines)

    @property
    def problem(self) -> Problem | None:
        """The first problem of the changed file; None if it is valid."""
        with tempfile.TemporaryDirectory(prefix="aurora-serverless-") as folder:
            changed = Path(folder) / self.path.name
            changed.write_text(self.after, encoding="utf-8", newline="")
            try:
                read_environment(changed)
            except EnvironmentFileError as error:
                return error.problems[0]
        return None

    def write(self) -> None:
        """Replace the file atomically. Raises OperationsError, also if it has changed in the meantime."""
        if read_bytes(self.path) != self.before.encode():
            raise wrong_input(
                f"environments/{self.path.name} has changed in the meantime: nothing was written; try again"
            )
        write_file(self.path, self.after)


def change_of(path: Path, *, version: str, allow_major: bool) -> FileChange:
    """Return the change that sets the version, and allows a major upgrade to it or none.

    Raises FileError where it cannot be read.
    """
    try:
        before = read_bytes(path).decode("utf-8")
        document = tomlkit.parse(before.removeprefix(_BYTE_ORDER_MARK).replace("\r\n", "\n"))
    except (UnicodeDecodeError, TOMLKitError) as error:
        raise wrong_input(f"{path} is not TOML: {error}") from None
    engine: Any = document["engine"]
    if str(engine["version"]) != version:
        engine["version"] = version
    if allow_major:
        engine[ALLOWED] = version
    else:
        engine.pop(ALLOWED, None)
    after = tomlkit.dumps(document)
    if "\r\n" in before:
        after = after.replace("\n", "\r\n")
    mark = _BYTE_ORDER_MARK if before.startswith(_BYTE_ORDER_MARK) else ""
    return FileChange(path, before, mark + after)
