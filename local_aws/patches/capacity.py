"""Serverless v2 capacity: refused where AWS refuses it, and reported as AWS reports it.

Stock moto echoes any range it is sent and forgets what a change leaves out, so a minimum above the maximum, or a
pause that AWS refuses, passes. It also reports an empty Serverless v1 configuration for every cluster, which
Terraform shows as a block to be removed.
"""

from collections.abc import Callable
from typing import Any

from moto.rds.exceptions import InvalidDBClusterStateFault, InvalidParameterValue
from moto.rds.models import DBCluster, RDSBackend

from aurora_serverless.facts.limits import fractional_limit, limit
from aurora_serverless.rules.engine import ENGINE
from local_aws.patches.engine_versions import can_pause
from local_aws.patches.replacing import replacing, replacing_property

LEAST_MAXIMUM = fractional_limit("rds_min_maximum_acu")
GREATEST_MAXIMUM = fractional_limit("rds_max_capacity_acu")
LEAST_MINIMUM_WITHOUT_PAUSE = fractional_limit("rds_min_running_acu")
LEAST_PAUSE_SECONDS = limit("rds_auto_pause_shortest")
GREATEST_PAUSE_SECONDS = limit("rds_auto_pause_longest")
DEFAULT_PAUSE_SECONDS = limit("rds_auto_pause_default")

ARGUMENT = "serverless_v2_scaling_configuration"


def patch() -> None:
    """Check and complete the range at creation and change, and report a v1 configuration only where there is one."""

    @replacing(RDSBackend, "create_db_cluster")
    def create_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        if kwargs.get(ARGUMENT):
            kwargs[ARGUMENT] = _settled(kwargs[ARGUMENT], {}, kwargs.get("engine"), kwargs.get("engine_version"))
        return stock(backend, kwargs)

    @replacing(RDSBackend, "modify_db_cluster")
    def modify_db_cluster(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        if kwargs.get(ARGUMENT):
            cluster = backend.clusters[kwargs["db_cluster_identifier"]]
            engine_version = kwargs.get("engine_version") or cluster.engine_version
            before = cluster.serverless_v2_scaling_configuration or {}
            kwargs[ARGUMENT] = _settled(kwargs[ARGUMENT], before, cluster.engine, engine_version)
        return stock(backend, kwargs)

    @replacing(RDSBackend, "create_db_instance")
    def create_db_instance(stock: Callable[..., Any], backend: Any, kwargs: Any) -> Any:
        cluster = backend.clusters.get(kwargs.get("db_cluster_identifier") or "")
        is_serverless = kwargs.get("db_instance_class") == "db.serverless"
        if is_serverless and cluster is not None and not cluster.serverless_v2_scaling_configuration:
            raise InvalidDBClusterStateFault(
                "Set the Serverless v2 scaling configuration on the parent DB cluster "
                "before creating a Serverless v2 DB instance."
            )
        return stock(backend, kwargs)

    def v1_configuration(cluster: Any) -> Any:
        return stock_v1_configuration.__get__(cluster) if cluster.scaling_configuration else None

    stock_v1_configuration = replacing_property(DBCluster, "scaling_configuration_info")(property(v1_configuration))


def _settled(requested: Any, before: Any, engine: str | None, engine_version: str | None) -> dict[str, Any]:
    """Return the configuration that AWS would report after a request; what the request leaves out stays as it was."""
    minimum = requested.get("min_capacity", before.get("min_capacity"))
    maximum = requested.get("max_capacity", before.get("max_capacity"))
    if minimum is None or maximum is None:
        raise InvalidParameterValue(
            "Both MinCapacity and MaxCapacity must be specified "
            "when you initialize Serverless v2 scaling configuration."
        )
    _check_range(float(minimum), float(maximum), pausing=engine != ENGINE or can_pause(engine_version or "17"))
    pause = requested.get("seconds_until_auto_pause")
    _check_pause(pause, float(minimum))
    settled = {"min_capacity": minimum, "max_capacity": maximum}
    if minimum == 0:
        # AWS reports a pause only while the minimum is 0, and then always: its default where none was asked for.
        settled["seconds_until_auto_pause"] = pause or before.get("seconds_until_auto_pause") or DEFAULT_PAUSE_SECONDS
    return settled


def _check_range(minimum: float, maximum: float, *, pausing: bool) -> None:
    least_minimum = 0.0 if pausing else LEAST_MINIMUM_WITHOUT_PAUSE
    for name, value in (("minimum", minimum), ("maximum", maximum)):
        if (value * 2) % 1:
            raise _invalid(name, value, "Capacities are specified in steps of 0.5.")
    if maximum < LEAST_MAXIMUM:
        raise _invalid("maximum", maximum, f"The maximum capacity must be at least {LEAST_MAXIMUM}.")
    if maximum > GREATEST_MAXIMUM:
        raise _invalid("maximum", maximum, f"The maximum capacity must not exceed {GREATEST_MAXIMUM}.")
    if minimum < least_minimum:
        raise _invalid("minimum", minimum, f"The minimum capacity must be at least {least_minimum}.")
    if minimum > maximum:
        raise _invalid("minimum", minimum, f"The minimum capacity must not exceed the maximum capacity {maximum}.")


def _invalid(name: str, value: float, reason: str) -> InvalidParameterValue:
    return InvalidParameterValue(f"Serverless v2 {name} capacity {value} isn't valid. {reason}")


def _check_pause(pause: int | None, minimum: float) -> None:
    if pause is None:
        return
    if minimum > 0:
        raise InvalidParameterValue("SecondsUntilAutoPause can only be specified when minimum capacity is 0.")
    if not LEAST_PAUSE_SECONDS <= pause <= GREATEST_PAUSE_SECONDS:
        raise InvalidParameterValue(
            f"SecondsUntilAutoPause {pause} isn't valid. "
            f"It must be between {LEAST_PAUSE_SECONDS} and {GREATEST_PAUSE_SECONDS}."
        )
