"""The IAM role with which RDS sends enhanced monitoring's metrics of the operating system to CloudWatch Logs."""

from collections.abc import Mapping
from typing import Final

from constructs import Construct

from aurora_serverless.rules.database_policy import trust_policy
from aurora_serverless.rules.regions import DEFAULT_PARTITION
from aurora_serverless.service_role import HasServiceRole

MONITORING_SERVICE: Final = "monitoring.rds.amazonaws.com"
ENHANCED_MONITORING_POLICY: Final = "service-role/AmazonRDSEnhancedMonitoringRole"


class EnhancedMonitoringRole(HasServiceRole):
    """A role that RDS assumes for enhanced monitoring, for databases of one account only.

    Whatever names the role in `monitoring_role_arn` must depend on `policy_attachment`: RDS tries the role at once.

    Attributes: `role`, `policy_attachment` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        role_name: str,
        account_id: str,
        partition: str = DEFAULT_PARTITION,
        permissions_boundary_arn: str | None = None,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the role and the attachment of AWS's policy.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            role_name: Name of the role; a new one means a new role.
            account_id: Account of the databases, twelve digits or a token.
            partition: Partition of the role; by default `aws`.
            permissions_boundary_arn: ARN of the managed policy that bounds what the role may do; none by default.
            tags: Tags of the role; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: IAM would refuse the name, the boundary or a tag.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        # Source of the condition: Amazon Aurora User Guide, "Setting up and enabling Enhanced Monitoring".
        self._build_service_role(
            role_name,
            trust=trust_policy(MONITORING_SERVICE, source_account=account_id),
            aws_policy=ENHANCED_MONITORING_POLICY,
            permissions_boundary_arn=permissions_boundary_arn,
            partition=partition,
            address="rds_monitoring",
        )

    @property
    def arn(self) -> str:
        """ARN of the role, for `monitoring_role_arn`."""
        return self.role.arn
