"""Columns of PostgreSQL's own catalogs and views that a major version no longer has: a view on one cannot move.

Source: the release notes of PostgreSQL 14 and 15; for 17 and 18 the columns of running servers of 16, 17 and 18.
"""

from collections.abc import Mapping
from typing import Final

_REMOVED: Final[Mapping[int, Mapping[str, str]]] = {
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


def columns_removed(running: int, to: int) -> list[tuple[str, str]]:
    """Return each relation and column that one major version has and the other, later one does not."""
    return [
        (relation, column)
        for major, relations in _REMOVED.items()
        if running < major <= to
        for relation, columns in relations.items()
        for column in columns.split()
    ]
