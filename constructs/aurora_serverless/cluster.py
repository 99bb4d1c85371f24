"""The Aurora Serverless v2 cluster and its serverless instances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final, Literal

from cdktf import Fn, ITerraformDependable, Op, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.rds_cluster import (
    RdsCluster,
    RdsClusterServerlessv2ScalingConfiguration,
    RdsClusterTimeouts,
)
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance, RdsClusterInstanceTimeouts
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.cluster_lifecycle import cluster_lifecycle
from aurora_serverless.cluster_source import check_source, copied_cluster, has_what_its_source_has
from aurora_serverless.global_replica import GlobalReplica
from aurora_serverless.instance_settings import AS_THE_OTHERS, InstanceSettings
from aurora_serverless.kept_arguments import keeps_no_group, keeps_nothing
from aurora_serverless.master_password import MasterPassword
from aurora_serverless.restore import RestoreSource
from aurora_serverless.rules.backup import check_backup_retention
from aurora_serverless.rules.capacity import DEFAULT_AUTO_PAUSE_SECONDS, STEP_ACU, check_capacity
from aurora_serverless.rules.engine import (
    ENGINE,
    EXTENDED_SUPPORT_ON,
    EngineVersion,
    check_data_api,
    check_write_forwarding,
    lifecycle_support,
)
from aurora_serverless.rules.insights import InsightsMode, check_enhanced_monitoring_interval, insights_retention_days
from aurora_serverless.rules.instances import (
    SERVERLESS_CLASS,
    check_availability_zones,
    check_ca_certificate,
    check_class_has_data_api,
    check_instance_count,
    tier_of_each_reader,
)
from aurora_serverless.rules.log_group import LOG_TYPE, check_more_log_type
from aurora_serverless.rules.names import check_database_name, check_identifier, check_master_username
from aurora_serverless.rules.network import NetworkType, check_port
from aurora_serverless.rules.tags import check_tags
from aurora_serverless.rules.timeouts import check_timeout
from aurora_serverless.rules.tokens import check_unless_token, is_token
from aurora_serverless.rules.windows import check_backup_window, check_maintenance_window, check_windows_apart
from aurora_serverless.upgrade_guard import guarded_version

IO_OPTIMIZED_STORAGE: Final = "aurora-iopt1"
STANDARD_STORAGE: Final = "aurora"

StorageType = Literal["standard", "io_optimized"]

if TYPE_CHECKING:
    from aurora_serverless.storage_key import StorageKey


class AuroraServerlessCluster(AddressedConstruct):
    """An Aurora PostgreSQL cluster with Serverless v2 capacity, the Data API, and serverless instances.

    Attributes: `cluster`, `instances` (the resources; the first instance is the one that was there first),
    `storage_key` (a `StorageKey`; None where another key than the AWS-managed one is asked for).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster_identifier: str,
        instance_identifiers: Sequence[str],
        engine_version: EngineVersion | str,
        allow_major_version_upgrade: bool = False,
        cluster_parameter_group_name: str | None = None,
        instance_parameter_group_name: str | None = None,
        automatic_minor_upgrades: bool | None = None,
        extended_support: bool | None = None,
        minimum_acu: float,
        maximum_acu: float,
        auto_pause_seconds: int | None = None,
        availability_zones: Sequence[str] = (),
        reader_promotion_tier: int | Sequence[int] | None = None,
        ca_certificate: str | None = None,
        own_settings: Mapping[int, InstanceSettings] | None = None,
        local_write_forwarding: bool | None = None,
        global_write_forwarding: bool | None = None,
        storage_type: StorageType | None = None,
        restore_from: RestoreSource | None = None,
        replica_of: GlobalReplica | None = None,
        database_name: str | None,
        master_username: str,
        master_password: MasterPassword,
        subnet_group_name: str,
        security_group_ids: Sequence[str],
        port: int | None = None,
        network_type: NetworkType | None = None,
        data_api_enabled: bool = True,
        iam_database_authentication: bool | None = None,
        storage_encrypted: bool | None = None,
        kms_key_arn: str | None = None,
        backup_retention_days: int | None = 7,
        backup_window: str | None = "03:00-04:00",
        delete_automated_backups: bool = True,
        maintenance_window: str = "sun:04:00-sun:05:00",
        apply_immediately: bool = False,
        instances_follow_maintenance: bool = True,
        create_minutes: int | None = None,
        update_minutes: int | None = None,
        delete_minutes: int | None = None,
        adopted: bool = False,
        copy_tags_to_snapshots: bool | None = None,
        final_snapshot: bool = False,
        final_snapshot_suffix: str | None = None,
        final_snapshot_identifier: str | None = None,
        deletion_protection: bool | None = None,
        prevent_destroy: bool = False,
        export_log: bool = False,
        more_exported_logs: Sequence[str] = (),
        insights_mode: InsightsMode | None = None,
        enhanced_monitoring_seconds: int | None = None,
        enhanced_monitoring_role_arn: str | None = None,
        depends_on: Sequence[ITerraformDependable] = (),
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the cluster and its instances. What is None is not sent, and stays as AWS has it by default.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            cluster_identifier: Identifier of the cluster; a new one means a new cluster.
            instance_identifiers: Identifier of each instance, 1 to 16. The first is the writer of a new cluster and
                keeps its address for ever; the others are readers, and adding or removing one touches no other.
            engine_version: Version of Aurora PostgreSQL. Terraform refuses to plan a lower one than the cluster runs.
            allow_major_version_upgrade: Whether a running cluster may be upgraded to another major version; Terraform
                refuses to plan it by default. For the one deploy that upgrades, since nobody can take it back.
            cluster_parameter_group_name: Name of the cluster's parameter group; the engine's default one without it.
            instance_parameter_group_name: Name of the instances' parameter group; the engine's default one without it.
            automatic_minor_upgrades: Whether AWS upgrades to newer minor versions by itself, as it does by default:
                Terraform then refuses to plan an `engine_version` whose minor is older.
            extended_support: Whether AWS keeps (and bills) a version after its standard support, or upgrades it.
            minimum_acu: Smallest capacity in ACU (0 pauses when idle), a number or a token.
            maximum_acu: Largest capacity in ACU, a number or a token.
            auto_pause_seconds: Idle seconds, 300 to 86,400, before a cluster with a minimum of 0 pauses; by default
                300. Sent only while the minimum is 0: AWS refuses it otherwise.
            availability_zones: Zones of the instances, in turn; AWS chooses them by default. Another zone means a new
                instance. Never the cluster's own argument of that name, which replaces the cluster.
            reader_promotion_tier: Tier, 0 to 15, in which readers are promoted, one for all or one for each in turn; in
                0 and 1 they scale with the writer, in the others by their own load. By default AWS's own, 1.
            ca_certificate: Identifier of the certificate authority that signs the instances' certificates. By default
                the account's, and an instance that runs keeps the one that it has.
            own_settings: What an instance has of its own, by its number: 0 of the first one. All are alike by default.
            local_write_forwarding: Whether readers forward writes to the writer.
            global_write_forwarding: Whether a secondary forwards writes to its primary.
            storage_type: `standard` (I/O is billed) or `io_optimized` (it is not, and the rest costs more).
            restore_from: What a new cluster is made from: a `RestoreSource`; it starts empty by default. One that runs
                already stays as it is. AWS restores without Data API, IAM authentication and insights: they are turned
                on by the second apply.
            replica_of: The global database that a new cluster joins as a secondary: `aurora_serverless.global_replica`.
            database_name: Name of the database that AWS makes with the cluster (its initial database), None for none;
                a new one means a new cluster. It is not sent where there is a source or a primary, and must be the one
                that they have: Terraform compares the two.
            master_username: Name of the master user, as `database_name`.
            master_password: Where the password comes from: `aurora_serverless.master_password`.
            subnet_group_name: Name of the DB subnet group; a new one means a new cluster.
            security_group_ids: Ids of the security groups, which let in to `port`.
            port: TCP port that the instances listen on, by default 5432. Another one restarts them. Terraform
                refuses to go on with a cluster that keeps another, its own or that of its source, while none is given.
            network_type: `DUAL` gives the cluster IPv6 addresses too: each subnet of its group needs an IPv6 range.
            data_api_enabled: Whether the Data API (the HTTP endpoint) is on.
            iam_database_authentication: Whether users may log in with IAM tokens.
            storage_encrypted: Whether the storage is under a KMS key; another value means a new cluster. Without one a
                cluster created since 18 February 2026 is encrypted with an AWS-owned key, and AWS reports false (Amazon
                Aurora User Guide, "Encrypting Amazon Aurora resources"). What is restored is as its source is, but for
                a snapshot that is restored with `kms_key_arn`, or that was not encrypted: AWS encrypts what it becomes.
            kms_key_arn: ARN of the customer key for storage and insights; with `storage_encrypted` the AWS-managed
                key aws/rds by default. A new one means a new cluster.
            backup_retention_days: Days, 1 to 35, for which automated backups are kept; None where AWS Backup says it.
            backup_window: Daily window for backups, `hh:mm-hh:mm` in UTC; None likewise.
            delete_automated_backups: Whether they are deleted with the cluster, as they are by default, or kept for
                those days.
            maintenance_window: Weekly window for maintenance, `ddd:hh:mm-ddd:hh:mm` in UTC.
            apply_immediately: Whether changes wait for the maintenance window (the default) or not.
            instances_follow_maintenance: Whether the instances have the maintenance window and `apply_immediately`
                too, as they do by default. Otherwise each keeps the window that AWS gave it.
            create_minutes: Minutes for which Terraform waits for the cluster, and for each instance, to be made; by
                default the provider's 120 and 90.
            update_minutes: The same of a change.
            delete_minutes: The same of a deletion.
            adopted: Whether the cluster was made by other hands: what only says that something is off is then left
                out, so that nothing changes.
            copy_tags_to_snapshots: Whether snapshots get the cluster's tags.
            final_snapshot: Whether a snapshot is taken when the cluster is deleted. Its name has the moment in
                which the cluster was planned, so that of two clusters of one name each has another.
            final_snapshot_suffix: What that name ends in after the moment; nothing by default.
            final_snapshot_identifier: Another name, with which a snapshot is taken. It must be a new one for each
                cluster, or the second delete fails. For clusters that run without a name: Terraform refuses
                `final_snapshot` for those.
            deletion_protection: Whether AWS refuses to delete the cluster. Terraform then refuses to plan it too: AWS
                would refuse when the instances are gone.
            prevent_destroy: Whether Terraform refuses to plan it.
            export_log: Whether the PostgreSQL log goes to CloudWatch Logs. The log group
                `/aws/rds/cluster/<identifier>/postgresql` should exist before, or RDS makes one that never expires.
            more_exported_logs: What else goes there, `instance` or `iam-db-auth-error`; nothing by default.
            insights_mode: Database Insights: `standard` (keeps 7 days) or `advanced` (15 months); off by default.
            enhanced_monitoring_seconds: Interval of enhanced monitoring: 0 (off), 1, 5, 10, 15, 30 or 60 seconds.
            enhanced_monitoring_role_arn: Role for enhanced monitoring; needed when the interval is above 0.
            depends_on: What must be there before the cluster and is not read by it: the log group, the policy of the
                monitoring role.
            tags: Tags of cluster and instances; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a value. Values that are tokens are checked by Terraform instead.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_unless_token(check_identifier, cluster_identifier, argument="cluster_identifier")
        check_instance_count(len(instance_identifiers))
        for identifier in instance_identifiers:
            check_unless_token(check_identifier, identifier, argument="instance_identifiers")
        if isinstance(engine_version, str):
            engine_version = EngineVersion.parse(engine_version)
        check_data_api(engine_version, data_api_enabled)
        check_write_forwarding(engine_version, local_write_forwarding, kind="local", argument="local_write_forwarding")
        check_write_forwarding(
            engine_version, global_write_forwarding, kind="global", argument="global_write_forwarding"
        )
        check_availability_zones(availability_zones)
        if ca_certificate is not None:
            check_unless_token(check_ca_certificate, ca_certificate)
        each = dict.fromkeys(range(len(instance_identifiers)), AS_THE_OTHERS) | dict(own_settings or {})
        check_instance_count(len(each), argument="own_settings")
        for one in each.values():
            if one.instance_class is not None:
                check_class_has_data_api(one.instance_class, data_api=data_api_enabled)
        reader_tiers = tier_of_each_reader(reader_promotion_tier, len(instance_identifiers) - 1)
        if database_name is not None:
            check_unless_token(check_database_name, database_name)
        check_unless_token(check_master_username, master_username)
        if port is not None:
            check_unless_token(check_port, port)
        _check_times(backup_retention_days, backup_window, maintenance_window)
        if final_snapshot_identifier is not None:
            check_unless_token(check_identifier, final_snapshot_identifier, argument="final_snapshot_identifier")
        check_tags(self._tags or {})
        check_enhanced_monitoring_interval(
            enhanced_monitoring_seconds, role_is_given=bool(enhanced_monitoring_role_arn)
        )
        check_source(restore_from, replica_of, cluster_identifier=cluster_identifier, master_password=master_password)
        starts_empty = restore_from is None and replica_of is None
        wanted_support = lifecycle_support(extended_support) or (None if adopted or replica_of else EXTENDED_SUPPORT_ON)
        self._replicated_database = None if replica_of is None else database_name
        timeouts = _timeouts(create=create_minutes, update=update_minutes, delete=delete_minutes)
        self.cluster = self._addressed(
            RdsCluster(
                self,
                "cluster",
                cluster_identifier=cluster_identifier,
                engine=ENGINE,
                engine_mode="provisioned",  # what AWS calls Serverless v2 here; "serverless" is the retired v1
                engine_version=str(engine_version),
                engine_lifecycle_support=lifecycle_support(extended_support),
                allow_major_version_upgrade=allow_major_version_upgrade or None,
                # RDS wants to be told for which of the new major version's groups an instance leaves its own.
                db_instance_parameter_group_name=next(
                    (one.parameter_group_name for one in each.values() if one.parameter_group_name),
                    instance_parameter_group_name,
                )
                if allow_major_version_upgrade
                else None,
                db_cluster_parameter_group_name=cluster_parameter_group_name,
                serverlessv2_scaling_configuration=_scaling(
                    engine_version, minimum_acu, maximum_acu, auto_pause_seconds
                ),
                storage_type=_storage_type(storage_type or (None if adopted else "standard")),
                snapshot_identifier=restore_from.snapshot_identifier if restore_from else None,
                restore_to_point_in_time=copied_cluster(restore_from) if restore_from else None,
                global_cluster_identifier=replica_of.global_cluster_identifier if replica_of else None,
                source_region=replica_of.source_region if replica_of else None,
                database_name=database_name if starts_empty else None,
                master_username=master_username if starts_empty else None,
                master_password=master_password.value,
                master_password_wo=master_password.write_only_value,
                master_password_wo_version=master_password.write_only_version,
                manage_master_user_password=master_password.is_managed or None,
                master_user_secret_kms_key_id=master_password.managed_kms_key_arn,
                db_subnet_group_name=subnet_group_name,
                vpc_security_group_ids=list(security_group_ids),
                port=port,
                network_type=network_type,
                enable_http_endpoint=data_api_enabled,
                enable_local_write_forwarding=local_write_forwarding,
                enable_global_write_forwarding=global_write_forwarding,
                iam_database_authentication_enabled=iam_database_authentication,
                storage_encrypted=None if restore_from else storage_encrypted,
                kms_key_id=kms_key_arn,
                backup_retention_period=backup_retention_days,
                preferred_backup_window=backup_window,
                delete_automated_backups=None if delete_automated_backups else False,
                preferred_maintenance_window=maintenance_window,
                copy_tags_to_snapshot=copy_tags_to_snapshots,
                skip_final_snapshot=not final_snapshot and final_snapshot_identifier is None,
                # Sent without a snapshot too, so that one can be asked for later.
                final_snapshot_identifier=final_snapshot_identifier
                or (
                    _snapshot_of_this_cluster(cluster_identifier, final_snapshot_suffix)
                    if final_snapshot or not adopted
                    else None
                ),
                deletion_protection=deletion_protection,
                apply_immediately=apply_immediately,
                enabled_cloudwatch_logs_exports=_exported_logs(export_log, more_exported_logs),
                # Insights are set on the cluster only, enhanced monitoring on the instances only: set on the other too,
                # or instead, every plan would show a change (hashicorp/terraform-provider-aws#43487).
                # Left out, the advanced mode would stay.
                database_insights_mode=insights_mode or (None if adopted else "standard"),
                performance_insights_enabled=None if insights_mode is None else True,
                performance_insights_retention_period=insights_retention_days(insights_mode),
                performance_insights_kms_key_id=None if insights_mode is None else kms_key_arn,
                tags=self._tags,
                depends_on=list(depends_on) or None,
                timeouts=RdsClusterTimeouts(**timeouts) if timeouts else None,
                lifecycle=cluster_lifecycle(
                    minimum_acu,
                    maximum_acu,
                    postconditions=[
                        *has_what_its_source_has(
                            restore_from,
                            replica_of,
                            database_name=database_name,
                            master_username=master_username,
                            engine_version=engine_version,
                            storage_encrypted=bool(storage_encrypted),
                        ),
                        *guarded_version(
                            engine_version,
                            cluster_identifier=cluster_identifier,
                            allow_major_version_upgrade=allow_major_version_upgrade,
                        ),
                        *keeps_nothing(
                            cluster_identifier,
                            storage_encrypted=bool(storage_encrypted),
                            has_port=port is not None,
                            has_parameter_group=cluster_parameter_group_name is not None,
                            names_final_snapshot=final_snapshot and final_snapshot_identifier is None,
                            lifecycle_support=wanted_support,
                        ),
                    ],
                    prevent_destroy=prevent_destroy or bool(deletion_protection),
                    sent_changes=[
                        *(["final_snapshot_identifier"] if final_snapshot_identifier else []),
                        *([] if wanted_support else ["engine_lifecycle_support"]),
                    ],
                ),
            ),
            "aurora",
        )
        self.storage_key: StorageKey | None = None
        if storage_encrypted and kms_key_arn is None and not is_token(cluster_identifier):
            from aurora_serverless.storage_key import StorageKey

            self.storage_key = StorageKey(self, "storage-key", cluster_identifier=cluster_identifier)
        self.instances = [
            self._addressed(
                RdsClusterInstance(
                    self,
                    "instance" if number == 0 else f"reader-{number}",
                    identifier=identifier,
                    cluster_identifier=self.cluster.id,
                    instance_class=each[number].instance_class or SERVERLESS_CLASS,
                    engine=self.cluster.engine,
                    engine_version=self.cluster.engine_version,
                    db_parameter_group_name=each[number].parameter_group_name or instance_parameter_group_name,
                    auto_minor_version_upgrade=automatic_minor_upgrades,
                    preferred_maintenance_window=each[number].maintenance_window
                    or (maintenance_window if instances_follow_maintenance else None),
                    apply_immediately=apply_immediately if instances_follow_maintenance else None,
                    availability_zone=each[number].availability_zone
                    or (availability_zones[number % len(availability_zones)] if availability_zones else None),
                    promotion_tier=(None, *reader_tiers)[number]
                    if each[number].promotion_tier is None
                    else each[number].promotion_tier,
                    performance_insights_enabled=False if insights_mode is None else None,
                    ca_cert_identifier=ca_certificate,
                    monitoring_interval=enhanced_monitoring_seconds,
                    monitoring_role_arn=enhanced_monitoring_role_arn,
                    copy_tags_to_snapshot=copy_tags_to_snapshots,
                    tags=self._tags,
                    timeouts=RdsClusterInstanceTimeouts(**timeouts) if timeouts else None,
                    lifecycle=None
                    if each[number].parameter_group_name or instance_parameter_group_name
                    else TerraformResourceLifecycle(
                        postcondition=[
                            keeps_no_group(
                                cluster_identifier, argument="db_parameter_group_name", key="instance_parameters"
                            )
                        ]
                    ),
                ),
                "aurora" if number == 0 else f"reader_{number}",
            )
            for number, identifier in enumerate(instance_identifiers)
        ]

    @property
    def arn(self) -> str:
        """ARN of the cluster."""
        return self.cluster.arn

    @property
    def identifier(self) -> str:
        """Identifier of the cluster."""
        return self.cluster.cluster_identifier

    @property
    def resource_id(self) -> str:
        """Id of the cluster that never changes, `cluster-…`, for `database_user_arn` in `rules.database_policy`."""
        return self.cluster.cluster_resource_id

    @property
    def endpoint(self) -> str:
        """DNS name of the writer endpoint."""
        return self.cluster.endpoint

    @property
    def reader_endpoint(self) -> str:
        """DNS name of the reader endpoint."""
        return self.cluster.reader_endpoint

    @property
    def instance_endpoints(self) -> list[str]:
        """DNS name of each instance, the first one's first; which of them writes changes with a failover."""
        return [instance.endpoint for instance in self.instances]

    @property
    def database_name(self) -> str:
        """Name of the initial database, empty without one; of a secondary, whose RDS need not report it, as given."""
        return self.cluster.database_name if self._replicated_database is None else self._replicated_database

    @property
    def data_api_state(self) -> str:
        """`Enabled` or `Disabled`, as the cluster has the Data API."""
        return Token.as_string(Fn.conditional(self.cluster.enable_http_endpoint, "Enabled", "Disabled"))


def _snapshot_of_this_cluster(cluster_identifier: str, suffix: str | None) -> str:
    # It is ignored in later plans, so that the name stays until the cluster is replaced, for whatever reason.
    moment = '${formatdate("YYYYMMDDhhmmss", plantimestamp())}'
    return "-".join([cluster_identifier, "final", moment, *([] if suffix is None else [suffix])])


def _check_times(backup_retention_days: int | None, backup_window: str | None, maintenance_window: str) -> None:
    check_unless_token(check_maintenance_window, maintenance_window)
    if backup_retention_days is not None:
        check_unless_token(check_backup_retention, backup_retention_days)
    if backup_window is not None:
        check_unless_token(check_backup_window, backup_window)
        if not (is_token(backup_window) or is_token(maintenance_window)):
            check_windows_apart(backup_window, maintenance_window)


def _timeouts(**minutes: int | None) -> dict[str, str]:
    for action, asked in minutes.items():
        if asked is not None:
            check_timeout(asked, argument=f"{action}_minutes")
    return {action: f"{asked}m" for action, asked in minutes.items() if asked is not None}


def _exported_logs(export_log: bool, more: Sequence[str]) -> list[str] | None:
    for log_type in more:
        check_more_log_type(log_type)
    return [*([LOG_TYPE] if export_log else []), *more] or None


def _storage_type(storage_type: StorageType | None) -> str | None:
    # AWS does not name Standard when it answers, and the provider knows that; an empty text would keep I/O-Optimized.
    return {None: None, "standard": STANDARD_STORAGE, "io_optimized": IO_OPTIMIZED_STORAGE}[storage_type]


def _scaling(
    engine_version: EngineVersion, minimum_acu: float, maximum_acu: float, auto_pause_seconds: int | None
) -> RdsClusterServerlessv2ScalingConfiguration:
    pause = DEFAULT_AUTO_PAUSE_SECONDS if auto_pause_seconds is None else auto_pause_seconds
    seconds: float | None
    if not engine_version.supports_auto_pause:
        seconds = None
    elif is_token(minimum_acu):
        # Only 0 lies below the first half step. Not Op.eq(…, 0): CDKTF drops the 0 and writes `undefined`.
        seconds = Token.as_number(Fn.conditional(Op.lt(minimum_acu, STEP_ACU), pause, Token.null_value()))
    else:
        seconds = pause if minimum_acu == 0 else None
    check_capacity(
        engine_version,
        minimum_acu=None if is_token(minimum_acu) else minimum_acu,
        maximum_acu=None if is_token(maximum_acu) else maximum_acu,
        auto_pause_seconds=auto_pause_seconds,
    )
    return RdsClusterServerlessv2ScalingConfiguration(
        min_capacity=minimum_acu, max_capacity=maximum_acu, seconds_until_auto_pause=seconds
    )
