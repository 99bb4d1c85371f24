"""What Terraform refuses to plan of a running cluster's engine version: a downgrade, and an upgrade nobody allowed.

A postcondition sees both sides without looking anything up. Terraform checks it when it plans: until a change is
applied, `engine_version_actual` is what the running cluster has. Of a cluster that is only made, or replaced, it is not
known yet, and the check waits until that is there.
"""

from typing import Final

from cdktf import Postcondition

from aurora_serverless.rules.engine import EngineVersion

_RUNNING: Final = "self.engine_version_actual"
_MAJOR: Final = f'tonumber(split(".", {_RUNNING})[0])'
_MINOR: Final = f'tonumber(split(".", "${{{_RUNNING}}}.0")[1])'  # with the .0 there is always one
_IS_GLOBAL: Final = "try(length(self.global_cluster_identifier) > 0, false)"  # null outside of a global database


def guarded_version(
    engine_version: EngineVersion, *, cluster_identifier: str, allow_major_version_upgrade: bool
) -> list[Postcondition]:
    """Return what Terraform checks of the version that a cluster runs before it plans another one."""
    return [
        _is_not_lower(engine_version, cluster_identifier),
        _is_same_major(engine_version, cluster_identifier, is_allowed=allow_major_version_upgrade),
    ]


def _is_not_lower(wanted: EngineVersion, cluster_identifier: str) -> Postcondition:
    minor = "" if wanted.any_minor else f" && ({_MAJOR} < {wanted.major} || {_MINOR} <= {wanted.minor})"
    return Postcondition(
        condition=f"${{{_MAJOR} <= {wanted.major}{minor}}}",
        error_message=f"The cluster {cluster_identifier} runs Aurora PostgreSQL ${{{_RUNNING}}}, and engine version "
        f"{wanted} is lower: AWS never downgrades a cluster. Ask for ${{{_RUNNING}}} or a newer version; an older one "
        "needs a new cluster, restored from a snapshot that was taken before the upgrade.",
    )


def _is_same_major(wanted: EngineVersion, cluster_identifier: str, *, is_allowed: bool) -> Postcondition:
    # Source: Amazon RDS API Reference, ModifyGlobalCluster; a member of its own cannot be upgraded to another major.
    together = (
        "AWS upgrades all members of a global database together (aws rds modify-global-cluster "
        f"--allow-major-version-upgrade --engine-version {wanted}); deploy {wanted} after that"
    )
    alone = f'allow it with allow_major_version_upgrade = \\"{wanted}\\"'
    return Postcondition(
        condition=f"${{{_MAJOR} >= {wanted.major}{f' || !{_IS_GLOBAL}' if is_allowed else ''}}}",
        error_message=f"The cluster {cluster_identifier} runs Aurora PostgreSQL ${{{_RUNNING}}}, and engine version "
        f"{wanted} is a major upgrade, which cannot be undone: "
        f'${{{_IS_GLOBAL} ? "{together}" : "{alone}"}}, or ask for ${{{_RUNNING}}}.',
    )
