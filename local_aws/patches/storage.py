"""Aurora's storage: its types are accepted, and reported as AWS reports them.

Stock moto fails with a KeyError on StorageType `aurora` and `aurora-iopt1`, and reports `gp2`, which no
Aurora cluster has. AWS reports the type only when it is `aurora-iopt1`:
https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
"""

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.models import DBCluster

from local_aws.patches.replacing import adding_property, replacing, replacing_static

IO_OPTIMIZED = "aurora-iopt1"
STANDARD = "aurora"


def patch() -> None:
    """Accept both types of Aurora's storage, and hide the standard one."""

    @replacing_static(DBCluster, "default_allocated_storage")
    def default_allocated_storage(stock: Callable[..., int], engine: str, storage_type: str) -> int:
        return 1 if _is_aurora(engine) else stock(engine, storage_type)

    def storage_type(cluster: Any) -> str | None:
        kept: str | None = vars(cluster)["storage_type"]
        return kept

    def set_storage_type(cluster: Any, value: str | None) -> None:
        is_hidden = _is_aurora(cluster.engine) and value != IO_OPTIMIZED
        vars(cluster)["storage_type"] = None if is_hidden else value

    adding_property(DBCluster, "storage_type", property(storage_type, set_storage_type))

    @replacing(DBCluster, "__init__")
    def creation(stock: Callable[..., None], cluster: Any, *args: Any, **kwargs: Any) -> None:
        requested = kwargs.get("storage_type")
        if _is_aurora(kwargs.get("engine", "")) and requested not in (None, "", STANDARD, IO_OPTIMIZED):
            raise InvalidParameterCombination(f"Invalid storage type: {requested}")
        stock(cluster, *args, **kwargs)


def _is_aurora(engine: str) -> bool:
    return engine.startswith("aurora")
