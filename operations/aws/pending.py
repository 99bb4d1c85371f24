"""What waits: for a reboot, for the maintenance window, and what AWS itself wants to do. Asking wakes nothing."""

from collections.abc import Mapping
from typing import Any

from operations.aws.cluster import PENDING_REBOOT, Cluster, Instance


def reboot_texts(cluster: Cluster) -> list[str]:
    """Return, by instance, what takes effect with its next reboot."""
    return [
        f"{instance.identifier} waits for one ({' and '.join(_waiting_groups(instance))})"
        for instance in cluster.instances
        if instance.waits_for_reboot
    ]


def value_texts(cluster: Cluster) -> list[str]:
    """Return what RDS will change of the cluster and its instances, and in which window it does at the latest."""
    found = [(cluster.identifier, cluster.pending, cluster.window)]
    found += [(instance.identifier, instance.pending, instance.window) for instance in cluster.instances]
    return [
        f"{', '.join(f'{name} = {value}' for name, value in pending.items())} of {who}"
        + (f", in its window {window} UTC" if window else "")
        for who, pending, window in found
        if pending
    ]


def _waiting_groups(instance: Instance) -> list[str]:
    groups = {"cluster parameters": instance.cluster_parameters, "instance parameters": instance.instance_parameters}
    return [group for group, status in groups.items() if status == PENDING_REBOOT]


def maintenance_actions(rds: Any, cluster: Cluster) -> list[dict[str, Any]]:
    """Return what AWS wants to do to the cluster or its instances. Raises what boto3 does."""
    names = [("db-cluster-id", [cluster.identifier])]
    if cluster.instances:
        names.append(("db-instance-id", [instance.identifier for instance in cluster.instances]))
    found = []
    for name, values in names:
        pages = rds.get_paginator("describe_pending_maintenance_actions").paginate(
            Filters=[{"Name": name, "Values": values}]
        )
        for page in pages:
            for resource in page["PendingMaintenanceActions"]:
                who = resource["ResourceIdentifier"].rpartition(":")[2]
                found += [_action(who, action) for action in resource["PendingMaintenanceActionDetails"]]
    return found


def _action(who: str, action: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "resource": who,
        "action": action["Action"],
        "description": action.get("Description", ""),
        "on": action.get("CurrentApplyDate") or action.get("ForcedApplyDate"),
    }
