"""Patches moto, from outside and in this process only, where it answers otherwise than AWS and Terraform notices.

One module is one subject. Each says what stock moto does, and why that matters.
"""

from local_aws.patches import (
    backup_plans,
    capacity,
    changes,
    cluster_roles,
    data_api_switch,
    deletion,
    durations,
    encryption,
    endpoints,
    engine_defaults,
    engine_versions,
    event_subscriptions,
    existing_names,
    global_databases,
    global_upgrades,
    groups_in_use,
    insights,
    instance_classes,
    instances,
    interface_endpoints,
    log_exports,
    log_group_keys,
    major_upgrades,
    managed_policies,
    master_user_secrets,
    network_types,
    parameter_groups,
    parameters,
    pending_changes,
    proxies,
    reboots,
    restoring,
    scalable_targets,
    secret_rotation,
    security_group_rules,
    states,
    storage,
    subnet_groups,
    upgrades,
    windows,
    write_forwarding,
)
from local_aws.patches.durations import Durations
from local_aws.patches.replacing import UnexpectedMotoError, check_version

__all__ = ["Durations", "UnexpectedMotoError", "patch_moto"]

_done: list[Durations] = []


def patch_moto(times: Durations) -> None:
    """Patch the moto of this process; to be called before its server starts.

    Raises UnexpectedMotoError when the installed moto is not the one that was patched, or when it was
    patched before: a second layer of patches over the first would hide mistakes.
    """
    if _done:
        raise UnexpectedMotoError("moto has been patched already in this process")
    check_version()
    # What changes a cluster lies under what lets a change wait, and both lie under all that checks the request.
    changes.patch()
    major_upgrades.patch()
    pending_changes.patch()
    managed_policies.patch()
    encryption.patch()
    log_group_keys.patch()
    data_api_switch.patch()
    storage.patch()
    insights.patch()
    capacity.patch()
    instance_classes.patch()
    parameter_groups.patch()
    engine_versions.patch()
    engine_defaults.patch()
    subnet_groups.patch()
    network_types.patch()
    interface_endpoints.patch()
    instances.patch()
    master_user_secrets.patch()
    secret_rotation.patch()
    reboots.patch()
    parameters.patch()
    proxies.patch()
    event_subscriptions.patch()
    endpoints.patch()
    write_forwarding.patch()
    cluster_roles.patch()
    backup_plans.patch()
    restoring.patch()
    global_databases.patch()
    deletion.patch()
    upgrades.patch()
    global_upgrades.patch()
    groups_in_use.patch()
    scalable_targets.patch()
    security_group_rules.patch()
    durations.patch(times)
    log_exports.patch()
    windows.patch()
    # These two look at a request before all others do, so they are laid over them.
    states.patch()
    existing_names.patch()
    _done.append(times)
