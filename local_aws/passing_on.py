"""Passes on what a program prints, up to a line from which on nobody wants to read it."""

import os
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

_WAIT_SECONDS = 5.0  # for the end of a pipe that a program left behind may keep open


@contextmanager
def showing(stream: IO[str], *, until: re.Pattern[str], without: re.Pattern[str]) -> Iterator[IO[str]]:
    """Return what a program can write to; its lines come to `stream` as they are, until one of them matches whole.

    Those that begin as `without` says are left out.
    """
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as output:
        thread = threading.Thread(target=_pass_on, args=(reading, stream, until, without), daemon=True)
        thread.start()
        yield output
    thread.join(_WAIT_SECONDS)


def _pass_on(reading: int, stream: IO[str], until: re.Pattern[str], without: re.Pattern[str]) -> None:
    is_shown = True
    with os.fdopen(reading, errors="replace") as lines:
        for line in lines:
            is_shown = is_shown and until.fullmatch(line) is None
            if is_shown and without.match(line) is None:
                stream.write(line)
                stream.flush()
