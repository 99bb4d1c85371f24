"""Mends moto, from outside and in this process only, where it answers otherwise than AWS and Terraform notices.

One module is one subject. Each says what stock moto does, and why that matters.
"""

from local_aws.mending import (
    capacity,
    changes,
    data_api_switch,
    deletion,
    durations,
    encryption,
    engine_defaults,
    engine_versions,
    existing_names,
    global_databases,
    global_upgrades,
    groups_in_use,
    insights,
    interface_endpoints,
    log_exports,
    log_group_keys,
    major_upgrades,
    managed_policies,
    master_user_secrets,
    parameter_groups,
    parameters,
    pending_changes,
    proxies,
    reboots,
    restoring,
    scalable_targets,
    security_group_rules,
    states,
    storage,
    subnet_groups,
    upgrades,
    windows,
)
from local_aws.mending.durations import Durations
from local_aws.mending.replacing import UnexpectedMotoError, check_version

__all__ = ["Durations", "UnexpectedMotoError", "mend_moto"]

_done: list[Durations] = []


def mend_moto(times: Durations) -> None:
    """Mend the moto of this process; to be called before its server starts.

    Raises UnexpectedMotoError when the installed moto is not the one that was mended, or when it was
    mended before: a second layer of mends over the first would hide mistakes.
    """
    if _done:
        raise UnexpectedMotoError("moto has been mended already in this process")
    check_version()
    # What changes a cluster lies under what lets a change wait, and both lie under all that checks the request.
    changes.mend()
    major_upgrades.mend()
    pending_changes.mend()
    managed_policies.mend()
    encryption.mend()
    log_group_keys.mend()
    data_api_switch.mend()
    storage.mend()
    insights.mend()
    capacity.mend()
    parameter_groups.mend()
    engine_versions.mend()
    engine_defaults.mend()
    subnet_groups.mend()
    interface_endpoints.mend()
    master_user_secrets.mend()
    reboots.mend()
    parameters.mend()
    proxies.mend()
    restoring.mend()
    global_databases.mend()
    deletion.mend()
    upgrades.mend()
    global_upgrades.mend()
    groups_in_use.mend()
    scalable_targets.mend()
    security_group_rules.mend()
    durations.mend(times)
    log_exports.mend()
    windows.mend()
    # These two look at a request before all others do, so they are laid over them.
    states.mend()
    existing_names.mend()
    _done.append(times)
