"""A whole database: network, credentials, cluster, role, and whatever else its options ask for, wired together.

What few databases have, and what brings bindings that nothing else needs, is imported where it is made: with all of it,
each start would take a tenth longer.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from cdktf import DataResource, Fn, ITerraformDependable, TerraformResource, Token
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_random.id import Id
from constructs import Construct

from aurora_serverless.cluster import AuroraServerlessCluster
from aurora_serverless.connections import Connections
from aurora_serverless.credentials import (
    SECRET_NAME,
    SUFFIX_BYTES,
    DatabaseCredentials,
    WriteOnlyCredentials,
    drawn_again_with,
)
from aurora_serverless.database_access import DatabaseAccess, Role
from aurora_serverless.global_replica import GlobalReplica
from aurora_serverless.instance_settings import InstanceSettings
from aurora_serverless.lambda_role import LambdaRole
from aurora_serverless.master_credentials import (
    ExistingCredentials,
    ManagedCredentials,
    MasterCredentials,
    ReplicatedCredentials,
)
from aurora_serverless.monitoring_role import EnhancedMonitoringRole
from aurora_serverless.network import DatabaseNetwork
from aurora_serverless.options.database_options import DatabaseOptions
from aurora_serverless.replacement_guard import ReplacementGuard
from aurora_serverless.rules.database_policy import database_user_arn
from aurora_serverless.rules.encryption import LONGEST_DELETION_WINDOW_DAYS
from aurora_serverless.rules.log_group import LOG_TYPE, log_group_name
from aurora_serverless.rules.network import DUAL_STACK
from aurora_serverless.rules.service_roles import RDS_SERVICE, Feature, cluster_role_statements
from aurora_serverless.rules.tokens import is_token
from aurora_serverless.rules.violation import refuse

if TYPE_CHECKING:
    from aurora_serverless.alarms import DatabaseAlarms
    from aurora_serverless.aws_backup import AwsBackupPlan
    from aurora_serverless.bastion import Bastion
    from aurora_serverless.bedrock_knowledge_base import BedrockKnowledgeBase
    from aurora_serverless.cluster_role import ClusterRole
    from aurora_serverless.custom_endpoint import CustomEndpoint
    from aurora_serverless.dashboard import DatabaseDashboard
    from aurora_serverless.database_user import DatabaseUser
    from aurora_serverless.encryption_key import EncryptionKey
    from aurora_serverless.event_subscriptions import EventSubscriptions
    from aurora_serverless.existing_database import ExistingDatabase
    from aurora_serverless.existing_monitoring_role import ExistingMonitoringRole
    from aurora_serverless.existing_parameter_groups import (
        ExistingClusterParameterGroup,
        ExistingInstanceParameterGroup,
    )
    from aurora_serverless.existing_roles import ExistingRoles
    from aurora_serverless.global_database import GlobalDatabase
    from aurora_serverless.instance_parameter_group import InstanceParameterGroup
    from aurora_serverless.interface_endpoints import InterfaceEndpoints
    from aurora_serverless.log_group import PostgresqlLogGroup
    from aurora_serverless.managed_secret_rotation import ManagedSecretRotation
    from aurora_serverless.parameter_groups import ParameterGroups
    from aurora_serverless.proxy import DatabaseProxy
    from aurora_serverless.read_scaling import ReadScaling

WARNING: Final = "@cdktf/warn"
"""The kind of construct metadata that the cdktf CLI prints as a warning."""


class AuroraDatabase(DatabaseAccess):
    """An Aurora Serverless v2 PostgreSQL database, as its options describe it.

    Its constructs are `network`, `credentials`, `cluster`, `lambda_role`, `roles` (more roles such as the Lambda role,
    by their short names) and, where the options ask for them and None otherwise:

    - `encryption_key`, `monitoring_role`, `parameter_groups`, `interface_endpoints`
    - `log_group` of the PostgreSQL log, and `log_groups` of all logs by their types
    - `instance_parameter_groups`: the group of each instance with parameters of its own, by its number
    - `rotation` of the secret that RDS manages; `users`: what makes the secret of each user who has one, by name
    - `replacement_guard`, `aws_backup_plan`, `global_database`, `read_scaling`, `proxy`, `bastion`, `existing_roles`
    - `custom_endpoints` by their short names
    - `alarms`, `dashboard`
    - `event_subscriptions`
    - `cluster_roles`, with which the database uses other services, by their feature; `knowledge_base`

    `region` and `account_id` are where it is, `database_name` what its database is called, `warnings` what a person
    should know before deploying it, and what else `DatabaseAccess` says.
    """

    database_name: str
    resource_id: str
    endpoint: str
    reader_endpoint: str
    secret_arn: str

    def __init__(
        self,
        scope: Construct,
        id_: str,
        options: DatabaseOptions,
        *,
        region: str | None = None,
        account_id: str | None = None,
        minimum_acu: float | None = None,
        maximum_acu: float | None = None,
        today: date | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make all of it.

        Args:
            scope: The stack or construct this belongs to; the stack needs the providers aws and random.
            id_: Its id, unique in `scope`.
            options: What the database shall be.
            region: The provider's Region, or a token of it. By default that of the options, or what the provider says.
            account_id: The account, or a token of it; by default what the provider says.
            minimum_acu: A token to use in place of the options' minimum, such as a variable.
            maximum_acu: The same of the maximum.
            today: The day on which it is deployed, for warnings such as of a version that is out of support; today by
                default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse something that only the constructs know.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=options.tags)
        self._options = options
        self.warnings: list[str] = []
        self._warn(*options.warnings(today or date.today()))
        self.region = region or options.region or self._look_up_region()
        self.account_id = account_id or DataAwsCallerIdentity(self, "account").account_id
        self._minimum_acu = options.capacity.minimum_acu if minimum_acu is None else minimum_acu
        self._maximum_acu = options.capacity.maximum_acu if maximum_acu is None else maximum_acu
        self.encryption_key = self._build_encryption_key(options)
        self.log_groups = self._build_log_groups(options)
        self.log_group = self.log_groups.get(LOG_TYPE)
        self.monitoring_role = self._build_monitoring_role(options)
        self.parameter_groups = self._build_parameter_groups(options)
        self._build_existing_groups(options)
        self.instance_parameter_groups = self._build_instance_groups(options)
        self.network = self._build_network(options)
        self.connections = self._build_connections(options)
        self.interface_endpoints = self._build_interface_endpoints(options)
        self.credentials = self._build_credentials(options)
        self.cluster = self._build_cluster(options)
        self.credentials.attach(self.cluster.cluster)
        self.rotation = self._build_rotation(options)
        self._describe(options)
        self.custom_endpoints = self._build_custom_endpoints(options)
        self.users = self._build_users(options)
        self.replacement_guard = self._build_replacement_guard(options)
        self.aws_backup_plan = self._build_aws_backup_plan(options)
        self.global_database = self._build_global_database(options)
        self.read_scaling = self._build_read_scaling(options)
        self.proxy = self._build_proxy(options)
        self.bastion = self._build_bastion(options)
        self.lambda_role = self._build_lambda_role(options)
        self.roles = self._build_roles(options)
        self.existing_roles = self._build_existing_roles(options)
        self.cluster_roles = self._build_cluster_roles(options)
        self.knowledge_base = self._build_knowledge_base(options)
        self.alarms = self._build_alarms(options)
        self.event_subscriptions = self._build_event_subscriptions(options)
        self.dashboard = self._build_dashboard(options)
        self._tag_types(options)

    def _look_up_region(self) -> str:
        from cdktf_cdktf_provider_aws.data_aws_region import DataAwsRegion

        return DataAwsRegion(self, "region").name

    @classmethod
    def from_attributes(cls, scope: Construct, id_: str, *, cluster_identifier: str, **known: Any) -> ExistingDatabase:
        """Return a database that exists already, by what is said of it; see `ExistingDatabase`."""
        from aurora_serverless.existing_database import ExistingDatabase

        return ExistingDatabase(scope, id_, cluster_identifier=cluster_identifier, **known)

    @classmethod
    def from_lookup(
        cls,
        scope: Construct,
        id_: str,
        *,
        cluster_identifier: str,
        region: str | None = None,
        secret_arn: str | None = None,
        secret_key_arn: str | None = None,
    ) -> ExistingDatabase:
        """Return a database that exists already, as AWS describes it when Terraform plans.

        Its connections are those of its first security group. `secret_arn` is needed for grants where RDS does not
        manage the secret: the cluster knows of no other. `secret_key_arn` is needed for them where the secret has a
        customer key, whoever manages it.
        """
        from aurora_serverless.existing_database import ExistingDatabase

        return ExistingDatabase.lookup(
            scope,
            id_,
            cluster_identifier=cluster_identifier,
            region=region,
            secret_arn=secret_arn,
            secret_key_arn=secret_key_arn,
        )

    def _describe(self, options: DatabaseOptions) -> None:
        self.cluster_identifier, self.partition = options.cluster_identifier, options.partition
        self.port = options.network.database_port
        # Of one that was made by hand the cluster says nothing.
        by_hand = options.initial_database_name is None
        self.database_name = options.database_name if by_hand else self.cluster.database_name
        self.arn, self.resource_id = self.cluster.arn, self.cluster.resource_id
        self.endpoint, self.reader_endpoint = self.cluster.endpoint, self.cluster.reader_endpoint
        self.secret_arn = self.credentials.secret_arn
        # A replica of the primary's secret is under AWS's own key, whatever this cluster is under.
        if options.credentials.mode == "existing" or options.is_secondary:
            self.secret_key_arn = options.credentials.secret_key_arn
        else:
            self.secret_key_arn = self.key_arn

    def grant_data_api(self, role: Role) -> IamRolePolicy:
        """Let a role call the Data API, as `DatabaseAccess` does. Raises `RuleViolation` where it is off."""
        if not self._options.access.data_api:
            refuse("access.data_api", False, "nobody can call the Data API", "write data_api = True, or grant_connect")
        return super().grant_data_api(role)

    def _build_connections(self, options: DatabaseOptions) -> Connections:
        inline = (
            "the rules inside the security group would take out one beside them",
            'write security_group_rules = "separate"',
        )
        made, own = self.network.ingress_rules, self.network.security_group is not None
        return Connections(
            self,
            rules={source: made.rules[source.name] for source in self.network.sources} if made else None,
            security_group_id=self.network.security_group_id,
            port=options.network.database_port,
            closed=None if made or not own else inline,
        )

    def _build_encryption_key(self, options: DatabaseOptions) -> EncryptionKey | None:
        if options.encryption.key != "own":
            return None
        region, account_id = self.region, self.account_id
        more_logs = bool(options.monitoring.more_logs)
        log_group = log_group_name(options.cluster_identifier, "*" if more_logs else LOG_TYPE)
        from aurora_serverless.encryption_key import EncryptionKey

        return EncryptionKey(
            self,
            "encryption-key",
            alias_name=options.cluster_identifier,
            description=f"Key of the Aurora cluster {options.cluster_identifier}",
            region=region,
            account_id=account_id,
            partition=options.partition,
            log_group_arn_pattern=f"arn:{options.partition}:logs:{region}:{account_id}:log-group:{log_group}"
            if options.monitoring.log_retention_days
            else None,
            alarm_topic=options.makes_alarm_topic,
            database_events=options.makes_alarm_topic and options.monitoring.has_events,
            deletion_window_days=options.encryption.deletion_window_days or LONGEST_DELETION_WINDOW_DAYS,
        )

    @property
    def key_arn(self) -> str | None:
        """ARN of the customer key, made here or given; None without one."""
        return self._options.encryption.key_arn if self.encryption_key is None else self.encryption_key.arn

    @property
    def _cloudwatch_key_arn(self) -> str | None:
        """ARN of the customer key that CloudWatch may use: one made here, or a given one whose policy lets it."""
        return (
            self.key_arn if self.encryption_key is not None or self._options.encryption.key_allows_cloudwatch else None
        )

    def _build_log_groups(self, options: DatabaseOptions) -> dict[str, PostgresqlLogGroup]:
        monitoring = options.monitoring
        if not monitoring.exported_logs:
            return {}
        from aurora_serverless.log_group import PostgresqlLogGroup

        return {
            log_type: PostgresqlLogGroup(
                self,
                "log-group" if log_type == LOG_TYPE else f"log-group-{log_type}",
                cluster_identifier=options.cluster_identifier,
                retention_days=monitoring.log_retention_days,
                kms_key_arn=self._cloudwatch_key_arn,
                log_type=log_type,
                log_class=monitoring.log_class,
                keep=monitoring.keep_logs,
                exists=monitoring.import_log_group and log_type == LOG_TYPE,
            )
            for log_type in monitoring.exported_logs
        }

    def _build_monitoring_role(
        self, options: DatabaseOptions
    ) -> EnhancedMonitoringRole | ExistingMonitoringRole | None:
        existing = options.monitoring.enhanced_monitoring_role_arn
        if existing is not None:
            from aurora_serverless.existing_monitoring_role import ExistingMonitoringRole

            return ExistingMonitoringRole(self, "existing-monitoring-role", role_arn=existing)
        if not options.makes_monitoring_role:
            return None
        return EnhancedMonitoringRole(
            self,
            "monitoring-role",
            role_name=options.monitoring_role_name,
            account_id=self.account_id,
            partition=options.partition,
            permissions_boundary_arn=options.access.permissions_boundary_arn,
        )

    def _build_parameter_groups(self, options: DatabaseOptions) -> ParameterGroups | None:
        engine = options.engine
        if not engine.has_parameters:
            return None
        from aurora_serverless.parameter_groups import ParameterGroups

        return ParameterGroups(
            self,
            "parameter-groups",
            name_prefix=options.cluster_identifier,
            major_version=options.engine_version.major,
            cluster_parameters=engine.cluster_parameters,
            instance_parameters=engine.instance_parameters,
            pgaudit=engine.pgaudit,
            log_statement=engine.log_statement,
            log_min_duration_milliseconds=engine.log_min_duration_milliseconds,
            makes_cluster_group=engine.cluster_parameter_group is None,
        )

    def _build_existing_groups(self, options: DatabaseOptions) -> None:
        engine, major = options.engine, options.engine_version.major
        self.existing_cluster_parameter_group: ExistingClusterParameterGroup | None = None
        self.existing_instance_parameter_group: ExistingInstanceParameterGroup | None = None
        if engine.cluster_parameter_group is not None:
            from aurora_serverless.existing_parameter_groups import ExistingClusterParameterGroup

            self.existing_cluster_parameter_group = ExistingClusterParameterGroup(
                self, "existing-cluster-parameters", name=engine.cluster_parameter_group, major_version=major
            )
        if engine.instance_parameter_group is not None:
            from aurora_serverless.existing_parameter_groups import ExistingInstanceParameterGroup

            self.existing_instance_parameter_group = ExistingInstanceParameterGroup(
                self, "existing-instance-parameters", name=engine.instance_parameter_group, major_version=major
            )

    def _build_instance_groups(
        self, options: DatabaseOptions
    ) -> dict[int, InstanceParameterGroup | ExistingInstanceParameterGroup]:
        shared, major = options.engine.instance_parameters or {}, options.engine_version.major
        own_group = {n: one.parameter_group for n, one in enumerate(options.each_instance) if one.parameter_group}
        own_parameters = {
            n: one.parameters for n, one in enumerate(options.each_instance) if one.parameters is not None
        }
        groups: dict[int, InstanceParameterGroup | ExistingInstanceParameterGroup] = {}
        if own_group:
            from aurora_serverless.existing_parameter_groups import ExistingInstanceParameterGroup

            for number, name in own_group.items():
                groups[number] = ExistingInstanceParameterGroup(
                    self,
                    f"instance-{number}-existing-parameters",
                    name=name,
                    major_version=major,
                    instance=number,
                )
        if own_parameters:
            from aurora_serverless.instance_parameter_group import InstanceParameterGroup

            for number, parameters in own_parameters.items():
                groups[number] = InstanceParameterGroup(
                    self,
                    f"instance-{number}-parameters",
                    name_prefix=options.cluster_identifier,
                    instance=number,
                    major_version=major,
                    parameters={**shared, **parameters},
                )
        return groups

    def _own_settings(self, options: DatabaseOptions) -> dict[int, InstanceSettings]:
        groups = self.instance_parameter_groups
        return {
            number: InstanceSettings(
                instance_class=own.instance_class,
                promotion_tier=own.promotion_tier,
                availability_zone=own.availability_zone,
                maintenance_window=own.maintenance_window,
                parameter_group_name=groups[number].name if number in groups else None,
            )
            for number, own in enumerate(options.each_instance)
        }

    def _build_network(self, options: DatabaseOptions) -> DatabaseNetwork:
        return DatabaseNetwork(
            self,
            "network",
            subnet_group_name=options.subnet_group_name,
            security_group_name=options.security_group_name,
            vpc_id=options.network.vpc_id,
            vpc_tags=options.network.vpc_tags,
            subnet_ids=options.network.subnet_ids,
            subnet_tags=options.network.subnet_tags,
            existing_subnet_group=options.network.subnet_group_name is not None,
            existing_security_group_ids=options.network.security_group_ids or (),
            own_security_group=options.network.own_security_group,
            check_subnets=options.network.checks_subnets,
            instance_zones=options.instances.used_zones,
            security_group_description=options.security_group_description,
            keeps_security_group_description=options.network.security_group_description is None,
            security_group_rules=options.network.security_group_rules,
            allowed_cidr_blocks=options.network.allowed_cidr_blocks or (),
            allowed_security_group_ids=options.network.allowed_security_group_ids or (),
            allowed_ipv6_cidr_blocks=options.network.allowed_ipv6_cidr_blocks,
            dual_stack=options.network.network_type == DUAL_STACK,
            egress=options.network.egress,
            port=options.network.database_port,
        )

    def _build_interface_endpoints(self, options: DatabaseOptions) -> InterfaceEndpoints | None:
        network, zones = options.network, self.network.subnet_zones
        if network.interface_endpoints is None or zones is None:
            return None
        from aurora_serverless.interface_endpoints import InterfaceEndpoints

        return InterfaceEndpoints(
            self,
            "interface-endpoints",
            services=network.interface_endpoints,
            region=self.region,
            account_id=self.account_id,
            vpc=self.network.vpc,
            subnet_zones=zones,
            security_group_name=options.endpoint_security_group_name,
            security_group_description="Security group for the interface endpoints of Aurora cluster "
            f"{options.cluster_identifier}",
            allowed_cidr_blocks=network.allowed_cidr_blocks or (),
            allowed_security_group_ids=network.allowed_security_group_ids or (),
        )

    def _build_credentials(self, options: DatabaseOptions) -> MasterCredentials:
        credentials, following = options.credentials, options.global_database
        if following is not None and following.secret_arn is not None:
            return ReplicatedCredentials(following.secret_arn)
        if credentials.mode == "managed":
            return ManagedCredentials(self, kms_key_arn=self.key_arn)
        if credentials.mode == "existing":
            assert credentials.secret_arn is not None  # noqa: S101 (the model refuses it)
            return ExistingCredentials(
                self,
                "credentials",
                master_username=options.master_username,
                secret_arn=credentials.secret_arn,
                version=credentials.password_version,
            )
        made = WriteOnlyCredentials if credentials.mode == "write_only" else DatabaseCredentials
        return made(
            self,
            "credentials",
            master_username=options.master_username,
            secret_name=options.secret_name,
            version=credentials.password_version,
            kms_key_arn=self.key_arn,
            recovery_window_days=credentials.recovery_window_days or 0,
            replica_regions=credentials.replica_regions,
            adopted=options.is_adopted,
        )

    def _build_users(self, options: DatabaseOptions) -> dict[str, DatabaseUser]:
        users = options.users
        if not options.users_with_secrets:
            return {}
        from aurora_serverless.database_user import DatabaseUser

        return {
            name: DatabaseUser(
                self,
                f"user-{name}",
                username=name,
                secret_name_prefix=options.user_secret_name_prefix(name),
                host=self.cluster.endpoint,
                port=options.network.database_port,
                database_name=self.database_name,
                mode=options.user_passwords,
                version=users.version_of(name),
                kms_key_arn=self.key_arn,
                recovery_window_days=users.recovery_window_days or 0,
            )
            for name in options.users_with_secrets
        }

    @property
    def application_secret_arn(self) -> str | None:
        """ARN of the secret that the roles read: that of their user; None where it logs in with IAM tokens."""
        user = self._options.access.lambda_role.user
        if user is None:
            return self.secret_arn
        return self.users[user].secret_arn if user in self.users else None

    def _granted_secret_arn(self) -> str:
        secret_arn, user = self.application_secret_arn, self._options.access.lambda_role.user
        if secret_arn is None:
            refuse("user", user, "logs in with IAM tokens, and has no secret", "grant it with grant_connect")
        return secret_arn

    def _build_rotation(self, options: DatabaseOptions) -> ManagedSecretRotation | None:
        credentials = options.credentials
        if not credentials.rotates_by_schedule:
            return None
        from aurora_serverless.managed_secret_rotation import ManagedSecretRotation

        return ManagedSecretRotation(
            self,
            "rotation",
            secret_arn=self.credentials.secret_arn,
            days=credentials.rotation_days,
            schedule=credentials.rotation_schedule,
            window_hours=credentials.rotation_window_hours,
            immediately=credentials.rotate_immediately,
        )

    def _final_snapshot_suffix(self, options: DatabaseOptions) -> str | None:
        """Return the random suffix that deployments with a final snapshot have had from the start."""
        if self.credentials.suffix_hex is not None or not options.protection.final_snapshot:
            return self.credentials.suffix_hex
        # It is of no secret: one that is made here again must not have the suffix of one that was deleted.
        drawn_for = None if options.is_adopted else self._addressed(DataResource(self, SECRET_NAME), SECRET_NAME)
        lifecycle = drawn_again_with(drawn_for)
        return self._addressed(Id(self, "suffix", byte_length=SUFFIX_BYTES, lifecycle=lifecycle), "suffix").hex

    def _build_cluster(self, options: DatabaseOptions) -> AuroraServerlessCluster:
        groups, role = self.parameter_groups, self.monitoring_role
        before: list[ITerraformDependable] = self.network.separate_rules
        before += [group.log_group for group in self.log_groups.values()]
        if isinstance(role, EnhancedMonitoringRole):
            before.append(role.policy_attachment)
        return AuroraServerlessCluster(
            self,
            "cluster",
            cluster_identifier=options.cluster_identifier,
            instance_identifiers=options.instance_identifiers,
            engine_version=options.engine_version,
            allow_major_version_upgrade=options.engine.allow_major_version_upgrade is not None,
            cluster_parameter_group_name=_first_name(
                self.existing_cluster_parameter_group, groups.cluster_parameter_group_name if groups else None
            ),
            instance_parameter_group_name=_first_name(
                self.existing_instance_parameter_group, groups.instance_parameter_group_name if groups else None
            ),
            automatic_minor_upgrades=options.automatic_minor_upgrades,
            extended_support=options.engine.extended_support,
            minimum_acu=self._minimum_acu,
            maximum_acu=self._maximum_acu,
            auto_pause_seconds=options.capacity.auto_pause_seconds,
            availability_zones=options.instances.availability_zones,
            reader_promotion_tier=options.reader_promotion_tiers,
            ca_certificate=options.instances.ca_certificate,
            own_settings=self._own_settings(options),
            local_write_forwarding=options.instances.local_write_forwarding,
            global_write_forwarding=options.global_database.write_forwarding if options.global_database else None,
            storage_type=options.storage.type,
            restore_from=options.restore.source if options.restore else None,
            replica_of=_replica_of(options),
            database_name=options.initial_database_name,
            master_username=options.master_username,
            master_password=self.credentials.password,
            subnet_group_name=self.network.subnet_group_name,
            security_group_ids=self.network.security_group_ids,
            port=options.network.port,
            network_type=options.network.network_type,
            data_api_enabled=options.access.data_api,
            iam_database_authentication=options.access.iam_authentication,
            storage_encrypted=True if options.encryption.has_kms_key else None,
            kms_key_arn=self.key_arn,
            backup_retention_days=None if options.aws_backup_owns_retention else options.backup.retention_days,
            backup_window=None if options.aws_backup_owns_retention else options.backup.window,
            delete_automated_backups=options.backup.delete_automated_backups,
            maintenance_window=options.maintenance.window,
            apply_immediately=options.applies_immediately,
            instances_follow_maintenance=options.instances_follow_maintenance,
            **options.timeouts.model_dump(),
            adopted=options.is_adopted,
            copy_tags_to_snapshots=options.protection.copy_tags_to_snapshots,
            final_snapshot=options.protection.final_snapshot,
            final_snapshot_suffix=self._final_snapshot_suffix(options),
            final_snapshot_identifier=options.protection.final_snapshot_identifier,
            deletion_protection=options.protection.deletion_protection,
            prevent_destroy=options.protection.prevent_destroy,
            export_log=self.log_group is not None,
            more_exported_logs=options.monitoring.more_logs,
            insights_mode=options.insights_mode,
            enhanced_monitoring_seconds=options.monitoring.enhanced_monitoring_seconds or None,
            enhanced_monitoring_role_arn=role.arn if role else None,
            depends_on=before,
        )

    def _build_custom_endpoints(self, options: DatabaseOptions) -> dict[str, CustomEndpoint]:
        def members(names: Sequence[str]) -> list[str]:
            return [self.cluster.instances[options.instance_numbers[name]].identifier for name in names]

        if not options.instances.endpoints:
            return {}
        from aurora_serverless.custom_endpoint import CustomEndpoint

        return {
            short_name: CustomEndpoint(
                self,
                f"endpoint-{short_name}",
                identifier=options.endpoint_identifiers[short_name],
                cluster_identifier=self.cluster.cluster.id,
                type_=endpoint.type,
                static_members=members(endpoint.static_members),
                excluded_members=members(endpoint.excluded_members),
                short_name=short_name,
            )
            for short_name, endpoint in options.instances.endpoints.items()
        }

    def _build_replacement_guard(self, options: DatabaseOptions) -> ReplacementGuard | None:
        protection, encryption = options.protection, options.encryption
        if options.is_adopted and protection.deletion_protection is None:
            return None
        founded = None if options.is_secondary else options.global_cluster_identifier
        return ReplacementGuard(
            self,
            "replacement-guard",
            cluster=self.cluster.cluster,
            replacing={
                "cluster": options.cluster_identifier,
                "database": options.initial_database_name or "none",
                "master user": options.master_username,
                "subnet group": options.subnet_group_name,
                "key": encryption.key_arn or encryption.key,
                **({} if founded is None else {"global database": founded}),
            },
            deletion_protection=bool(protection.deletion_protection),
            prevent_destroy=protection.prevent_destroy,
        )

    def _build_aws_backup_plan(self, options: DatabaseOptions) -> AwsBackupPlan | None:
        asked = options.backup.aws_backup
        if asked is None:
            return None
        from aurora_serverless.aws_backup import AwsBackupPlan

        return AwsBackupPlan(
            self,
            "aws-backup-plan",
            name=options.backups_name,
            cluster_arn=self.cluster.arn,
            role_name=options.backup_role_name,
            permissions_boundary_arn=options.access.permissions_boundary_arn,
            partition=options.partition,
            **asked.model_dump(),
        )

    def _build_global_database(self, options: DatabaseOptions) -> GlobalDatabase | None:
        if options.global_cluster_identifier is None or options.is_secondary:
            return None
        from aurora_serverless.global_database import GlobalDatabase

        return GlobalDatabase(
            self,
            "global-database",
            identifier=options.global_cluster_identifier,
            primary_cluster_arn=self.cluster.arn,
            extended_support=options.engine.extended_support,
            deletion_protection=options.protection.deletion_protection,
            prevent_destroy=options.protection.prevent_destroy,
            depends_on=self.cluster.instances,
        )

    def _build_read_scaling(self, options: DatabaseOptions) -> ReadScaling | None:
        scaling = options.instances.read_scaling
        if scaling is None:
            return None
        from aurora_serverless.read_scaling import ReadScaling

        return ReadScaling(
            self,
            "read-scaling",
            # By the id, which is not known while the cluster is replaced: target and policy then follow it.
            cluster_identifier=self.cluster.cluster.id,
            minimum_readers=scaling.minimum_readers,
            maximum_readers=scaling.maximum_readers,
            metric=scaling.metric,
            target_value=scaling.target_value,
            scale_in_cooldown_seconds=scaling.scale_in_cooldown_seconds,
            scale_out_cooldown_seconds=scaling.scale_out_cooldown_seconds,
            depends_on=self.cluster.instances,
        )

    def _build_proxy(self, options: DatabaseOptions) -> DatabaseProxy | None:
        proxy = options.proxy
        if proxy is None:
            return None
        from aurora_serverless.proxy import DatabaseProxy

        return DatabaseProxy(
            self,
            "proxy",
            proxy_name=options.proxy_name,
            role_name=options.proxy_role_name,
            policy_name=options.proxy_policy_name,
            permissions_boundary_arn=options.access.permissions_boundary_arn,
            security_group_name=options.proxy_security_group_name,
            cluster_identifier=self.cluster.identifier,
            secret_arns=[
                self.secret_arn,
                *(user.secret_arn for user in self.users.values()),
                *proxy.secret_arns,
            ],
            secret_key_arns=[*dict.fromkeys(filter(None, [self.key_arn, self.secret_key_arn])), *proxy.secret_key_arns],
            region=self.region,
            partition=options.partition,
            vpc_id=self.network.vpc.id,
            subnet_ids=self.network.subnet_ids,
            sources=self.network.sources,
            database_security_group_id=self.network.security_group_id,
            database_port=options.network.database_port,
            # An inline rule lets the whole VPC in, the proxy's subnets included, and would take one beside it out.
            opens_database_security_group=options.network.security_group_rules == "separate",
            require_tls=proxy.require_tls,
            iam_authentication=options.proxy_iam_authentication,
            idle_client_timeout_seconds=proxy.idle_client_timeout_seconds,
            connection_borrow_timeout_seconds=proxy.connection_borrow_timeout_seconds,
            maximum_connections_percent=proxy.maximum_connections_percent,
            maximum_idle_connections_percent=proxy.maximum_idle_connections_percent,
            init_query=proxy.init_query,
            debug_logging=proxy.debug_logging,
            read_only_endpoint_name=options.proxy_read_only_endpoint_name if proxy.read_only_endpoint else None,
            depends_on=[
                *self.cluster.instances,
                *self.credentials.versions,
                *(user.secret_version for user in self.users.values()),
            ],
        )

    def _build_bastion(self, options: DatabaseOptions) -> Bastion | None:
        bastion, subnet_ids = options.bastion, self.network.subnet_ids
        if bastion is None:
            return None
        # Of subnets that are looked up the order is AWS's, and may be another one tomorrow.
        is_ordered = options.network.subnet_ids is not None and not is_token(options.network.subnet_ids)
        first = subnet_ids[0] if is_ordered else Token.as_string(Fn.element(Fn.sort(subnet_ids), 0))
        from aurora_serverless.bastion import Bastion

        return Bastion(
            self,
            "bastion",
            role_name=options.bastion_role_name,
            security_group_name=options.bastion_security_group_name,
            vpc_id=self.network.vpc.id,
            subnet_id=bastion.subnet_id or first,
            database_security_group_id=self.network.security_group_id,
            database_port=options.network.database_port,
            # As for a proxy: an inline rule lets the whole VPC in.
            opens_database_security_group=options.network.security_group_rules == "separate",
            instance_type=bastion.instance_type,
            permissions_boundary_arn=options.access.permissions_boundary_arn,
            partition=options.partition,
        )

    def _database_user_arns(self, options: DatabaseOptions) -> list[str]:
        """Return what the roles may log in to with IAM tokens, and as whom."""
        resource_ids = [self.cluster.resource_id] if options.iam_login_to_cluster else []
        if self.proxy is not None and options.iam_login_to_proxy:
            resource_ids.append(self.proxy.resource_id)
        return [
            database_user_arn(
                region=self.region,
                account_id=self.account_id,
                resource_id=resource_id,
                user=user,
                partition=options.partition,
            )
            for resource_id in resource_ids
            for user in options.role_iam_users
        ]

    def _build_lambda_role(self, options: DatabaseOptions) -> LambdaRole:
        return self._build_role(
            options,
            "lambda-role",
            role_name=options.lambda_role_name,
            policy_name=options.lambda_policy_name,
        )

    def _build_roles(self, options: DatabaseOptions) -> dict[str, LambdaRole]:
        return {
            short_name: self._build_role(
                options,
                f"role-{short_name}",
                role_name=role_name,
                policy_name=options.role_policy_name(short_name),
                short_name=short_name,
            )
            for short_name, role_name in options.role_names.items()
        }

    def _build_role(
        self, options: DatabaseOptions, id_: str, *, role_name: str, policy_name: str, short_name: str | None = None
    ) -> LambdaRole:
        extras, secret_arn = options.access.lambda_role, self.application_secret_arn
        return LambdaRole(
            self,
            id_,
            role_name=role_name,
            policy_name=policy_name,
            cluster_arn=self.cluster.arn if options.access.data_api and options.roles_read_a_secret else None,
            secret_arn=secret_arn,
            secret_key_arn=self.secret_key_arn,
            database_user_arns=self._database_user_arns(options),
            path=extras.path,
            permissions_boundary_arn=extras.permissions_boundary_arn or options.access.permissions_boundary_arn,
            vpc_access=extras.vpc_access,
            xray=extras.xray,
            more_secret_arns=extras.secret_arns,
            more_secret_key_arns=extras.secret_key_arns,
            region=self.region,
            account_id=self.account_id,
            partition=options.partition,
            short_name=short_name,
        )

    def _build_existing_roles(self, options: DatabaseOptions) -> ExistingRoles | None:
        if not options.access.existing_role_names:
            return None
        from aurora_serverless.existing_roles import ExistingRoles

        return ExistingRoles(
            self,
            "existing-roles",
            role_names=options.access.existing_role_names,
            policy_name=options.lambda_policy_name,
            policy_document=self.lambda_role.policy_document,
        )

    def _build_cluster_roles(self, options: DatabaseOptions) -> dict[Feature, ClusterRole]:
        if not options.cluster_roles.by_feature:
            return {}
        from aurora_serverless.cluster_role import ClusterRole
        from aurora_serverless.service_role import ServiceRole

        names, partition = options.cluster_role_names, options.partition
        # By its name: the cluster's own ARN is unknown while it is replaced, and the roles would change with it.
        cluster_arn = f"arn:{partition}:rds:{self.region}:{self.account_id}:cluster:{options.cluster_identifier}"
        roles: dict[Feature, ClusterRole] = {}
        for feature, asked_for in options.cluster_roles.by_feature.items():
            id_ = feature.key.replace("_", "-")
            roles[feature] = ClusterRole(
                self,
                id_,
                feature=feature,
                cluster_identifier=self.cluster.cluster.id,
                role=asked_for.role_arn
                or ServiceRole(
                    self,
                    f"{id_}-role",
                    role_name=names[feature],
                    service=RDS_SERVICE,
                    source_account=self.account_id,
                    source_arn=cluster_arn,
                    statements=cluster_role_statements(
                        feature,
                        asked_for.resources,
                        asked_for.keys,
                        region=self.region,
                        account_id=self.account_id,
                        partition=partition,
                    ),
                    permissions_boundary_arn=options.access.permissions_boundary_arn,
                    address=f"cluster_{feature.key}",
                ),
            )
        return roles

    def _build_knowledge_base(self, options: DatabaseOptions) -> BedrockKnowledgeBase | None:
        asked_for = options.bedrock_knowledge_base
        if asked_for is None:
            return None
        has_own_secret = asked_for.secret_arn is not None
        from aurora_serverless.bedrock_knowledge_base import BedrockKnowledgeBase

        return BedrockKnowledgeBase(
            self,
            "bedrock-knowledge-base",
            role_name=options.knowledge_base_role_name,
            cluster_arn=self.cluster.arn,
            secret_arn=asked_for.secret_arn or self.secret_arn,
            secret_key_arn=asked_for.secret_key_arn if has_own_secret else self.secret_key_arn,
            database_name=self.database_name,
            table=asked_for.table,
            embedding_model_id=asked_for.embedding_model_id,
            buckets=asked_for.buckets,
            key_arns=asked_for.key_arns,
            permissions_boundary_arn=options.access.permissions_boundary_arn,
            region=self.region,
            account_id=self.account_id,
            partition=options.partition,
        )

    def _build_alarms(self, options: DatabaseOptions) -> DatabaseAlarms | None:
        monitoring = options.monitoring
        if not monitoring.alarms:
            return None
        from aurora_serverless.alarms import DatabaseAlarms

        return DatabaseAlarms(
            self,
            "alarms",
            cluster_identifier=options.cluster_identifier,
            minimum_acu=self._minimum_acu,
            maximum_acu=self._maximum_acu,
            maximum_connections=options.engine.maximum_connections,
            has_readers=options.has_readers,
            topic_arn=monitoring.alarm_topic_arn,
            email_addresses=monitoring.alarm_email_addresses,
            kms_key_arn=self._cloudwatch_key_arn if options.makes_alarm_topic else None,
            database_events=monitoring.has_events,
        )

    def _build_event_subscriptions(self, options: DatabaseOptions) -> EventSubscriptions | None:
        monitoring, alarms = options.monitoring, self.alarms
        if alarms is None or not monitoring.has_events:
            return None
        from aurora_serverless.event_subscriptions import EventSubscriptions

        return EventSubscriptions(
            self,
            "event-subscriptions",
            cluster_identifier=self.cluster.identifier,
            instance_identifiers=[instance.identifier for instance in self.cluster.instances],
            topic_arn=alarms.topic_arn,
            cluster_categories=monitoring.cluster_events,
            instance_categories=monitoring.instance_events,
            depends_on=[] if alarms.topic_policy is None else [alarms.topic_policy],
        )

    def _build_dashboard(self, options: DatabaseOptions) -> DatabaseDashboard | None:
        if not options.monitoring.dashboard:
            return None
        from aurora_serverless.dashboard import DatabaseDashboard

        return DatabaseDashboard(
            self,
            "dashboard",
            cluster_identifier=options.cluster_identifier,
            region=self.region,
            minimum_acu=self._minimum_acu,
            maximum_acu=self._maximum_acu,
            has_readers=options.has_readers,
            alarm_arns=self.alarms.alarm_arns if self.alarms else (),
            engine_version=options.engine_version,
        )

    def _tag_types(self, options: DatabaseOptions) -> None:
        """Add the tags of one type of resource to those that the constructs have set.

        Not by the provider's `default_tags`, which know no types, and which a deployment with tags on its resources
        could not take on without a change to each.
        """
        if options.resource_tags is None:
            return
        made = [element for element in self.node.find_all() if isinstance(element, TerraformResource)]
        for type_, tags in options.resource_tags.items():
            of_type: list[Any] = [resource for resource in made if resource.terraform_resource_type == type_]
            for resource in of_type:
                resource.tags = {**(options.tags or {}), **tags}
            if not of_type:
                self._warn(f"resource_tags.{type_}: the environment makes no such resource")

    def _warn(self, *warnings: str) -> None:
        # Not through Annotations: it records a stack trace, with paths of this machine, in the manifest.
        for warning in warnings:
            self.node.add_metadata(WARNING, warning)
            self.warnings.append(warning)


def _first_name(
    existing: ExistingClusterParameterGroup | ExistingInstanceParameterGroup | None, made: str | None
) -> str | None:
    return made if existing is None else existing.name


def _replica_of(options: DatabaseOptions) -> GlobalReplica | None:
    database = options.global_database
    if database is None or database.role == "primary":
        return None
    assert database.identifier is not None  # noqa: S101 (the model refuses it)
    assert database.source_region is not None  # noqa: S101 (the model refuses it)
    return GlobalReplica(database.identifier, database.source_region)
