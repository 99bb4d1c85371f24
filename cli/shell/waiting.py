"""The moving line of the shell: only while a paused cluster is waited for, since other answers come at once."""

from contextlib import ExitStack
from types import TracebackType

from cli.output import terminal


class Waiting:
    """Shows the line from the first call until the end of its `with` block, which is that of an answer."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._shown: ExitStack | None = None

    def __call__(self) -> None:
        """Show it; this is what a Database calls before it waits."""
        if self._shown is None:
            self._shown = ExitStack()
            self._shown.enter_context(terminal.progress(self._text))

    def __enter__(self) -> None:
        """Ask something."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Take the line away."""
        del kind, error, traceback
        shown, self._shown = self._shown, None
        if shown is not None:
            shown.close()
