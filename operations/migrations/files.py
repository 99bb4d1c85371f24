"""The files of migrations: `0001_tables.sql`, `0002_indexes.sql`, …, all read and checked before one is applied."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from operations.errors import OperationsError, wrong_input
from operations.migrations.refusals import refusal
from operations.migrations.splitting import NotClosed, Statement, split

SEED: Final = "seed.sql"
"""Lies in the same folder and is no migration."""

_NAME: Final = re.compile(r"(?P<version>\d{4})_(?P<name>[a-z0-9_]+)\.sql")
_DIRECTIVE: Final = re.compile(r"^[ \t]*--[ \t]*migrate:[ \t]*(?P<what>.*?)[ \t]*$", re.MULTILINE | re.IGNORECASE)
_NO_TRANSACTION: Final = "no-transaction"


@dataclass(frozen=True)
class SqlFile:
    """A file of statements; `shown` is its name for people."""

    shown: str
    statements: Sequence[Statement]


@dataclass(frozen=True)
class Migration(SqlFile):
    """A file with a number. `checksum` is of its text, however its lines end."""

    version: int
    name: str
    checksum: str
    in_transaction: bool

    @property
    def label(self) -> str:
        """Number and name, as in the file's name."""
        return label(self.version, self.name)


def label(version: int, name: str) -> str:
    """Return number and name as they are in a file's name."""
    return f"{version:04d}_{name}"


def read_migrations(folder: Path) -> list[Migration]:
    """Return the migrations of a folder by number. Raises OperationsError (2)."""
    if not folder.is_dir():
        raise wrong_input(f"there is no folder {folder}: give --folder")
    found: dict[int, Path] = {}
    for path in sorted(folder.glob("*.sql")):
        if path.name == SEED:
            continue
        name = _NAME.fullmatch(path.name)
        if name is None:
            raise wrong_input(
                f"{_shown(path)}: a migration is named 0001_what_it_does.sql, four digits and small letters: rename it"
            )
        version = int(name["version"])
        if version in found:
            raise wrong_input(
                f"{_shown(path)} and {found[version].name} have the same number: give the newer one the next number"
            )
        found[version] = path
    _check_numbers(folder, list(found))
    return [_read(version, path) for version, path in sorted(found.items())]


def read_sql_file(path: Path) -> SqlFile:
    """Return the statements of a file that is no migration. Raises OperationsError (2)."""
    return SqlFile(_shown(path), _statements(path, _text(path)))


def _check_numbers(folder: Path, versions: Sequence[int]) -> None:
    if not versions:
        raise wrong_input(f"{folder} has no migrations: the first one is called 0001_….sql")
    for expected, version in enumerate(sorted(versions), start=1):
        if version != expected:
            raise wrong_input(
                f"{folder.name}/ has no migration {expected:04d}, and has {version:04d}: "
                "numbers begin with 0001 and leave none out"
            )


def _read(version: int, path: Path) -> Migration:
    text = _text(path)
    statements = _statements(path, text)
    return Migration(
        shown=_shown(path),
        statements=statements,
        version=version,
        name=path.stem.partition("_")[2],
        checksum=hashlib.sha256(text.encode()).hexdigest(),
        in_transaction=_is_in_transaction(path, text, statements[0].line),
    )


def _text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")  # universal newlines: \r\n is \n
    except OSError as error:
        raise wrong_input(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise wrong_input(f"{_shown(path)} is not UTF-8: save it as UTF-8") from None
    if "\0" in text:
        raise wrong_input(f"{_shown(path)} has a NUL character, which PostgreSQL does not take: save it as UTF-8")
    return text


def _statements(path: Path, text: str) -> list[Statement]:
    try:
        statements = split(text)
    except NotClosed as error:
        raise _at(path, error.line, f"{error}: close it") from None
    if not statements:
        raise wrong_input(f"{_shown(path)} has no statement: write one, or delete the file before it is applied")
    for statement in statements:
        if (found := refusal(statement)) is not None:
            raise _at(path, found[1], found[0])
    return statements


def _is_in_transaction(path: Path, text: str, first_line: int) -> bool:
    found = False
    for directive in _DIRECTIVE.finditer(text):
        line = text.count("\n", 0, directive.start()) + 1
        if directive["what"].lower() != _NO_TRANSACTION:
            raise _at(path, line, f"-- migrate: {directive['what']} is not known: there is {_NO_TRANSACTION} only")
        if line > first_line:
            raise _at(path, line, f"-- migrate: {_NO_TRANSACTION} is for the whole file: write it above the statements")
        found = True
    return not found


def _at(path: Path, line: int, what: str) -> OperationsError:
    return wrong_input(f"{_shown(path)}:{line}: {what}")


def _shown(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
