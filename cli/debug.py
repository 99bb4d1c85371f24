"""What `--debug` prints of an error: the traceback, and no secret.

A message may say anything that the program had in its hands, also a password. So only those are shown that tell of
types, files and calls, without what looks like a secret.
"""

import os
import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import typer

from operations.errors import OperationsError

VARIABLE: Final = "AURORA_SERVERLESS_DEBUG"
_VARIABLES: Final = (VARIABLE, "ALEXDB_DEBUG")
"""With the one that belongs to the command's alias."""
_OPTION: Final = "--debug"
OPTION: Final = typer.Option(_OPTION, help=f"On an error, show its traceback, without secrets; also {VARIABLE}=1.")
HIDDEN_OPTION: Final = typer.Option(_OPTION, hidden=True)
"""The same behind the name of a command."""

_TOLD: Final[tuple[type[BaseException], ...]] = (
    OperationsError,
    OSError,
    TypeError,
    AttributeError,
    NameError,
    ImportError,
    IndexError,
    ArithmeticError,
    RecursionError,
    UnicodeError,
)
"""What Python says of these are names of types and attributes, numbers, and files."""
_TOLD_MODULES: Final = ("botocore.", "aurora_serverless_data_api.")

_SECRETS: Final = (
    (re.compile(r"(?<=://)[^\s/@'\"]*:[^\s'\"]*(?=@)"), "***"),
    (re.compile(r"\b(?:AKIA|ASIA|AIDA|AROA)[A-Z0-9]{12,}\b"), "***"),
    (re.compile(r"(?<![\w/+=.-])(?=\S*\d)(?=\S*[A-Z])(?=\S*[a-z])[A-Za-z0-9/+]{40,}={0,2}(?![\w/+=.-])"), "***"),
    (
        re.compile(
            r"(?i)((?:\w*(?:password|passwd|pwd|secret|token|credential|api_?key|access_?key|private_?key)\w*|authorization)"
            r"\\?['\"]?\s*(?:[:=]|=>|\bis\b)\s*)"
            r"(?:\\?\"(?:[^\"\\]|\\.)*\"?|'(?:[^'\\]|\\.)*'?|[^\s,;'\"})]+(?: [\w+/=.-]{16,})?)"
        ),
        r"\1***",
    ),
)
"""Passwords in addresses, AWS's keys, long keys in general, and what stands behind a word such as password."""
_SECRET_VARIABLE: Final = re.compile(r"PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|ACCESS_KEY|API_KEY", re.IGNORECASE)
_SHORTEST: Final = 6


def is_wanted(arguments: Sequence[str]) -> bool:
    """Whether the command line or the variable asks for tracebacks."""
    options = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return _OPTION in options or any(os.environ.get(name, "") not in {"", "0", "false"} for name in _VARIABLES)


def traceback_of(error: BaseException) -> str:
    """Return the traceback of an error and of those before it, without secrets."""
    return "".join(_parts(error))


def without_secrets(text: str, variables: Mapping[str, str] = os.environ) -> str:
    """Return a message without what looks like a secret, and without the values of variables named like one."""
    values = {value for name, value in variables.items() if _SECRET_VARIABLE.search(name) and len(value) >= _SHORTEST}
    for value in sorted(values, key=len, reverse=True):
        text = text.replace(value, "***")
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def _parts(error: BaseException) -> Iterator[str]:
    chain: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and link not in chain:
        chain.append(link)
        link = link.__cause__ or link.__context__  # also what `from None` leaves out: it is the cause
    for one in reversed(chain):
        yield "Traceback (most recent call last):\n"
        yield from traceback.format_list(traceback.extract_tb(one.__traceback__))
        yield f"{type(one).__module__}.{type(one).__qualname__}: {_told(one)}\n"
        if one is not error:
            yield "\nwhich led to:\n\n"


def _told(error: BaseException) -> str:
    is_told = isinstance(error, _TOLD) or f"{type(error).__module__}.".startswith(_TOLD_MODULES)
    if is_told or type(error).__module__ == "json.decoder":
        return without_secrets(" ".join(str(error).split()))
    return "(the message is left out: it may have a secret in it)"
