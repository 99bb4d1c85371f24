"""Leave for roles that exist already, such as those of running functions, to use a database."""

from collections.abc import Sequence

from cdktf import TerraformIterator, Token
from cdktf_cdktf_provider_aws.iam_role_policy import IamRolePolicy
from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.names import check_policy_name, check_role_name
from aurora_serverless.rules.roles import check_policy_size
from aurora_serverless.rules.tokens import check_unless_token
from aurora_serverless.rules.violation import check_different


class ExistingRoles(AddressedConstruct):
    """An inline policy on each of several roles that somebody else made, and nothing else of theirs.

    Attributes: `policy` (the resource, with an instance for each role's name).
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        role_names: Sequence[str],
        policy_name: str,
        policy_document: str,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the inline policies.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            role_names: Name of each role, without its path; each must exist.
            policy_name: Name of the inline policy. A policy of that name that a role has already is overwritten.
            policy_document: The policy, as `aurora_serverless.rules.database_policy.database_policy` returns it.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: IAM would refuse a name or the policy for its size, or a role is named twice.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses)
        for name in role_names:
            check_unless_token(check_role_name, name, argument="role_names")
        check_different("role_names", role_names, ignores_case=True)
        check_unless_token(check_policy_name, policy_name)
        check_policy_size(
            policy_document,
            argument="policy_document",
            value=f"a policy named {policy_name}",
            remedy="allow fewer secrets, keys and database users",
        )
        # An address in the state for each role, so that taking one out touches no other.
        roles = TerraformIterator.from_list(list(role_names))
        self.policy = self._addressed(
            IamRolePolicy(
                self,
                "policy",
                for_each=roles,
                name=policy_name,
                role=Token.as_string(roles.value),
                policy=policy_document,
            ),
            "existing_roles",
        )
