"""Check of the capacity limits against the environment's file."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from operations.checks.check import Check, Subject, failed, passed, unknown
from operations.times import duration

if TYPE_CHECKING:
    from aurora_serverless.options.capacity import Capacity
    from operations.aws.cluster import Cluster


def capacity(subject: Subject) -> Iterator[Check]:
    """Check that the cluster scales, and pauses, as the file says."""
    cluster, environment = subject.cluster, subject.target.environment
    if cluster.minimum_acu is None or cluster.maximum_acu is None:
        yield failed("capacity", "the cluster has no Serverless v2 capacity: it was changed by hand", "deploy again")
        return
    actual = _limits(cluster.minimum_acu, cluster.maximum_acu, cluster.auto_pause_seconds)
    if environment is None:
        yield unknown("capacity", f"{actual}, and no file to compare it with", "name an environment")
        return
    file = f"environments/{environment.name}.toml"
    if _is_as_wanted(cluster, environment.capacity):
        yield passed("capacity", f"{actual}, as {file} says")
        return
    wanted = _limits(
        environment.capacity.minimum_acu, environment.capacity.maximum_acu, _wanted_pause_seconds(environment.capacity)
    )
    yield failed(
        "capacity",
        f"{actual}, but {file} says {wanted}: the next deploy changes it",
        "set the capacity that you want under [capacity] and deploy; or deploy with the variables min_capacity and "
        "max_capacity again",
    )


def _is_as_wanted(cluster: "Cluster", wanted: "Capacity") -> bool:
    if (cluster.minimum_acu, cluster.maximum_acu) != (wanted.minimum_acu, wanted.maximum_acu):
        return False
    # Without auto-pause RDS may tell a time that means nothing.
    return not cluster.may_pause or cluster.auto_pause_seconds == _wanted_pause_seconds(wanted)


def _wanted_pause_seconds(wanted: "Capacity") -> int:
    from aurora_serverless.rules.capacity import DEFAULT_AUTO_PAUSE_SECONDS  # noqa: PLC0415

    return DEFAULT_AUTO_PAUSE_SECONDS if wanted.auto_pause_seconds is None else wanted.auto_pause_seconds


def _limits(minimum_acu: float, maximum_acu: float, auto_pause_seconds: int | None) -> str:
    pause = f", paused after {duration(auto_pause_seconds)}" if minimum_acu == 0 and auto_pause_seconds else ""
    return f"{minimum_acu:g} to {maximum_acu:g} ACU{pause}"
