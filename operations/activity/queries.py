"""What `aurora-serverless activity` asks PostgreSQL. Nothing of it waits for a lock: see LIMITS, and NOT_MEASURED."""

from typing import Final

# Of each question by itself. The views read memory; only a lock on the system's catalogs could hold one up.
LIMITS: Final = "SELECT set_config('lock_timeout', '1s', true), set_config('statement_timeout', '10s', true)"

# Whoever asks is one of the connections: their own is left out everywhere.
CONNECTIONS: Final = """
SELECT coalesce(state, 'starting') AS state, usename AS "user", count(*) AS connections,
       round(max(extract(epoch FROM now() - state_change)))::int8 AS longest_seconds
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
"""

MOST_CONNECTIONS: Final = "SELECT current_setting('max_connections')::int8"

# A query that waits for its client inside a transaction runs no longer, and still holds its locks.
LONG_RUNNING: Final = """
SELECT pid, usename AS "user", state, round(extract(epoch FROM now() - {since}))::int8 AS seconds,
       coalesce(wait_event_type || ': ' || wait_event, '') AS waits_for, query
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
  AND state <> 'idle' AND now() - {since} > make_interval(secs => {{seconds}})
ORDER BY 4 DESC LIMIT 50
""".format(since="CASE WHEN state = 'active' THEN query_start ELSE xact_start END")

# The functions of sizes wait for an exclusive lock on a table, its indexes or its TOAST table, held or waited for.
_CLOSED: Final = """
WITH closed AS MATERIALIZED (
    SELECT relation FROM pg_locks
    WHERE mode = 'AccessExclusiveLock' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
),
tables AS MATERIALIZED (
    SELECT relid, schemaname || '.' || pg_stat_user_tables.relname AS "table", n_live_tup, relpages,
           relid IN (SELECT relation FROM closed) OR reltoastrelid IN (SELECT relation FROM closed) OR EXISTS (
               SELECT FROM pg_index
               WHERE indrelid IN (relid, reltoastrelid) AND indexrelid IN (SELECT relation FROM closed)
           ) AS is_closed
    FROM pg_stat_user_tables JOIN pg_class ON pg_class.oid = relid
)"""
LARGEST_TABLES: Final = (
    _CLOSED
    + """
SELECT "table", pg_total_relation_size(relid) AS bytes, pg_table_size(relid) AS table_bytes,
       pg_indexes_size(relid) AS index_bytes, n_live_tup AS rows_estimated
FROM tables WHERE NOT is_closed
ORDER BY 2 DESC, 1 LIMIT {tables}
"""
)
NOT_MEASURED: Final = (
    _CLOSED
    + """
SELECT "table", relpages * current_setting('block_size')::int8 AS bytes_estimated
FROM tables WHERE is_closed
ORDER BY 2 DESC, 1 LIMIT {tables}
"""
)
