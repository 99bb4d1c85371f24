"""How far a database is, migration by migration."""

from collections.abc import Sequence
from dataclasses import dataclass

from operations.migrations.files import Migration, label
from operations.migrations.ledger import Entry, State
from operations.migrations.plan import newest_applied, problem

PENDING = "pending"
IN_ORDER = frozenset({PENDING, State.APPLIED.value})


@dataclass(frozen=True)
class Line:
    """One migration: what it is, and what is wrong with it, if anything."""

    version: int
    name: str
    state: str
    entry: Entry | None
    problem: str | None

    @property
    def label(self) -> str:
        """Number and name."""
        return label(self.version, self.name)


def status(migrations: Sequence[Migration], entries: Sequence[Entry]) -> list[Line]:
    """Return a line for each migration of the folder or of the database."""
    files = {migration.version: migration for migration in migrations}
    rows = {entry.version: entry for entry in entries}
    newest = newest_applied(entries)
    return [_line(files.get(version), rows.get(version), newest) for version in sorted({*files, *rows})]


def _line(migration: Migration | None, entry: Entry | None, newest: int) -> Line:
    known = migration or entry
    assert known is not None  # noqa: S101 (it is a number of one of them)
    wrong = problem(migration, entry, newest)
    state = PENDING if entry is None else entry.state.value
    if wrong is None and entry is not None and entry.state is State.STARTED:
        done = f"{entry.statements_done} of its statements are done"
        doubt = ", the next one is in doubt" if entry.is_in_doubt else ""
        wrong = f"{entry.label} has no end: {done}{doubt}; ./aurora-serverless migrate ENVIRONMENT continues it"
    return Line(known.version, known.name, state, entry, wrong)
