"""The folder of the migrations: which files are migrations. Nothing that looks like one is left out without a word."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from operations.errors import wrong_input

SEED: Final = "seed.sql"
"""Lies in the same folder and is not a migration."""

_NAME: Final = re.compile(r"(?P<version>[0-9]{4})_[a-z0-9_]+\.sql")
_LIKE_A_MIGRATION: Final = re.compile(r".*\.sql(?!ite).*|\d+[_-][^.]*", re.IGNORECASE | re.DOTALL)
_NUMBERED: Final = re.compile(r"\d+[_-].*", re.DOTALL)
# What editors and merges leave beside a file, and endings by which people take a file out on purpose.
_COPY: Final = re.compile(
    r"\..*|#.*#|.*~|.*\.(?:bak|backup|disabled|off|old|orig|rej|save|skip|sw[a-p]|te?mp)", re.IGNORECASE | re.DOTALL
)


def migration_paths(folder: Path, note: Callable[[str], None]) -> dict[int, Path]:
    """Return the files of the migrations by number, which leave none out.

    A name that looks like a migration and is none is refused, since the file would never be applied; of copies and of
    folders with SQL in them, which are left out, `note` is told. Raises OperationsError (WRONG_INPUT).
    """
    if not folder.is_dir():
        raise wrong_input(f"there is no folder {folder}: give --folder")
    found: dict[int, Path] = {}
    for path in sorted(folder.iterdir()):
        if (version := _version(path, note)) is None:
            continue
        if version in found:
            raise wrong_input(
                f"{shown(path)} and {found[version].name} have the same number: give the newer one the next number"
            )
        found[version] = path
    _check_numbers(folder, list(found))
    return found


def shown(path: Path) -> str:
    """Return a file's name for people, with its folder; bytes that are not UTF-8 are written as escapes."""
    return f"{path.parent.name}/{path.name}".encode("utf-8", "backslashreplace").decode()


def _version(path: Path, note: Callable[[str], None]) -> int | None:
    """Return the number of a migration; None for what is none."""
    name = _NAME.fullmatch(path.name)
    if name is None and path.is_dir():
        _note_nested(path, note)
        return None
    if path.name == SEED:
        return None
    if name is None:
        _check_no_migration(path, note)
        return None
    if path.exists() and not path.is_file():
        raise wrong_input(f"{shown(path)} is not a regular file: a migration is a file of SQL")
    return int(name["version"])


def _check_no_migration(path: Path, note: Callable[[str], None]) -> None:
    """Raise OperationsError (WRONG_INPUT) for a file that was probably meant as a migration."""
    looks_like_one = _LIKE_A_MIGRATION.fullmatch(path.name) is not None
    if looks_like_one and _COPY.fullmatch(path.name):
        note(f"{shown(path)} is a copy by its name, and left out")
    elif looks_like_one and path.name.lower() == SEED:
        raise wrong_input(f"{shown(path)}: the sample data are in {SEED}, in small letters: rename it")
    elif looks_like_one:
        raise wrong_input(
            f"{shown(path)}: a migration is named 0001_what_it_does.sql, four digits and small letters: rename it, or "
            "move it out of the folder"
        )
    elif _NUMBERED.fullmatch(path.name):
        note(f"{shown(path)} has a number and does not end in .sql: it is left out")


def _note_nested(path: Path, note: Callable[[str], None]) -> None:
    count = sum(1 for nested in path.rglob("*") if nested.suffix.lower() == ".sql")
    if count or _LIKE_A_MIGRATION.fullmatch(path.name):
        note(f"{shown(path)}/ is a folder and left out, with {count} files of SQL: migrations lie in no subfolder")


def _check_numbers(folder: Path, versions: Sequence[int]) -> None:
    if not versions:
        raise wrong_input(f"{folder} has no migrations: the first one is called 0001_….sql")
    for expected, version in enumerate(sorted(versions), start=1):
        if version != expected:
            raise wrong_input(
                f"{folder.name}/ has no migration {expected:04d}, and has {version:04d}: "
                "numbers begin with 0001 and have no gaps"
            )
