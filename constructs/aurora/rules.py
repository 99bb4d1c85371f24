"""What a refused value is called, and the two checks that several rules share.

The rules themselves live beside what they are about (`engine`, `capacity`, `windows`, `names`, …) and need no CDKTF:
an environment file is checked by the same functions as a construct's arguments.
"""

import re
from typing import NoReturn


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
    else:
        text = str(value)
    return text if len(text) <= 80 else text[:77] + "..."  # noqa: PLR2004


def printable(text: str) -> str:
    """Return `text` on one line: what a terminal would act on is written as TOML escapes it."""
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
            f"must be {lowest:g} to {highest:g} {unit}",
            f"write {lowest if value < lowest else highest:g}",
        )
