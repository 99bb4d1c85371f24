"""Files that `make snapshots` writes: what the tests compare with, and what they tell of having written."""

from pathlib import Path
from typing import Final

import pytest

OPTION: Final = "--accept-snapshots"
_CHANGED: Final = pytest.StashKey[list[str]]()


class Accepted:
    """The files as they are; with the option each first becomes what it should be."""

    def __init__(self, config: pytest.Config) -> None:
        self.is_asked: bool = config.getoption(OPTION)
        self._changed = config.stash.setdefault(_CHANGED, [])
        self._root = config.rootpath

    def content(self, path: Path, wanted: bytes) -> bytes:
        """Return what a file has, nothing where there is none; it has what is wanted where that is accepted."""
        now = path.read_bytes() if path.exists() else b""
        if self.is_asked and (now != wanted or not path.exists()):
            path.write_bytes(wanted)
            self._changed.append(f"wrote {path.relative_to(self._root)}")
            return wanted
        return now

    def text(self, path: Path, wanted: str) -> str:
        """Do so with text."""
        return self.content(path, wanted.encode()).decode()

    def keep_only(self, folder: Path, suffix: str, names: list[str]) -> list[str]:
        """Return the names of the files of a kind; others than `names` are removed where that is accepted."""
        for path in sorted(folder.glob(f"*{suffix}")):
            if self.is_asked and path.stem not in names:
                path.unlink()
                self._changed.append(f"removed {path.relative_to(self._root)}")
        return sorted(path.stem for path in folder.glob(f"*{suffix}"))


def told(config: pytest.Config) -> list[str]:
    """Return in a line each what was written and removed; nothing where nobody asked for it."""
    if not config.getoption(OPTION):
        return []
    return config.stash.get(_CHANGED, []) or ["nothing to write: every file is as it should be"]
