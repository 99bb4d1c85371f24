"""IAM roles that services of AWS assume: with a policy of AWS's own, or with one for what is named."""

from collections.abc import Mapping, Sequence

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.lifecycles import removed_last
from aurora_serverless.rules.arns import aws_policy_arn
from aurora_serverless.rules.database_policy import Statement, policy, trust_policy
from aurora_serverless.rules.names import check_policy_name, check_role_name
from aurora_serverless.rules.roles import check_boundary, check_permissions_boundary_arn, check_policy_size
from aurora_serverless.rules.service_roles import role_policy
from aurora_serverless.rules.tags import check_role_tags
from aurora_serverless.rules.tokens import check_unless_token


class HasServiceRole(AddressedConstruct):
    """A construct with a role for a service, which may do what a policy of AWS's own says.

    Attributes: `role`, `policy_attachment` (the resources; None where the role is given).
    """

    role: IamRole
    policy_attachment: IamRolePolicyAttachment

    def _build_service_role(
        self,
        role_name: str,
        *,
        trust: str,
        aws_policy: str,
        permissions_boundary_arn: str | None,
        partition: str,
        address: str,
    ) -> IamRole:
        """Make role and attachment, and return the role. Raises `RuleViolation` for what IAM would refuse."""
        check_unless_token(check_role_name, role_name)
        check_boundary(permissions_boundary_arn, partition)
        check_role_tags(self._tags or {})
        self.role = role = self._addressed(
            IamRole(
                self,
                "role",
                name=role_name,
                assume_role_policy=trust,
                permissions_boundary=permissions_boundary_arn,
                tags=self._tags,
                lifecycle=removed_last(),
            ),
            address,
        )
        self.policy_attachment = self._addressed(
            IamRolePolicyAttachment(
                self,
                "policy-attachment",
                role=role.id,
                policy_arn=aws_policy_arn(aws_policy, partition),
                lifecycle=removed_last(),
            ),
            address,
        )
        return role


class ServiceRole(AddressedConstruct):
    """A role for a service, which AWS lets assume it only for resources of one ARN.

    Whatever lets the service use the role should depend on `policy`: it may be tried at once.

    Attributes: `role`, `policy` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        role_name: str,
        service: str,
        source_account: str,
        source_arn: str,
        statements: Sequence[Statement],
        permissions_boundary_arn: str | None = None,
        address: str | None = None,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the role and its inline policy, which is named after it.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            role_name: Name of the role; a new one means a new role.
            service: The service, such as `rds.amazonaws.com`.
            source_account: Account of the resources, twelve digits or a token.
            source_arn: ARN of the resources; `*` in it stands for any text.
            statements: What the role may do; `rules.service_roles` writes them.
            permissions_boundary_arn: ARN of the managed policy that bounds what the role may do; none by default.
            address: The fixed address of both resources; by default `id_` with underscores.
            tags: Tags of the role; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: IAM would refuse the name, the boundary, a tag, or the policy for its size.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        check_unless_token(check_role_name, role_name)
        policy_name = role_policy(role_name)
        check_unless_token(check_policy_name, policy_name)
        if permissions_boundary_arn is not None:
            check_unless_token(check_permissions_boundary_arn, permissions_boundary_arn)
        check_role_tags(self._tags or {})
        document = policy(*statements)
        check_policy_size(
            document, argument="statements", value=f"{len(statements)} statements", remedy="name fewer resources"
        )
        address = address or id_.replace("-", "_")
        trust = trust_policy(service, source_account=source_account, source_arn=source_arn)
        self.role = self._addressed(
            IamRole(
                self,
                "role",
                name=role_name,
                assume_role_policy=trust,
                permissions_boundary=permissions_boundary_arn,
                tags=self._tags,
            ),
            address,
        )
        self.policy = self._addressed(
            IamRolePolicy(self, "policy", name=policy_name, role=self.role.id, policy=document), address
        )

    @property
    def arn(self) -> str:
        """ARN of the role."""
        return self.role.arn
