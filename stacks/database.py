"""One environment as a Terraform stack: constructs, variables, outputs, providers and backend, wired together."""

from datetime import date

from cdktf import DataResource, ITerraformDependable
from cdktf_cdktf_provider_random.id import Id
from constructs import Construct

from aurora_serverless.alarms import DatabaseAlarms
from aurora_serverless.cluster import AuroraServerlessCluster
from aurora_serverless.credentials import (
    SECRET_NAME,
    SUFFIX_BYTES,
    DatabaseCredentials,
    WriteOnlyCredentials,
    drawn_again_with,
)
from aurora_serverless.dashboard import DatabaseDashboard
from aurora_serverless.encryption_key import EncryptionKey
from aurora_serverless.existing_roles import ExistingRoles
from aurora_serverless.global_database import GlobalDatabase
from aurora_serverless.global_replica import GlobalReplica
from aurora_serverless.interface_endpoints import InterfaceEndpoints
from aurora_serverless.lambda_role import LambdaRole
from aurora_serverless.log_group import PostgresqlLogGroup
from aurora_serverless.managed_secret import ManagedSecret
from aurora_serverless.master_password import MasterPassword
from aurora_serverless.monitoring_role import EnhancedMonitoringRole
from aurora_serverless.network import DatabaseNetwork
from aurora_serverless.parameter_groups import ParameterGroups
from aurora_serverless.proxy import DatabaseProxy
from aurora_serverless.read_scaling import ReadScaling
from aurora_serverless.replacement_guard import ReplacementGuard
from aurora_serverless.rules.database_policy import database_user_arn
from aurora_serverless.rules.encryption import LONGEST_DELETION_WINDOW_DAYS
from aurora_serverless.rules.log_group import log_group_name
from stacks.base_stack import BaseStack
from stacks.environment import Environment
from stacks.outputs import add_outputs


class DatabaseStack(BaseStack):
    """The deployment that an environment file describes.

    The stack has the environment's name. Its constructs are `network`, `credentials`, `cluster` and `lambda_role`, and,
    where the environment asks for them, `encryption_key`, `log_group`, `monitoring_role`, `parameter_groups`,
    `interface_endpoints`, `replacement_guard`, `global_database`, `managed_secret`, `read_scaling`, `proxy`,
    `existing_roles`, `alarms` and `dashboard`; each of these is None otherwise, as is `credentials` where RDS owns
    them, or the primary of a global database has them. `roles` has more roles such as the Lambda role, by their short
    names.
    """

    def __init__(self, scope: Construct, environment: Environment, *, today: date) -> None:
        """Make the stack; `today` decides whether the engine version is retired, which only warns."""
        super().__init__(scope, environment, today=today)
        self._given_key_arn = environment.encryption.key_arn
        self._given_key_allows_cloudwatch = environment.encryption.key_allows_cloudwatch
        self._primary_secret_arn = environment.global_database.secret_arn if environment.global_database else None
        self.encryption_key = self._build_encryption_key(environment)
        self.log_group = self._build_log_group(environment)
        self.monitoring_role = self._build_monitoring_role(environment)
        self.parameter_groups = self._build_parameter_groups(environment)
        self.network = self._build_network(environment)
        self.interface_endpoints = self._build_interface_endpoints(environment)
        self.credentials = self._build_credentials(environment)
        self.cluster = self._build_cluster(environment)
        if isinstance(self.credentials, WriteOnlyCredentials):
            self.credentials.renew_with(self.cluster.cluster)
        self.replacement_guard = self._build_replacement_guard(environment)
        self.global_database = self._build_global_database(environment)
        self.managed_secret = self._build_managed_secret()
        self.read_scaling = self._build_read_scaling(environment)
        self.proxy = self._build_proxy(environment)
        self.lambda_role = self._build_lambda_role(environment)
        self.roles = self._build_roles(environment)
        self.existing_roles = self._build_existing_roles(environment)
        self.alarms = self._build_alarms(environment)
        self.dashboard = self._build_dashboard(environment)
        add_outputs(
            self,
            environment,
            aws_region=self.aws_region,
            cluster=self.cluster,
            secret_arn=self.secret_arn,
            proxy=self.proxy,
            lambda_role=self.lambda_role,
            roles=self.roles,
        )
        self._tag_types(environment)

    def _build_encryption_key(self, environment: Environment) -> EncryptionKey | None:
        if environment.encryption.key != "own":
            return None
        region, account_id = self.aws_region.string_value, self.caller_identity.account_id
        log_group = log_group_name(environment.cluster_identifier)
        return EncryptionKey(
            self,
            "encryption-key",
            alias_name=environment.cluster_identifier,
            description=f"Key of the Aurora cluster {environment.cluster_identifier}",
            region=region,
            account_id=account_id,
            partition=environment.partition,
            log_group_arn_pattern=f"arn:{environment.partition}:logs:{region}:{account_id}:log-group:{log_group}"
            if environment.monitoring.log_retention_days
            else None,
            alarm_topic=environment.makes_alarm_topic,
            deletion_window_days=environment.encryption.deletion_window_days or LONGEST_DELETION_WINDOW_DAYS,
            tags=environment.tags,
            fixed_addresses=True,
        )

    @property
    def key_arn(self) -> str | None:
        """ARN of the customer key, made here or given; None without one."""
        return self._given_key_arn if self.encryption_key is None else self.encryption_key.arn

    @property
    def _cloudwatch_key_arn(self) -> str | None:
        """ARN of the customer key that CloudWatch may use: one made here, or a given one whose policy lets it."""
        return self.key_arn if self.encryption_key is not None or self._given_key_allows_cloudwatch else None

    def _build_log_group(self, environment: Environment) -> PostgresqlLogGroup | None:
        if environment.monitoring.log_retention_days == 0:
            return None
        return PostgresqlLogGroup(
            self,
            "log-group",
            cluster_identifier=environment.cluster_identifier,
            retention_days=environment.monitoring.log_retention_days,
            kms_key_arn=self._cloudwatch_key_arn,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_monitoring_role(self, environment: Environment) -> EnhancedMonitoringRole | None:
        if not environment.makes_monitoring_role:
            return None
        return EnhancedMonitoringRole(
            self,
            "monitoring-role",
            role_name=environment.monitoring_role_name,
            account_id=self.caller_identity.account_id,
            partition=environment.partition,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_parameter_groups(self, environment: Environment) -> ParameterGroups | None:
        engine = environment.engine
        if not engine.has_parameters:
            return None
        return ParameterGroups(
            self,
            "parameter-groups",
            name_prefix=environment.cluster_identifier,
            major_version=environment.engine_version.major,
            cluster_parameters=engine.cluster_parameters,
            instance_parameters=engine.instance_parameters,
            pgaudit=engine.pgaudit,
            log_statement=engine.log_statement,
            log_min_duration_milliseconds=engine.log_min_duration_milliseconds,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_network(self, environment: Environment) -> DatabaseNetwork:
        return DatabaseNetwork(
            self,
            "network",
            subnet_group_name=environment.subnet_group_name,
            security_group_name=environment.security_group_name,
            vpc_id=environment.network.vpc_id,
            vpc_tags=environment.network.vpc_tags,
            subnet_ids=environment.network.subnet_ids,
            subnet_tags=environment.network.subnet_tags,
            check_subnets=environment.network.checks_subnets,
            instance_zones=environment.instances.used_zones,
            security_group_description=environment.security_group_description,
            keeps_security_group_description=environment.network.security_group_description is None,
            security_group_rules=environment.network.security_group_rules,
            allowed_cidr_blocks=environment.network.allowed_cidr_blocks or (),
            allowed_security_group_ids=environment.network.allowed_security_group_ids or (),
            egress=environment.network.egress,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_interface_endpoints(self, environment: Environment) -> InterfaceEndpoints | None:
        network, zones = environment.network, self.network.subnet_zones
        if network.interface_endpoints is None or zones is None:
            return None
        return InterfaceEndpoints(
            self,
            "interface-endpoints",
            services=network.interface_endpoints,
            region=self.aws_region.string_value,
            account_id=self.caller_identity.account_id,
            vpc=self.network.vpc,
            subnet_zones=zones,
            security_group_name=environment.endpoint_security_group_name,
            security_group_description="Security group for the interface endpoints of Aurora cluster "
            f"{environment.cluster_identifier}",
            allowed_cidr_blocks=network.allowed_cidr_blocks or (),
            allowed_security_group_ids=network.allowed_security_group_ids or (),
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_credentials(self, environment: Environment) -> DatabaseCredentials | WriteOnlyCredentials | None:
        """Make the password and its secret, unless RDS owns both, or they are a primary's."""
        credentials = environment.credentials
        if not environment.makes_credentials:
            return None
        if credentials.mode == "write_only":
            return WriteOnlyCredentials(
                self,
                "credentials",
                master_username=environment.master_username,
                secret_name=environment.secret_name,
                version=credentials.password_version or 1,
                kms_key_arn=self.key_arn,
                recovery_window_days=credentials.recovery_window_days or 0,
                replica_regions=credentials.replica_regions,
                adopted=environment.is_adopted,
                tags=environment.tags,
                fixed_addresses=True,
            )
        return DatabaseCredentials(
            self,
            "credentials",
            master_username=environment.master_username,
            secret_name=environment.secret_name,
            version=credentials.password_version,
            kms_key_arn=self.key_arn,
            recovery_window_days=credentials.recovery_window_days or 0,
            replica_regions=credentials.replica_regions,
            adopted=environment.is_adopted,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _master_password(self) -> MasterPassword:
        if self._primary_secret_arn is not None:
            return MasterPassword.replicated()
        if self.credentials is None:
            return MasterPassword.managed(kms_key_arn=self.key_arn)
        if isinstance(self.credentials, WriteOnlyCredentials):
            return MasterPassword.write_only(self.credentials.master_password, version=self.credentials.version)
        return MasterPassword.given(self.credentials.master_password)

    def _final_snapshot_suffix(self, environment: Environment) -> str | None:
        """Return the random suffix that deployments with a final snapshot have had from the start."""
        if self.credentials is not None:
            return self.credentials.suffix.hex
        if not environment.protection.final_snapshot:
            return None
        # It is of no secret: one that is made here again must not have the suffix of one that was deleted.
        drawn_for = None if environment.is_adopted else DataResource(self, SECRET_NAME)
        return Id(self, "suffix", byte_length=SUFFIX_BYTES, lifecycle=drawn_again_with(drawn_for)).hex

    def _build_cluster(self, environment: Environment) -> AuroraServerlessCluster:
        groups, role, log_group = self.parameter_groups, self.monitoring_role, self.log_group
        before: list[ITerraformDependable] = self.network.separate_rules
        if log_group is not None:
            before.append(log_group.log_group)
        if role is not None:
            before.append(role.policy_attachment)
        return AuroraServerlessCluster(
            self,
            "cluster",
            cluster_identifier=environment.cluster_identifier,
            instance_identifiers=environment.instance_identifiers,
            engine_version=environment.engine_version,
            allow_major_version_upgrade=environment.engine.allow_major_version_upgrade is not None,
            cluster_parameter_group_name=groups.cluster_parameter_group_name if groups else None,
            instance_parameter_group_name=groups.instance_parameter_group_name if groups else None,
            automatic_minor_upgrades=environment.automatic_minor_upgrades,
            extended_support=environment.engine.extended_support,
            minimum_acu=self.min_capacity.number_value,
            maximum_acu=self.max_capacity.number_value,
            auto_pause_seconds=environment.capacity.auto_pause_seconds,
            availability_zones=environment.instances.availability_zones,
            reader_promotion_tier=environment.reader_promotion_tiers,
            storage_type=environment.storage.type,
            restore_from=environment.restore.source if environment.restore else None,
            replica_of=_replica_of(environment),
            database_name=environment.initial_database_name,
            master_username=environment.master_username,
            master_password=self._master_password(),
            subnet_group_name=self.network.subnet_group_name,
            security_group_ids=[self.network.security_group_id],
            data_api_enabled=environment.access.data_api,
            iam_database_authentication=environment.access.iam_authentication,
            storage_encrypted=True if environment.encryption.has_kms_key else None,
            kms_key_arn=self.key_arn,
            backup_retention_days=environment.backup.retention_days,
            backup_window=environment.backup.window,
            maintenance_window=environment.maintenance.window,
            apply_immediately=environment.applies_immediately,
            instances_follow_maintenance=environment.instances_follow_maintenance,
            adopted=environment.is_adopted,
            copy_tags_to_snapshots=environment.protection.copy_tags_to_snapshots,
            final_snapshot=environment.protection.final_snapshot,
            final_snapshot_suffix=self._final_snapshot_suffix(environment),
            final_snapshot_identifier=environment.protection.final_snapshot_identifier,
            deletion_protection=environment.protection.deletion_protection,
            prevent_destroy=environment.protection.prevent_destroy,
            export_log=log_group is not None,
            insights_mode=environment.insights_mode,
            enhanced_monitoring_seconds=environment.monitoring.enhanced_monitoring_seconds or None,
            enhanced_monitoring_role_arn=role.arn if role else None,
            depends_on=before,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_replacement_guard(self, environment: Environment) -> ReplacementGuard | None:
        protection, encryption = environment.protection, environment.encryption
        if environment.is_adopted and protection.deletion_protection is None:
            return None
        founded = None if environment.is_secondary else environment.global_cluster_identifier
        return ReplacementGuard(
            self,
            "replacement-guard",
            cluster=self.cluster.cluster,
            replacing={
                "cluster": environment.cluster_identifier,
                "database": environment.initial_database_name or "none",
                "master user": environment.master_username,
                "subnet group": environment.subnet_group_name,
                "key": encryption.key_arn or encryption.key,
                **({} if founded is None else {"global database": founded}),
            },
            deletion_protection=bool(protection.deletion_protection),
            prevent_destroy=protection.prevent_destroy,
            fixed_addresses=True,
        )

    def _build_global_database(self, environment: Environment) -> GlobalDatabase | None:
        if environment.global_cluster_identifier is None or environment.is_secondary:
            return None
        return GlobalDatabase(
            self,
            "global-database",
            identifier=environment.global_cluster_identifier,
            primary_cluster_arn=self.cluster.arn,
            extended_support=environment.engine.extended_support,
            deletion_protection=environment.protection.deletion_protection,
            prevent_destroy=environment.protection.prevent_destroy,
            depends_on=self.cluster.instances,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_managed_secret(self) -> ManagedSecret | None:
        if self.credentials is not None or self._primary_secret_arn is not None:
            return None
        return ManagedSecret(self, "managed-secret", cluster=self.cluster.cluster, fixed_addresses=True)

    def _build_read_scaling(self, environment: Environment) -> ReadScaling | None:
        scaling = environment.instances.read_scaling
        if scaling is None:
            return None
        return ReadScaling(
            self,
            "read-scaling",
            # By the id, which is not known while the cluster is replaced: target and policy then follow it.
            cluster_identifier=self.cluster.cluster.id,
            minimum_readers=scaling.minimum_readers,
            maximum_readers=scaling.maximum_readers,
            metric=scaling.metric,
            target_value=scaling.target_value,
            depends_on=self.cluster.instances,
            tags=environment.tags,
            fixed_addresses=True,
        )

    @property
    def secret_arn(self) -> str:
        """ARN of the secret with the master user's name and password, whoever made it."""
        if self._primary_secret_arn is not None:
            return self._primary_secret_arn
        if self.credentials is not None:
            return self.credentials.secret_arn
        assert self.managed_secret is not None  # noqa: S101 (one of the two is there)
        return self.managed_secret.arn

    def _build_proxy(self, environment: Environment) -> DatabaseProxy | None:
        proxy = environment.proxy
        if proxy is None:
            return None
        version = [] if self.credentials is None else [self.credentials.secret_version]
        return DatabaseProxy(
            self,
            "proxy",
            proxy_name=environment.proxy_name,
            role_name=environment.proxy_role_name,
            policy_name=environment.proxy_policy_name,
            security_group_name=environment.proxy_security_group_name,
            cluster_identifier=self.cluster.identifier,
            secret_arns=[self.secret_arn, *proxy.secret_arns],
            secret_key_arns=[*([] if self.key_arn is None else [self.key_arn]), *proxy.secret_key_arns],
            region=self.aws_region.string_value,
            partition=environment.partition,
            vpc_id=self.network.vpc.id,
            subnet_ids=self.network.subnet_ids,
            sources=self.network.sources,
            database_security_group_id=self.network.security_group_id,
            # An inline rule lets the whole VPC in, the proxy's subnets included, and would take one beside it out.
            opens_database_security_group=environment.network.security_group_rules == "separate",
            require_tls=proxy.require_tls,
            iam_authentication=environment.proxy_iam_authentication,
            idle_client_timeout_seconds=proxy.idle_client_timeout_seconds,
            connection_borrow_timeout_seconds=proxy.connection_borrow_timeout_seconds,
            maximum_connections_percent=proxy.maximum_connections_percent,
            maximum_idle_connections_percent=proxy.maximum_idle_connections_percent,
            init_query=proxy.init_query,
            debug_logging=proxy.debug_logging,
            depends_on=[*self.cluster.instances, *version],
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _database_user_arns(self, environment: Environment) -> list[str]:
        """Return what the roles may log in to with IAM tokens, and as whom."""
        resource_ids = [self.cluster.resource_id] if environment.iam_login_to_cluster else []
        if self.proxy is not None and environment.iam_login_to_proxy:
            resource_ids.append(self.proxy.resource_id)
        return [
            database_user_arn(
                region=self.aws_region.string_value,
                account_id=self.caller_identity.account_id,
                resource_id=resource_id,
                user=user,
                partition=environment.partition,
            )
            for resource_id in resource_ids
            for user in environment.access.iam_users
        ]

    def _build_lambda_role(self, environment: Environment) -> LambdaRole:
        return self._build_role(
            environment,
            "lambda-role",
            role_name=environment.lambda_role_name,
            policy_name=environment.lambda_policy_name,
        )

    def _build_roles(self, environment: Environment) -> dict[str, LambdaRole]:
        return {
            short_name: self._build_role(
                environment,
                f"role-{short_name}",
                role_name=role_name,
                policy_name=environment.role_policy_name(short_name),
                short_name=short_name,
            )
            for short_name, role_name in environment.role_names.items()
        }

    def _build_role(
        self, environment: Environment, id_: str, *, role_name: str, policy_name: str, short_name: str | None = None
    ) -> LambdaRole:
        extras = environment.access.lambda_role
        return LambdaRole(
            self,
            id_,
            role_name=role_name,
            policy_name=policy_name,
            cluster_arn=self.cluster.arn if environment.access.data_api else None,
            secret_arn=self.secret_arn,
            # A replica of the primary's secret is under AWS's own key, whatever this cluster is under.
            secret_key_arn=None if environment.is_secondary else self.key_arn,
            database_user_arns=self._database_user_arns(environment),
            path=extras.path,
            permissions_boundary_arn=extras.permissions_boundary_arn,
            vpc_access=extras.vpc_access,
            xray=extras.xray,
            more_secret_arns=extras.secret_arns,
            more_secret_key_arns=extras.secret_key_arns,
            region=self.aws_region.string_value,
            account_id=self.caller_identity.account_id,
            partition=environment.partition,
            short_name=short_name,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_existing_roles(self, environment: Environment) -> ExistingRoles | None:
        if not environment.access.existing_role_names:
            return None
        return ExistingRoles(
            self,
            "existing-roles",
            role_names=environment.access.existing_role_names,
            policy_name=environment.lambda_policy_name,
            policy_document=self.lambda_role.policy_document,
            fixed_addresses=True,
        )

    def _build_alarms(self, environment: Environment) -> DatabaseAlarms | None:
        monitoring = environment.monitoring
        if not monitoring.alarms:
            return None
        return DatabaseAlarms(
            self,
            "alarms",
            cluster_identifier=environment.cluster_identifier,
            minimum_acu=self.min_capacity.number_value,
            maximum_acu=self.max_capacity.number_value,
            maximum_connections=environment.engine.maximum_connections,
            has_readers=environment.has_readers,
            topic_arn=monitoring.alarm_topic_arn,
            email_addresses=monitoring.alarm_email_addresses,
            kms_key_arn=self._cloudwatch_key_arn if environment.makes_alarm_topic else None,
            tags=environment.tags,
            fixed_addresses=True,
        )

    def _build_dashboard(self, environment: Environment) -> DatabaseDashboard | None:
        if not environment.monitoring.dashboard:
            return None
        return DatabaseDashboard(
            self,
            "dashboard",
            cluster_identifier=environment.cluster_identifier,
            region=self.aws_region.string_value,
            minimum_acu=self.min_capacity.number_value,
            maximum_acu=self.max_capacity.number_value,
            has_readers=environment.has_readers,
            alarm_arns=self.alarms.alarm_arns if self.alarms else (),
            engine_version=environment.engine_version,
            fixed_addresses=True,
        )


def _replica_of(environment: Environment) -> GlobalReplica | None:
    database = environment.global_database
    if database is None or database.role == "primary":
        return None
    assert database.identifier is not None  # noqa: S101 (the model refuses it)
    assert database.source_region is not None  # noqa: S101 (the model refuses it)
    return GlobalReplica(database.identifier, database.source_region)
