"""What is in a database beside the system's own: compared before and after, it says what a migration made."""

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple, Self

from aurora_serverless_data_api import Statements


class Thing(NamedTuple):
    """An object of a database: its kind as DROP has it, and its name with all that DROP needs of it."""

    kind: str
    name: str

    def as_json(self) -> list[str]:
        """Return it as JSON has it."""
        return [self.kind, self.name]

    @classmethod
    def from_json(cls, value: Any) -> Self:
        """Return what `as_json` was made of."""
        kind, name = value
        return cls(str(kind), str(name))


# In this order they are dropped. CASCADE takes what depends on them, such as a constraint or a trigger.
KINDS: Final = (
    "VIEW",
    "MATERIALIZED VIEW",
    "FOREIGN TABLE",
    "TABLE",
    "SEQUENCE",
    "ROUTINE",
    "TYPE",
    "INDEX",
    "EXTENSION",
    "SCHEMA",
)

# Left out: the members of extensions, sequences of columns, indexes of constraints, and types of tables.
_SQL: Final = """
WITH own AS (
    SELECT oid FROM pg_namespace WHERE nspname NOT IN ('information_schema') AND nspname NOT LIKE 'pg\\_%'
),
found (classid, objid, kind) AS (
    SELECT 'pg_class'::regclass, oid, CASE relkind
        WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
        WHEN 'S' THEN 'SEQUENCE' WHEN 'i' THEN 'INDEX' WHEN 'I' THEN 'INDEX' ELSE 'TABLE' END
    FROM pg_class
    WHERE relnamespace IN (SELECT oid FROM own) AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S', 'i', 'I')
    UNION ALL
    SELECT 'pg_proc'::regclass, oid, 'ROUTINE' FROM pg_proc WHERE pronamespace IN (SELECT oid FROM own)
    UNION ALL
    SELECT 'pg_type'::regclass, type.oid, 'TYPE' FROM pg_type AS type
    WHERE typnamespace IN (SELECT oid FROM own) AND typtype IN ('c', 'd', 'e', 'r')
      AND (typrelid = 0 OR (SELECT relkind FROM pg_class WHERE oid = typrelid) = 'c')
    UNION ALL
    SELECT 'pg_extension'::regclass, oid, 'EXTENSION' FROM pg_extension WHERE extname <> 'plpgsql'
    UNION ALL
    SELECT 'pg_namespace'::regclass, oid, 'SCHEMA' FROM own WHERE oid <> 'public'::regnamespace
)
SELECT kind, (pg_identify_object(classid, objid, 0)).identity AS name FROM found
WHERE NOT EXISTS (
    SELECT FROM pg_depend AS dependency
    WHERE dependency.classid = found.classid AND dependency.objid = found.objid AND dependency.objsubid = 0
      AND CASE kind WHEN 'SEQUENCE' THEN deptype IN ('e', 'a', 'i') WHEN 'INDEX' THEN deptype IN ('e', 'i')
          ELSE deptype = 'e' END
)
ORDER BY 1, 2"""


def inventory(asks: Statements) -> frozenset[Thing]:
    """Return what is in the database."""
    return frozenset(Thing(row["kind"], row["name"]) for row in asks.query(_SQL))


def made(before: Collection[Thing], after: Iterable[Thing]) -> list[Thing]:
    """Return what is there after and was not before, in a stable order."""
    return sorted(thing for thing in after if thing not in before)


def drop_statements(things: Collection[Thing]) -> list[str]:
    """Return what drops these, and what depends on them; what is not there any more is not an error."""
    found = []
    for kind in KINDS:
        if names := sorted({thing.name for thing in things if thing.kind == kind}):
            found += [f"DROP {kind} IF EXISTS {name} CASCADE" for name in names]
    return found
