"""Mends moto, from outside and in this process only, where it answers otherwise than AWS and Terraform notices.

One module is one subject. Each says what stock moto does, and why that matters.
"""

from local_aws.mending import (
    capacity,
    changes,
    creation_time,
    data_api_switch,
    deletion,
    engine_versions,
    existing_names,
    global_databases,
    insights,
    interface_endpoints,
    managed_policies,
    master_user_secrets,
    parameters,
    proxies,
    restoring,
    scalable_targets,
    security_group_rules,
    storage,
    subnet_groups,
)
from local_aws.mending.replacing import UnexpectedMotoError, check_version

__all__ = ["UnexpectedMotoError", "mend_moto"]

_done: list[float] = []


def mend_moto(*, creation_seconds: float = 0.0) -> None:
    """Mend the moto of this process; to be called before its server starts.

    `creation_seconds` is how long a new cluster stays in status `creating`, in seconds.
    Raises UnexpectedMotoError when the installed moto is not the one that was mended, or when it was
    mended before: a second layer of mends over the first would hide mistakes.
    """
    if _done:
        raise UnexpectedMotoError("moto has been mended already in this process")
    check_version()
    managed_policies.mend()
    data_api_switch.mend()
    storage.mend()
    insights.mend()
    capacity.mend()
    engine_versions.mend()
    subnet_groups.mend()
    interface_endpoints.mend()
    deletion.mend()
    master_user_secrets.mend()
    parameters.mend()
    proxies.mend()
    restoring.mend()
    global_databases.mend()
    scalable_targets.mend()
    security_group_rules.mend()
    creation_time.mend(creation_seconds)
    # These two look at a request before all others do, so they are laid over them.
    changes.mend()
    existing_names.mend()
    _done.append(creation_seconds)
