"""Who holds a lock that others wait for, and the statement that ends that; for `activity` and for errors."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self


def utc(moment: str) -> str:
    """Return the SQL of a moment as ISO 8601, in UTC."""
    return f"""to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')"""


# Who blocks is 0 for a prepared transaction, which has no session: it is found by the lock that it holds.
# It is asked without a lock on any table: pg_locks and pg_stat_activity are pictures of memory.
WAITS: Final = f"""
SELECT waiting.pid AS waiting_pid, waiting.usename::text AS waiting_user,
       round(extract(epoch FROM clock_timestamp() - waiting.query_start))::int8 AS waiting_seconds,
       {utc("waiting.query_start")} AS waiting_since, wanted.lock AS waiting_lock,
       waiting.query AS waiting_query,
       blocking.pid AS holding_pid, holding.usename::text AS holding_user, holding.state AS holding_state,
       {utc("coalesce(holding.xact_start, prepared.prepared)")} AS holding_since,
       holding.application_name AS holding_application, holding.query AS holding_query, prepared.gid AS holding_gid,
       coalesce(cardinality(pg_blocking_pids(holding.pid)) > 0, false) AS holding_waits
FROM pg_stat_activity AS waiting
CROSS JOIN LATERAL (SELECT DISTINCT pid FROM unnest(pg_blocking_pids(waiting.pid)) AS found (pid)) AS blocking
LEFT JOIN pg_stat_activity AS holding ON holding.pid = blocking.pid
LEFT JOIN LATERAL (
    SELECT locks.mode || ' on ' || CASE
               WHEN locks.relation IS NULL THEN locks.locktype
               WHEN locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
               THEN locks.relation::regclass::text
               ELSE 'a table of another database' END AS lock
    FROM pg_locks AS locks WHERE locks.pid = waiting.pid AND NOT locks.granted LIMIT 1
) AS wanted ON true
LEFT JOIN LATERAL (
    SELECT transactions.gid, transactions.prepared
    FROM pg_locks AS wish
    JOIN pg_locks AS held ON held.granted AND held.pid IS NULL
     AND (held.locktype, held.database, held.relation, held.page, held.tuple, held.virtualxid, held.transactionid,
          held.classid, held.objid, held.objsubid)
         IS NOT DISTINCT FROM (wish.locktype, wish.database, wish.relation, wish.page, wish.tuple, wish.virtualxid,
          wish.transactionid, wish.classid, wish.objid, wish.objsubid)
    JOIN pg_prepared_xacts AS transactions ON held.virtualtransaction = '-1/' || transactions.transaction
    WHERE wish.pid = waiting.pid AND NOT wish.granted LIMIT 1
) AS prepared ON blocking.pid = 0
WHERE {{which}}
ORDER BY waiting.query_start, waiting.pid, blocking.pid LIMIT 200
"""  # noqa: S608 (a constant)

# Of a text with one of these no literal is shown: a secret may stand anywhere in it, as in a list of VALUES.
_SECRET: Final = re.compile(
    r"passw|passphrase|pwd|secret|token|credential|crypt|hmac|api_?key|access_?key|private_?key|://[^\s/@]*:",
    re.IGNORECASE,
)
_LONGEST_STATEMENT: Final = 120


def without_passwords(query: Any) -> str:
    """Return a query's text on one line; where it tells of a secret, without its literals and comments."""
    text = str(query)
    return " ".join((_without_literals(text) if tells_a_secret(text) else text).split())


def tells_a_secret(text: str) -> bool:
    """Return whether a statement may hold a secret, by its words."""
    return _SECRET.search(text) is not None


def _without_literals(text: str) -> str:
    from aurora_serverless_data_api.sql_tokens import tokens  # noqa: PLC0415 (imports boto3)

    shown, end = "", 0
    for token in tokens(text):
        is_cut_off = token.kind == "other" and token.text in {"'", '"'}
        gap = " " if token.start > end else ""
        shown += gap + ("'…'" if is_cut_off or token.kind in {"string", "dollar"} else text[token.start : token.end])
        if is_cut_off:
            break
        end = token.end
    return shown


def short(query: Any) -> str:
    """Return the beginning of a query's text on one line, without passwords."""
    text = "" if query is None else without_passwords(query)
    return text if len(text) <= _LONGEST_STATEMENT else text[: _LONGEST_STATEMENT - 1] + "…"


@dataclass(frozen=True)
class Blocker:
    """A session that holds a lock, or with `pid` 0 a prepared transaction; what PostgreSQL does not tell is None.

    `since` is when its transaction began, in UTC.
    """

    pid: int
    user: str | None = None
    state: str | None = None
    since: str | None = None
    query: str | None = None
    gid: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """Return who blocks in a row of WAITS."""
        names = ("pid", "user", "state", "since", "query", "gid")
        return cls(**{name: row[f"holding_{name}"] for name in names})

    @property
    def ending(self) -> str:
        """The statement that ends it, and rolls back what it did; of a prepared one that nobody sees, where to look."""
        if self.pid:
            return f"SELECT pg_terminate_backend({self.pid})"
        if self.gid is None:
            return "SELECT gid FROM pg_prepared_xacts"
        quoted = self.gid.replace("'", "''")
        return f"ROLLBACK PREPARED '{quoted}'"

    def command(self, where: Sequence[str] = ("ENVIRONMENT",)) -> str:
        """Return the command line that ends it; `where` is what names the database there."""
        options = [] if self.pid or self.gid is None else ["--write", "--no-transaction"]
        words = shlex.join(["./aurora-serverless", "sql", *where, *options])
        is_plain = not set(self.ending) & set('"$`\\!')
        return f'{words} "{self.ending}"' if is_plain else f"{words} {shlex.quote(self.ending)}"

    def __str__(self) -> str:
        """What it is, since when, and its last statement."""
        since = f" since {self.since}" if self.since else ""
        if not self.pid:
            return f"the prepared transaction {self.gid or '(unknown)'}{since}"
        does = f"{self.state or 'connected'}{since}"
        last = (
            f", {'its' if self.state == 'active' else 'its last'} statement: {short(self.query)}" if self.query else ""
        )
        return f"pid {self.pid} ({self.user or 'unknown user'}, {does}{last})"
