"""The lock of a state: a deploy holds it while it runs, and a killed one may leave it behind."""

import fcntl
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from analysis.errors import FileError
from analysis.files import json_object


@dataclass(frozen=True)
class StateLock:
    """Who holds a state, as the lock itself says; what it does not say is empty."""

    id: str
    operation: str
    who: str
    created: str

    @property
    def text(self) -> str:
        """It in a few words."""
        by = f" by {self.who}" if self.who else ""
        return f"{self.operation or 'a run of Terraform'}{by}{f' since {self.created}' if self.created else ''}"


def parse_lock(text: bytes | str) -> StateLock:
    """Return what a lock says; one that is cut off or of another form is a lock all the same."""
    found: dict[str, object] = {}
    with suppress(FileError):
        found = json_object(text, "the lock")
    return StateLock(*(str(found.get(name) or "") for name in ("ID", "Operation", "Who", "Created")))


def lock_of_file(state: Path) -> StateLock | None:
    """Return the lock of a state in a file; None where nobody holds it.

    The operating system holds it, on the state itself, and lets it go with its process: the file beside the state,
    which a killed run leaves, keeps nobody out.
    """
    info = state.with_name(f".{state.name}.lock.info")
    try:
        text = info.read_bytes()
        with state.open("rb") as file:
            fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return parse_lock(text)
    except OSError:
        return None
    return None
