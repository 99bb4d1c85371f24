"""The folder of all databases, and the small process that clears it away when local AWS was killed."""

import subprocess
import tempfile
from pathlib import Path

# Waits for the end of its input, which comes with the end of the server, however it ends; then stops every PostgreSQL
# in the folder and removes it; one whose data are kept, elsewhere behind a link, may write them first. Again, because
# one that was just starting may have been missed.
_SCRIPT = """
while read -r _; do :; done
tries=0
while [ -d "$1" ] && [ $tries -lt 50 ]; do
  for file in "$1"/*/*/postmaster.pid; do
    how=QUIT
    [ -L "${file%/*}" ] && how=INT
    [ -f "$file" ] && read -r pid < "$file" && kill -$how "$pid"
  done
  rm -rf "$1" && [ ! -d "$1" ] && exit
  tries=$((tries + 1))
  sleep 0.1
done
"""


class TemporaryFolder:
    """A temporary folder, made when it is first needed, that does not outlive this process, even when that is killed.

    Other users of the machine can pass through it, and see nothing.
    """

    def __init__(self) -> None:
        self._path: Path | None = None
        self._cleanup: subprocess.Popen[bytes] | None = None

    @property
    def path(self) -> Path:
        """The folder; not to be asked for by two threads at once."""
        if self._path is None:
            self._path = Path(tempfile.mkdtemp(prefix="local-aws-"))
            self._path.chmod(0o711)
            self._cleanup = subprocess.Popen(
                ["/bin/sh", "-c", _SCRIPT, "local-aws-cleanup", str(self._path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd="/",
            )
        return self._path

    def remove(self) -> None:
        """Let the cleanup run at once."""
        if self._cleanup is not None and self._cleanup.stdin is not None:
            self._cleanup.stdin.close()
            self._cleanup.wait()
