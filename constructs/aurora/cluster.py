"""The Aurora Serverless v2 cluster and its serverless instance."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf import Fn, Op, Precondition, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.rds_cluster import RdsCluster, RdsClusterServerlessv2ScalingConfiguration
from cdktf_cdktf_provider_aws.rds_cluster_instance import RdsClusterInstance
from constructs import Construct

from aurora.addresses import AddressedConstruct
from aurora.backup import check_backup_retention
from aurora.capacity import DEFAULT_AUTO_PAUSE_SECONDS, STEP_ACU, check_capacity
from aurora.engine import ENGINE, EngineVersion, check_data_api
from aurora.names import check_database_name, check_identifier, check_master_username
from aurora.windows import check_backup_window, check_maintenance_window, check_windows_apart

SERVERLESS_INSTANCE_CLASS: Final = "db.serverless"


class AuroraServerlessCluster(AddressedConstruct):
    """An Aurora PostgreSQL cluster with Serverless v2 capacity, the Data API, and one serverless instance.

    Attributes: `cluster`, `instance` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster_identifier: str,
        instance_identifier: str,
        engine_version: EngineVersion,
        minimum_acu: float,
        maximum_acu: float,
        auto_pause_seconds: int | None = None,
        database_name: str,
        master_username: str,
        master_password: str,
        subnet_group_name: str,
        security_group_ids: Sequence[str],
        data_api_enabled: bool = True,
        backup_retention_days: int = 7,
        backup_window: str = "03:00-04:00",
        maintenance_window: str = "sun:04:00-sun:05:00",
        apply_immediately: bool = False,
        final_snapshot_identifier: str | None = None,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool = False,
    ) -> None:
        """Make the cluster and its instance.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            cluster_identifier: Identifier of the cluster; a new one means a new cluster.
            instance_identifier: Identifier of the instance; a new one means a new instance.
            engine_version: Version of Aurora PostgreSQL.
            minimum_acu: Smallest capacity in ACU (0 pauses when idle), a number or a token.
            maximum_acu: Largest capacity in ACU, a number or a token.
            auto_pause_seconds: Idle seconds, 300 to 86,400, before a cluster with a minimum of 0 pauses; by default
                300. Sent only while the minimum is 0: AWS refuses it otherwise.
            database_name: Name of the first database; a new one means a new cluster.
            master_username: Name of the master user; a new one means a new cluster.
            master_password: The master password, as a token, so that it is never in the synthesized JSON.
            subnet_group_name: Name of the DB subnet group; a new one means a new cluster.
            security_group_ids: Ids of the security groups.
            data_api_enabled: Whether the Data API (the HTTP endpoint) is on.
            backup_retention_days: Days, 1 to 35, for which automated backups are kept.
            backup_window: Daily window for backups, `hh:mm-hh:mm` in UTC.
            maintenance_window: Weekly window for maintenance, `ddd:hh:mm-ddd:hh:mm` in UTC.
            apply_immediately: Whether changes wait for the maintenance window (the default) or not.
            final_snapshot_identifier: Name of the snapshot taken when the cluster is deleted; none is taken by
                default.
            tags: Tags of cluster and instance; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a value. Values that are tokens are checked by Terraform instead.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        check_identifier(cluster_identifier, argument="cluster_identifier")
        check_identifier(instance_identifier, argument="instance_identifier")
        check_data_api(engine_version, data_api_enabled)
        check_database_name(database_name)
        check_master_username(master_username)
        check_backup_retention(backup_retention_days)
        check_backup_window(backup_window)
        check_maintenance_window(maintenance_window)
        check_windows_apart(backup_window, maintenance_window)
        self.cluster = self._addressed(
            RdsCluster(
                self,
                "cluster",
                cluster_identifier=cluster_identifier,
                engine=ENGINE,
                engine_mode="provisioned",  # what AWS calls Serverless v2 here; "serverless" is the retired v1
                engine_version=str(engine_version),
                serverlessv2_scaling_configuration=_scaling(
                    engine_version, minimum_acu, maximum_acu, auto_pause_seconds
                ),
                database_name=database_name,
                master_username=master_username,
                master_password=master_password,
                db_subnet_group_name=subnet_group_name,
                vpc_security_group_ids=list(security_group_ids),
                enable_http_endpoint=data_api_enabled,
                backup_retention_period=backup_retention_days,
                preferred_backup_window=backup_window,
                preferred_maintenance_window=maintenance_window,
                skip_final_snapshot=final_snapshot_identifier is None,
                final_snapshot_identifier=final_snapshot_identifier,
                apply_immediately=apply_immediately,
                tags=tags,
                lifecycle=_lifecycle(minimum_acu, maximum_acu),
            ),
            "aurora",
        )
        self.instance = self._addressed(
            RdsClusterInstance(
                self,
                "instance",
                identifier=instance_identifier,
                cluster_identifier=self.cluster.id,
                instance_class=SERVERLESS_INSTANCE_CLASS,
                engine=self.cluster.engine,
                engine_version=self.cluster.engine_version,
                performance_insights_enabled=False,
                tags=tags,
            ),
            "aurora",
        )

    @property
    def arn(self) -> str:
        """ARN of the cluster."""
        return self.cluster.arn

    @property
    def identifier(self) -> str:
        """Identifier of the cluster."""
        return self.cluster.cluster_identifier

    @property
    def endpoint(self) -> str:
        """DNS name of the writer endpoint."""
        return self.cluster.endpoint

    @property
    def database_name(self) -> str:
        """Name of the first database."""
        return self.cluster.database_name

    @property
    def data_api_state(self) -> str:
        """`Enabled` or `Disabled`, as the cluster has the Data API."""
        return Token.as_string(Fn.conditional(self.cluster.enable_http_endpoint, "Enabled", "Disabled"))


def _scaling(
    engine_version: EngineVersion, minimum_acu: float, maximum_acu: float, auto_pause_seconds: int | None
) -> RdsClusterServerlessv2ScalingConfiguration:
    pause = DEFAULT_AUTO_PAUSE_SECONDS if auto_pause_seconds is None else auto_pause_seconds
    seconds: float | None
    if not engine_version.supports_auto_pause:
        seconds = None
    elif Token.is_unresolved(minimum_acu):
        # Only 0 lies below the first half step. Not Op.eq(…, 0): CDKTF drops the 0 and writes `undefined`.
        seconds = Token.as_number(Fn.conditional(Op.lt(minimum_acu, STEP_ACU), pause, Token.null_value()))
    else:
        seconds = pause if minimum_acu == 0 else None
    if not (Token.is_unresolved(minimum_acu) or Token.is_unresolved(maximum_acu)):
        check_capacity(
            engine_version,
            minimum_acu=minimum_acu,
            maximum_acu=maximum_acu,
            auto_pause_seconds=auto_pause_seconds,
        )
    return RdsClusterServerlessv2ScalingConfiguration(
        min_capacity=minimum_acu, max_capacity=maximum_acu, seconds_until_auto_pause=seconds
    )


def _lifecycle(minimum_acu: float, maximum_acu: float) -> TerraformResourceLifecycle | None:
    """Let Terraform compare what Python cannot see.

    A variable's validation cannot do it: in Terraform 1.5 it refers to no other variable.
    """
    if not (Token.is_unresolved(minimum_acu) or Token.is_unresolved(maximum_acu)):
        return None
    return TerraformResourceLifecycle(
        precondition=[
            Precondition(
                condition=Token.as_string(Op.lte(minimum_acu, maximum_acu)),
                error_message=f"min_capacity ({minimum_acu} ACU) must not be above max_capacity ({maximum_acu} ACU): "
                "lower the first or raise the second.",
            )
        ]
    )
