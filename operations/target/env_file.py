"""A `.env` file: some of its variables are set, all else stays as it is.

Such files have several kinds of readers: a shell that sources them, python-dotenv, Node's dotenv, Docker Compose. They
agree on few things, and what is written here is only what they agree on.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.files import read_bytes
from operations.errors import wrong_input
from operations.files import is_file, write_file

NEW_MODE: Final = 0o600
"""Mode of a new file: what people add to a `.env` file is often secret, though nothing that is written here is."""

_PLAIN: Final = re.compile(r"[\w@%+:,./!-][\w@%+:,./!=-]*|", re.ASCII)
"""What no reader takes apart; zsh replaces `=name` at the beginning by the path of a program."""

# A shell takes everything between ' and ' as it stands; python-dotenv takes \\ and \' as escapes there, and fills in
# ${NAME}; line ends differ by platform. Sources: POSIX, Shell Command Language, 2.2; python-dotenv 1.2, parser.py and
# variables.py; dotenv 17, lib/main.js; compose-go, dotenv/parser.go.
_NOT_IN_SINGLE: Final = re.compile(r"'|\\\\|\\$|\$\{")
_NOT_IN_DOUBLE: Final = re.compile(r"[\"$`\\]")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

_ASSIGNMENT: Final = re.compile(r"(?P<before>\ufeff?[ \t]*(?:export[ \t]+)?)(?P<name>[A-Za-z_]\w*)[ \t]*=", re.ASCII)
_BLANKS: Final = re.compile(r"[ \t]*")
_QUOTED: Final = {
    # A \' that ends the value ends it; any other is dotenv's way to write a quote.
    "'": re.compile(r"[ \t]*'(?:\\'(?=[^\s#;])|[^'])*'"),
    '"': re.compile(r'[ \t]*"(?:\\.|[^"\\])*"', re.DOTALL),
    "`": re.compile(r"[ \t]*`[^`]*`"),
}
_MORE_OF_A_WORD: Final = re.compile(r"(?:\\[^\r\n]?|'[^']*'|\"(?:\\[\s\S]|[^\"\\])*\"|[^\s'\"#;&|\\])*")
"""What a shell joins to a quoted part, such as the rest of 'it'\\''s'."""
_QUOTES: Final = "".join(_QUOTED)
_UNQUOTED: Final = re.compile(r"(?:(?![ \t]+#|[ \t]*[;\r\n]|[ \t]*$).)*", re.MULTILINE)


def assignment(name: str, value: str) -> str:
    """Return one line that every reader of such files reads as the value, and that runs nothing in a shell.

    Raises OperationsError where no way of quoting does that: a control character, `${`, a backslash at the end or
    two together, and `'` together with one of `"`, `$`, a backtick and a backslash.
    """
    if _CONTROL.search(value) is None:
        if _PLAIN.fullmatch(value):
            return f"{name}={value}"
        if _NOT_IN_SINGLE.search(value) is None:
            return f"{name}='{value}'"
        if _NOT_IN_DOUBLE.search(value) is None:
            return f'{name}="{value}"'
    raise wrong_input(
        f"{name} is {value!r}: however it is quoted, a shell and the readers of .env files read it differently; "
        "take it from ./aurora-serverless env ENVIRONMENT --json"
    )


@dataclass(frozen=True)
class _Line:
    """A line as it stands, with its end; a value that goes on over several lines is one. `name` is of what it sets."""

    text: str
    name: str | None = None
    before: str = ""
    value: str = ""
    after: str = ""

    def with_value(self, value: str) -> str:
        """Return it with another value; what stands behind the value stays, such as a comment."""
        gap = " " if self.after.startswith("#") else ""
        return f"{self.before}{assignment(self.name or '', value)}{gap}{self.after}"


def merged(text: str, values: Mapping[str, str], *, without: re.Pattern[str] | None = None) -> str:
    """Return the text of a file with `values` set: known names where they stand, new ones at the end.

    `without` takes out the assignments that begin so, such as `NAME=http://`.
    """
    left = dict(values)
    parts: list[str] = []
    for line in _lines(text):
        if line.name is not None and line.name in values:
            parts.append(line.with_value(values[line.name]))
            left.pop(line.name, None)
        elif without is None or without.match(f"{line.name}={line.value.strip(_QUOTES)}") is None:
            parts.append(line.text)
    newline = "\r\n" if "\r\n" in text else "\n"
    if parts and left and not parts[-1].endswith("\n"):
        parts[-1] += newline
    if parts and left and parts[-1].rstrip("\r\n").endswith("\\"):
        parts.append(newline)  # a shell joins the next line to one that ends so
    return "".join([*parts, *(assignment(name, value) + newline for name, value in left.items())])


def write_env_file(path: Path, values: Mapping[str, str], *, without: re.Pattern[str] | None = None) -> bool:
    """Set variables of a file, or make it, and return whether anything was written; `without` as for `merged`.

    Bytes that are not UTF-8 stay as they are. Raises OperationsError (WRONG_INPUT).
    """
    data = read_bytes(path) if is_file(path) else None
    if data is not None and b"\0" in data:
        raise wrong_input(f"{path} is not a text, or one in UTF-16: save it as UTF-8, or name another file")
    before = None if data is None else data.decode("utf-8", "surrogateescape")
    after = merged(before or "", values, without=without)
    if after == before:
        return False
    write_file(path, after.encode("utf-8", "surrogateescape"), new_mode=NEW_MODE)
    return True


def _lines(text: str) -> Iterator[_Line]:
    position = 0
    while position < len(text):
        found = _ASSIGNMENT.match(text, position)
        start = position if found is None else found.end()
        end_of_value = start if found is None else _end_of_value(text, start)
        end = text.find("\n", end_of_value) + 1 or len(text)
        whole = text[position:end]
        if found is None:
            yield _Line(whole)
        else:
            value, after = text[start:end_of_value].strip(" \t"), text[end_of_value:end]
            yield _Line(whole, found["name"], found["before"], value, after)
        position = end


def _end_of_value(text: str, start: int) -> int:
    """Return where a value ends: behind its quotes, or before a comment, a semicolon or the end of the line.

    Only quotes with which a value begins go on over lines: in that all readers agree.
    """
    blanks = _BLANKS.match(text, start)
    first = text[blanks.end() : blanks.end() + 1] if blanks is not None else ""
    if first == "#":
        return start
    quoted = _QUOTED[first].match(text, start) if first in _QUOTED else None
    if quoted is None:
        unquoted = _UNQUOTED.match(text, start)
        return start if unquoted is None else unquoted.end()
    more = _MORE_OF_A_WORD.match(text, quoted.end())
    return quoted.end() if more is None else more.end()
