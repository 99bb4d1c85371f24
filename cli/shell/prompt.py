"""Reads what somebody types: several lines until a statement has ended, with completion, colours and history."""

import errno
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any, Final

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import FormattedText
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindings
from prompt_toolkit.lexers import PygmentsLexer
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style
from pygments.lexers.sql import PostgresLexer  # type: ignore[import-untyped]

from cli.shell.completion import completions
from cli.shell.lines import is_ready
from cli.signals import Stopped, handed_to
from operations.sql.catalog import Names
from operations.sql.session import State

_SIGNS: Final = {State.NONE: "=", State.OPEN: "*", State.FAILED: "!"}
# Names of colours, which are the terminal's own: they can be read on any background.
_STYLE: Final = Style.from_dict(
    {
        "prompt": "bold",
        "prompt.write": "bold ansiyellow",
        "prompt.protected": "bold ansired",
        "pygments.keyword": "bold ansiblue",
        "pygments.literal.string": "ansigreen",
        "pygments.literal.number": "ansicyan",
        "pygments.comment": "ansibrightblack",
    }
)


class Prompt:
    """The prompt of one database; `kind` is what its colour says: read, write or protected.

    `more` is for prompt_toolkit, such as an input of a test.
    """

    def __init__(
        self,
        name: str,
        *,
        kind: str,
        history: History,
        names: Callable[[], Names],
        commands: tuple[str, ...],
        **more: Any,
    ) -> None:
        self._name = name
        self._names = names
        self._commands = commands
        self._class = f"class:prompt.{kind}"
        has_colours = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self._session: PromptSession[str] = PromptSession(
            history=history,
            multiline=True,
            key_bindings=_keys(self._completions),
            completer=_SqlCompleter(self._completions),
            complete_while_typing=False,
            auto_suggest=AutoSuggestFromHistory(),
            lexer=PygmentsLexer(PostgresLexer) if has_colours else None,
            style=_STYLE if has_colours else None,
            include_default_pygments_style=False,
            color_depth=None if has_colours else ColorDepth.DEPTH_1_BIT,
            prompt_continuation=self._continuation,
            **more,
        )

    def read(self, state: State) -> str:
        """Return what was typed. Raises KeyboardInterrupt at Ctrl-C, and EOFError at Ctrl-D in an empty line.

        Raises Stopped at a signal, and where the terminal was closed, of which either may be noticed first.
        """
        stopped: list[Stopped] = []
        application = self._session.app

        def end() -> None:
            if application.is_running and not application.is_done:
                application.exit(result="")

        def take(signalled: Stopped) -> None:
            if application.loop is None or application.loop.is_closed():  # also on a terminal that can do nothing
                raise signalled
            stopped.append(signalled)
            application.loop.call_soon_threadsafe(end)

        try:
            with handed_to(take):
                message = FormattedText([(self._class, f"{self._name}{_SIGNS[state]}> ")])
                text = self._session.prompt(message)
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            raise Stopped(signal.SIGHUP) from None
        if stopped:
            raise stopped[0]
        return text

    def _completions(self, document: Document) -> tuple[list[str], int]:
        return completions(document.text_before_cursor, document.text_after_cursor, self._names(), self._commands)

    def _continuation(self, width: int, *_: Any) -> FormattedText:
        return FormattedText([(self._class, f"{self._name}-> ".rjust(width))])


Find = Callable[[Document], tuple[list[str], int]]
"""Returns what can stand in place of the word before the cursor, and how many characters that word has."""


class _SqlCompleter(Completer):
    def __init__(self, find: Find) -> None:
        self._find = find

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """Yield the lines of the menu."""
        del complete_event
        found, length = self._find(document)
        yield from (Completion(text, -length) for text in found)


def _keys(find: Find) -> KeyBindings:
    keys = KeyBindings()

    @keys.add("tab")
    def tab(event: Any) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None:
            buffer.complete_next()
            return
        found, length = find(buffer.document)
        common = os.path.commonprefix(found)  # noqa: RUF071  # of words
        if len(common) > length or len(found) == 1:  # as far as there is no choice, which needs no menu
            buffer.delete_before_cursor(length)
            buffer.insert_text(common)
        if len(found) > 1:
            buffer.start_completion()

    @keys.add("enter")
    def enter(event: Any) -> None:
        buffer = event.current_buffer
        if buffer.complete_state is not None and buffer.complete_state.current_completion is not None:
            buffer.complete_state = None  # takes what is chosen
        elif is_ready(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    return keys
