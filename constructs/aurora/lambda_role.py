"""The IAM role with which Lambda functions use the database through the Data API."""

import json
from collections.abc import Mapping
from typing import Final

from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from cdktf_cdktf_provider_aws.iam_role_policy_attachment import IamRolePolicyAttachment
from constructs import Construct

from aurora.addresses import AddressedConstruct
from aurora.names import check_policy_name, check_role_name
from aurora.tags import check_tags
from aurora.tokens import check_unless_token

POLICY_VERSION: Final = "2012-10-17"
DATA_API_ACTIONS: Final = (
    "rds-data:ExecuteStatement",
    "rds-data:BatchExecuteStatement",
    "rds-data:BeginTransaction",
    "rds-data:CommitTransaction",
    "rds-data:RollbackTransaction",
)
READ_SECRET_ACTIONS: Final = ("secretsmanager:GetSecretValue",)
DECRYPT_ACTIONS: Final = ("kms:Decrypt",)
WRITE_LOGS_ACTIONS: Final = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
BASIC_EXECUTION_POLICY_ARN: Final = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


class LambdaRole(AddressedConstruct):
    """A role that Lambda assumes: SQL on one cluster, its secret, and logs of its own account and Region.

    Attributes: `role`, `policy`, `basic_execution` (the resources).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        role_name: str,
        policy_name: str,
        cluster_arn: str,
        secret_arn: str,
        secret_key_arn: str | None = None,
        region: str,
        account_id: str,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool = False,
    ) -> None:
        """Make the role, its inline policy and the attachment of AWS's basic policy.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            role_name: Name of the role; a new one means a new role.
            policy_name: Name of the inline policy; a new one means a new policy.
            cluster_arn: ARN of the cluster whose Data API the role may call.
            secret_arn: ARN of the secret that the role may read.
            secret_key_arn: ARN of the customer key of the secret, which the role may then decrypt with; by default the
                secret is under AWS's key, and needs no permission.
            region: Region of the logs, or a token.
            account_id: Account of the logs, twelve digits or a token.
            tags: Tags of the role; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: IAM would refuse a name.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        check_unless_token(check_role_name, role_name)
        check_unless_token(check_policy_name, policy_name)
        check_tags(tags or {})
        self.role = self._addressed(
            IamRole(self, "role", name=role_name, assume_role_policy=_trust_policy(), tags=tags),
            "lambda_aurora_role",
        )
        self.policy = self._addressed(
            IamRolePolicy(
                self,
                "policy",
                name=policy_name,
                role=self.role.id,
                policy=_policy(
                    _allow(DATA_API_ACTIONS, cluster_arn),
                    _allow(READ_SECRET_ACTIONS, secret_arn),
                    _allow(WRITE_LOGS_ACTIONS, f"arn:aws:logs:{region}:{account_id}:*"),
                    *([_allow(DECRYPT_ACTIONS, secret_key_arn)] if secret_key_arn is not None else []),
                ),
            ),
            "lambda_aurora_policy",
        )
        self.basic_execution = self._addressed(
            IamRolePolicyAttachment(
                self, "basic-execution", role=self.role.name, policy_arn=BASIC_EXECUTION_POLICY_ARN
            ),
            "lambda_basic",
        )

    @property
    def arn(self) -> str:
        """ARN of the role, for a function's `role`."""
        return self.role.arn


def _allow(actions: tuple[str, ...], resource: str) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": POLICY_VERSION, "Statement": statements})


def _trust_policy() -> str:
    return _policy({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})
