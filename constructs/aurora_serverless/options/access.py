"""`[access]`: how one gets at the database, and which roles may."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.section import Change, Listed, Rule, Section, checked_by, option, told
from aurora_serverless.rules.names import check_database_user, check_role_name
from aurora_serverless.rules.roles import (
    check_permissions_boundary_arn,
    check_role_path,
    check_secret_arn,
    check_secret_key_arn,
    check_secret_keys,
    check_short_name,
)
from aurora_serverless.rules.violation import RuleViolation, check_different, shown

_LONGEST_ROLE = limit("iam_role_name_longest")

_LONGEST_USER = limit("rds_database_name_longest")

_SECRET_ARN_EXAMPLE = ("arn:aws:secretsmanager:us-east-1:123456789012:secret:mail-AbCdEf",)
_KEY_ARN_EXAMPLE = ("arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",)


class LambdaRoleExtras(Section):
    """What the Lambda role, and each of access.roles, has beside its policy."""

    path: Annotated[str, checked_by(check_role_path)] | None = option(
        "Path of the roles created here. IAM cannot change it: a new path means a new role.",
        default=None,
        unset="/",
        allowed="/, or a path that starts and ends with /",
        makes="`path` of `aws_iam_role.lambda_aurora_role` and of each role of access.roles",
        change=Change.REPLACES_OTHERS,
        example="/service/",
    )
    permissions_boundary_arn: Annotated[str, checked_by(check_permissions_boundary_arn)] | None = option(
        "ARN of the managed policy that bounds what the roles may do.",
        default=None,
        unset="that of access.permissions_boundary_arn",
        allowed="the ARN of a managed policy of the deployment's account, or of AWS",
        makes="`permissions_boundary` of the same roles",
        example="arn:aws:iam::123456789012:policy/boundary",
    )
    user: Annotated[str, checked_by(check_database_user)] | None = option(
        "User of [users] that the roles use: they may read its secret instead of the master user's, which no role may "
        "then read, or log in as it with IAM tokens where it is one of access.iam_users; and as nobody "
        "else.",
        default=None,
        unset="the master user",
        allowed="a name in users.read_write or users.read_only",
        makes="the secret, or `rds-db:connect`, in the roles' policies, without the Data API where there is no secret; "
        "the output `application_user`",
        example="orders_app",
    )
    vpc_access: bool = option(
        "Whether functions with the roles may run in a VPC, from which alone they reach the database otherwise than "
        "through the Data API.",
        default=False,
        makes="`aws_iam_role_policy_attachment.lambda_vpc_access`: AWS's AWSLambdaVPCAccessExecutionRole",
        example=True,
    )
    xray: bool = option(
        "Whether functions with the roles may send traces to X-Ray.",
        default=False,
        makes="`aws_iam_role_policy_attachment.lambda_xray`: AWS's AWSXRayDaemonWriteAccess",
        costs="X-Ray bills traces",
        example=True,
    )
    secret_arns: Listed[Annotated[str, checked_by(check_secret_arn)]] = option(
        "ARNs of other secrets that the roles may read.",
        default=(),
        unset="the database's only",
        allowed="whole ARNs of secrets, with the six characters that Secrets Manager adds; no more than fit into the "
        "10,240 characters of a role's inline policies: some 100 to 120",
        makes="a statement of the roles' policies: `secretsmanager:GetSecretValue`",
        example=_SECRET_ARN_EXAMPLE,
    )
    secret_key_arns: Listed[Annotated[str, checked_by(check_secret_key_arn)]] = option(
        "ARNs of the customer keys of those secrets. With secret_arns only.",
        default=(),
        unset="the secrets are under AWS's key",
        allowed="ARNs of keys in the deployment's Region",
        makes="a statement of the roles' policies: `kms:Decrypt` through Secrets Manager",
        example=_KEY_ARN_EXAMPLE,
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """The lists name nothing twice, and fit together."""
        return (
            lambda: check_different("secret_arns", self.secret_arns),
            lambda: check_different("secret_key_arns", self.secret_key_arns),
            lambda: check_secret_keys(self.secret_arns, self.secret_key_arns),
        )


class Access(Section):
    """Ways into the database, and the roles that may use them."""

    data_api: bool = option(
        "Whether the Data API is on: SQL over HTTPS, from anywhere and without a connection. Without it the database "
        "is reached from inside the VPC only, and no role may call the Data API. Can be switched on a running cluster. "
        "GovCloud, China and some other Regions have none: there it must be false.",
        default=True,
        makes="`enable_http_endpoint` of the cluster, and a statement of the roles' policies",
        example=False,
    )
    iam_authentication: bool | None = option(
        "Whether database users may log in with IAM tokens.",
        default=None,
        unset="off",
        makes="`iam_database_authentication_enabled` of the cluster",
        example=True,
    )
    iam_users: Listed[Annotated[str, checked_by(check_database_user)]] = option(
        "Database users as which the roles may log in with IAM tokens: on the cluster if iam_authentication is on, "
        "and on the proxy if its iam_authentication is REQUIRED. The users themselves are created by aurora-serverless "
        "users where [users] names them, else in SQL; one of the cluster also needs GRANT rds_iam, after which its "
        "password no longer works.",
        default=(),
        unset="nobody",
        allowed=f"1 to {_LONGEST_USER} letters, digits and `_.@+=,$-`, in the capitals that PostgreSQL has; not those "
        "of RDS or PostgreSQL",
        makes="a statement of the roles' policies: `rds-db:connect`",
        example=("orders_app",),
    )
    permissions_boundary_arn: Annotated[str, checked_by(check_permissions_boundary_arn)] | None = option(
        "ARN of the managed policy that limits what every role created here may do: those for functions, that of the "
        "proxy, and that of enhanced monitoring. With it, `aurora-serverless policy` lets nobody create a role "
        "without it.",
        default=None,
        unset="no boundary",
        allowed="the ARN of a managed policy of the deployment's account, or of AWS; it must allow what the roles are "
        "for",
        makes="`permissions_boundary` of each `aws_iam_role`",
        example="arn:aws:iam::123456789012:policy/boundary",
    )
    lambda_role: LambdaRoleExtras = LambdaRoleExtras.model_construct()
    roles: Listed[Annotated[str, checked_by(check_short_name)]] = option(
        "Short names of more roles for Lambda functions, each called `<name_prefix>-<short name>-aurora-role`. They "
        "are made as the Lambda role is, with the same policy and what [access.lambda_role] says; taking one out "
        "touches no other.",
        default=(),
        unset="the Lambda role only",
        allowed=f"lower-case letters, digits and single hyphens, at most {_LONGEST_ROLE} characters with the rest of "
        "the name",
        makes="`aws_iam_role.aurora_<short name>`, its policy and its attachments, and the output `role_arns`",
        example=("worker", "reports"),
    )
    existing_role_names: Listed[Annotated[str, checked_by(check_role_name)]] = option(
        "Names of roles that exist already and get the Lambda role's policy as an inline policy, and nothing else.",
        default=(),
        unset="none",
        allowed="names of roles without their paths, none of them made here",
        makes="`aws_iam_role_policy.existing_roles`, an instance for each role",
        example=("orders-api-role",),
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """The lists name nothing twice."""
        return (
            lambda: check_different("iam_users", self.iam_users),
            lambda: check_different("roles", self.roles),
            lambda: check_different("existing_role_names", self.existing_role_names, ignores_case=True),
        )


def role_violations(name_prefix: str, role_names: Mapping[str, str]) -> Iterator[RuleViolation]:
    """Yield what IAM does not take of the roles' names; `role_names` has each by the role's short name."""
    for short_name, name in role_names.items():
        made_from = f"and is made from {shown(short_name)} and name_prefix = {shown(name_prefix)}"
        for violation in told(check_role_name, name, argument="roles"):
            yield RuleViolation("access.roles", name, f"{violation.rule}, {made_from}", "write a shorter short name")
