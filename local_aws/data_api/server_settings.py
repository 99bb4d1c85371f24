"""What a cluster's parameter groups and capacity set in its PostgreSQL: the values that its writer started with.

Only parameters that this PostgreSQL knows and that do not change how the Data API reads its answers are passed on;
`docs/local-aws.md` lists them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from local_aws.patches.reboots import MAX_CONNECTIONS, boot_of

# PostgreSQL reads them when it starts.
STATIC: Final = (
    MAX_CONNECTIONS,
    "max_locks_per_transaction",
    "max_prepared_transactions",
    "max_replication_slots",
    "max_wal_senders",
    "track_activity_query_size",
)
# PostgreSQL takes a change of them while it runs.
DYNAMIC: Final = (
    "deadlock_timeout",
    "default_statistics_target",
    "idle_in_transaction_session_timeout",
    "lock_timeout",
    "random_page_cost",
    "statement_timeout",
    "temp_file_limit",
    "work_mem",
)
LOGICAL_REPLICATION: Final = "rds.logical_replication"
# With more connections PostgreSQL needs no more locks for each; its default of 64 is meant for 100 connections.
_ALL_LOCKS: Final = 6400
_FEWEST_LOCKS: Final = 10


@dataclass(frozen=True)
class ServerSettings:
    """What PostgreSQL starts with, and what it takes while it runs. Another `boot` is another start."""

    boot: int
    static: Mapping[str, str]
    dynamic: Mapping[str, str]


def settings_of(cluster: Any) -> ServerSettings:
    """Return the settings that are in effect in a cluster; to be called by whoever holds moto's lock."""
    boot = boot_of(cluster.writer)
    parameters = {name: value for name, value in boot.parameters.items() if _is_number(value)}
    locks = max(_ALL_LOCKS // int(parameters[MAX_CONNECTIONS]), _FEWEST_LOCKS)
    static = {"max_locks_per_transaction": str(locks), **_logical(parameters.get(LOGICAL_REPLICATION) == "1")}
    static |= {name: parameters[name] for name in STATIC if name in parameters}
    return ServerSettings(boot.number, static, {name: parameters[name] for name in DYNAMIC if name in parameters})


def _logical(is_on: bool) -> dict[str, str]:
    return {"wal_level": "logical", "max_wal_senders": "10"} if is_on else {}


def _is_number(value: str) -> bool:
    """Whether a value is one that PostgreSQL reads, and no formula of AWS's."""
    try:
        float(value)
    except ValueError:
        return False
    return True
