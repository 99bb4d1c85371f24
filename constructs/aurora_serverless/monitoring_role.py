"""The IAM role with which RDS sends enhanced monitoring's metrics of the operating system to CloudWatch Logs."""

from collections.abc import Mapping
from typing import Final

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.lifecycles import removed_last
from aurora_serverless.rules.arns import aws_policy_arn
from aurora_serverless.rules.database_policy import trust_policy
from aurora_serverless.rules.names import check_role_name
from aurora_serverless.rules.regions import DEFAULT_PARTITION
from aurora_serverless.rules.roles import check_boundary
from aurora_serverless.rules.tags import check_role_tags

MONITORING_SERVICE: Final = "monitoring.rds.amazonaws.com"
ENHANCED_MONITORING_POLICY: Final = "service-role/AmazonRDSEnhancedMonitoringRole"


class EnhancedMonitoringRole(AddressedConstruct):
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
        check_role_name(role_name)
        check_boundary(permissions_boundary_arn, partition)
        check_role_tags(self._tags or {})
        # Source of the condition: Amazon Aurora User Guide, "Setting up and enabling Enhanced Monitoring".
        trust = trust_policy(MONITORING_SERVICE, source_account=account_id)
        self.role = self._addressed(
            IamRole(
                self,
                "role",
                name=role_name,
                assume_role_policy=trust,
                permissions_boundary=permissions_boundary_arn,
                tags=self._tags,
                lifecycle=removed_last(),
            ),
            "rds_monitoring",
        )
        self.policy_attachment = self._addressed(
            IamRolePolicyAttachment(
                self,
                "policy-attachment",
                role=self.role.id,
                policy_arn=aws_policy_arn(ENHANCED_MONITORING_POLICY, partition),
                lifecycle=removed_last(),
            ),
            "rds_monitoring",
        )

    @property
    def arn(self) -> str:
        """ARN of the role, for `monitoring_role_arn`."""
        return self.role.arn
