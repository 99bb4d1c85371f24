"""What `alexdb activity` asks PostgreSQL: four questions to its statistics, which lock nothing."""

import re
from typing import Any, Final

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

LOCKS: Final = """
SELECT waiting.pid AS waiting_pid, waiting.usename AS waiting_user,
       round(extract(epoch FROM now() - waiting.query_start))::int8 AS waiting_seconds, waiting.query AS waiting_query,
       holding.pid AS holding_pid, holding.usename AS holding_user, holding.state AS holding_state,
       holding.query AS holding_query
FROM pg_stat_activity AS waiting
CROSS JOIN LATERAL unnest(pg_blocking_pids(waiting.pid)) AS blocking (pid)
JOIN pg_stat_activity AS holding ON holding.pid = blocking.pid
ORDER BY 3 DESC LIMIT 50
"""

LARGEST_TABLES: Final = """
SELECT schemaname || '.' || relname AS "table", pg_total_relation_size(relid) AS bytes,
       pg_table_size(relid) AS table_bytes, pg_indexes_size(relid) AS index_bytes, n_live_tup AS rows_estimated
FROM pg_stat_user_tables
ORDER BY 2 DESC, 1 LIMIT {tables}
"""

# As a literal of SQL, cut off at the end of the text or not, and as a word of a connection string.
_PASSWORD: Final = re.compile(r"(\bpassword\s*(?:=\s*)?)(?:e|u&)?'(?:[^']|'')*'?", re.IGNORECASE)
_PASSWORD_WORD: Final = re.compile(r"(\bpassword\s*=\s*)[^\s']+", re.IGNORECASE)


def without_passwords(query: Any) -> str:
    """Return a query's text on one line, without what stands behind each PASSWORD."""
    text = _PASSWORD.sub(r"\1'…'", str(query))
    return " ".join(_PASSWORD_WORD.sub(r"\1…", text).split())
