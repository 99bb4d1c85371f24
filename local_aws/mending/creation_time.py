"""A new cluster can take time to become available.

Stock moto has it available at the first look, so nothing could happen to a deployment in the middle.
"""

import time
from collections.abc import Callable
from typing import Any

from moto.rds.models import DBCluster

from local_aws.mending.replacing import replacing, replacing_property


def mend(creation_seconds: float) -> None:
    """Keep each new cluster in status `creating` for `creation_seconds`; with 0 only in the answer to its creation."""

    @replacing(DBCluster, "__init__")
    def creation(stock: Callable[..., None], cluster: Any, *args: Any, **kwargs: Any) -> None:
        cluster.available_from = time.monotonic() + creation_seconds
        stock(cluster, *args, **kwargs)

    def status(cluster: Any) -> str:
        if cluster._status == "creating" and time.monotonic() < cluster.available_from:
            return "creating"
        current: str = stock.__get__(cluster)
        return current

    def set_status(cluster: Any, value: str) -> None:
        cluster._status = value

    stock = replacing_property(DBCluster, "status")(property(status, set_status))
