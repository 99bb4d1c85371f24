"""The data of a database that stay when its server ends, in a folder of the project."""

import contextlib
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from local_aws.errors import LocalAwsError

if TYPE_CHECKING:
    import pwd

_OTHER_SERVER_SECONDS = 5.0  # how long PostgreSQL of a server that was killed may take to end
_PASSES_THROUGH = 0o001


@dataclass(frozen=True)
class KeptData:
    """`folder` has the data and the password of their superuser, written last: a folder without it is a half-made one.

    `name` is what people call the database.
    """

    folder: Path
    name: str

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory."""
        return self.folder / "data"

    @property
    def begun(self) -> Path:
        """Where the data are made, before they are whole."""
        return self.folder / "begun"

    @property
    def log(self) -> Path:
        """What PostgreSQL has said since it was last started by a new server."""
        return self.folder / "log"

    @property
    def password(self) -> str | None:
        """Password of the superuser; None where there are no data yet."""
        try:
            return self._password.read_text() or None
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from None

    def make_folder(self, user: "pwd.struct_passwd | None") -> None:
        """Make the folder, empty, for the user as whom PostgreSQL runs. Raises LocalAwsError."""
        try:
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir(mode=0o700, parents=True)
            if user is not None:
                os.chown(self.folder, user.pw_uid, user.pw_gid)
        except OSError as error:
            raise self._unusable(error) from None

    def check_way(self, user: "pwd.struct_passwd | None") -> None:
        """Raise LocalAwsError where the user as whom PostgreSQL runs cannot come to the folder, or no longer."""
        if user is None:
            return
        for parent in self.folder.resolve().parents:
            if not parent.stat().st_mode & _PASSES_THROUGH:
                raise LocalAwsError(
                    f"PostgreSQL does not run as root but as {user.pw_name}, who cannot enter {parent}: "
                    f"work as another user, or let others pass through: chmod o+x {parent}"
                )

    def finish(self, password: str) -> None:
        """Note that the data are whole."""
        self.begun.rename(self.data)
        partial = self._password.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(password)
        partial.rename(self._password)

    def check_version(self, binaries: Path) -> None:
        """Raise LocalAwsError where the data are of another major version of PostgreSQL."""
        try:
            theirs = (self.data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise self._unusable(error) from None
        said = subprocess.run([str(binaries / "bin/postgres"), "--version"], capture_output=True, text=True, check=True)
        found = re.search(r"\d+", said.stdout)
        if found is not None and found[0] != theirs:
            raise LocalAwsError(
                f"the data of {self.name} are of PostgreSQL {theirs}, and {found[0]} is installed, which cannot read "
                "them: throw them away with --fresh, or move them there with pg_dump of the older one"
            )

    def check_unused(self) -> None:
        """Raise LocalAwsError while another PostgreSQL has the data open.

        One that was killed leaves the number of its process behind, which by now can be that of any program.
        """
        lock = self.data / "postmaster.pid"
        deadline = time.monotonic() + _OTHER_SERVER_SECONDS
        while (pid := _number_in(lock)) is not None and _is_postgresql(pid):
            if time.monotonic() > deadline:
                raise LocalAwsError(
                    f"another PostgreSQL, process {pid}, has the data of {self.name} open: end it with the local AWS "
                    f"that started it, or by kill -INT {pid}"
                )
            time.sleep(0.05)
        lock.unlink(missing_ok=True)

    @property
    def _password(self) -> Path:
        return self.folder / "password"

    def _unusable(self, error: OSError) -> LocalAwsError:
        why = (error.strerror or type(error).__name__).lower()
        return LocalAwsError(
            f"the data of {self.name} cannot be kept in {error.filename or self.folder} ({why}): let this user write "
            "there, or give another --project"
        )


def _number_in(lock: Path) -> int | None:
    with contextlib.suppress(OSError, ValueError, IndexError):
        return int(lock.read_text().splitlines()[0])
    return None


def _is_postgresql(pid: int) -> bool:
    """Whether a process runs and is PostgreSQL: by /proc, or where there is none, such as on macOS, by ps."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    if Path("/proc/self").exists():
        return False
    said = subprocess.run(["ps", "-o", "comm=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return Path(said.stdout.strip()).name == "postgres"
