"""What a refused value is called, and the checks that several rules share.

Each rule is in the module of what it is about (`engine`, `capacity`, `windows`, `names`, …): an environment file is
checked by the same functions as a construct's arguments.
"""

import re
from collections.abc import Sequence
from typing import Final, NoReturn

LARGEST_EXACT_INTEGER: Final = 2**53 - 1
"""What JavaScript, in which CDKTF runs, still counts exactly."""

_LONGEST_DECIMAL_BITS: Final = 1024
"""Python refuses to write integers of thousands of digits otherwise than in hexadecimal."""


class RuleViolation(ValueError):
    """A value that AWS, or this project, would refuse.

    `argument` is the name of the construct's argument, which is also the last part of the key in an environment
    file; `rule` says what is allowed and `remedy` what to write instead.
    """

    def __init__(self, argument: str, value: object, rule: str, remedy: str) -> None:
        super().__init__(f"{argument} = {shown(value)}: {rule}; {remedy}")
        self.argument = argument
        self.value = value
        self.rule = rule
        self.remedy = remedy


def shown(value: object) -> str:
    """Return `value` as TOML writes it, cut to a length that fits an error line."""
    if value is None:
        return "(not set)"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        text = '"' + printable(value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")) + '"'
    elif isinstance(value, (list, tuple)):
        text = "[" + ", ".join(shown(item) for item in value) + "]"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{printable(key)} = {shown(item)}" for key, item in value.items()) + "}"
    elif isinstance(value, int) and value.bit_length() > _LONGEST_DECIMAL_BITS:
        text = hex(value)
    else:
        text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."  # noqa: PLR2004


def printable(text: str) -> str:
    """Return `text` on one line: what a terminal would act on is written as TOML escapes it."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else _escaped(character) for character in text)


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 (four digits end there)


def refuse(argument: str, value: object, rule: str, remedy: str) -> NoReturn:
    """Raise `RuleViolation`."""
    raise RuleViolation(argument, value, rule, remedy)


def check_pattern(argument: str, value: str, pattern: re.Pattern[str], rule: str, remedy: str) -> None:
    """Raise `RuleViolation` unless the whole of `value` matches `pattern`."""
    if pattern.fullmatch(value) is None:
        refuse(argument, value, rule, remedy)


def check_range(argument: str, value: float, lowest: float, highest: float, unit: str) -> None:
    """Raise `RuleViolation` unless `lowest <= value <= highest`."""
    if not lowest <= value <= highest:
        refuse(
            argument,
            value,
            f"must be {_number(lowest)} to {_number(highest)} {unit}",
            f"write {_number(lowest if value < lowest else highest)}",
        )


def check_different(argument: str, values: Sequence[str], *, ignores_case: bool = False) -> None:
    """Raise `RuleViolation` with all of `values` that stand there twice.

    `ignores_case` is for what AWS does not tell apart by capitals, such as names of roles.
    """
    compared: set[str] = set()
    repeated: dict[str, str] = {}
    for value in values:
        same = value.lower() if ignores_case else value
        if same in compared:
            repeated.setdefault(same, value)
        compared.add(same)
    values_told = tuple(repeated.values())
    if len(values_told) == 1:
        refuse(argument, values_told[0], "is named twice", "name it once")
    if values_told:
        refuse(argument, values_told, "are named twice", "name each once")


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else f"{value:g}"
