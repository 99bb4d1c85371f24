"""Keeps the stacks of bases, so that the same base is synthesized once."""

import contextlib
import hashlib
import json
import os
import platform
import secrets
import sysconfig
import time
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.synthesized.stack import ReadStacks
from analysis.synthesized.synthesis import runs_with_installed_packages

MOST_KEPT: Final = 20
MOST_BYTES: Final = 256 * 1024 * 1024
"""Of all that is kept; the oldest goes first. A base of 2,000 environments has some 10 MiB."""

_FORM: Final = 1
"""Of what is kept and of its key; another one is another key."""
_ENDING: Final = ".zip"
_UNFINISHED: Final = ".unfinished"
_UNFINISHED_SECONDS: Final = 3600
"""After which what a killed process left goes, too."""
_VARIABLES: Final = "CDKTF_"
"""What the variables begin with that CDKTF reads."""


@dataclass(frozen=True)
class KeptBases:
    """What is kept in a folder: a file for each base, with the compressed JSON of each of its stacks.

    Nothing here ever fails a command: what cannot be read or written is not kept. A file is made beside its place and
    put there in one step, so that two commands at once see all of it or nothing.
    """

    folder: Path

    def key(self, tree: str, files: Path) -> str | None:
        """Return what decides the JSON of a git tree's files: they, what runs them, and CDKTF's variables.

        None where something else does: a program of another language, whose packages are not known here, or a link that
        leads out of the tree.
        """
        if not runs_with_installed_packages(files) or _leads_out(files):
            return None
        variables = sorted((name, value) for name, value in os.environ.items() if name.startswith(_VARIABLES))
        decides = [_FORM, tree, platform.python_version(), _installed(), variables]
        return hashlib.sha256(json.dumps(decides).encode("utf-8", "backslashreplace")).hexdigest()

    def read(self, key: str) -> ReadStacks | None:
        """Return what is kept of a base; None where nothing is, or it is damaged."""
        path = self.folder / f"{key}{_ENDING}"
        try:
            with zipfile.ZipFile(path) as kept:
                found = {name: kept.read(name) for name in kept.namelist()}
            for text in found.values():
                zlib.decompress(text)
            os.utime(path)  # the oldest is the one that nobody has read for the longest time
        except (OSError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error):
            return None
        return ReadStacks(found) if found else None

    def write(self, key: str, stacks: ReadStacks) -> None:
        """Keep the stacks of a base, and let go what is too much."""
        unfinished = self.folder / f"{secrets.token_hex(8)}{_UNFINISHED}"
        with contextlib.suppress(OSError):
            # Nobody else's: a stack may say what is not for everyone.
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                with (
                    os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
                    zipfile.ZipFile(file, "w") as kept,
                ):
                    for name, text in stacks.compressed.items():
                        kept.writestr(name, text)
                unfinished.replace(self.folder / f"{key}{_ENDING}")
            finally:
                unfinished.unlink(missing_ok=True)
            self._let_go()

    def _let_go(self) -> None:
        """Remove what is too much, and what a killed process left."""
        found = []
        for path in self.folder.iterdir():
            with contextlib.suppress(FileNotFoundError):  # another command lets go, too
                status = path.stat()
                if path.suffix == _ENDING:
                    found.append((status.st_mtime, status.st_size, path))
                elif path.suffix == _UNFINISHED and time.time() - status.st_mtime > _UNFINISHED_SECONDS:
                    path.unlink()
        size = 0
        for count, (_, bytes_, path) in enumerate(sorted(found, reverse=True), start=1):
            size += bytes_
            if count > 1 and (count > MOST_KEPT or size > MOST_BYTES):
                path.unlink(missing_ok=True)


def _installed() -> list[str]:
    """Return the packages that run this command, and with it the program, with their versions."""
    folders = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    return sorted(path.name for folder in folders for path in Path(folder).glob("*.dist-info"))


def _leads_out(files: Path) -> bool:
    """Whether a link among the files leads to what is not among them."""
    root = files.resolve()
    links = (Path(folder) / name for folder, *names in os.walk(files) for some in names for name in some)
    return any(not link.resolve().is_relative_to(root) for link in links if link.is_symlink())
