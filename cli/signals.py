"""Ctrl-C, SIGTERM and SIGHUP end a command in one way: what is open is closed, such as a transaction."""

import signal
import threading
from collections.abc import Callable, Iterator
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


@contextmanager
def handed_to(take: Callable[[Stopped], None]) -> Iterator[None]:
    """Hand over what would be raised: an event loop keeps to itself what is raised inside of its callbacks."""

    def hand_over(number: int, frame: FrameType | None) -> None:
        del frame
        _ignore()
        take(Stopped(number))

    handled = [number for number in _SIGNALS if signal.getsignal(number) is _raise]
    for number in handled:
        signal.signal(number, hand_over)
    try:
        yield
    finally:
        for number in handled:
            if signal.getsignal(number) is hand_over:
                signal.signal(number, _raise)


def _raise(number: int, frame: FrameType | None) -> None:
    del frame
    _ignore()
    raise Stopped(number)


def _ignore() -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)  # what is done about the first one is done to its end
