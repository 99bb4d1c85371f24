"""What the tab key offers: commands, relations, their columns and PostgreSQL's keywords, by what stands before it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from operations.sql.catalog import Names

_WORD: Final = re.compile(r'[\w$."]*\Z')
_BEFORE_A_RELATION: Final = frozenset("FROM INTO JOIN ONLY TABLE TRUNCATE UPDATE VACUUM ANALYZE".split())
_MENTION: Final = re.compile(
    r'\b(?:from|join|update|into|table)\s+(?:only\s+)?([\w$."]+)(?:\s+(?:as\s+)?([^\W\d]\w*))?', re.IGNORECASE
)
_SWITCHES: Final = {"\\x": ("auto", "off", "on"), "\\timing": ("off", "on")}
_OF_RELATIONS: Final = frozenset({"\\d", "\\dt", "\\copy"})


def completions(before: str, after: str, names: Names, commands: Sequence[str]) -> tuple[list[str], int]:
    """Return what can stand in place of the word before the cursor, and how many characters that word has."""
    line = before.rpartition("\n")[2].lstrip()
    if line.startswith("\\"):
        return _of_command(line, names, commands)
    word = _WORD.search(before)
    typed = word[0] if word is not None else ""
    if before.count("'") % 2:  # in a text
        return [], 0
    return list(_of_sql(before[: len(before) - len(typed)], typed, after, names)), len(typed)


def _of_command(line: str, names: Names, commands: Sequence[str]) -> tuple[list[str], int]:
    command, blank, rest = line.partition(" ")
    if not blank:
        return _beginning(command, commands), len(command)
    typed = rest.rpartition(" ")[2]
    if command in _SWITCHES:
        return _beginning(typed, _SWITCHES[command]), len(typed)
    if command == "\\i":
        return _files(typed), len(typed)
    if command in _OF_RELATIONS:
        return _beginning(typed, names.columns), len(typed)
    return [], 0


def _of_sql(before: str, typed: str, after: str, names: Names) -> Iterator[str]:
    mentioned = _mentioned(before + typed + after, names)
    owner, dot, part = typed.rpartition(".")
    if dot:
        columns = names.columns.get(mentioned.get(owner.lower(), owner), ())
        yield from (f"{owner}.{column}" for column in _beginning(part, columns))
        yield from _beginning(typed, names.columns)
        return
    previous = (re.findall(r"[\w$]+|[^\s\w]", before) or [""])[-1].upper()
    if previous in _BEFORE_A_RELATION:
        yield from _beginning(typed, names.columns)
        return
    columns = [column for relation in dict.fromkeys(mentioned.values()) for column in names.columns.get(relation, ())]
    yield from _beginning(typed, dict.fromkeys(columns))
    yield from _beginning(typed, names.columns)
    if typed:
        is_lower = typed == typed.lower()
        yield from _beginning(typed, [word.lower() if is_lower else word for word in names.keywords])


def _mentioned(sql: str, names: Names) -> dict[str, str]:
    """Return the relations of a statement by what names them in it: their own names, and aliases."""
    keywords = set(names.keywords)
    found = {}
    for relation, alias in _MENTION.findall(sql):
        known = next((name for name in names.columns if name.lower() == relation.lower()), None)
        if known is not None:
            found[known.lower()] = known
            if alias and alias.upper() not in keywords:
                found[alias.lower()] = known
    return found


def _beginning(typed: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.lower().startswith(typed.lower())]


def _files(typed: str) -> list[str]:
    folder, slash, name = typed.rpartition("/")
    place = Path(f"{folder}{slash}" or ".").expanduser()
    try:
        found = sorted(place.iterdir())
    except OSError:
        return []
    return [
        f"{folder}{slash}{path.name}{'/' if path.is_dir() else ''}"
        for path in found
        if path.name.startswith(name) and (name.startswith(".") or not path.name.startswith("."))
    ]
