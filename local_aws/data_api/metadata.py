"""The metadata of result columns, for `includeResultMetadata`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.pq.abc import PGconn

from local_aws.data_api.result_types import ARRAY, ResultType
from local_aws.data_api.statements import Column, run_plainly

NOT_NULL, NULLABLE, NULLABLE_UNKNOWN = 0, 1, 2
MODIFIER_HEADER = 4  # PostgreSQL adds it to the length in a type's modifier
SERIAL_NAMES = {"int2": "smallserial", "int4": "serial", "int8": "bigserial"}


@dataclass(frozen=True)
class _TableColumn:
    table: str
    is_not_null: bool
    counts_up: bool


def column_metadata(columns: Sequence[Column], types: Sequence[ResultType], connection: PGconn) -> list[dict[str, Any]]:
    """Return the metadata of each column; asks the database for those of tables."""
    origins = _origins(columns, connection)
    return [
        _describe(column, result_type, origins.get((column.table, column.table_column)))
        for column, result_type in zip(columns, types, strict=True)
    ]


def _describe(column: Column, result_type: ResultType, origin: _TableColumn | None) -> dict[str, Any]:
    counts_up = origin is not None and origin.counts_up
    name = f"_{result_type.name}" if result_type.is_array else result_type.name
    precision, scale = _precision_and_scale(column, result_type)
    nullable = NULLABLE_UNKNOWN if origin is None else NOT_NULL if origin.is_not_null else NULLABLE
    return {
        "arrayBaseColumnType": result_type.jdbc_type if result_type.is_array else 0,
        "isAutoIncrement": counts_up,
        "isCaseSensitive": result_type.is_case_sensitive,
        "isCurrency": False,
        "isSigned": result_type.is_signed and not result_type.is_array,
        "label": column.name,
        "name": column.name,
        "nullable": nullable,
        "precision": precision,
        "scale": scale,
        "schemaName": "",
        "tableName": origin.table if origin else "",
        "type": ARRAY if result_type.is_array else result_type.jdbc_type,
        "typeName": SERIAL_NAMES.get(name, name) if counts_up else name,
    }


def _precision_and_scale(column: Column, result_type: ResultType) -> tuple[int, int]:
    if column.modifier < MODIFIER_HEADER:
        return result_type.precision, result_type.scale
    length = column.modifier - MODIFIER_HEADER
    if result_type.name == "numeric":
        return length >> 16, length & 0x7FF
    if result_type.name in {"varchar", "bpchar"}:
        return length, 0
    return result_type.precision, result_type.scale


def _origins(columns: Sequence[Column], connection: PGconn) -> dict[tuple[int, int], _TableColumn]:
    wanted = sorted({(column.table, column.table_column) for column in columns if column.table})
    if not wanted:
        return {}
    pairs = ", ".join(f"({table}, {number})" for table, number in wanted)
    rows = run_plainly(
        connection,
        "SELECT a.attrelid, a.attnum, c.relname, a.attnotnull, a.attidentity <> '' "  # noqa: S608  # of numbers only
        "OR coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid) LIKE 'nextval(%', false) "
        "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
        "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
        f"WHERE (a.attrelid::bigint, a.attnum) IN (VALUES {pairs})",
    )
    found = {}
    for row in rows:
        table_id, number, table, is_not_null, counts_up = [(each or b"").decode() for each in row]
        found[int(table_id), int(number)] = _TableColumn(table, is_not_null == "t", counts_up == "t")
    return found
