"""The table `schema_migrations`: which migrations a database has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from operations.data_api import Json, StatementError
from operations.data_api.statements import Statements
from operations.errors import failed
from operations.migrations.files import Migration, label
from operations.migrations.inventory import Thing

TABLE: Final = "schema_migrations"

# Of a file without a transaction, `statements_begun` and `statements_done` say how far it is, and `made` holds what was
# there before it, until it is applied: see without_transaction.py.
_CREATE: Final = f"""
CREATE TABLE {TABLE} (
    version bigint PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    state text NOT NULL CHECK (state IN ('started', 'applied')),
    statements_begun bigint NOT NULL DEFAULT 0,
    statements_done bigint NOT NULL DEFAULT 0,
    made jsonb NOT NULL DEFAULT '[]',
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    applied_at timestamptz,
    duration_milliseconds bigint
)"""
_EXISTS: Final = f"SELECT to_regclass('{TABLE}') IS NOT NULL AS exists"
_READ: Final = f"""
SELECT version, name, checksum, state, statements_begun, statements_done, made, applied_at,
    duration_milliseconds
FROM {TABLE} ORDER BY version"""  # noqa: S608 (a constant)
_INSERT_APPLIED: Final = f"""
INSERT INTO {TABLE} (version, name, checksum, state, statements_begun, statements_done, made, applied_at,
    duration_milliseconds)
VALUES (:version, :name, :checksum, 'applied', :statements, :statements, :made, clock_timestamp(), :milliseconds)"""  # noqa: S608
_INSERT_STARTED: Final = f"""
INSERT INTO {TABLE} (version, name, checksum, state, made) VALUES (:version, :name, :checksum, 'started', :before)
ON CONFLICT DO NOTHING"""  # noqa: S608
_SET_PROGRESS: Final = f"""
UPDATE {TABLE} SET statements_begun = :begun, statements_done = :done
WHERE version = :version AND state = 'started'"""  # noqa: S608
_SET_APPLIED: Final = f"""
UPDATE {TABLE} SET state = 'applied', applied_at = clock_timestamp(), made = :made,
    statements_begun = :statements, statements_done = :statements,
    duration_milliseconds = round(1000 * extract(epoch FROM clock_timestamp() - started_at))
WHERE version = :version AND state = 'started'"""  # noqa: S608
_SET_CHECKSUM: Final = f"UPDATE {TABLE} SET checksum = :checksum, name = :name WHERE version = :version"  # noqa: S608
_FORGET: Final = f"DELETE FROM {TABLE} WHERE version = :version AND state = 'started'"  # noqa: S608


class State(StrEnum):
    """How far a migration is; only one without a transaction is ever `started`."""

    STARTED = "started"
    APPLIED = "applied"


@dataclass(frozen=True)
class Entry:
    """A row of the ledger. `made` is what the migration added to the database, or before that, what was there."""

    version: int
    name: str
    checksum: str
    state: State
    statements_begun: int
    statements_done: int
    made: Sequence[Thing]
    applied_at: datetime | None
    duration_milliseconds: int | None

    @property
    def label(self) -> str:
        """Number and name, as in the name of its file when it was applied."""
        return label(self.version, self.name)

    @property
    def is_in_doubt(self) -> bool:
        """Whether a statement was begun of which nobody entered that it is done."""
        return self.state is State.STARTED and self.statements_begun > self.statements_done


def read(asks: Statements) -> list[Entry]:
    """Return the entries by number; none where there is no ledger. Raises OperationsError (1) if it is another's."""
    if not exists(asks):
        return []
    try:
        rows = asks.query(_READ)
    except StatementError as error:
        if error.sqlstate != UNDEFINED_COLUMN:
            raise
        raise failed(
            f"the table {TABLE} is not that of alexdb ({error.message}): another tool keeps it; use one of the two"
        ) from None
    return [_entry(row) for row in rows]


UNDEFINED_COLUMN: Final = "42703"


def exists(asks: Statements) -> bool:
    """Whether the database has a ledger."""
    return bool(asks.query_one(_EXISTS)["exists"])


def create(asks: Statements) -> None:
    """Create the ledger unless it is there. To be called with the lock."""
    if not exists(asks):
        asks.execute(_CREATE)


def add_applied(asks: Statements, migration: Migration, made: Sequence[Thing], seconds: float) -> None:
    """Enter a migration as applied."""
    values = {
        "statements": len(migration.statements),
        "made": _json(made),
        "milliseconds": round(seconds * 1000),
    }
    asks.execute(_INSERT_APPLIED, _identity(migration) | values)


def add_started(asks: Statements, migration: Migration, before: Collection[Thing]) -> None:
    """Enter a migration as started, unless it is."""
    values = {"before": _json(sorted(before))}
    asks.execute(_INSERT_STARTED, _identity(migration) | values, idempotent=True)


def set_progress(asks: Statements, version: int, *, begun: int, done: int) -> None:
    """Enter how many statements of a started migration were begun, and are done."""
    asks.execute(_SET_PROGRESS, {"version": version, "begun": begun, "done": done}, idempotent=True)


def set_applied(asks: Statements, migration: Migration, made: Sequence[Thing]) -> None:
    """Enter a started migration as applied; its duration is the time since it was started."""
    values = {"version": migration.version, "statements": len(migration.statements), "made": _json(made)}
    asks.execute(_SET_APPLIED, values, idempotent=True)


def set_checksum(asks: Statements, migration: Migration) -> None:
    """Enter a file as it is now, for one that was applied as it was before."""
    asks.execute(_SET_CHECKSUM, _identity(migration), idempotent=True)


def forget(asks: Statements, version: int) -> None:
    """Take a started migration out again."""
    asks.execute(_FORGET, {"version": version}, idempotent=True)


def _json(things: Collection[Thing]) -> Json:
    return Json([thing.as_json() for thing in things])


def _identity(migration: Migration) -> dict[str, object]:
    return {"version": migration.version, "name": migration.name, "checksum": migration.checksum}


def _entry(row: dict[str, object]) -> Entry:
    made = row.pop("made")
    things = [Thing.from_json(one) for one in made] if isinstance(made, list) else []
    return Entry(**(row | {"state": State(str(row["state"])), "made": things}))  # type: ignore[arg-type]
