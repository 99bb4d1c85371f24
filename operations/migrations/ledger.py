"""The table `schema_migrations`: which migrations a database has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from aurora_serverless_data_api import Json, Statements
from operations.errors import failed
from operations.migrations.files import Migration, label
from operations.migrations.inventory import Thing

TABLE: Final = "schema_migrations"

# By its columns, in whatever schema: search_path is the user's, and may be another one in the next run.
_FIND: Final = f"""
SELECT format('%I.%I', nspname, relname) AS name,
       pg_class.oid IS NOT DISTINCT FROM to_regclass('{TABLE}')::oid AS is_first,
       EXISTS (
           SELECT FROM pg_attribute
           WHERE attrelid = pg_class.oid AND attname = 'statements_begun' AND NOT attisdropped
       ) AS is_ours
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relname = '{TABLE}' AND relkind IN ('r', 'p', 'v', 'm', 'f') AND relpersistence <> 't'
ORDER BY 1"""  # noqa: S608 (a constant)
_NEW: Final = f"SELECT format('%I.%I', coalesce(current_schema(), 'public'), '{TABLE}') AS name"

# Of a file without a transaction, `statements_begun` and `statements_done` say how far it is, and `made` holds what was
# there before it, until it is applied: see without_transaction.py.
_CREATE: Final = """
CREATE TABLE {table} (
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
_READ: Final = """
SELECT version, name, checksum, state, statements_begun, statements_done, made, applied_at,
    duration_milliseconds
FROM {table} ORDER BY version"""
_INSERT_APPLIED: Final = """
INSERT INTO {table} (version, name, checksum, state, statements_begun, statements_done, made, applied_at,
    duration_milliseconds)
VALUES (:version, :name, :checksum, 'applied', :statements, :statements, :made, clock_timestamp(), :milliseconds)"""
_INSERT_STARTED: Final = """
INSERT INTO {table} (version, name, checksum, state, made) VALUES (:version, :name, :checksum, 'started', :before)
ON CONFLICT DO NOTHING"""
_SET_PROGRESS: Final = """
UPDATE {table} SET statements_begun = :begun, statements_done = :done
WHERE version = :version AND state = 'started'"""
_SET_APPLIED: Final = """
UPDATE {table} SET state = 'applied', applied_at = clock_timestamp(), made = :made,
    statements_begun = :statements, statements_done = :statements,
    duration_milliseconds = round(1000 * extract(epoch FROM clock_timestamp() - started_at))
WHERE version = :version AND state = 'started'"""
_SET_CHECKSUM: Final = "UPDATE {table} SET checksum = :checksum, name = :name WHERE version = :version"
_FORGET: Final = "DELETE FROM {table} WHERE version = :version AND state = 'started'"


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


@dataclass(frozen=True)
class Ledger:
    """The table of one database; `name` is with its schema, None while there is no table."""

    asks: Statements
    name: str | None

    @classmethod
    def of(cls, asks: Statements) -> Self:
        """Find it. Raises OperationsError (FAILED) where there are two, or the one of another tool."""
        rows = asks.query(_FIND, idempotent=True)
        ours = [row for row in rows if row["is_ours"]]
        if len(ours) > 1:
            first = [row for row in ours if row["is_first"]]
            if not first:
                names = " and ".join(row["name"] for row in ours)
                raise failed(
                    f"there are two schema_migrations tables, {names}: "
                    "rename or drop the one that is not this database's"
                )
            ours = first
        if not ours and any(row["is_first"] for row in rows):
            raise failed(
                f"the table {TABLE} is not that of aurora-serverless: another tool keeps it; use one of the two"
            )
        return cls(asks, ours[0]["name"] if ours else None)

    def read(self) -> list[Entry]:
        """Return the entries by number; none where there is no ledger."""
        return [] if self.name is None else [_entry(row) for row in self.asks.query(self._sql(_READ), idempotent=True)]

    def created(self) -> "Ledger":
        """Return it, created unless it is there. To be called with the lock."""
        if self.name is not None:
            return self
        new = Ledger(self.asks, self.asks.query_one(_NEW, idempotent=True)["name"])
        self.asks.execute(new._sql(_CREATE))
        return new

    def drop(self) -> None:
        """Drop it."""
        self.asks.execute(self._sql("DROP TABLE {table}"))

    def add_applied(self, migration: Migration, made: Sequence[Thing], seconds: float) -> None:
        """Enter a migration as applied."""
        values = {
            "statements": len(migration.statements),
            "made": _json(made),
            "milliseconds": round(seconds * 1000),
        }
        self.asks.execute(self._sql(_INSERT_APPLIED), _identity(migration) | values)

    def add_started(self, migration: Migration, before: Collection[Thing]) -> None:
        """Enter a migration as started, unless it is."""
        values = {"before": _json(sorted(before))}
        self.asks.execute(self._sql(_INSERT_STARTED), _identity(migration) | values, idempotent=True)

    def set_progress(self, version: int, *, begun: int, done: int) -> None:
        """Enter how many statements of a started migration were begun, and are done."""
        values = {"version": version, "begun": begun, "done": done}
        self.asks.execute(self._sql(_SET_PROGRESS), values, idempotent=True)

    def set_applied(self, migration: Migration, made: Sequence[Thing]) -> None:
        """Enter a started migration as applied; its duration is the time since it was started."""
        values = {"version": migration.version, "statements": len(migration.statements), "made": _json(made)}
        self.asks.execute(self._sql(_SET_APPLIED), values, idempotent=True)

    def set_checksum(self, migration: Migration) -> None:
        """Enter a file as it is now, for one that was applied as it was before."""
        self.asks.execute(self._sql(_SET_CHECKSUM), _identity(migration), idempotent=True)

    def forget(self, version: int) -> None:
        """Take a started migration out again."""
        self.asks.execute(self._sql(_FORGET), {"version": version}, idempotent=True)

    def _sql(self, template: str) -> str:
        return template.format(table=self.name)


def _json(things: Collection[Thing]) -> Json:
    return Json([thing.as_json() for thing in things])


def _identity(migration: Migration) -> dict[str, object]:
    return {"version": migration.version, "name": migration.name, "checksum": migration.checksum}


def _entry(row: dict[str, object]) -> Entry:
    made = row.pop("made")
    things = [Thing.from_json(one) for one in made] if isinstance(made, list) else []
    return Entry(**(row | {"state": State(str(row["state"])), "made": things}))  # type: ignore[arg-type]
