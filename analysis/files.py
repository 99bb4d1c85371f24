"""Reads what people name: a file or a pipe, of a size that fits the memory, whose content is what it should be."""

import errno
import json
import math
import os
import select
import stat
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from analysis.errors import FileError

LARGEST_BYTES: Final = 64 * 1024 * 1024
DEEPEST: Final = 100
"""Levels of a JSON document. Terraform's own documents have some ten; every reader of a value goes down each level."""

_FIRST_WRITER_SECONDS: Final = 2.0
_IDLE_SECONDS: Final = 60.0
"""How long a pipe is waited for: `terraform output -json` asks a remote backend before its first byte."""
_PIECE: Final = 1024 * 1024


def read_bytes(path: Path) -> bytes:
    """Return what is in a file or comes out of a pipe, such as a shell's `<(…)`. Raises FileError."""
    try:
        return read_if_there(path)
    except FileNotFoundError as error:
        raise _unreadable(path, error.strerror or "") from None


def read_if_there(path: Path) -> bytes:
    """Return the same. Raises FileNotFoundError where there is nothing, and FileError for all else."""
    try:
        # Without O_NONBLOCK, to open a FIFO that nobody writes into takes for ever.
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY)
        try:
            data = _content(number)
        finally:
            os.close(number)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _unreadable(path, error.strerror or type(error).__name__) from None
    except ValueError as error:  # a NUL in the name
        raise _unreadable(path, str(error)) from None
    if len(data) > LARGEST_BYTES:
        raise _unreadable(path, f"it has more than {LARGEST_BYTES // 1024 // 1024} MiB")
    return data


def read_text(path: Path) -> str:
    """Return the text of a file in UTF-8, without a byte order mark, lines ended by LF. Raises FileError."""
    return _text(read_bytes(path), str(path))


def read_standard_input() -> str:
    """Return the text of standard input: UTF-8 as in a file, whatever the locale. Raises FileError."""
    return _text(sys.stdin.buffer.read(LARGEST_BYTES), "standard input")


def read_json_object(path: Path, *, what: str = "a JSON object") -> dict[str, Any]:
    """Return the JSON object in a file. Raises FileError; `what` is what the file should be."""
    return json_object(read_bytes(path), str(path), what=what)


def json_object(text: str | bytes, where: str, *, what: str = "a JSON object") -> dict[str, Any]:
    """Return the JSON object in a text that came from `where`.

    Refused are what JSON does not have (NaN, a number beyond a float, half of a surrogate pair), a key that stands
    twice in an object, of which nobody knows which one counts, and more than 100 levels. Raises FileError.
    """
    try:
        parsed = _parsed(text)
    except _NotUsable as error:
        raise FileError(f"{where} is not {what}: {error}") from None
    except (ValueError, RecursionError):
        raise FileError(f"{where} is not {what}") from None
    if not isinstance(parsed, dict):
        raise FileError(f"{where} is not {what}")
    return parsed


class _NotUsable(Exception):
    pass


def _parsed(text: str | bytes) -> Any:
    parsed = json.loads(text, object_pairs_hook=_without_doubles, parse_float=_finite, parse_constant=_finite)
    level: Sequence[Any] = [parsed]
    for _ in range(DEEPEST):
        level = [inner for value in level for inner in _inside(value)]
        if not level:
            break
    else:
        raise _NotUsable(f"it has more than {DEEPEST} levels")
    if (b"\\ud" if isinstance(text, bytes) else "\\ud") in text.lower():  # type: ignore[operator]
        try:
            json.dumps(parsed, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise _NotUsable("a text in it has half of a surrogate pair") from None
    return parsed


def _inside(value: Any) -> Sequence[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else ()


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _NotUsable(f"the key {twice!r} stands twice in an object")
    return found


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise _NotUsable(f"{number} is not a number of JSON")
    return value


def _text(data: bytes, where: str) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileError(f"{where} is not UTF-8 (line {line}): save it as UTF-8") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _content(number: int) -> bytes:
    mode = os.fstat(number).st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISFIFO(mode)):
        raise OSError(errno.EINVAL, f"it is a {'folder' if stat.S_ISDIR(mode) else 'device'}, and not a file")
    pieces: list[bytes] = []
    size, opened_at = 0, time.monotonic()
    while size <= LARGEST_BYTES:
        try:
            piece = os.read(number, _PIECE)
        except BlockingIOError:  # somebody has the pipe open, and has written nothing yet
            if not select.select([number], [], [], _IDLE_SECONDS)[0]:
                raise OSError(errno.ETIMEDOUT, f"it is a pipe that gave nothing for {_IDLE_SECONDS:.0f} s") from None
            continue
        if piece:
            pieces.append(piece)
            size += len(piece)
        elif pieces or stat.S_ISREG(mode):
            break
        elif time.monotonic() - opened_at > _FIRST_WRITER_SECONDS:
            raise OSError(errno.EPIPE, "it is a pipe that nobody writes into")
        else:
            time.sleep(0.02)  # whoever writes may not have opened it yet
    return b"".join(pieces)


def _unreadable(path: Path, why: str) -> FileError:
    return FileError(f"{path} cannot be read: {why}")
