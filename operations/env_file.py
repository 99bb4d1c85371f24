"""A `.env` file: some of its lines are set, all others stay as they are.

The file is replaced in one step and only its owner can read it afterwards: other lines may be secrets.
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from operations.errors import wrong_input

MODE: Final = 0o600

_ASSIGNMENT: Final = re.compile(r"(?P<before>\s*(?:export\s+)?)(?P<name>[A-Za-z_]\w*)(?P<sign>\s*=)")
_PLAIN: Final = re.compile(r"[\w@%+=:,./!-]*")


def assignment(name: str, value: str) -> str:
    """Return one line, with quotes where a shell would read more than a word."""
    return f"{name}={value}" if _PLAIN.fullmatch(value) else f"{name}='{value}'"


def merged(text: str, values: Mapping[str, str], *, without: str | None = None) -> str:
    """Return the text of a file with `values` set: known names where they stand, new ones at the end.

    `without` is a line that goes: the assignment up to which a line must agree with it.
    """
    newline = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(newline) if text else []
    ends_open = bool(lines) and lines[-1] == ""
    if ends_open:
        lines.pop()
    if without is not None:
        lines = [line for line in lines if not line.strip().removeprefix("export ").startswith(without)]
    left = dict(values)
    for index, line in enumerate(lines):
        found = _ASSIGNMENT.match(line)
        if found is not None and found["name"] in values:
            name = found["name"]
            lines[index] = found["before"] + assignment(name, values[name])
            left.pop(name, None)
    lines += [assignment(name, value) for name, value in left.items()]
    return newline.join([*lines, ""])


def write_env_file(path: Path, values: Mapping[str, str], *, without: str | None = None) -> bool:
    """Set lines of a file, or make it, and return whether its text changed; `without` as for `merged`.

    Raises OperationsError (2).
    """
    place = path.resolve()  # what a link leads to is replaced, not the link
    try:
        before = place.read_bytes().decode("utf-8", "surrogateescape") if place.exists() else None
        after = merged(before or "", values, without=without)
        if after == before:
            place.chmod(MODE)
            return False
        _replace(place, after.encode("utf-8", "surrogateescape"))
    except OSError as error:
        raise wrong_input(f"{path} cannot be written: {error.strerror}; name another file: --output FILE") from None
    return True


def _replace(path: Path, content: bytes) -> None:
    # In the same folder, so that the last step is one of the file system alone; a temporary file has mode 0600.
    number, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(MODE)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
