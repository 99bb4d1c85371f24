"""The log group of one of a cluster's logs, made before RDS makes one that never expires."""

from collections.abc import Mapping

from cdktf import Postcondition, TerraformResourceLifecycle, Token
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.lifecycles import removed_last
from aurora_serverless.rules.log_group import (
    DEFAULT_RETENTION_DAYS,
    LOG_TYPE,
    LogClass,
    check_log_retention,
    check_more_log_type,
    log_group_name,
)
from aurora_serverless.rules.names import check_identifier


class PostgresqlLogGroup(AddressedConstruct):
    """The log group to which a cluster exports its PostgreSQL log, or another one.

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
        log_type: str = LOG_TYPE,
        log_class: LogClass | None = None,
        keep: bool = False,
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
            log_type: Which log it is for: its own by default, or one of `MORE_LOG_TYPES`.
            log_class: Class of the log group, by default AWS's own, STANDARD. AWS changes it no more: Terraform refuses
                another one. Where none is given, one that is there keeps its own.
            keep: Whether Terraform leaves it in AWS when it destroys it.
            tags: Tags of the log group; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse the identifier or the retention.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        if not Token.is_unresolved(cluster_identifier):
            check_identifier(cluster_identifier, argument="cluster_identifier")
        check_log_retention(retention_days)
        if log_type != LOG_TYPE:
            check_more_log_type(log_type, argument="log_type")
        self.log_group = self._addressed(
            CloudwatchLogGroup(
                self,
                "log-group",
                name=log_group_name(cluster_identifier, log_type),
                retention_in_days=retention_days,
                kms_key_id=kms_key_arn,
                log_group_class=log_class,
                skip_destroy=keep or None,
                tags=self._tags,
                lifecycle=removed_last() if log_class is None else _keeps_class(log_class),
            ),
            log_type.replace("-", "_"),
        )

        if exists:
            self.log_group.import_from(log_group_name(cluster_identifier, log_type))

    @property
    def name(self) -> str:
        """Name of the log group."""
        return self.log_group.name

    @property
    def arn(self) -> str:
        """ARN of the log group."""
        return self.log_group.arn


def _keeps_class(log_class: LogClass) -> TerraformResourceLifecycle:
    """Return the lifecycle of a log group whose class AWS cannot change, and whose name a second one cannot have."""
    return TerraformResourceLifecycle(
        create_before_destroy=True,
        ignore_changes=["log_group_class"],
        postcondition=[
            Postcondition(
                condition=f'${{self.log_group_class == "{log_class}"}}',
                error_message="The log group ${self.name} is of the class ${self.log_group_class}, which AWS cannot "
                "change: ask for that one (log_class in [monitoring]), or delete it first, with its lines.",
            )
        ],
    )
