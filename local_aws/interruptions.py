"""Ends what a command runs when the command is interrupted: Terraform is asked once, awaited, and never left behind.

A program is started in a session of its own, so that Ctrl-C in a terminal reaches this process only. Terraform runs
under a guard (`terraform_guard`), which interrupts it as soon as this process says so, or is gone.
"""

import contextlib
import fcntl
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, Self

from local_aws import terraform_guard
from local_aws.programs import TERRAFORM_VARIABLE

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
# Longer than a guard waits, which ends Terraform by itself.
END_SECONDS = terraform_guard.KILL_SECONDS + 15.0
_POLL_SECONDS = 0.05


class Interrupted(BaseException):
    """A signal has come: what was running has ended."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    @property
    def exit_status(self) -> int:
        """The exit status by which shells tell a signal."""
        return terraform_guard.BY_SIGNAL + self.number


class Interruptions:
    """While in its `with` statement, the first signal raises Interrupted, and others are only answered by `say`.

    `folder` is where the files of a run lie. To be used in the main thread.
    """

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._folder = folder
        self._say = say
        self._number: int | None = None
        self._is_deferred = False
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Take over the signals, and open the files of this run."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._remove_stale()
        self._run = Path(tempfile.mkdtemp(dir=self._folder))
        self._stack.callback(shutil.rmtree, self._run, ignore_errors=True)
        (self._run / "guards").touch()
        self._alive = self._stack.enter_context((self._run / "alive").open("w"))
        fcntl.flock(self._alive, fcntl.LOCK_EX)
        self._write_guard()
        self._number, self._is_deferred = None, False
        for number in SIGNALS:
            if signal.getsignal(number) != signal.SIG_IGN:  # nohup, or a job in the background
                self._stack.callback(signal.signal, number, signal.signal(number, self._handle))
        return self

    def __exit__(self, *_: object) -> None:
        """Give the signals back; every Terraform of this run has ended then."""
        self._is_deferred = True
        fcntl.flock(self._alive, fcntl.LOCK_UN)
        self._await_guards()
        self._stack.close()

    @contextlib.contextmanager
    def deferred(self) -> Iterator[None]:
        """Let a signal wait until the end of this block."""
        self._is_deferred = True
        try:
            yield
        finally:
            self._is_deferred = False
        if self._number is not None:
            raise Interrupted(self._number)

    def guarded(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return an environment in which the cdktf CLI starts Terraform under a guard."""
        return {
            **environment,
            terraform_guard.RUN: str(self._run),
            terraform_guard.TERRAFORM: environment.get(TERRAFORM_VARIABLE) or "terraform",
            TERRAFORM_VARIABLE: str(self._run / "terraform"),
        }

    def run(
        self,
        command: list[str],
        *,
        cwd: Path,
        environment: Mapping[str, str],
        output: IO[str],
        errors: IO[str] | None = None,
    ) -> int:
        """Run a command, with its output streamed, and return its exit status. Raises Interrupted after its end.

        Its errors go where those of this process go, unless `errors` is given.
        """
        process: subprocess.Popen[Any] | None = None
        try:
            with self.deferred():
                process = subprocess.Popen(
                    command,
                    cwd=cwd,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=errors,
                    start_new_session=True,
                )
            return process.wait()
        except Interrupted:
            if process is not None:
                self._end(process, is_guarded=terraform_guard.RUN in environment)
            raise

    def _handle(self, number: int, _: object) -> None:
        if self._number is not None:
            self._tell("interrupted already: still waiting for what runs to end")
            return
        self._number = number
        if not self._is_deferred:
            raise Interrupted(number)

    def _end(self, process: "subprocess.Popen[Any]", *, is_guarded: bool) -> None:
        fcntl.flock(self._alive, fcntl.LOCK_UN)
        self._tell(f"interrupted: waiting for {'Terraform' if is_guarded else 'what runs'} to end")
        if not is_guarded:
            _signal_group(process, signal.SIGTERM)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            _signal_group(process, signal.SIGKILL)
            process.wait()

    def _tell(self, line: str) -> None:
        with contextlib.suppress(OSError):  # of a terminal that is gone
            self._say(line)

    def _await_guards(self) -> None:
        """Wait for every Terraform, also for one whose cdktf CLI was killed."""
        ends_at = time.monotonic() + END_SECONDS
        with (self._run / "guards").open() as guards:
            while not _locks(guards) and time.monotonic() < ends_at:
                time.sleep(_POLL_SECONDS)

    def _write_guard(self) -> None:
        script = self._run / "terraform"
        guard = shlex.join([sys.executable, "-I", "-S", terraform_guard.__file__])
        script.write_text(f'#!/bin/sh\nexec {guard} "$@"\n')
        script.chmod(0o755)

    def _remove_stale(self) -> None:
        """Remove the files of runs that were killed."""
        for run in self._folder.iterdir():
            with contextlib.suppress(OSError), (run / "alive").open() as alive, (run / "guards").open() as guards:
                if _locks(alive) and _locks(guards):
                    shutil.rmtree(run, ignore_errors=True)


def _locks(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _signal_group(process: "subprocess.Popen[Any]", number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
