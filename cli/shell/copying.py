r"""`\copy`: rows from a CSV file into a table, and out of a table or a query into one."""

import contextlib
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from aurora_serverless_data_api.sql_tokens import takes_a_cursor, tokens
from cli.output.sql_result import as_csv, rows_of
from operations.errors import OperationsError, wrong_input
from operations.files import check_writable, is_file
from operations.sql import catalog
from operations.sql.csv_rows import Row, read_csv
from operations.sql.errors import StatementFailed
from operations.sql.session import Session

USAGE: Final = "\\copy TABLE FROM FILE, \\copy TABLE TO FILE or \\copy (SELECT …) TO FILE"

_DIRECTION: Final = re.compile(r"\s+(?P<way>from|to)\s+(?P<file>'(?:[^']|'')*'|\S+)\s*(?P<options>.*)", re.I | re.S)
_TABLE: Final = re.compile(r'(?P<table>(?:"(?:[^"]|"")*"|[^\s("])+)(?:\s*(?P<columns>\([^)]*\)))?')
_OPTIONS: Final = frozenset("WITH FORMAT CSV HEADER TRUE ON".split())


@dataclass(frozen=True)
class Copy:
    """What a command says: a table and its columns as SQL writes them, or a query; where to; and the file."""

    table: str
    columns: str
    query: str
    is_import: bool
    file: Path

    @classmethod
    def of(cls, text: str) -> Self:
        """Read what is behind the word. Raises OperationsError (WRONG_INPUT)."""
        if text.startswith("("):
            end = _end_of_parentheses(text)
            source = {"table": "", "columns": "", "query": text[1 : end - 1]}
        elif found := _TABLE.match(text):
            end = found.end()
            source = {"table": found["table"], "columns": found["columns"] or "", "query": ""}
        else:
            raise wrong_input(f"write {USAGE}")
        direction = _DIRECTION.fullmatch(text[end:])
        if direction is None or (source["query"] and direction["way"].lower() == "from"):
            raise wrong_input(f"write {USAGE}")
        _check_options(direction["options"])
        name = direction["file"]
        if name.startswith("'"):
            name = name[1:-1].replace("''", "'")
        if name.lower() in {"stdin", "stdout", "pstdin", "pstdout", "program"}:
            raise wrong_input(f"{name} is not a file: name one; sql --csv writes to standard output")
        return cls(**source, is_import=direction["way"].lower() == "from", file=Path(name).expanduser())

    def run(self, session: Session) -> int:
        """Copy, and return the number of rows. Raises OperationsError."""
        return self._import(session) if self.is_import else self._export(session)

    def _export(self, session: Session) -> int:
        columns = self.columns[1:-1] or (", ".join(map(_quoted, self._types(session))) if self.table else "")
        sql = self.query or f"SELECT {columns} FROM {self.table}"  # noqa: S608  # the user's own
        if not takes_a_cursor(sql):
            raise wrong_input("\\copy (…) TO takes a SELECT, VALUES, TABLE or WITH that changes nothing")
        check_writable(self.file)
        count = 0
        with _written(self.file) as path, path.open("w", encoding="utf-8", newline="") as file:
            for number, page in enumerate(session.pages(sql)):
                if number == 0:
                    file.write(as_csv([column.name for column in page.columns]))
                file.writelines(map(as_csv, rows_of(page)))
                count += len(page.rows)
        return count

    def _import(self, session: Session) -> int:
        types = self._types(session)
        done = 0
        with _opened(self.file) as lines:
            rows = read_csv(lines, str(self.file))
            _, head = next(rows, (1, []))
            columns = self._named(head, types)
            casts = ", ".join(f"CAST(:c{number} AS {types[name]})" for number, name in enumerate(columns))
            names = ", ".join(map(_quoted, columns))
            # Like COPY, which takes the values of identity columns as they are.
            sql = f"INSERT INTO {self.table} ({names}) OVERRIDING SYSTEM VALUE VALUES ({casts})"  # noqa: S608  # quoted
            try:
                done = session.batch(sql, self._sets(rows, len(columns)))
            except StatementFailed as error:
                behind = error.error.sets_done or 0
                where = f"{self.file}: row {behind + 1}, or one behind it"
                raise OperationsError(f"{where}: {error}", error.kind) from error
        return done

    def _types(self, session: Session) -> Mapping[str, str]:
        """Return the types of the table's columns, by their names; like COPY, without those that are computed."""
        rows = session.look(catalog.relation(self.table)).rows
        if not rows:
            raise wrong_input(f"there is no table {self.table}: \\d lists what is there")
        return {name: kind for name, kind in session.look(catalog.TYPES.format(oid=rows[0][0])).rows}  # noqa: C416

    def _named(self, head: Row, types: Mapping[str, str]) -> list[str]:
        """Return the columns of the file: what the command names, else the names in the first line."""
        columns = [name or "" for name in head]
        if self.columns:
            columns = [_unquoted(name.strip()) for name in self.columns[1:-1].split(",")]
            if len(columns) != len(head):
                raise wrong_input(f"{self.file}:1: {len(head)} values for {len(columns)} columns")
        unknown = next((name for name in columns if name not in types), None)
        if unknown is not None or not columns:
            raise wrong_input(
                f"{self.file}:1: {self.table} has no column {unknown or '(none)'}: the first line names the columns, "
                f"and it has {', '.join(types)}"
            )
        return columns

    def _sets(self, rows: Iterator[tuple[int, Row]], count: int) -> Iterator[dict[str, str | None]]:
        for line, row in rows:
            if len(row) != count:
                raise wrong_input(f"{self.file}:{line}: {len(row)} values for {count} columns")
            yield {f"c{number}": value for number, value in enumerate(row)}


def _end_of_parentheses(text: str) -> int:
    depth = 0
    for token in tokens(text):
        depth += {"(": 1, ")": -1}.get(token.text, 0) if token.kind == "other" else 0
        if depth == 0:
            return token.end
    raise wrong_input("the parenthesis of \\copy (…) has no end: close it")


def _check_options(text: str) -> None:
    words = re.findall(r"\w+", text.rstrip("; ").upper())
    if unknown := next((word for word in words if word not in _OPTIONS), None):
        raise wrong_input(f"\\copy reads and writes CSV whose first line names the columns: leave {unknown} out")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name.lower()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Iterator[str]]:
    """Return the lines of a file, which are read as they are needed. Raises OperationsError (WRONG_INPUT)."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield (line.replace("\r\n", "\n") for line in file)
    except UnicodeDecodeError:
        raise wrong_input(f"{path} is not UTF-8: save it as UTF-8") from None
    except OSError as error:
        raise wrong_input(f"{path} cannot be read: {error.strerror or type(error).__name__}") from None


@contextlib.contextmanager
def _written(path: Path) -> Iterator[Path]:
    """Return what to write to: a file beside the one that is named, which takes its place once all is written."""
    if not is_file(path) and path.exists():  # such as /dev/null
        yield path
        return
    place = path.resolve()
    beside = place.with_name(f".aurora-{secrets.token_hex(8)}")
    try:
        yield beside
        beside.replace(place)
    except OSError as error:
        raise wrong_input(f"{path} cannot be written: {error.strerror or type(error).__name__}") from None
    finally:
        beside.unlink(missing_ok=True)
