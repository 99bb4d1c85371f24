"""Classes of instances: only those that Aurora PostgreSQL has.

Stock moto takes any text.
"""

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import InvalidParameterValue
from moto.rds.models import RDSBackend

from aurora_serverless.rules.engine import ENGINE
from aurora_serverless.rules.instances import is_known_class
from local_aws.patches.replacing import replacing


def patch() -> None:
    """Check the class of a new instance of Aurora PostgreSQL, and of a changed one."""

    @replacing(RDSBackend, "create_db_instance")
    def create_db_instance(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        _check(kwargs.get("engine"), kwargs.get("db_instance_class"))
        return stock(backend, kwargs)

    @replacing(RDSBackend, "modify_db_instance")
    def modify_db_instance(stock: Callable[..., Any], backend: Any, identifier: str, kwargs: Any) -> Any:
        _check(getattr(backend.databases.get(identifier), "engine", None), kwargs.get("db_instance_class"))
        return stock(backend, identifier, kwargs)


def _check(engine: str | None, name: str | None) -> None:
    if engine == ENGINE and name is not None and not is_known_class(name):
        raise InvalidParameterValue(f"Invalid DB Instance class: {name}")
