"""What a database is, for comparing: as pg_dump would tell it, with the ledger but for its times."""

from typing import Any

from aurora_serverless_data_api import DataApiClient

_QUERIES = {
    "columns": """
        SELECT table_name::text, column_name::text, data_type::text, column_default::text, is_nullable::text,
               character_maximum_length::int8
        FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, ordinal_position""",
    "constraints": """
        SELECT conrelid::regclass::text AS on_table, conname::text, pg_get_constraintdef(oid) AS definition
        FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2""",
    "indexes": """
        SELECT pg_get_indexdef(indexrelid) AS definition, indisvalid FROM pg_index
        JOIN pg_class ON pg_class.oid = indexrelid WHERE relnamespace = 'public'::regnamespace ORDER BY 1""",
    "triggers": "SELECT pg_get_triggerdef(oid) AS definition FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1",
    "functions": """
        SELECT pg_get_functiondef(oid) AS definition FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace ORDER BY 1""",
}
_LEDGER = """
SELECT version, name, checksum, state, statements_begun, statements_done, made
FROM schema_migrations ORDER BY version"""


def schema(client: DataApiClient) -> dict[str, list[dict[str, Any]]]:
    """Return tables, constraints, indexes, triggers and functions."""
    return {name: client.query(sql) for name, sql in _QUERIES.items()}


def schema_and_ledger(client: DataApiClient) -> dict[str, list[dict[str, Any]]]:
    """Return the schema, and which migrations are applied."""
    return schema(client) | {"ledger": client.query(_LEDGER)}
