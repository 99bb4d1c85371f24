"""Runs Terraform for a deployment, and interrupts it, once, when the deployment is interrupted or gone.

The cdktf CLI starts this in Terraform's place. It is run as a file, and imports nothing of the project, to start fast.
The folder in `LOCAL_AWS_RUN` has two files: the deployment holds a lock on `alive`, and everything that runs here one
on `guards`, for which the deployment waits. A lock ends with its process, however that ends.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

RUN, TERRAFORM = "LOCAL_AWS_RUN", "LOCAL_AWS_TERRAFORM"
LOOK_SECONDS = 0.05
KILL_SECONDS = 60.0  # what Terraform gets after the interrupt to write down what it has made
FAILED, BY_SIGNAL = 1, 128
PR_SET_PDEATHSIG = 1  # Source: prctl(2)


class Guard:
    """One Terraform, which is interrupted at most once: at a second interrupt it gives up its state.

    It has one thread. Linux sends the signal of a parent's death at the death of each thread that becomes the parent.
    """

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(command, preexec_fn=_prepare)  # noqa: PLW1509  # no thread is there
        self._is_asked = self._is_done = False
        self._kill_at: float | None = None

    def ask(self, *, is_done: bool = False) -> None:
        """Ask for an interrupt, from a handler too; `is_done` where Terraform's terminal has interrupted it already."""
        if not self._is_asked:
            self._is_asked, self._is_done = True, is_done

    def wait(self, is_left_alone: Callable[[], bool]) -> int:
        """Wait for Terraform's end, and return its exit status as a shell has it.

        It is interrupted when that was asked for, or when nobody waits for it any more.
        """
        while True:
            try:
                status = self._process.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                self._look(is_left_alone)
            else:
                return status if status >= 0 else BY_SIGNAL - status

    def _look(self, is_left_alone: Callable[[], bool]) -> None:
        if self._kill_at is None:
            if is_left_alone():
                self.ask()
            if self._is_asked:
                self._kill_at = time.monotonic() + KILL_SECONDS
                if not self._is_done:
                    self._process.send_signal(signal.SIGINT)
        elif time.monotonic() > self._kill_at:
            os.killpg(0, signal.SIGKILL)  # its providers too, and this


def _prepare() -> None:
    # A terminal that is gone must not end Terraform before it has written its state: so it does not see SIGHUP.
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)  # the interrupt of a guard that was killed


def main() -> int:
    """Run Terraform with the arguments of this process, and return its exit status."""
    folder = Path(os.environ[RUN])
    with (folder / "alive").open() as alive, (folder / "guards").open() as guards:
        fcntl.flock(guards, fcntl.LOCK_SH)

        def is_left_alone() -> bool:
            try:
                fcntl.flock(alive, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

        if is_left_alone():
            return FAILED
        guard = Guard([os.environ[TERRAFORM], *sys.argv[1:]])
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: guard.ask())
        by_terminal = sys.stdin is not None and sys.stdin.isatty()
        signal.signal(signal.SIGINT, lambda *_: guard.ask(is_done=by_terminal))
        return guard.wait(is_left_alone)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except OSError as error:  # the folder is gone with its deployment, or there is no such Terraform
        sys.exit(f"error: {error}")
