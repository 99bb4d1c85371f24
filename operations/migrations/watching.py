"""Statements that wait for a lock for a bounded time, and then say who holds it.

PostgreSQL ends the wait, by `lock_timeout`, and does not say who held the lock. So that is asked beside the statement,
while it runs.
"""

import contextlib
import math
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from aurora_serverless_data_api import DataApiClient, Parameters, Row, StatementError, Statements, Transaction
from operations.activity.blockers import WAITS, Blocker
from operations.migrations.deadlines import BLOCKED_SECONDS

LOCK_NOT_AVAILABLE: Final = "55P03"

_FIRST_LOOK_SECONDS, _LONGEST_PAUSE_SECONDS = 0.25, 2.0
_LEAST_SECONDS: Final = 0.5  # 0 would be no end, and less is over before anybody could look
_BEGIN: Final = """
WITH before AS MATERIALIZED (
    SELECT coalesce(jsonb_object_agg(name, setting), '{}') AS settings FROM pg_settings
    WHERE source = 'session'
      AND name NOT IN ('transaction_isolation', 'transaction_read_only', 'transaction_deferrable')
)
SELECT pg_backend_pid() AS pid, settings::text, set_config('lock_timeout', :milliseconds, true) FROM before"""
_RESET: Final = "DO $$ BEGIN RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; END $$"
# RESET ALL alone would also take what the Data API itself may have set before.
_SET_AGAIN: Final = "SELECT count(set_config(key, value, false)) FROM jsonb_each_text(CAST(:settings AS jsonb))"
# Its own subtransaction is undone, and with it the state of the constraints.
_TRY_DEFERRED: Final = """
DO $$ BEGIN
    SET CONSTRAINTS ALL IMMEDIATE;
    RAISE SQLSTATE 'ALXDB';
EXCEPTION WHEN SQLSTATE 'ALXDB' THEN NULL;
END $$"""
_LOCK_TIMEOUT: Final = "SELECT set_config('lock_timeout', :milliseconds, true)"


class Blocked(StatementError):
    """A statement waited for a lock in vain; `blockers` hold it, as far as somebody saw them."""

    def __init__(self, blockers: tuple[Blocker, ...], seconds: float, *, code: str = "") -> None:
        super().__init__(LOCK_NOT_AVAILABLE, code=code, message=_told(blockers, seconds))
        self.blockers = blockers


def _told(blockers: tuple[Blocker, ...], seconds: float) -> str:
    if not blockers:
        return "another session holds a lock that is needed: ./aurora-serverless activity ENVIRONMENT shows it"
    names = " and ".join(str(blocker) for blocker in blockers)
    ends = ", ".join(blocker.command() for blocker in blockers)
    return (
        f"waited {seconds:g} s for a lock of {names}, and was stopped: try again when that has ended, or end it: {ends}"
    )


class Watch:
    """Looks who blocks one session: that for which the condition `which` on WAITS is true."""

    def __init__(self, client: DataApiClient, which: str, parameters: Mapping[str, Any]) -> None:
        self._client = client
        self._sql = WAITS.format(which=which)
        self._parameters = dict(parameters)
        self.blockers: tuple[Blocker, ...] = ()
        self.gave_up = False

    @contextmanager
    def running(self, give_up_seconds: float = math.inf) -> Iterator[None]:
        """Look now and then; a statement that is blocked for longer than `give_up_seconds` is cancelled."""
        ended = threading.Event()

        def look_again() -> None:
            pause = _FIRST_LOOK_SECONDS
            gives_up_at: float | None = None
            while not ended.wait(pause):
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)
                # Whatever goes wrong here, the statement itself goes on.
                with contextlib.suppress(Exception):
                    pid = self._look()
                    if pid is None:
                        gives_up_at = None
                        continue
                    gives_up_at = gives_up_at or time.monotonic() + give_up_seconds
                    if time.monotonic() >= gives_up_at:
                        self._cancel(pid)

        threading.Thread(target=look_again, daemon=True).start()
        try:
            yield
            self.blockers = ()  # they let it go on
        finally:
            ended.set()

    def _look(self) -> int | None:
        """Return the session if it is blocked."""
        rows = self._client.query(self._sql, self._parameters, idempotent=True)
        if not rows:
            return None
        # Whoever only waits in front of it goes on when the others end.
        first = [row for row in rows if not row["holding_waits"]]
        self.blockers = tuple(Blocker.of(row) for row in first or rows)
        return int(rows[0]["waiting_pid"])

    def _cancel(self, pid: int) -> None:
        self.gave_up = True  # first: the statement's error can arrive before the answer to this
        self._client.query("SELECT pg_cancel_backend(CAST(:pid AS int))", {"pid": pid})


class Watched(Statements):
    """A transaction that waits for locks for a bounded time, and raises Blocked then.

    A file can set another `lock_timeout` for itself. `lock_seconds` is the greatest wait that the caller wants.
    """

    def __init__(self, client: DataApiClient, transaction: Transaction, lock_seconds: float) -> None:
        self._transaction = transaction
        self.lock_seconds = max(min(lock_seconds, BLOCKED_SECONDS), _LEAST_SECONDS)
        self._milliseconds = str(round(self.lock_seconds * 1000))
        begun = transaction.query_one(_BEGIN, {"milliseconds": self._milliseconds})
        self._settings = begun["settings"]
        self.watch = Watch(client, "waiting.pid = :pid", {"pid": begun["pid"]})

    def check_deferred(self) -> None:
        """Check now what was deferred to the commit, which knows no file, and as the role of the file."""
        self.execute("SET CONSTRAINTS ALL IMMEDIATE")

    def try_deferred(self) -> None:
        """Check it, and leave the constraints as deferred as they were, for files that follow in this transaction."""
        self.execute(_TRY_DEFERRED)

    def restore_session(self) -> None:
        """Take back what statements have set of the session: role and settings are as at the beginning."""
        self.execute(_RESET)
        self.query(_SET_AGAIN, {"settings": self._settings})
        self.query(_LOCK_TIMEOUT, {"milliseconds": self._milliseconds})

    def blocked(self, *, code: str = "") -> Blocked:
        """Return the error for a lock that was waited for in vain."""
        return Blocked(self.watch.blockers, self.lock_seconds, code=code)

    def call(
        self, operation: str, arguments: dict[str, Any], *, is_repeatable: bool, is_read: bool = False
    ) -> dict[str, Any]:
        """Call an operation, and raise Blocked where a lock was waited for in vain."""
        with self.watch.running():
            try:
                return self._transaction.call(operation, arguments, is_repeatable=is_repeatable, is_read=is_read)
            except StatementError as error:
                if error.sqlstate != LOCK_NOT_AVAILABLE:
                    raise
                raise self.blocked(code=error.code) from None

    def pages(self, sql: str, parameters: Parameters | None) -> Generator[list[Row]]:
        """Yield the rows of a SELECT, in the transaction."""
        yield from self._transaction.pages(sql, parameters)
