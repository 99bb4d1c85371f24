"""Reboots the instances of a cluster so that what waits for a reboot takes effect: readers first, then the writer.

With a reader, the writer's turn is a failover to a reader that is ready: the database is away for seconds, and the old
writer is rebooted as a reader. Source: Amazon Aurora User Guide, "Rebooting an Amazon Aurora DB cluster".
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from operations.availability.absence import Absence
from operations.aws.cluster import AVAILABLE, USABLE_STATUSES, Cluster, Instance, has_failed, read_cluster, remedy
from operations.aws.errors import explained
from operations.errors import ErrorKind, OperationsError, failed
from operations.target.target import Target
from operations.times import duration

REBOOTING: Final = "rebooting"
"""Source: "Viewing DB instance status" in the Amazon Aurora User Guide; RebootDBInstance answers it too."""
POLL_SECONDS: Final = 5
"""Between two looks at RDS; the database is asked every second."""


@dataclass(frozen=True)
class Step:
    """What was done to an instance, and after how many seconds it was available again."""

    instance: str
    action: str
    seconds: float


@dataclass
class Restarter:
    """Restarts a target, at most `deadline_seconds`; with `all_instances` also what waits for nothing.

    `on_step` hears of each instance that is ready again; `on_change` of what is waited for. `steps`, `doing` and `left`
    say how far it came, also where it was stopped.
    """

    target: Target
    deadline_seconds: float
    all_instances: bool = False
    on_step: Callable[[Step], None] = lambda _: None
    on_change: Callable[[str], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    steps: list[Step] = field(default_factory=list)
    doing: str | None = None
    left: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rds = self.target.session.client("rds")
        self.absence = Absence(self.target, self.clock)

    def plan(self) -> Sequence[Instance]:
        """Return the instances that are to be rebooted, the writer last; one that is being rebooted is waited for.

        Raises OperationsError: the cluster or an instance is not available (1), nothing there (3), too late (5).
        """
        self._started = self.clock()
        cluster = self._until(lambda found: not any(map(_is_rebooting, found.instances)), "an instance is rebooting")
        self._refuse_unusable(cluster)
        found = [one for one in cluster.instances if self.all_instances or one.waits_for_reboot]
        return sorted(found, key=lambda one: (one.is_writer, one.identifier))

    def restart(self, instances: Sequence[Instance]) -> Cluster:
        """Reboot them, and return the cluster as it is then.

        Raises OperationsError: a failed state, or something still waits (1), too late (5). It, Ctrl-C and the like
        then say what is rebooted and what is not.
        """
        self._started = self.clock()
        self.left = [one.identifier for one in instances]
        try:
            for instance in instances:
                self._restart_one(instance.identifier)
            return self._in_sync()
        except Exception as error:
            known = error if isinstance(error, OperationsError) else explained(error)
            if known is None:
                raise
            raise OperationsError(f"{known}; {self.how_far}", known.kind) from None
        except BaseException as stopped:
            stopped.add_note(self.how_far)
            raise

    @property
    def how_far(self) -> str:
        """What is done, what AWS is doing and goes on with, and what is left."""
        done = ", ".join(dict.fromkeys(step.instance for step in self.steps))
        parts = [f"rebooted: {done or 'nothing'}"]
        if self.doing is not None:
            parts.append(f"{self.doing}, which AWS completes")
        if self.left:
            again = f"{self.target.command('restart')}{' --force' if self.all_instances else ''}"
            parts.append(f"not rebooted: {', '.join(self.left)}; continue with {again}")
        return "; ".join(parts)

    def _restart_one(self, identifier: str) -> None:
        if not self._member(identifier).is_writer:  # by now: AWS may have failed over by itself
            self._reboot(identifier)
            return
        self.absence.begin()
        successor = self._successor()
        if successor is None:
            self._reboot(identifier)
        else:
            self._fail_over(identifier, successor)
            if self.all_instances or self._member(identifier).waits_for_reboot:
                self._reboot(identifier)
            else:
                self.left.remove(identifier)  # the failover restarted it
        self._until(lambda _: self.absence.is_over, "the database does not answer SQL yet")

    def _reboot(self, identifier: str) -> None:
        began = self.clock()
        answer = self._rds.reboot_db_instance(DBInstanceIdentifier=identifier)["DBInstance"]
        self.left.remove(identifier)
        self._begin(f"{identifier} is being rebooted")
        if answer.get("DBInstanceStatus") != AVAILABLE:
            self._pass_time()  # or its old status, seen once more, would be taken for the end
        self._until(lambda cluster: _is_ready(_member(cluster, identifier)), f"{identifier} is not ready yet")
        self._reach(identifier, "rebooted", began)

    def _fail_over(self, old: str, successor: str) -> None:
        began = self.clock()
        self._rds.failover_db_cluster(
            DBClusterIdentifier=self.target.cluster_identifier, TargetDBInstanceIdentifier=successor
        )
        self._begin(f"{old} is handing over to {successor}")
        self._until(
            lambda cluster: (
                cluster.status in USABLE_STATUSES
                and _member(cluster, successor).is_writer
                and all(_is_up(_member(cluster, name)) for name in (old, successor))
            ),
            f"{successor} is not the writer yet",
        )
        self._reach(successor, "the writer now", began)

    def _successor(self) -> str | None:
        """Return the reader that is to be the writer: one that waits for nothing, of the first promotion tier."""
        readers = [one for one in self._read().instances if not one.is_writer and _is_ready(one)]
        tiers = [(15 if one.promotion_tier is None else one.promotion_tier, one.identifier) for one in readers]
        return min(tiers)[1] if tiers else None

    def _in_sync(self) -> Cluster:
        cluster = self._read()
        waiting = [one.identifier for one in cluster.instances if one.waits_for_reboot]
        if waiting:
            raise failed(
                f"{', '.join(waiting)} still waits for a reboot: look at its events, {self.target.command('status')}"
            )
        return cluster

    def _until(self, is_done: Callable[[Cluster], bool], otherwise: str) -> Cluster:
        """Look at RDS until it is done, asking the database meanwhile, and return what it says then."""
        while True:
            cluster = self._read_if_possible()
            if cluster is not None:
                if is_done(cluster):
                    return cluster
                self._refuse_failed(cluster)
            if self.clock() - self._started >= self.deadline_seconds:
                raise OperationsError(
                    f"not done after {duration(self.deadline_seconds)}: {otherwise}; give a longer --deadline-seconds",
                    ErrorKind.TOO_LATE,
                )
            self._pass_time()

    def _pass_time(self) -> None:
        for _ in range(POLL_SECONDS):
            self.sleep(1)
            self.absence.look()

    def _begin(self, doing: str) -> None:
        self.doing = doing
        self.on_change(doing)

    def _reach(self, instance: str, action: str, began: float) -> None:
        self.doing = None
        step = Step(instance, action, self.clock() - began)
        self.steps.append(step)
        self.on_step(step)

    def _refuse_unusable(self, cluster: Cluster) -> None:
        self._refuse_failed(cluster)
        busy = [] if cluster.status in USABLE_STATUSES else [f"the cluster is {cluster.status}"]
        busy += [f"{one.identifier} is {one.status or 'not there yet'}" for one in cluster.instances if not _is_up(one)]
        if busy:
            raise failed(f"{self.target.name} is not restarted: {busy[0]}; first {self.target.command('wait')}")

    def _refuse_failed(self, cluster: Cluster) -> None:
        states = {"the cluster": cluster.status, **{one.identifier: one.status for one in cluster.instances}}
        for who, status in states.items():
            if has_failed(status):
                raise failed(f"{who} is {status}: {remedy(status, cluster.identifier, self.target.command('status'))}")

    def _read_if_possible(self) -> Cluster | None:
        """Return the cluster; None where AWS is too busy, or out of reach for a moment."""
        try:
            return self._read()
        except Exception as error:
            known = error if isinstance(error, OperationsError) else explained(error)
            if known is None or not known.may_pass:
                raise
            self.on_change(str(known))
            return None

    def _read(self) -> Cluster:
        return read_cluster(self.target, self._rds)

    def _member(self, identifier: str) -> Instance:
        return _member(self._read(), identifier)


def _member(cluster: Cluster, identifier: str) -> Instance:
    found = next((one for one in cluster.instances if one.identifier == identifier), None)
    if found is None:
        raise failed(f"{identifier} is no longer in the cluster {cluster.identifier}")
    return found


def _is_up(instance: Instance) -> bool:
    return instance.status == AVAILABLE


def _is_rebooting(instance: Instance) -> bool:
    return instance.status == REBOOTING


def _is_ready(instance: Instance) -> bool:
    return _is_up(instance) and not instance.waits_for_reboot
