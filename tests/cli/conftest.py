"""What each of these tests has: no AWS that this machine may know. Fixtures are those of `tests/deployed`."""

import io
import sys
from collections.abc import Callable

import pytest


@pytest.fixture(autouse=True)
def _apart(no_aws_of_ones_own: None) -> None:
    """Keep the tests away from it."""


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


AtWidth = Callable[[int], io.StringIO]


@pytest.fixture
def at_width(monkeypatch: pytest.MonkeyPatch) -> AtWidth:
    """Return a function that makes standard output and error one terminal of a width, without colours."""

    def made(columns: int) -> io.StringIO:
        terminal = _Terminal()
        monkeypatch.setattr(sys, "stdout", terminal)
        monkeypatch.setattr(sys, "stderr", terminal)
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm-256color")
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("LINES", "50")
        return terminal

    return made
