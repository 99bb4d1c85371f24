"""`[provider]`: how Terraform's AWS provider reaches AWS, and as whom."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from aurora_serverless.options.section import Rule, Section, checked_by, option
from aurora_serverless.rules.names import check_account_id
from aurora_serverless.rules.service_roles import check_role_arn
from aurora_serverless.rules.sessions import (
    LONGEST_DURATION_SECONDS,
    SHORTEST_DURATION_SECONDS,
    check_duration,
    check_external_id,
    check_session_name,
    check_session_policy,
    check_session_policy_arn,
    check_source_identity,
)
from aurora_serverless.rules.tags import check_tags
from aurora_serverless.rules.violation import RuleViolation, check_different, check_range

_MOST_RETRIES = 100


def _check_retries(value: int) -> None:
    check_range("max_retries", value, 0, _MOST_RETRIES, "times")


class AssumeRole(Section):
    """The role with which the provider works; without it, with the credentials that it finds."""

    role_arn: Annotated[str, checked_by(check_role_arn)] = option(
        "ARN of the role that the provider assumes, with the credentials that it finds. They still read the state.",
        allowed="the ARN of a role",
        makes="`role_arn` of the provider's `assume_role`",
        example="arn:aws:iam::123456789012:role/deployer",
    )
    session_name: Annotated[str, checked_by(check_session_name)] | None = option(
        "Name of the session, as CloudTrail shows it.",
        default=None,
        unset="a name of the provider's, other in each run",
        allowed="2 to 64 letters, digits and `_+=,.@-`",
        makes="`session_name` of `assume_role`",
        example="terraform-production",
    )
    external_id: Annotated[str, checked_by(check_external_id)] | None = option(
        "The external id that the role's trust policy asks for. It is no secret: it is in the synthesized JSON.",
        default=None,
        unset="none",
        allowed="2 to 1,224 letters, digits and `_+=,.@:/-`",
        makes="`external_id` of `assume_role`",
        example="orders-team",
    )
    duration_seconds: Annotated[int, checked_by(check_duration)] | None = option(
        "How long the session lasts: longer than a deploy takes, and at most as long as the role allows. The role of a "
        "session, as in GitHub Actions, is assumed for an hour at most.",
        default=None,
        unset="15 minutes, which the provider renews",
        makes="`duration` of `assume_role`",
        example=3600,
        schema={"minimum": SHORTEST_DURATION_SECONDS, "maximum": LONGEST_DURATION_SECONDS},
    )
    tags: Annotated[dict[str, str], checked_by(check_tags)] | None = option(
        "Tags of the session, for policies that ask for them. The role's trust policy must allow sts:TagSession.",
        default=None,
        unset="none",
        allowed="at most 50",
        makes="`tags` of `assume_role`",
        example={"Team": "orders"},
    )
    transitive_tag_keys: tuple[str, ...] = option(
        "Keys of those tags that stay where the session assumes another role.",
        default=(),
        unset="none",
        allowed="keys of tags",
        makes="`transitive_tag_keys` of `assume_role`",
        example=("Team",),
    )
    source_identity: Annotated[str, checked_by(check_source_identity)] | None = option(
        "Who stands behind the session, which CloudTrail shows of all that it does and no later role changes. The "
        "trust policy must allow sts:SetSourceIdentity.",
        default=None,
        unset="none",
        allowed="2 to 64 letters, digits and `_+=,.@-`; not aws: at the beginning",
        makes="`source_identity` of `assume_role`",
        example="orders-pipeline",
    )
    policy: Annotated[str, checked_by(check_session_policy)] | None = option(
        "A policy, as JSON, that narrows what the session may do below what the role may.",
        default=None,
        unset="all that the role may do",
        allowed="a policy document of at most 2,048 characters",
        makes="`policy` of `assume_role`",
        example='{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}',
    )
    policy_arns: tuple[Annotated[str, checked_by(check_session_policy_arn)], ...] = option(
        "ARNs of managed policies that narrow it in the same way.",
        default=(),
        unset="none",
        allowed="at most 10 ARNs of managed policies",
        makes="`policy_arns` of `assume_role`",
        example=("arn:aws:iam::aws:policy/PowerUserAccess",),
        schema={"maxItems": 10},
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """Nothing is named twice, and tags that stay are there."""
        return (
            lambda: check_different("transitive_tag_keys", self.transitive_tag_keys),
            lambda: check_different("policy_arns", self.policy_arns),
            self._tags_that_stay_are_there,
        )

    def _tags_that_stay_are_there(self) -> Iterator[RuleViolation]:
        for key in self.transitive_tag_keys:
            if key not in (self.tags or {}):
                yield RuleViolation(
                    "transitive_tag_keys", key, "is no key of provider.assume_role.tags", "add the tag, or leave it out"
                )


class Provider(Section):
    """How the AWS provider reaches AWS; allowed_account_ids is beside it."""

    assume_role: AssumeRole | None = option("The role with which the provider works.", default=None)
    forbidden_account_ids: tuple[Annotated[str, checked_by(check_account_id)], ...] = option(
        "Accounts in which Terraform must not work: with credentials of one of them it stops. Not beside "
        "allowed_account_ids, which says it more surely.",
        default=(),
        unset="none",
        allowed="twelve digits each",
        makes="`forbidden_account_ids` of the provider",
        example=("210987654321",),
    )
    use_fips_endpoint: bool | None = option(
        "Whether AWS is reached by its FIPS 140 endpoints, which it has for all that is made here in the Regions of "
        "the USA and of GovCloud, and for most of it in Canada. The S3 backend goes by it too.",
        default=None,
        unset="as the environment of the deploy says",
        makes="`use_fips_endpoint` of the provider and of the S3 backend",
        example=True,
    )
    use_dualstack_endpoint: bool | None = option(
        "Whether AWS is reached by endpoints that have IPv6 addresses too. The S3 backend goes by it too.",
        default=None,
        unset="as the environment of the deploy says",
        makes="`use_dualstack_endpoint` of the provider and of the S3 backend",
        example=True,
    )
    retry_mode: Literal["standard", "adaptive"] | None = option(
        "How the provider tries a request again: adaptive slows down where AWS throttles.",
        default=None,
        unset="standard",
        makes="`retry_mode` of the provider",
        example="adaptive",
    )
    max_retries: Annotated[int, checked_by(_check_retries)] | None = option(
        "How often the provider tries a request again that failed for a moment.",
        default=None,
        unset="25 times",
        makes="`max_retries` of the provider",
        example=50,
        schema={"minimum": 0, "maximum": _MOST_RETRIES},
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """No account is named twice."""
        return (lambda: check_different("forbidden_account_ids", self.forbidden_account_ids),)

    @property
    def endpoints(self) -> dict[str, bool]:
        """What is said of AWS's endpoints, in the words of the provider and of the S3 backend."""
        said = {
            "use_fips_endpoint": self.use_fips_endpoint,
            "use_dualstack_endpoint": self.use_dualstack_endpoint,
        }
        return {name: value for name, value in said.items() if value is not None}
