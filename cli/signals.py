"""Ctrl-C, SIGTERM and SIGHUP end a command in one way: what is open is closed, such as a transaction."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody sent the signal; like KeyboardInterrupt no Exception, which something on the way would handle.

    Its notes are what is to be known of how the command ended.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.signal = signal.Signals(number)

    def __str__(self) -> str:
        """Return what people are told."""
        by = "Ctrl-C" if self.signal is signal.SIGINT else self.signal.name
        return "; ".join([f"stopped by {by}", *getattr(self, "__notes__", ())])

    @property
    def exit_status(self) -> int:
        """The exit status, as a shell has it for a process that the signal ended."""
        return 128 + self.signal


@contextmanager
def raised() -> Iterator[None]:
    """Raise Stopped at such a signal; one that was ignored stays ignored, as nohup wants it."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    for number, handler in before.items():
        if handler is signal.SIG_DFL:
            signal.signal(number, _raise)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _raise(number: int, frame: FrameType | None) -> None:
    del frame
    for other in _SIGNALS:
        signal.signal(other, signal.SIG_IGN)  # what is done about the first one is done to its end
    raise Stopped(number)
