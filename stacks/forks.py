"""Runs work in a copy of this process, beside it: only where a fork is safe, and before this process has threads."""

import os
import pickle
import signal
import sys
from collections.abc import Callable
from typing import Any, Final, Generic, NoReturn, TypeVar, cast

_FAILED: Final = 1

Result = TypeVar("Result")


class Fork(Generic[Result]):
    """A copy of this process that does `work` and ends; what `work` returns can be pickled.

    The copy says nothing and leaves nothing but what `work` does: no output that was buffered is written twice, and
    nothing is run on leaving.
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        """Start it. Raises OSError where the system allows no further process."""
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        self._reading, writing = os.pipe()
        try:
            self._pid = os.fork()
        except OSError:
            os.close(self._reading)
            os.close(writing)
            raise
        if self._pid == 0:
            _work_and_end(work, writing)
        os.close(writing)

    def result(self) -> Result | None:
        """Wait until it has ended, and return what `work` returned; None where it failed, for whatever reason."""
        with os.fdopen(self._reading, "rb") as pipe:
            pickled = pipe.read()
        _, status = os.waitpid(self._pid, 0)
        self._pid = 0
        return cast("Result", pickle.loads(pickled)) if status == 0 else None  # noqa: S301 (of our own process)

    def stop(self) -> None:
        """End it, if it has not ended."""
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = 0


def _work_and_end(work: Callable[[], Any], writing: int) -> NoReturn:
    status = _FAILED
    try:
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(work(), pipe)
        status = 0
    finally:
        os._exit(status)
