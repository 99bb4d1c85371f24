"""Starts jsii's kernel as one Node process, before jsii itself is imported if need be.

Stock, jsii starts a Node that starts a second one and does nothing but carry messages between that one and Python.
Here Python talks to the second one itself. Knows where jsii keeps its JavaScript, but imports nothing of jsii.
"""

import atexit
import contextlib
import json
import os
import re
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final, cast

Message = Mapping[str, str]

PRELOAD: Final = Path(__file__).with_name("preload.js")

SECONDS_TO_SAY_WHY: Final = 10
"""How long Node may take to end once it has closed its channel: with a heap that is full it prints a report."""

SECONDS_TO_END: Final = 120
"""How long Node may take to end. 20 ms, but for the first run on a machine, as `preload.js` explains."""


OTHERS_MAY_WRITE: Final = 0o022

_ERROR: Final = re.compile(r"[Ee]rror\b|FATAL|not found|denied")
"""What the line with the reason has, among stacks and the source of Node."""


class NodeProcess:
    """jsii's kernel in Node: `channel` takes a JSON request a line and gives a JSON answer a line.

    `sent` are the packages that it was told to load at once.
    """

    def __init__(self, jsii_folder: Path, packages: Sequence[Message] = ()) -> None:
        """Start Node on the kernel that lies in jsii's package, have it load `packages`, and do not wait for it."""
        # Outside its usual folder, the kernel finds everything but one file, for which `preload.js` cares.
        kernel = jsii_folder / "_embedded" / "jsii" / "lib__program.js"
        self._stderr = _file_for_stderr()
        ours, theirs = socket.socketpair()
        with ours, theirs:
            self._process = subprocess.Popen(
                [
                    # The kernel reads and writes descriptor 3. A shell puts the socket there; Python could only by
                    # running code between fork and exec, which is not safe beside threads.
                    *("/bin/sh", "-c", 'exec "$0" "$@" 3<&0 </dev/null'),
                    # From here on as jsii does it, but for what is required.
                    *(os.environ["JSII_NODE"], "--max-old-space-size=4069", "--preserve-symlinks"),
                    *("--require", str(PRELOAD), str(kernel)),
                ],
                stdin=theirs.fileno(),
                stderr=self._stderr,
                env={**_cache(), **os.environ, "JSII_AGENT": f"Python/{sys.version.split()[0]}"},
            )
            self.channel = cast(IO[bytes], ours.makefile("rwb"))
        self.sent = packages
        with contextlib.suppress(OSError):  # it has ended already, which the first answer that is missing tells
            self.channel.writelines(json.dumps(package).encode() + b"\n" for package in packages)
            self.channel.flush()
        atexit.register(self.stop)

    def last_words(self) -> str:
        """Return, in a line, why Node has ended too early: what it said, or else how it ended."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=SECONDS_TO_SAY_WHY)
        lines = [line.strip() for line in self._take_stderr().splitlines()]
        errors = [line for line in lines if _ERROR.search(line)]
        status = self._process.poll()
        how = f"signal {-status}" if status is not None and status < 0 else f"exit status {status}"
        return errors[0] if errors else how

    def _await_end(self) -> None:
        # A wait with a timeout sleeps between its looks, here for 10 ms too long.
        with contextlib.suppress(AttributeError, OSError):  # Linux only
            process = os.pidfd_open(self._process.pid)
            try:
                select.select([process], [], [], SECONDS_TO_END)
            finally:
                os.close(process)
        self._process.wait(timeout=SECONDS_TO_END)

    def _take_stderr(self) -> str:
        if self._stderr is None:
            return ""
        self._stderr.seek(0)
        text = self._stderr.read().decode(errors="replace")
        self._stderr.close()
        self._stderr = None
        return text

    def ask_to_end(self) -> None:
        """Ask Node to end, after what it has been asked before."""
        with contextlib.suppress(OSError, ValueError):  # it has ended already
            self.channel.write(b'{"exit":0}\n')
            self.channel.flush()

    def stop(self) -> None:
        """Ask Node to end, and wait until it has; what it said on stderr is said then."""
        atexit.unregister(self.stop)
        self.ask_to_end()
        try:
            self._await_end()
        except subprocess.TimeoutExpired:
            self._process.terminate()
        # Not before: Node may still be writing answers that nobody waits for.
        with contextlib.suppress(OSError):
            self.channel.close()
        sys.stderr.write(self._take_stderr())


def _cache() -> dict[str, str]:
    """Return the settings with which Node keeps what it need not work out again, where nobody else can write it."""
    try:
        folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cdktf_fast_start"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        status = folder.stat()
    except (OSError, RuntimeError):  # there is no home, or it cannot be written
        return {}
    if status.st_uid != os.getuid() or status.st_mode & OTHERS_MAY_WRITE:
        return {}
    return {"NODE_COMPILE_CACHE": str(folder / "node"), "CDKTF_FAST_START_DIGESTS": str(folder / "digests.json")}


def _file_for_stderr() -> IO[bytes] | None:
    """Return where Node's stderr goes, of which an error shows one line; None where there is no room for a file."""
    try:
        return tempfile.TemporaryFile()
    except OSError:
        return None
