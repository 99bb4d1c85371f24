"""Standard input, output and error as commands need them: there, and able to show any text in any locale."""

import codecs
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

_PLAIN: Final = {
    **dict(zip("▁▂▃▄▅▆▇█", "12345678", strict=True)),
    **dict.fromkeys("─━═", "-"),
    **dict.fromkeys("│┃║", "|"),
    **dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼", "+"),
    "✓": "+",
    "✗": "x",
    "☐": "[]",
    "→": "->",
    "←": "<-",
    "…": "...",
    "•": "*",
    "·": "*",
    "\N{EN DASH}": "-",
    "\N{MULTIPLICATION SIGN}": "x",
    "≥": ">=",
    "≤": "<=",
    "°": " deg",
}
"""Of the signs with which commands draw, what stands for them in an encoding that does not have them."""

_HANDLER: Final = "aurora-serverless"


def _in_plain_signs(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    text = error.object[error.start : error.end]
    # As Python writes it: a character that goes missing without a word would be worse.
    return "".join(_PLAIN.get(sign) or sign.encode("ascii", "backslashreplace").decode() for sign in text), error.end


codecs.register_error(_HANDLER, _in_plain_signs)


@contextmanager
def ready() -> Iterator[None]:
    """Make the three usable: one that the caller closed is nothing, and no character is too much for an encoding."""
    closed = [name for name in ("stdin", "stdout", "stderr") if getattr(sys, name) is None]
    for name in closed:
        nothing = os.open(os.devnull, os.O_RDONLY if name == "stdin" else os.O_WRONLY)
        setattr(sys, name, os.fdopen(nothing, "r" if name == "stdin" else "w", encoding="utf-8"))
    before = [(stream, stream.errors) for stream in (sys.stdout, sys.stderr) if hasattr(stream, "reconfigure")]
    for stream, _ in before:
        stream.reconfigure(errors=_HANDLER)
    try:
        yield
    finally:
        for stream, errors in before:
            with suppress(OSError, ValueError):  # it flushes, and may have lost its reader
                stream.reconfigure(errors=errors)
        for name in closed:
            with suppress(OSError):
                getattr(sys, name).close()
            setattr(sys, name, None)


def drop(*streams: Any) -> None:
    """Let what is still to be written to standard output and error, or to one of them, go nowhere.

    Python would complain of a closed pipe or a full disk once more when it flushes at its end.
    """
    for stream in streams or (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            number = os.open(os.devnull, os.O_WRONLY)
            os.dup2(number, stream.fileno())
            os.close(number)


def folded(text: str, stream: Any) -> str:
    """Return a line for a person, on a terminal broken at words; a path or a word is never broken."""
    if not stream.isatty():
        return text
    import textwrap  # noqa: PLC0415 (main.py imports this before Node can start)

    width = shutil.get_terminal_size().columns
    lines = textwrap.wrap(
        text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False, replace_whitespace=False
    )
    return "\n".join(lines)


def lacks(stream: Any, text: str) -> str | None:
    """Return a character of a text that the encoding of a stream does not have; None where it has all."""
    try:
        text.encode(getattr(stream, "encoding", None) or "utf-8")
    except UnicodeEncodeError as error:
        return text[error.start]
    return None
