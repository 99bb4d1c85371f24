"""The log group of a cluster's PostgreSQL log, made before RDS makes one that never expires."""

from collections.abc import Mapping

from cdktf import Token
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.lifecycles import removed_last
from aurora_serverless.rules.log_group import DEFAULT_RETENTION_DAYS, LOG_TYPE, check_log_retention, log_group_name
from aurora_serverless.rules.names import check_identifier


class PostgresqlLogGroup(AddressedConstruct):
    """The log group to which a cluster exports its PostgreSQL log.

    It must exist before the cluster exports its first line, or RDS makes it, without an end to what it keeps: let the
    cluster depend on `log_group`.

    Attributes: `log_group` (the resource).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster_identifier: str,
        retention_days: int = DEFAULT_RETENTION_DAYS,
        kms_key_arn: str | None = None,
        exists: bool = False,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the log group.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            cluster_identifier: Identifier of the cluster, not read from it: the log group comes first.
            retention_days: Days for which lines are kept, one of `RETENTION_DAYS`; by default 30.
            kms_key_arn: ARN of a key whose policy lets CloudWatch Logs use it; by default AWS's own.
            exists: Whether it is there already, and Terraform takes it into its state; it refuses where there is none.
            tags: Tags of the log group; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse the identifier or the retention.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        if not Token.is_unresolved(cluster_identifier):
            check_identifier(cluster_identifier, argument="cluster_identifier")
        check_log_retention(retention_days)
        self.log_group = self._addressed(
            CloudwatchLogGroup(
                self,
                "log-group",
                name=log_group_name(cluster_identifier),
                retention_in_days=retention_days,
                kms_key_id=kms_key_arn,
                tags=self._tags,
                lifecycle=removed_last(),
            ),
            LOG_TYPE,
        )

        if exists:
            self.log_group.import_from(log_group_name(cluster_identifier))

    @property
    def name(self) -> str:
        """Name of the log group."""
        return self.log_group.name

    @property
    def arn(self) -> str:
        """ARN of the log group."""
        return self.log_group.arn
