"""Parameters that wait for a reboot: an instance goes on with what it started with, and says so.

Stock moto says `in-sync` whatever happens, and does nothing at a reboot. On AWS a static parameter, any that is sent as
`pending-reboot`, another cluster parameter group, and the default of `max_connections` after a change of the capacity
wait until the instance is rebooted; no maintenance window does that:
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_WorkingWithParamGroups.html and
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.setting-capacity.html.
A failover changes which instance writes, and no parameters.
"""

import copy
import itertools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from moto.rds.exceptions import InvalidParameterCombination
from moto.rds.exceptions import RDSClientError as RdsError
from moto.rds.models import DBCluster, DBInstance, DBInstanceClustered, RDSBackend
from moto.rds.responses import RDSResponse

from aurora_serverless.rules.alarms import (
    CONNECTION_TENTHS_PER_ACU,
    CONNECTION_TENTHS_RESERVED,
    MOST_CONNECTIONS,
    MOST_CONNECTIONS_BELOW_1_ACU,
)
from local_aws.patches.durations import occupy
from local_aws.patches.replacing import replacing, replacing_property

MAX_CONNECTIONS: Final = "max_connections"
IN_SYNC: Final = "in-sync"
PENDING_REBOOT: Final = "pending-reboot"

_numbers = itertools.count(1)


@dataclass
class Boot:
    """What an instance started with: the names and the values of its parameter groups, and its connections.

    `values` follow a change that is applied at once. `number` is another one after each reboot.
    """

    number: int
    groups: dict[str, str]
    values: dict[str, dict[str, str]]
    default_connections: int

    @property
    def parameters(self) -> dict[str, str]:
        """The values in effect; an instance's group wins over the cluster's."""
        found = {**self.values["cluster"], **self.values["instance"]}
        if not found.get(MAX_CONNECTIONS, "").isdecimal():  # none, or AWS's formula of the memory
            found[MAX_CONNECTIONS] = str(self.default_connections)
        return found


def patch() -> None:
    """Remember what each instance started with, and reboot it."""

    @replacing(DBInstanceClustered, "__init__")
    def creation(stock: Callable[..., None], instance: Any, *args: Any, **kwargs: Any) -> None:
        stock(instance, *args, **kwargs)
        instance.patched_boot = _boot(instance)

    @replacing(RDSBackend, "reboot_db_instance")
    def reboot_db_instance(stock: Callable[..., Any], backend: Any, db_instance_identifier: str) -> Any:
        instance = stock(backend, db_instance_identifier)
        if instance.status != "available":
            # hashicorp/terraform-provider-aws 27325 has AWS's words
            message = "Instance cannot currently reboot due to an in-progress management operation."
            raise RdsError("InvalidDBInstanceState", message)
        if _is_clustered(instance):
            instance.patched_boot = _boot(instance)
        answer = copy.copy(instance)
        occupy(answer, "rebooting", float("inf"))
        occupy(instance, "rebooting")
        return answer

    @replacing(RDSResponse, "reboot_db_instance")
    def reboot(stock: Callable[..., Any], response: Any) -> Any:
        if response.params.get("ForceFailover"):
            # API reference of RebootDBInstance: not if the instance isn't configured for Multi-AZ, as none of Aurora is
            raise InvalidParameterCombination(
                "Cannot force a failover of an instance that isn't configured for Multi-AZ."
            )
        return stock(response)

    _fix_reports()


def _is_clustered(instance: object) -> bool:
    return isinstance(instance, DBInstanceClustered)


def boot_of(instance: Any) -> Boot:
    """Return what an instance of a cluster started with."""
    boot: Boot = instance.patched_boot
    return boot


def restart_upgraded(instance: Any) -> None:
    """Restart an instance with a new engine version: what waited is in effect, but for newly named parameter groups.

    Amazon Aurora User Guide, "Performing a major version upgrade": whoever associates another group reboots the
    database after the upgrade.
    """
    then, boot = boot_of(instance), _boot(instance)
    for kind, group in boot.groups.items():
        if group != then.groups[kind]:
            boot.values[kind] = {}
    instance.patched_boot = boot


def apply_at_once(backend: Any, kind: str, group: str, values: Mapping[str, str | None]) -> None:
    """Let the instances that started with a group follow a change of it; None is a parameter that was taken out."""
    for instance in backend.databases.values():
        if _is_clustered(instance) and boot_of(instance).groups[kind] == group.lower():
            in_effect = boot_of(instance).values[kind]
            for name, value in values.items():
                in_effect.pop(name, None)
                if value is not None:
                    in_effect[name] = value


def _fix_reports() -> None:
    def members(cluster: Any) -> list[dict[str, Any]]:
        found: Iterable[dict[str, Any]] = stock_members.__get__(cluster)
        statuses = {each.db_instance_identifier: _status(each, "cluster") for each in cluster._members}
        return [
            {**member, "DBClusterParameterGroupStatus": statuses[member["DBInstanceIdentifier"]]} for member in found
        ]

    stock_members = replacing_property(DBCluster, "db_cluster_members")(property(members))

    def groups(instance: Any) -> list[Any]:
        found = [copy.copy(group) for group in instance.db_parameter_groups()]
        for group in found:
            group.ParameterApplyStatus = _status(instance, "instance")
        return found

    replacing_property(DBInstance, "db_parameter_group_status_list")(property(groups))


def _status(instance: Any, kind: str) -> str:
    """Return whether a reboot would change the parameters of an instance."""
    if not _is_clustered(instance):
        return IN_SYNC
    then, now = boot_of(instance), _boot(instance)
    is_same = (then.groups[kind], then.values[kind]) == (now.groups[kind], now.values[kind])
    # The limit is a parameter of both groups, by a formula of the memory.
    has_limit = then.parameters[MAX_CONNECTIONS] == now.parameters[MAX_CONNECTIONS]
    return IN_SYNC if is_same and has_limit else PENDING_REBOOT


def _boot(instance: Any) -> Boot:
    """Return what an instance would start with."""
    [group] = instance.db_parameter_groups()
    cluster_group = instance.cluster.parameter_group.lower()
    of_cluster = instance.backend.db_cluster_parameter_groups.get(cluster_group)
    return Boot(
        next(_numbers),
        {"cluster": cluster_group, "instance": group.name},
        {"cluster": _values(of_cluster), "instance": _values(group)},
        _default_connections(instance.cluster.serverless_v2_scaling_configuration or {}),
    )


def _values(group: Any) -> dict[str, str]:
    parameters = group.parameters if group is not None else {}
    return {
        name: str(parameter["ParameterValue"])
        for name, parameter in parameters.items()
        if "ParameterValue" in parameter
    }


def _default_connections(scaling: Mapping[str, Any]) -> int:
    """Return `max_connections` as AWS derives it from the capacity (`aurora_serverless.rules.alarms` has the source).

    The memory of other classes is not known here: their instances have as many as with 1 ACU.
    """
    maximum, minimum = float(scaling.get("max_capacity", 1)), float(scaling.get("min_capacity", 1))
    connections = int((CONNECTION_TENTHS_PER_ACU * maximum - CONNECTION_TENTHS_RESERVED) // 10)
    return min(connections, MOST_CONNECTIONS if minimum >= 1 else MOST_CONNECTIONS_BELOW_1_ACU)
