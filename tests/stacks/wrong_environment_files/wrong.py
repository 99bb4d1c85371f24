"""What a wrong environment file is, and short ways to write one."""

from dataclasses import dataclass

GOOD = """\
name_prefix = "shop"
[engine]
version = "17.7"
"""


@dataclass(frozen=True)
class Wrong:
    """A wrong file: what makes it wrong, where the error points, and what rule and way out it says."""

    text: str
    where: str
    rule: str
    remedy: str
    name: str = "shop.toml"


def with_(lines: str) -> str:
    return GOOD + lines + "\n"


def top(lines: str) -> str:
    return lines + "\n" + GOOD


def engine(version: str, lines: str = "") -> str:
    return f'name_prefix = "shop"\n[engine]\nversion = "{version}"\n{lines}\n'
