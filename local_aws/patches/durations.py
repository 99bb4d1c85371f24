"""Clusters and instances can take their time: to be created, changed and deleted.

Stock moto has done everything at the first look, so nothing could happen to a deployment in the middle. Nothing waits
here: what a resource does at the moment is worked out from the clock when somebody looks.
"""

import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from moto.rds.models import DBCluster, DBInstance
from moto.rds.responses import RDSResponse

from local_aws.patches.replacing import adding_property, replacing, replacing_property


@dataclass(frozen=True)
class Durations:
    """How long each takes, in seconds; with 0 a state shows in the answer to its request at most."""

    creation: float = 0.0
    change: float = 0.0
    deletion: float = 0.0


_durations = Durations()


def patch(durations: Durations) -> None:
    """Report `creating`, `modifying`, `deleting` and the like for as long as they take."""
    global _durations  # noqa: PLW0603  # moto is patched once in a process
    _durations = durations

    @replacing(DBCluster, "__init__")
    def creation(stock: Callable[..., None], cluster: Any, *args: Any, **kwargs: Any) -> None:
        occupy(cluster, "creating", durations.creation)
        stock(cluster, *args, **kwargs)

    def set_status(cluster: Any, value: str) -> None:
        cluster._status = value

    stock_status = replacing_property(DBCluster, "status")(
        property(lambda cluster: _passing(cluster) or stock_status.__get__(cluster), set_status)
    )

    def set_instance_status(instance: Any, value: str) -> None:
        vars(instance)["status"] = value

    adding_property(
        DBInstance,
        "status",
        property(lambda instance: _passing(instance) or vars(instance)["status"], set_instance_status),
    )

    def backend(response: Any) -> Any:
        found = stock_backend.__get__(response)
        remove_gone(found)
        return found

    stock_backend = replacing_property(RDSResponse, "backend")(property(backend))


def occupy(resource: Any, status: str, seconds: float | None = None) -> None:
    """Let a cluster or an instance be in `status` from now on, by default for as long as a change takes."""
    resource.patched_busy = (status, time.monotonic() + (_durations.change if seconds is None else seconds))


def is_going(resource: Any) -> bool:
    """Whether a resource is being deleted."""
    return "patched_gone_at" in vars(resource)


def keep_while_deleting(collection: MutableMapping[str, Any], identifier: str, resource: Any) -> None:
    """Leave a resource that was deleted in its collection for as long as a deletion takes."""
    resource.status = "deleting"
    if _durations.deletion:
        resource.patched_gone_at = time.monotonic() + _durations.deletion
        collection[identifier] = resource


def remove_gone(backend: Any) -> None:
    """Remove what has been deleted for long enough."""
    for collection in (backend.databases, backend.clusters):
        for identifier, resource in list(collection.items()):
            if is_going(resource) and time.monotonic() >= resource.patched_gone_at:
                del collection[identifier]


def _passing(resource: Any) -> str | None:
    """Return the state that will pass by itself."""
    if is_going(resource):
        return "deleting"
    status, until = vars(resource).get("patched_busy", ("", 0.0))
    return status if time.monotonic() < until else None
