"""The files of migrations: `0001_tables.sql`, `0002_indexes.sql`, …, all read and checked before one is applied."""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from analysis.files import read_text
from aurora_serverless_data_api.splitting import NotClosed, Statement, split
from operations.errors import OperationsError, wrong_input
from operations.migrations.folder import migration_paths, shown
from operations.migrations.refusals import copied_rows, refusal

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


def read_migrations(folder: Path, *, note: Callable[[str], None] = lambda _: None) -> list[Migration]:
    """Return the migrations of a folder by number; `note` is told what is left out. Raises as `read_sql_file` does."""
    return [_read(version, path) for version, path in migration_paths(folder, note).items()]


def read_sql_file(path: Path) -> SqlFile:
    """Return the statements of a file that is not a migration. Raises FileError or OperationsError."""
    return SqlFile(shown(path), _statements(path, _text(path)))


def _read(version: int, path: Path) -> Migration:
    text = _text(path)
    statements = _statements(path, text)
    return Migration(
        shown=shown(path),
        statements=statements,
        version=version,
        name=path.stem.partition("_")[2],
        checksum=hashlib.sha256(text.encode()).hexdigest(),
        in_transaction=_is_in_transaction(path, text, statements[0].line),
    )


def _text(path: Path) -> str:
    text = read_text(path)
    if "\0" in text:
        raise wrong_input(f"{shown(path)} has a NUL character, which PostgreSQL does not take: save it as UTF-8")
    return text


def _statements(path: Path, text: str) -> list[Statement]:
    try:
        statements = split(text)
    except NotClosed as error:
        if (copied := copied_rows(text)) is not None:
            raise _at(path, copied[1], copied[0]) from None  # its rows are not SQL
        raise _at(path, error.line, f"{error}: close it") from None
    if not statements:
        raise wrong_input(f"{shown(path)} has no statement: write one, or delete the file before it is applied")
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
    return wrong_input(f"{shown(path)}:{line}: {what}")
