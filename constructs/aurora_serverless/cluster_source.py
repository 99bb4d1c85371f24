"""A cluster that does not start empty: what is sent of its source, and what it must have because its source has it.

What the source decides is not sent, so a wrong argument would pass at first, and replace the cluster on the day it is
sent, when nothing says any more where the cluster came from. Terraform compares the two instead.
"""

from cdktf import Postcondition
from cdktf_cdktf_provider_aws.rds_cluster import RdsClusterRestoreToPointInTime

from aurora_serverless.global_replica import GlobalReplica
from aurora_serverless.master_password import MasterPassword
from aurora_serverless.restore import RestoreSource
from aurora_serverless.rules.engine import EngineVersion
from aurora_serverless.rules.restore import check_is_other_cluster, restore_time
from aurora_serverless.rules.violation import refuse


def check_source(
    restore_from: RestoreSource | None,
    replica_of: GlobalReplica | None,
    *,
    cluster_identifier: str,
    master_password: MasterPassword,
) -> None:
    """Raise `RuleViolation` if the cluster has two sources, is its own, or its password has another than its data."""
    if restore_from is not None and replica_of is not None:
        refuse(
            "replica_of",
            replica_of.global_cluster_identifier,
            "a secondary gets its data from its primary, and is not restored",
            "leave one of replica_of and restore_from out",
        )
    if (replica_of is not None) != master_password.is_replicated:
        refuse(
            "master_password",
            "replicated" if master_password.is_replicated else "its own",
            "a secondary has its primary's password, and no other cluster has",
            "use MasterPassword.replicated() with replica_of, and nowhere else",
        )
    if restore_from is not None and restore_from.cluster_identifier is not None:
        check_is_other_cluster(restore_from.cluster_identifier, cluster_identifier, argument="restore_from")


def copied_cluster(source: RestoreSource) -> RdsClusterRestoreToPointInTime | None:
    """Return the block that copies or clones a cluster; None for a snapshot."""
    if source.cluster_identifier is None:
        return None
    return RdsClusterRestoreToPointInTime(
        source_cluster_identifier=source.cluster_identifier,
        restore_type="copy-on-write" if source.is_clone else "full-copy",
        restore_to_time=None if source.time is None else restore_time(source.time),
        use_latest_restorable_time=True if source.time is None else None,
    )


def has_what_its_source_has(
    restore_from: RestoreSource | None,
    replica_of: GlobalReplica | None,
    *,
    database_name: str | None,
    master_username: str,
    engine_version: EngineVersion,
    storage_encrypted: bool,
) -> list[Postcondition]:
    """Return what Terraform checks of a cluster after it has read it; nothing of one that started empty."""
    if restore_from is None and replica_of is None:
        return []
    conditions = [
        _has_no_database()
        if database_name is None
        else _is_named("database_name", database_name, "database", may_be_unknown=restore_from is None),
        _is_named("master_username", master_username, "master user", may_be_unknown=restore_from is None),
    ]
    if replica_of is not None:
        conditions.append(_is_member(replica_of.global_cluster_identifier))
    if restore_from is not None:
        if storage_encrypted:
            conditions.append(_has_kms_key())
        if restore_from.keeps_engine_version:
            conditions.append(_runs(engine_version))
    return conditions


def _is_named(argument: str, name: str, what: str, *, may_be_unknown: bool) -> Postcondition:
    # RDS need not report the names of a secondary; a restored cluster without a database would be replaced later.
    actual = f'coalesce(self.{argument}, "{name}")' if may_be_unknown else f"self.{argument}"
    return Postcondition(
        condition=f'${{{actual} == "{name}"}}',
        error_message=f'The {what} of the source is ${{jsonencode(self.{argument})}}, and not "{name}": '
        f'${{{_is_empty(argument)} ? "ask for none (initial_database = false)" : "name it so"}}.',
    )


def _is_member(global_cluster_identifier: str) -> Postcondition:
    # What joins is named at creation only, so that a cluster that runs would stay what it is, and lose its secret.
    return Postcondition(
        condition=f'${{coalesce(self.global_cluster_identifier, "-") == "{global_cluster_identifier}"}}',
        error_message=f"The cluster ${{self.cluster_identifier}} runs and is not in the global database "
        f"{global_cluster_identifier}: AWS takes only a new cluster as a secondary. Give the secondary an environment "
        "file of its own; of one that has left its global database, take [global_database] out.",
    )


def _is_empty(argument: str) -> str:
    # RDS reports no name of a database that was never made, and the provider writes that as null or as nothing.
    return f'(self.{argument} == null || self.{argument} == "")'


def _has_no_database() -> Postcondition:
    return Postcondition(
        condition=f"${{{_is_empty('database_name')}}}",
        error_message="The source was made with the initial database ${jsonencode(self.database_name)}: ask for it.",
    )


def _has_kms_key() -> Postcondition:
    return Postcondition(
        condition="${self.storage_encrypted == true}",
        error_message="What is restored is under no KMS key, because its source is not: ask for the AWS-owned key, or "
        "restore a snapshot with a customer key.",
    )


def _runs(engine_version: EngineVersion) -> Postcondition:
    actual = "self.engine_version_actual"
    matches = (
        f'startswith({actual}, "{engine_version}.")' if engine_version.any_minor else f'{actual} == "{engine_version}"'
    )
    return Postcondition(
        condition=f"${{{matches}}}",
        error_message=f"What is restored runs ${{{actual}}}, as its source does, and not {engine_version}: ask for "
        f"${{{actual}}}. To upgrade it afterwards, no longer say that it is restored.",
    )
