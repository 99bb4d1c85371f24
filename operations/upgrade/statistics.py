"""The planner's statistics, which an upgrade to a major version before 18 drops: every table is analyzed again."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from operations.upgrade.subject import UpgradeSubject

POLL_SECONDS: Final = 2.0

# What pg_upgrade leaves behind: none of the counters, so that a table analyzed since then says when. Largest first.
_NOT_ANALYZED: Final = """
SELECT relid::int8 AS oid, format('%I.%I', schemaname, tables.relname) AS name
FROM pg_catalog.pg_stat_user_tables AS tables JOIN pg_catalog.pg_class AS class ON class.oid = relid
WHERE last_analyze IS NULL AND last_autoanalyze IS NULL AND class.relpersistence <> 't'
ORDER BY class.relpages DESC, 2
"""
_ANALYZED: Final = """
SELECT count(*) AS rows FROM pg_catalog.pg_stat_user_tables
WHERE relid = {oid} AND (last_analyze IS NOT NULL OR last_autoanalyze IS NOT NULL)
"""


@dataclass(frozen=True)
class Table:
    """A table without statistics, in one database; its name is as SQL takes it."""

    database: str
    oid: int
    name: str

    def __str__(self) -> str:
        return f"{self.database}: {self.name}"


def not_analyzed(subject: UpgradeSubject) -> list[Table]:
    """Return the tables of all databases that were never analyzed since the upgrade. Raises OperationsError."""
    return [
        Table(database, row["oid"], row["name"])
        for database in subject.databases
        for row in subject.ask(database, _NOT_ANALYZED)
    ]


def gather(
    subject: UpgradeSubject,
    tables: Sequence[Table],
    *,
    deadline_seconds: float,
    on_progress: Callable[[str], None],
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Table]:
    """Analyze table after table, and yield those that still have no statistics: of another owner, or not done in time.

    One that takes longer than the Data API waits goes on by itself, and is waited for. Raises OperationsError.
    """
    until = clock() + deadline_seconds
    for number, table in enumerate(tables, start=1):
        on_progress(f"statistics: {table} ({number} of {len(tables)})")
        if subject.database(table.database).run_to_its_end(f"ANALYZE {table.name}"):
            if not _is_analyzed(subject, table):
                yield table
            continue
        while not _is_analyzed(subject, table):
            if clock() > until:
                yield table
                break
            sleep(POLL_SECONDS)


def _is_analyzed(subject: UpgradeSubject, table: Table) -> bool:
    """Whether PostgreSQL recorded the ANALYZE: it only warns about a table of another owner, and skips it."""
    [row] = subject.ask(table.database, _ANALYZED.format(oid=table.oid))
    return bool(row["rows"])
