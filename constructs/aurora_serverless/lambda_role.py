"""The IAM role with which Lambda functions use the database, through the Data API or from inside the VPC."""

from collections.abc import Mapping, Sequence
from typing import Final

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.arns import aws_policy_arn, check_in_partition
from aurora_serverless.rules.database_policy import database_policy, trust_policy
from aurora_serverless.rules.names import check_policy_name, check_role_name
from aurora_serverless.rules.regions import partition_of
from aurora_serverless.rules.roles import (
    check_boundary,
    check_policy_size,
    check_role_path,
    check_secret_arn,
    check_secret_key_arn,
    check_secret_keys,
    check_short_name,
)
from aurora_serverless.rules.tags import check_role_tags
from aurora_serverless.rules.tokens import check_unless_token

LAMBDA_SERVICE: Final = "lambda.amazonaws.com"
BASIC_EXECUTION_POLICY: Final = "service-role/AWSLambdaBasicExecutionRole"
VPC_ACCESS_POLICY: Final = "service-role/AWSLambdaVPCAccessExecutionRole"
XRAY_POLICY: Final = "AWSXRayDaemonWriteAccess"


class LambdaRole(AddressedConstruct):
    """A role that Lambda assumes: SQL on one cluster, its secret, and logs of its own account and Region.

    Attributes: `role`, `policy`, `basic_execution`, `vpc_access`, `xray` (the resources; the last two are None unless
    asked for), `policy_document` (the inline policy, to grant the same to another role).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        role_name: str,
        policy_name: str,
        cluster_arn: str | None,
        secret_arn: str | None,
        secret_key_arn: str | None = None,
        database_user_arns: Sequence[str] = (),
        path: str | None = None,
        permissions_boundary_arn: str | None = None,
        vpc_access: bool = False,
        xray: bool = False,
        more_secret_arns: Sequence[str] = (),
        more_secret_key_arns: Sequence[str] = (),
        region: str,
        account_id: str,
        partition: str | None = None,
        short_name: str | None = None,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the role, its inline policy and the attachments of AWS's policies.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            role_name: Name of the role; a new one means a new role.
            policy_name: Name of the inline policy; a new one means a new policy.
            cluster_arn: ARN of the cluster whose Data API the role may call; None without the Data API.
            secret_arn: ARN of the secret that the role may read; None for one that logs in with IAM tokens only.
            secret_key_arn: ARN of the customer key of the secret, which the role may then decrypt with; by default the
                secret is under AWS's key, and needs no permission.
            database_user_arns: Database users as whom the role may log in with IAM tokens, each as
                `aurora_serverless.rules.database_policy.database_user_arn` writes it; none by default.
            path: Path of the role; by default /. A new one means a new role.
            permissions_boundary_arn: ARN of the managed policy that bounds what the role may do; none by default.
            vpc_access: Whether functions with the role may run in a VPC.
            xray: Whether functions with the role may send traces to X-Ray.
            more_secret_arns: ARNs of other secrets that the role may read; none by default.
            more_secret_key_arns: ARNs of the customer keys of those; none by default.
            region: Region of the logs, or a token.
            account_id: Account of the logs, twelve digits or a token.
            partition: Partition of all of these; by default that of `region`, and `aws` where only Terraform knows it.
            short_name: What tells this role from others of the stack: its fixed addresses are made of it, as in
                `aws_iam_role.aurora_worker`. By default they are those of the one Lambda role.
            tags: Tags of the role; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: IAM would refuse a name, a tag, the path, an ARN or the policy for its size, or keys are
                given without a secret, or are of another Region, or an ARN is of another partition.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        self._partition = partition or partition_of(region)
        check_unless_token(check_role_name, role_name)
        check_unless_token(check_policy_name, policy_name)
        _check_extras(path, more_secret_arns, more_secret_key_arns, region)
        check_boundary(permissions_boundary_arn, self._partition)
        _check_partition(self._partition, more_secret_arns)
        check_role_tags(self._tags or {})
        self._prefix = "lambda"
        role_address, policy_address = "lambda_aurora_role", "lambda_aurora_policy"
        if short_name is not None:
            check_short_name(short_name, argument="short_name")
            self._prefix = role_address = policy_address = f"aurora_{short_name.replace('-', '_')}"
        self.policy_document = database_policy(
            cluster_arn=cluster_arn,
            secret_arn=secret_arn,
            secret_key_arn=secret_key_arn,
            more_secret_arns=more_secret_arns,
            more_secret_key_arns=more_secret_key_arns,
            database_user_arns=database_user_arns,
            region=region,
            account_id=account_id,
            partition=self._partition,
        )
        check_policy_size(
            self.policy_document,
            argument="more_secret_arns",
            value=f"{len(more_secret_arns)} secrets",
            remedy="name fewer, or fewer keys and database users",
        )
        self.role = self._addressed(
            IamRole(
                self,
                "role",
                name=role_name,
                path=path,
                permissions_boundary=permissions_boundary_arn,
                assume_role_policy=trust_policy(LAMBDA_SERVICE),
                tags=self._tags,
            ),
            role_address,
        )
        self.policy = self._addressed(
            IamRolePolicy(self, "policy", name=policy_name, role=self.role.id, policy=self.policy_document),
            policy_address,
        )
        self.basic_execution = self._attach("basic-execution", "basic", BASIC_EXECUTION_POLICY)
        self.vpc_access = self._attach("vpc-access", "vpc_access", VPC_ACCESS_POLICY) if vpc_access else None
        self.xray = self._attach("xray", "xray", XRAY_POLICY) if xray else None

    def _attach(self, id_: str, name: str, policy: str) -> IamRolePolicyAttachment:
        # By the id, which is the name, but not known while the role is replaced: AWS deletes none with attachments.
        return self._addressed(
            IamRolePolicyAttachment(self, id_, role=self.role.id, policy_arn=aws_policy_arn(policy, self._partition)),
            f"{self._prefix}_{name}",
        )

    @property
    def arn(self) -> str:
        """ARN of the role, for a function's `role`."""
        return self.role.arn


def _check_partition(partition: str, more_secret_arns: Sequence[str]) -> None:
    for arn in more_secret_arns:
        check_in_partition(arn, partition, argument="more_secret_arns")


def _check_extras(
    path: str | None,
    more_secret_arns: Sequence[str],
    more_secret_key_arns: Sequence[str],
    region: str,
) -> None:
    if path is not None:
        check_unless_token(check_role_path, path)
    for arn in more_secret_arns:
        check_unless_token(check_secret_arn, arn, argument="more_secret_arns")
    for arn in more_secret_key_arns:
        check_unless_token(check_secret_key_arn, arn, argument="more_secret_key_arns", region=region)
    check_secret_keys(more_secret_arns, more_secret_key_arns)
