"""Runs work in copies of this process, beside it: only where a fork is safe."""

import math
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Generic, NoReturn, TypeVar, cast

MOST_PROCESSES: Final = 8
"""Each takes 100 MB and more."""

QUOTA_FILE: Final = Path("/sys/fs/cgroup/cpu.max")
"""Where Linux says which part of each period, in microseconds, a container may use."""

_FAILED: Final = 1
_NONE: Final = -1
"""The id of no process."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def processes_for(count: int, *, least: int) -> int:
    """Return in how many processes, each with a processor of its own, `count` things are done; one does `least`.

    One where a fork is not safe: on macOS, whose libraries do not survive it, and beside other threads, whose locks
    would stay locked.
    """
    if sys.platform != "linux" or threading.active_count() > 1:
        return 1
    return max(1, min(_processors(), count // least, MOST_PROCESSES))


def _processors() -> int:
    """Return how many processors this process may use: a container may have less than its machine."""
    try:
        quota, period = QUOTA_FILE.read_text(encoding="utf-8").split()
        allowed = math.ceil(int(quota) / int(period))
    except (OSError, ValueError):  # none, or `max`
        allowed = MOST_PROCESSES
    return min(allowed, len(os.sched_getaffinity(0)))


def shares_of(items: Sequence[Item], count: int) -> list[Sequence[Item]]:
    """Return `count` parts of the items, in their order and as even as can be."""
    bounds = [len(items) * number // count for number in range(count + 1)]
    return [items[start:end] for start, end in pairwise(bounds)]


def each(work: Callable[[Item], Result], items: Sequence[Item], *, least: int) -> list[Result]:
    """Return what `work` makes of each item, in their order, done in as many processes as `processes_for` says.

    What a fork does not get done, this process does: it then raises what went wrong, or gets it done. `work` must not
    leave anything but its result, which can be pickled.
    """
    first, *others = shares_of(items, processes_for(len(items), least=least))
    forks: list[Fork[list[Result]]] = []
    try:
        forks.extend(Fork(partial(_each, work, share)) for share in others)
        done = _each(work, first)
        for fork, share in zip(forks, others, strict=True):
            done += fork.result() or _each(work, share)
    finally:
        for fork in forks:
            fork.stop()
    return done


def _each(work: Callable[[Item], Result], items: Iterable[Item]) -> list[Result]:
    return [work(item) for item in items]


class Fork(Generic[Result]):
    """A copy of this process that does `work` and ends; what `work` returns can be pickled.

    The copy says nothing and leaves nothing but what `work` does: no output that was buffered is written twice, and
    nothing is run on leaving. Where the system allows no further process, there is none, as if it had failed.
    """

    def __init__(self, work: Callable[[], Result]) -> None:
        """Start it."""
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        reading, writing = os.pipe()
        self._pipe = os.fdopen(reading, "rb")
        try:
            self._pid = os.fork()
        except OSError:
            self._pid = _NONE
        if self._pid == 0:
            _work_and_end(work, writing)
        os.close(writing)

    def result(self) -> Result | None:
        """Wait until it has ended, and return what `work` returned; None where it failed, for whatever reason."""
        with self._pipe as pipe:
            answer = pipe.read()
        if self._pid == _NONE:
            return None
        _, status = os.waitpid(self._pid, 0)
        self._pid = _NONE
        if status != 0:
            return None
        import pickle  # noqa: PLC0415 (few runs have a fork)

        return cast("Result", pickle.loads(answer))  # noqa: S301 (of our own process)

    def stop(self) -> None:
        """End it, if it has not ended."""
        self._pipe.close()
        if self._pid != _NONE:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = _NONE


def _work_and_end(work: Callable[[], Any], writing: int) -> NoReturn:
    status = _FAILED
    try:
        import pickle  # noqa: PLC0415 (few runs have a fork)

        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(work(), pipe)
        status = 0
    finally:
        os._exit(status)
