"""The statements of earlier sessions: in a file of one's own for each database, and none that tells a secret."""

import os
import re
from contextlib import suppress
from pathlib import Path
from typing import Final

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from operations.activity.blockers import tells_a_secret

_MODE: Final = 0o600
_FOLDER_MODE: Final = 0o700


def folder() -> Path:
    """Return where histories lie: what a program remembers of its user, by the XDG Base Directory Specification."""
    state = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if os.path.isabs(state) else Path.home() / ".local/state") / "aurora-serverless"  # noqa: PTH117


def history(name: str) -> tuple[History, str]:
    """Return the history of a database, and why it is not kept; no text where it is."""
    path = folder() / f"shell-history-{re.sub(r'[^A-Za-z0-9-]', '-', name)}"
    try:
        path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, _MODE)
        try:
            os.fchmod(number, _MODE)
        finally:
            os.close(number)
    except (OSError, RuntimeError) as error:  # the latter where nobody knows the home
        why = (error.strerror if isinstance(error, OSError) else None) or str(error)
        return _HistoryOfThisSession(), f"{path}: {why}"
    return _HistoryInFile(path), ""


class _WithoutSecrets(History):
    """A statement that tells a secret is not offered again: others may look on."""

    def append_string(self, string: str) -> None:
        """Take what was typed."""
        if not tells_a_secret(string):
            super().append_string(string)


class _HistoryOfThisSession(_WithoutSecrets, InMemoryHistory):
    """For a session whose statements cannot be kept."""


class _HistoryInFile(_WithoutSecrets, FileHistory):
    def store_string(self, string: str) -> None:
        """Keep a statement for later sessions."""
        with suppress(OSError):  # a full disk ends no session
            super().store_string(string)
