"""A major upgrade takes a while: the cluster is `upgrading`, its data move, and then it runs the new version.

Stock moto sets the version at once. Who has the data moves them: see `local_aws.data_api.clusters`. A cluster that was
never asked for SQL has none, and is upgraded at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from moto.core.utils import utcnow
from moto.rds.models import RDSBackend

from aurora_serverless.rules.engine import ENGINE, EngineVersion
from local_aws.patches.changes import UPGRADING
from local_aws.patches.durations import occupy
from local_aws.patches.engine_versions import find_version
from local_aws.patches.reboots import restart_upgraded
from local_aws.patches.replacing import replacing

# From "Amazon RDS event categories and event messages for Aurora", RDS-EVENT-0004, 0006 and 0176.
_SHUT_DOWN: Final = "DB instance shutdown"
_RESTARTED: Final = "DB instance restarted"
_UPGRADED: Final = "Database cluster engine major version has been upgraded"


@dataclass(frozen=True)
class MajorUpgrade:
    """From which version to which a cluster is being upgraded."""

    running: EngineVersion
    target: EngineVersion


@dataclass(frozen=True)
class _Event:
    """An event as DescribeEvents answers it; moto's own are those of its list only."""

    source_identifier: str
    source_type: str
    source_arn: str
    message: str
    event_categories: tuple[str, ...] = ("maintenance",)
    date: datetime = field(default_factory=utcnow)


def patch() -> None:
    """Let a change to another major version begin an upgrade."""

    @replacing(RDSBackend, "patched_apply_change")
    def apply_change(stock: Callable[..., Any], backend: Any, kwargs: Mapping[str, Any]) -> Any:
        cluster = backend.clusters[kwargs["db_cluster_identifier"]]
        upgrade = _asked_for(cluster, kwargs.get("engine_version"))
        if upgrade is None:
            return stock(backend, dict(kwargs))
        changed = stock(backend, {name: value for name, value in kwargs.items() if name != "engine_version"})
        _begin(changed, upgrade)
        return changed


def pending(cluster: Any) -> MajorUpgrade | None:
    """Return the upgrade that a cluster is in."""
    found: MajorUpgrade | None = getattr(cluster, "patched_upgrade", None)
    return found


def note_data(cluster: Any) -> None:
    """Note that a cluster has data from now on, which an upgrade must move."""
    cluster.patched_has_data = True


def finish(cluster: Any) -> None:
    """Let a cluster run the new version."""
    cluster.engine_version = str(cluster.patched_upgrade.target)
    for instance in cluster._members:
        restart_upgraded(instance)
    _tell(cluster, _UPGRADED)
    _end(cluster)


def give_up(cluster: Any, reason: str) -> None:
    """Leave a cluster on its version, as AWS does where its checks before the upgrade find something."""
    _tell(cluster, f"Database cluster could not be upgraded to {cluster.patched_upgrade.target}: {reason}")
    _end(cluster)


def _asked_for(cluster: Any, requested: str | None) -> MajorUpgrade | None:
    if requested is None or cluster.engine != ENGINE:
        return None
    upgrade = MajorUpgrade(find_version(cluster.engine_version), find_version(requested))
    return upgrade if upgrade.target.major > upgrade.running.major else None


def _begin(cluster: Any, upgrade: MajorUpgrade) -> None:
    cluster.patched_upgrade = upgrade
    occupy(cluster, UPGRADING, float("inf"))
    for instance in cluster._members:
        occupy(instance, UPGRADING, float("inf"))
        _tell_of_instance(instance, _SHUT_DOWN)
    if not getattr(cluster, "patched_has_data", False):
        finish(cluster)


def _end(cluster: Any) -> None:
    cluster.patched_upgrade = None
    occupy(cluster, UPGRADING)
    for instance in cluster._members:
        occupy(instance, UPGRADING)
        _tell_of_instance(instance, _RESTARTED)


def _tell(cluster: Any, message: str) -> None:
    event = _Event(cluster.db_cluster_identifier, "db-cluster", cluster.db_cluster_arn, message)
    cluster.backend.events.append(event)


def _tell_of_instance(instance: Any, message: str) -> None:
    event = _Event(instance.db_instance_identifier, "db-instance", instance.db_instance_arn, message)
    instance.backend.events.append(event)
