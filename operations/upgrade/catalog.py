"""What pg_upgrade, with which Aurora upgrades, refuses: one query for each, as data.

Source: src/bin/pg_upgrade/check.c of PostgreSQL 18, and the Amazon Aurora User Guide, "Performing a major version
upgrade", for replication slots. AWS finds these too, but only once the cluster has been taken out of service.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from operations.checks.check import Check, failed, passed
from operations.upgrade.subject import UpgradeSubject

_MOST_NAMED: Final = 10

_REMOVED_COLUMNS: Final[Mapping[int, Mapping[str, str]]] = {
    14: {"pg_stat_ssl": "compression"},
    15: {"pg_database": "datlastsysoid"},
    17: {
        "pg_collation": "colliculocale",
        "pg_database": "daticulocale",
        "pg_stat_bgwriter": "buffers_backend buffers_backend_fsync buffers_checkpoint checkpoint_sync_time "
        "checkpoint_write_time checkpoints_req checkpoints_timed",
        "pg_stat_progress_vacuum": "max_dead_tuples num_dead_tuples",
    },
    18: {
        "pg_attribute": "attcacheoff",
        "pg_backend_memory_contexts": "parent",
        "pg_stat_io": "op_bytes",
        "pg_stat_wal": "wal_sync wal_sync_time wal_write wal_write_time",
    },
}
"""Columns of PostgreSQL's own catalogs and views that a major version no longer has: a view on one cannot move.

Source: the release notes of PostgreSQL 14 and 15; for 17 and 18 the columns of running servers of 16, 17 and 18.
"""


@dataclass(frozen=True)
class CatalogCheck:
    """One thing that must not be there.

    `sql` returns it, by name, in the column `what`. It applies where the running major version is below
    `running_below` and the one to come is `to_from` or above. One that is `in_each` is asked in every database.
    """

    name: str
    sql: str
    remedy: str
    running_below: int | None = None
    running_from: int = 0
    to_from: int = 0
    in_each: bool = True

    def applies(self, running: int, to: int) -> bool:
        """Whether it concerns an upgrade from one major version to another."""
        is_old_enough = self.running_below is None or running < self.running_below
        return is_old_enough and running >= self.running_from and to >= self.to_from


# A type is in a column also through a domain, an array, a range or a composite type of it. A view stores nothing.
_COLUMNS_OF_TYPE: Final = """
WITH RECURSIVE holding(oid) AS (
    SELECT type.oid FROM pg_catalog.pg_type AS type
    JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = type.typnamespace WHERE {which}
    UNION
    SELECT type.oid FROM holding JOIN pg_catalog.pg_type AS type ON type.typbasetype = holding.oid
        OR (type.typelem = holding.oid AND type.typlen = -1)
        OR EXISTS (SELECT FROM pg_catalog.pg_range WHERE rngtypid = type.oid AND rngsubtype = holding.oid)
        OR EXISTS (
            SELECT FROM pg_catalog.pg_attribute
            WHERE attrelid = type.typrelid AND atttypid = holding.oid AND NOT attisdropped
        )
)
SELECT DISTINCT format('%I.%I.%I', namespace.nspname, class.relname, attribute.attname) AS what
FROM holding
JOIN pg_catalog.pg_attribute AS attribute ON attribute.atttypid = holding.oid AND NOT attribute.attisdropped
JOIN pg_catalog.pg_class AS class ON class.oid = attribute.attrelid AND class.relkind IN ('r', 'm', 'i')
JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
WHERE namespace.nspname NOT IN ('pg_catalog', 'information_schema') AND namespace.nspname !~ '^pg_(toast|temp)'
ORDER BY 1
"""
_OTHER_TYPE: Final = "change the columns to another type, or drop them"


def _type_check(name: str, which: str, *, running_below: int | None = None) -> CatalogCheck:
    return CatalogCheck(name, _COLUMNS_OF_TYPE.format(which=which), _OTHER_TYPE, running_below)


def _of_catalog(*names: str) -> str:
    listed = ", ".join(f"'{name}'" for name in names)
    return f"namespace.nspname = 'pg_catalog' AND type.typname IN ({listed})"


CATALOG_CHECKS: Final[Sequence[CatalogCheck]] = (
    CatalogCheck(
        "prepared transactions",
        "SELECT format('%L of %s in %s', gid, owner, database) AS what FROM pg_catalog.pg_prepared_xacts ORDER BY 1",
        "end each in its database: COMMIT PREPARED 'name' or ROLLBACK PREPARED 'name'",
        in_each=False,
    ),
    CatalogCheck(
        "logical replication slots",
        "SELECT format('%I', slot_name) AS what FROM pg_catalog.pg_replication_slots "
        "WHERE slot_type = 'logical' ORDER BY 1",
        "stop what reads them, then SELECT pg_drop_replication_slot('name'); their readers must begin again",
        running_below=17,
        in_each=False,
    ),
    CatalogCheck(
        "replication slots that cannot be kept",
        "SELECT format('%I', slot_name) AS what FROM pg_catalog.pg_replication_slots "
        "WHERE slot_type = 'logical' AND to_jsonb(pg_replication_slots) ->> 'invalidation_reason' IS NOT NULL "
        "ORDER BY 1",
        "SELECT pg_drop_replication_slot('name'): they were invalidated, and nothing can read them",
        running_from=17,
        in_each=False,
    ),
    CatalogCheck(
        "subscriptions that are being set up",
        "SELECT srrelid::regclass::text AS what FROM pg_catalog.pg_subscription_rel "
        "WHERE srsubstate NOT IN ('i', 'r') ORDER BY 1",
        "wait until their first copy has ended, or drop the subscription",
        running_from=17,
    ),
    CatalogCheck(
        "invalid databases",
        "SELECT format('%I', datname) AS what FROM pg_catalog.pg_database WHERE datconnlimit = -2 ORDER BY 1",
        "a DROP DATABASE was interrupted: DROP DATABASE them",
        in_each=False,
    ),
    CatalogCheck(
        "databases that refuse connections",
        "SELECT format('%I', datname) AS what FROM pg_catalog.pg_database "
        "WHERE (datallowconn = (datname = 'template0')) AND datname <> 'rdsadmin' ORDER BY 1",
        "ALTER DATABASE name ALLOW_CONNECTIONS true, or drop it; template0 alone must refuse them",
        in_each=False,
    ),
    CatalogCheck(
        "roles whose names begin with pg_",
        "SELECT format('%I', rolname) AS what FROM pg_catalog.pg_roles "
        "WHERE rolname ~ '^pg_' AND oid >= 16384 ORDER BY 1",
        "ALTER ROLE name RENAME TO another",
        in_each=False,
    ),
    _type_check(
        "columns of reg* types",
        _of_catalog(
            *("reg" + of for of in "collation config dictionary namespace oper operator proc procedure".split())
        ),
    ),
    _type_check(
        "columns of PostgreSQL's own composite types",
        "type.typtype = 'c' AND (type.oid < 16384 OR namespace.nspname = 'information_schema')",
    ),
    _type_check("columns of type unknown", _of_catalog("unknown"), running_below=10),
    _type_check("columns of removed types", _of_catalog("abstime", "reltime", "tinterval"), running_below=12),
    _type_check(
        "columns of type sql_identifier",
        "namespace.nspname = 'information_schema' AND type.typname = 'sql_identifier'",
        running_below=12,
    ),
    _type_check("columns of type aclitem", _of_catalog("aclitem"), running_below=16),
    CatalogCheck(
        "tables WITH OIDS",
        "SELECT class.oid::regclass::text AS what FROM pg_catalog.pg_class AS class "
        "WHERE to_jsonb(class) ->> 'relhasoids' = 'true' AND class.relnamespace <> 'pg_catalog'::regnamespace "
        "ORDER BY 1",
        "ALTER TABLE name SET WITHOUT OIDS",
        running_below=12,
    ),
    CatalogCheck(
        "postfix operators",
        "SELECT operator.oid::regoperator::text AS what FROM pg_catalog.pg_operator AS operator "
        "WHERE operator.oprright = 0 AND operator.oid >= 16384 ORDER BY 1",
        "drop them, or write a function for each",
        running_below=14,
    ),
    CatalogCheck(
        "functions on arrays whose types have changed",
        """
        WITH changed AS (
            SELECT oid FROM pg_catalog.pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace AND proname IN (
                'array_append', 'array_cat', 'array_position', 'array_positions', 'array_prepend', 'array_remove',
                'array_replace', 'width_bucket')
        )
        SELECT format('aggregate %s', aggfnoid::regprocedure) AS what FROM pg_catalog.pg_aggregate
        WHERE aggfnoid::oid >= 16384 AND (aggtransfn IN (TABLE changed) OR aggfinalfn IN (TABLE changed))
        UNION ALL
        SELECT format('operator %s', oid::regoperator) FROM pg_catalog.pg_operator
        WHERE oid >= 16384 AND oprcode IN (TABLE changed) ORDER BY 1
        """,
        "drop them before the upgrade, and recreate them after it with anycompatiblearray instead of anyarray",
        running_below=14,
    ),
    CatalogCheck(
        "conversions between encodings",
        "SELECT format('%I.%I', connamespace::regnamespace, conname) AS what FROM pg_catalog.pg_conversion "
        "WHERE oid >= 16384 ORDER BY 1",
        "drop them before the upgrade, and recreate them after it",
        running_below=14,
    ),
    CatalogCheck(
        "columns that miss their parent's NOT NULL",
        """
        SELECT format('%s.%I', child.attrelid::regclass, child.attname) AS what
        FROM pg_catalog.pg_inherits
        JOIN pg_catalog.pg_attribute AS parent ON parent.attrelid = inhparent AND parent.attnum > 0
        JOIN pg_catalog.pg_attribute AS child ON child.attrelid = inhrelid AND child.attname = parent.attname
        WHERE parent.attnotnull AND NOT child.attnotnull AND NOT child.attisdropped ORDER BY 1
        """,
        "ALTER TABLE child ALTER COLUMN name SET NOT NULL",
        running_below=18,
        to_from=18,
    ),
)


def catalog_checks(running: int, to: int) -> list[CatalogCheck]:
    """Return the checks of an upgrade from one major version to another."""
    found = [check for check in CATALOG_CHECKS if check.applies(running, to)]
    removed = _columns_removed(running, to)
    return [*found, _views_on(removed)] if removed else found


def _views_on(removed: Sequence[tuple[str, str]]) -> CatalogCheck:
    """Return the check for views on columns of the system that the new version does not have.

    By their text: PostgreSQL keeps no dependencies on its catalogs.
    """
    values = ", ".join(f"('{relation}', '{column}')" for relation, column in removed)
    return CatalogCheck(
        "views on columns of the system that go",
        f"""
        SELECT DISTINCT format('%s (%s.%s)', class.oid::regclass, gone.relation, gone.name) AS what
        FROM pg_catalog.pg_class AS class
        JOIN (VALUES {values}) AS gone(relation, name)
            ON pg_get_viewdef(class.oid) ~ ('\\m' || gone.relation || '\\M')
            AND pg_get_viewdef(class.oid) ~ ('\\m' || gone.name || '\\M')
        WHERE class.relkind IN ('v', 'm')
            AND class.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend WHERE objid = class.oid AND deptype = 'e')
        ORDER BY 1
        """,  # noqa: S608 (names of our own)
        "drop the views before the upgrade, and recreate them after it without these columns",
    )


def look(subject: UpgradeSubject, check: CatalogCheck) -> Check:
    """Return what a check finds, in every database where it concerns each."""
    databases = subject.databases if check.in_each else [subject.target.required_database()]
    found: list[str] = []
    for database in databases:
        prefix = f"{database}: " if check.in_each else ""
        found += [f"{prefix}{row['what']}" for row in subject.ask(database, check.sql)]
    if not found:
        return passed(check.name, f"none in {', '.join(databases)}" if check.in_each else "none")
    more = len(found) - _MOST_NAMED
    named = ", ".join(found[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
    return failed(check.name, named, check.remedy)


def _columns_removed(running: int, to: int) -> list[tuple[str, str]]:
    """Return each relation and column that one major version has and the other, later one does not."""
    return [
        (relation, column)
        for major, relations in _REMOVED_COLUMNS.items()
        if running < major <= to
        for relation, columns in relations.items()
        for column in columns.split()
    ]
