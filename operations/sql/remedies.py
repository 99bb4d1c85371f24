"""What to do about PostgreSQL's frequent errors, by SQLSTATE: a table, for each place where people write SQL.

PostgreSQL's own hints are shown beside it. An error whose words say all, such as a syntax error, needs no row.
Source: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import aurora_serverless_data_api as data_api


class Asker(Enum):
    """Where the statement was written, on which the way out depends."""

    SQL = auto()
    SHELL = auto()
    MIGRATION = auto()


@dataclass(frozen=True)
class _Row:
    """The way out of an error: `everywhere`, or what differs; `words` of PostgreSQL's message tell two errors apart.

    `{migrate}` and `{activity}` stand for the command line of that command on the same database.
    """

    sqlstate: str
    everywhere: str = ""
    in_sql: str = ""
    in_shell: str = ""
    in_migration: str = ""
    words: str = ""

    def text(self, asker: Asker) -> str:
        """Return it for one asker; none is no way out."""
        return {Asker.SQL: self.in_sql, Asker.SHELL: self.in_shell, Asker.MIGRATION: self.in_migration}[
            asker
        ] or self.everywhere


_RIGHT: Final = "the user of the secret lacks that right: GRANT it, or give another user's secret with --secret-arn"
_AGAIN: Final = "another transaction came in between: run it again from its beginning"
_MIGRATE: Final = "if a migration makes it, {migrate} first"

_TABLE: Final = (
    _Row("22001", "the value is longer than the column: cut it, or ALTER the column's type"),
    _Row("22P02", "the text is not a value of that type: check its spelling"),
    _Row("23502", data_api.NotNullViolation.remedy),
    _Row("23503", data_api.ForeignKeyViolation.remedy),
    _Row("23505", data_api.UniqueViolation.remedy),
    _Row("23514", data_api.CheckViolation.remedy),
    _Row(
        "25001",
        in_sql="add --write --no-transaction, with this statement alone",
        in_shell="end the transaction first; outside of one, and with --write, it runs alone",
        in_migration="write -- migrate: no-transaction at the head of a file of its own",
        words="transaction block",
    ),
    _Row(
        "25001",
        in_sql="write it as the first statement, with --write",
        in_shell="write it in BEGIN",
        words="before any",
    ),
    _Row("25006", in_sql="add --write to let it", in_shell="leave with \\q and start it with --write to let it"),
    _Row("3F000", in_sql=_MIGRATE, in_shell=_MIGRATE),
    _Row("40001", in_sql=_AGAIN, in_shell=_AGAIN),
    _Row("40P01", in_sql=_AGAIN, in_shell=_AGAIN),
    _Row("42501", _RIGHT),
    _Row("42703", in_shell="\\d TABLE lists the columns"),
    _Row("42804", "cast the value to the column's type, as in '1'::int"),
    _Row("42P01", in_sql=_MIGRATE, in_shell=f"\\d lists what is there; {_MIGRATE}"),
    _Row("42P07", "it already exists: write IF NOT EXISTS, or DROP it first"),
    _Row("42710", "it already exists: ALTER it, or DROP it first"),
    _Row("53200", "there is too little memory: raise capacity.maximum_acu"),
    _Row("55P03", in_sql="{activity} shows who holds the lock", in_shell="{activity} shows who holds the lock"),
    _Row("55P04", "use the new value in the next transaction", in_migration="use the new value in the next migration"),
    _Row(
        "57014",
        "SET LOCAL statement_timeout = 0 before it, in its transaction, lifts the limit; the Data API's 45 s stay",
        words="statement timeout",
    ),
    _Row("57014", "somebody cancelled it, such as with pg_cancel_backend: run it again"),
)
"""The first row that fits counts."""


def remedy(sqlstate: str, message: str, asker: Asker, command: Callable[[str], str]) -> str:
    """Return what to do about an error of PostgreSQL; no text where nothing is known.

    `command` returns the command line of a command, by its name, on the same database.
    """
    for row in _TABLE:
        if row.sqlstate == sqlstate and row.words in message:
            text = row.text(asker)
            names = ("migrate", "activity")
            return text.format(**{name: command(name) for name in names if f"{{{name}}}" in text})
    return ""


def hint(
    error: data_api.StatementError,
    asker: Asker,
    command: Callable[[str], str] = lambda name: f"./aurora-serverless {name}",
) -> str:
    """Return what follows an error's line: PostgreSQL's own hint, and the way out."""
    found = [error.hint.rstrip("."), remedy(error.sqlstate, error.message, asker, command)]
    return "".join(f"; hint: {text}" for text in ["; ".join(filter(None, found))] if text)
