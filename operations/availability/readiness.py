"""Waits until a deployed cluster can be used: cluster, instances, Data API, and an answer to SQL, in this order."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from operations.aws.cluster import USABLE_STATUSES, Cluster, has_failed, read_cluster, remedy
from operations.aws.errors import explained
from operations.errors import ErrorKind, OperationsError, failed
from operations.sql.database import Database
from operations.target.target import Target
from operations.times import duration

POLL_SECONDS: Final = 5.0
FIRST_STATEMENT: Final = "SELECT 1"


@dataclass(frozen=True)
class Stage:
    """A part of a cluster that is ready, after how many seconds of waiting, and what it is like."""

    name: str
    detail: str
    seconds: float


@dataclass
class Waiter:
    """Waits for a target, at most `deadline_seconds`.

    `on_stage` hears of each part when it is ready; `on_change` of what is waited for.
    """

    target: Target
    deadline_seconds: float
    on_stage: Callable[[Stage], None] = lambda _: None
    on_change: Callable[[str], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    stages: list[Stage] = field(default_factory=list)

    def wait(self) -> None:
        """Wait. Raises OperationsError: a failed state (1), nothing there (3), no access (4), too late (5)."""
        self._started = self.clock()
        self._seen = "nothing yet"
        rds = self.target.session.client("rds")
        cluster = self._until("cluster", lambda: self._cluster(rds))
        self._until("instances", lambda: self._instances(rds))
        if not self.target.data_api_enabled:
            self._reach("Data API", "off, as its environment says: SQL was not tried")
            return
        if not cluster.data_api_enabled:
            raise failed("the Data API of the cluster is off: set access.data_api = true in its file, and deploy")
        self._reach("Data API", "on")
        self._see(f"{FIRST_STATEMENT} has no answer yet")
        self._until("SQL", self._first_statement)

    def _until(self, name: str, look: Callable[[], tuple[str, Any] | None]) -> Any:
        """Look until it returns a detail and a value; what may pass, such as throttling, is looked at again."""
        while True:
            try:
                found = look()
            except Exception as error:
                known = error if isinstance(error, OperationsError) else explained(error)
                if known is None or not known.may_pass:
                    raise
                self._see(str(known))
                found = None
            if found is not None:
                self._reach(name, found[0])
                return found[1]
            left = self.deadline_seconds - (self.clock() - self._started)
            if left <= 0:
                raise OperationsError(
                    f"not ready after {duration(self.deadline_seconds)}: {self._seen}; "
                    "wait again, or give a longer --deadline-seconds",
                    ErrorKind.TOO_LATE,
                )
            self.sleep(min(POLL_SECONDS, left))

    def _reach(self, name: str, detail: str) -> None:
        stage = Stage(name, detail, self.clock() - self._started)
        self.stages.append(stage)
        self.on_stage(stage)

    def _see(self, what: str) -> None:
        self._seen = what
        self.on_change(what)

    def _cluster(self, rds: Any) -> tuple[str, Cluster] | None:
        cluster = read_cluster(self.target, rds)
        self._see(f"the cluster is {cluster.status}")
        if has_failed(cluster.status):
            hint = remedy(cluster.status, cluster.identifier, self.target.command("status"))
            raise failed(f"the cluster is {cluster.status}: {hint}")
        if cluster.status not in USABLE_STATUSES:
            return None
        return f"{cluster.status}, Aurora PostgreSQL {cluster.engine_version}", cluster

    def _instances(self, rds: Any) -> tuple[str, None] | None:
        instances = read_cluster(self.target, rds).instances
        for instance in instances:
            if has_failed(instance.status):
                hint = remedy(instance.status, self.target.cluster_identifier, self.target.command("status"))
                raise failed(f"the instance {instance.identifier} is {instance.status}: {hint}")
        waiting = [instance for instance in instances if instance.status not in USABLE_STATUSES]
        if instances and not waiting:
            return f"{len(instances)} available", None
        states = ", ".join(f"{instance.identifier} is {instance.status or 'not there yet'}" for instance in waiting)
        self._see(states or "the cluster has no instance yet")
        return None

    def _first_statement(self) -> tuple[str, None] | None:
        left = self.deadline_seconds - (self.clock() - self._started)
        database = Database(
            self.target,
            on_waiting=lambda: self._see("the cluster is resuming"),
            deadline_seconds=max(left, 0.0),
            clock=self.clock,
            sleep=self.sleep,
        )
        before = self.clock()
        try:
            database.query(FIRST_STATEMENT)
        except OperationsError as error:
            # The Data API finds the first instance of a new cluster some seconds after RDS says that it is available.
            if error.kind is ErrorKind.NOT_DEPLOYED:
                self._see(str(error))
                return None
            if error.kind is ErrorKind.TOO_LATE:
                self._see("the cluster is resuming")
                return None
            raise
        return f"{FIRST_STATEMENT} answered in {(self.clock() - before) * 1000:.0f} ms", None
