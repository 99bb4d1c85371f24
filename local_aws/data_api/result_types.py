"""The types of result columns: how the Data API returns each, and what its metadata say of it.

The numbers in the metadata are JDBC's (`java.sql.Types`), which the first Data API took from PostgreSQL's Java driver.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from psycopg.pq.abc import PGconn

from local_aws.data_api.statements import Column, run_plainly

ARRAY, OTHER = 2003, 1111
UNLIMITED = 2_147_483_647
BASE, ENUM = "b", "e"


@dataclass(frozen=True)
class ResultType:
    """A type: PostgreSQL's name, how its values are returned (None: not at all), and what the metadata say.

    `label` names it in the error of a type that is not returned. `jdbc_type` of an array is that of its elements.
    """

    name: str
    kind: str | None
    jdbc_type: int = OTHER
    precision: int = UNLIMITED
    scale: int = 0
    is_array: bool = False

    @property
    def label(self) -> str:
        """The name in capitals for PostgreSQL's own types, as it is for others."""
        array = "[]" if self.is_array else ""
        name = '"CHAR"' if self.name == "char" else self.name.upper()
        own = self.name in _REFUSED or self.name == "char"
        return (name if own else self.name) + array

    @property
    def is_signed(self) -> bool:
        """Whether it is a number."""
        return self.kind in {"long", "double", "decimal"} and self.name != "oid"

    @property
    def is_case_sensitive(self) -> bool:
        """Whether two values can differ in case only."""
        return self.kind in {None, "string", "compact_json"} and self.name not in {"uuid", "void"}


_KNOWN = {
    16: ResultType("bool", "boolean", -7, 1),
    17: ResultType("bytea", "blob", -2),
    19: ResultType("name", "string", 12, 63),
    20: ResultType("int8", "long", -5, 19),
    21: ResultType("int2", "long", 5, 5),
    23: ResultType("int4", "long", 4, 10),
    25: ResultType("text", "string", 12),
    26: ResultType("oid", "long", -5, 10),
    114: ResultType("json", "string"),
    650: ResultType("cidr", "string"),
    700: ResultType("float4", "double", 7, 8, 8),
    701: ResultType("float8", "double", 8, 17, 17),
    705: ResultType("unknown", "string", 12),
    869: ResultType("inet", "string"),
    1042: ResultType("bpchar", "string", 1),
    1043: ResultType("varchar", "string", 12),
    1082: ResultType("date", "moment", 91, 13),
    1083: ResultType("time", "moment", 92, 15, 6),
    1114: ResultType("timestamp", "moment", 93, 29, 6),
    1184: ResultType("timestamptz", "zoned_moment", 93, 35, 6),
    1700: ResultType("numeric", "decimal", 2, 0),
    2278: ResultType("void", "string"),
    2950: ResultType("uuid", "string"),
    3802: ResultType("jsonb", "compact_json"),
    3904: ResultType("int4range", "string"),
    3906: ResultType("numrange", "string"),
}
# Types of extensions, which have another identifier in each database.
_KNOWN_BY_NAME = {"vector": "string", "citext": "string"}
# Of bit strings AWS lists the arrays only; their elements are returned as their digits.
_ELEMENTS_OF_ARRAYS = {
    *("bit", "bool", "date", "float4", "float8", "int2", "int4", "int8", "json", "jsonb", "numeric", "oid", "text"),
    *("bpchar", "varchar", "name", "time", "timestamp", "timestamptz", "uuid"),
}
_REFUSED = {
    *(
        "interval",
        "timetz",
        "money",
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "macaddr",
        "macaddr8",
    ),
    *("bit", "varbit", "record", "int4range", "numrange", "tsrange", "tstzrange", "daterange", "int8range", "jsonpath"),
}


def types_of(columns: Iterable[Column], connection: PGconn) -> list[ResultType]:
    """Return the type of each column; asks the database for those that are not PostgreSQL's common ones."""
    wanted = [column.type_id for column in columns]
    unknown = {type_id for type_id in wanted if type_id not in _KNOWN}
    found = _KNOWN | (_look_up(unknown, connection) if unknown else {})
    # A type can be dropped between the statement and the look-up.
    return [found.get(type_id) or ResultType(f"type {type_id}", None) for type_id in wanted]


def _look_up(type_ids: set[int], connection: PGconn) -> dict[int, ResultType]:
    rows = run_plainly(
        connection,
        "SELECT t.oid, t.typname, t.typtype, e.oid, e.typname, e.typtype "  # noqa: S608  # numbers
        # Not by category: int2vector and oidvector are called arrays too, and are written otherwise.
        "FROM pg_catalog.pg_type t LEFT JOIN pg_catalog.pg_type e ON e.typarray = t.oid "
        f"WHERE t.oid IN ({', '.join(map(str, sorted(type_ids)))})",
    )
    found = {}
    for row in rows:
        type_id, name, kind, element_id, element_name, element_kind = [(each or b"").decode() for each in row]
        if element_id:
            found[int(type_id)] = _array_of(int(element_id), element_name, element_kind)
        else:
            by_name = _KNOWN_BY_NAME.get(name) if kind == BASE else None
            found[int(type_id)] = ResultType(name, "string" if kind == ENUM else by_name)
    return found


def _array_of(element_id: int, name: str, kind: str) -> ResultType:
    element = _KNOWN.get(element_id) or ResultType(name, "string")
    is_returned = kind == ENUM or (kind == BASE and name in _ELEMENTS_OF_ARRAYS)
    return ResultType(
        element.name,
        element.kind if is_returned else None,
        element.jdbc_type,
        element.precision,
        element.scale,
        is_array=True,
    )
