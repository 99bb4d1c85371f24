"""`[cluster_roles]`: the roles with which the database itself uses other services of AWS, one for each feature."""

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Annotated, ClassVar

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.section import Change, Listed, Rule, Section, checked_by, option
from aurora_serverless.rules.encryption import check_key_arn
from aurora_serverless.rules.service_roles import (
    MOST_CLUSTER_ROLES,
    Feature,
    check_bucket,
    check_endpoint_name,
    check_function_arn,
    check_model_id,
    check_role_arn,
)
from aurora_serverless.rules.violation import RuleViolation, check_different, refuse

_LONGEST_ENDPOINT = limit("sagemaker_endpoint_name_longest")

Buckets = Listed[Annotated[str, checked_by(check_bucket)]]
KeyArns = Listed[Annotated[str, checked_by(check_key_arn)]]

BUCKETS_ALLOWED = "names of buckets, each with a slash and how keys begin where not all of it is meant"
BUCKETS_EXAMPLE = ("orders-import/2026/",)
KEYS_ALLOWED = "ARNs of keys, in the Regions of the buckets; their policies must let the role use them too"
KEYS_EXAMPLE = ("arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",)


class _FeatureRole(Section):
    """A role for one feature: one that is made here for what it names, or one that is there already."""

    resources_key: ClassVar[str | None] = None
    token_keys: ClassVar[Set[str]] = frozenset({"role_arn"})

    role_arn: Annotated[str, checked_by(check_role_arn)] | None = option(
        "ARN of an existing role, which rds.amazonaws.com may assume, instead of one created here. "
        "AWS takes one role for one feature, and Terraform's provider the same role for no second one.",
        default=None,
        unset="a role made here, for what is named",
        allowed="the ARN of a role in the deployment's account, and nothing else named beside it",
        makes="`role_arn` of `aws_rds_cluster_role_association`, without `aws_iam_role` and `aws_iam_role_policy`",
        change=Change.REPLACES_OTHERS,
        example="arn:aws:iam::123456789012:role/orders-database",
    )

    @property
    def resources(self) -> Sequence[str]:
        """What a role made here may use."""
        return () if self.resources_key is None else getattr(self, self.resources_key)

    @property
    def keys(self) -> Sequence[str]:
        """The customer keys of those."""
        return ()

    @property
    def rules(self) -> Sequence[Rule]:
        """The role is made for something, or given; nothing is named twice."""
        return (
            self._role_is_made_or_given,
            lambda: None if self.resources_key is None else check_different(self.resources_key, self.resources),
        )

    def _role_is_made_or_given(self) -> None:
        key = self.resources_key
        if key is None:
            return
        if self.role_arn is not None and self.resources:
            refuse(
                "role_arn", self.role_arn, f"the role is there, and {key} are for one that is made", f"leave {key} out"
            )
        if self.role_arn is None and not self.resources:
            refuse(key, None, "the role may use nothing", f"write {key}, or role_arn")


class _BucketsRole(_FeatureRole):
    resources_key: ClassVar[str | None] = "buckets"
    token_keys: ClassVar[Set[str]] = frozenset({"role_arn", "buckets", "key_arns"})

    buckets: Buckets = option(
        "Buckets that the role may use, each by its name; after a slash, how the keys begin that it may use.",
        default=(),
        unset="none, and role_arn is given",
        allowed=BUCKETS_ALLOWED,
        makes="`Resource` of the statements of the role's policy",
        example=BUCKETS_EXAMPLE,
    )
    key_arns: KeyArns = option(
        "ARNs of the customer keys of those buckets. With buckets only.",
        default=(),
        unset="the buckets are under S3's or AWS's key",
        allowed=KEYS_ALLOWED,
        makes="a statement of the role's policy: the keys, through S3",
        example=KEYS_EXAMPLE,
    )

    @property
    def keys(self) -> Sequence[str]:
        """The customer keys of the buckets."""
        return self.key_arns

    @property
    def rules(self) -> Sequence[Rule]:
        """The keys are those of buckets."""
        return (*super().rules, lambda: check_bucket_keys(self.buckets, self.key_arns))


def check_bucket_keys(buckets: Sequence[str], key_arns: Sequence[str]) -> None:
    """Raise `RuleViolation` for keys of buckets where there is no bucket, or for one named twice."""
    if key_arns and not buckets:
        refuse("key_arns", key_arns, "they are the keys of buckets, and there are none", "leave it out")
    check_different("key_arns", key_arns)


class S3Import(_BucketsRole):
    """A role with which the extension aws_s3 reads objects."""


class S3Export(_BucketsRole):
    """A role with which the extension aws_s3 writes objects."""


class AwsLambda(_FeatureRole):
    """A role with which the extension aws_lambda invokes functions."""

    resources_key: ClassVar[str | None] = "function_arns"
    token_keys: ClassVar[Set[str]] = frozenset({"role_arn", "function_arns"})

    function_arns: Listed[Annotated[str, checked_by(check_function_arn)]] = option(
        "ARNs of the functions that the database may invoke; one with a version or an alias allows no other.",
        default=(),
        unset="none, and role_arn is given",
        allowed="ARNs of functions, of any Region",
        makes="`Resource` of the statement of the role's policy",
        example=("arn:aws:lambda:us-east-1:123456789012:function:orders",),
    )


class SageMaker(_FeatureRole):
    """A role with which the extension aws_ml asks endpoints of SageMaker."""

    resources_key: ClassVar[str | None] = "endpoint_names"
    token_keys: ClassVar[Set[str]] = frozenset({"role_arn", "endpoint_names"})

    endpoint_names: Listed[Annotated[str, checked_by(check_endpoint_name)]] = option(
        "Names of the endpoints that the database may ask, in its own Region and account.",
        default=(),
        unset="none, and role_arn is given",
        allowed=f"1 to {_LONGEST_ENDPOINT} letters, digits and hyphens",
        makes="`Resource` of the statement of the role's policy",
        example=("fraud",),
    )


class Comprehend(_FeatureRole):
    """A role with which the extension aws_ml asks Comprehend; the table alone, even empty, makes it."""


class Bedrock(_FeatureRole):
    """A role with which the extension aws_ml, 2.0 or newer, asks foundation models of Bedrock."""

    resources_key: ClassVar[str | None] = "model_ids"

    model_ids: Listed[Annotated[str, checked_by(check_model_id)]] = option(
        "Ids of the foundation models that the database may ask, in its own Region.",
        default=(),
        unset="none, and role_arn is given",
        allowed="ids of foundation models; for inference profiles and provisioned throughput give role_arn",
        makes="`Resource` of the statement of the role's policy",
        example=("amazon.titan-embed-text-v2:0",),
    )


def _makes(feature: Feature) -> str:
    return (
        f"`aws_rds_cluster_role_association.{feature.key}` for {feature}, `aws_iam_role.cluster_{feature.key}` with "
        "its policy, and an entry of the output `cluster_role_arns`"
    )


class ClusterRoles(Section):
    """Roles with which the database uses other services of AWS from SQL: docs/cluster-roles.md.

    RDS assumes each for this cluster only. The extension that uses it is created in SQL. A cluster has five such roles
    at most, unless AWS has raised the quota.
    """

    s3_import: S3Import | None = option(
        "Importing objects of S3 with the extension aws_s3, from the named buckets only.",
        default=None,
        unset="no role",
        makes=_makes(Feature.S3_IMPORT),
    )
    s3_export: S3Export | None = option(
        "Exporting to objects of S3 with the extension aws_s3, into the named buckets only.",
        default=None,
        unset="no role",
        makes=_makes(Feature.S3_EXPORT),
    )
    aws_lambda: AwsLambda | None = option(
        "Invoking the named Lambda functions with the extension aws_lambda.",
        default=None,
        unset="no role",
        makes=_makes(Feature.AWS_LAMBDA),
    )
    sagemaker: SageMaker | None = option(
        "Asking the named endpoints of SageMaker with the extension aws_ml.",
        default=None,
        unset="no role",
        makes=_makes(Feature.SAGEMAKER),
    )
    comprehend: Comprehend | None = option(
        "Sentiment detection with Comprehend and the extension aws_ml; the table alone, even empty, makes the role.",
        default=None,
        unset="no role",
        makes=_makes(Feature.COMPREHEND),
    )
    bedrock: Bedrock | None = option(
        "Asking the named foundation models of Bedrock with the extension aws_ml. For a knowledge base of Bedrock see "
        "[bedrock_knowledge_base].",
        default=None,
        unset="no role",
        makes=_makes(Feature.BEDROCK),
    )

    @property
    def by_feature(self) -> Mapping[Feature, _FeatureRole]:
        """The roles that are asked for, by feature."""
        found = {feature: getattr(self, feature.key) for feature in Feature}
        return {feature: role for feature, role in found.items() if role is not None}

    @property
    def rules(self) -> Sequence[Rule]:
        """No role is given for two features."""
        return (self._roles_differ,)

    def _roles_differ(self) -> Iterator[RuleViolation]:
        first: dict[str, Feature] = {}
        for feature, role in self.by_feature.items():
            if role.role_arn is not None and first.setdefault(role.role_arn, feature) is not feature:
                yield RuleViolation(
                    f"{feature.key}.role_arn",
                    role.role_arn,
                    f"is the role of {first[role.role_arn].key} already, and Terraform's provider tells the roles of a "
                    "cluster apart by their ARNs alone",
                    "give a role of its own for each feature",
                )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know before deploying."""
        count = len(self.by_feature)
        if count <= MOST_CLUSTER_ROLES:
            return ()
        return (
            f"cluster_roles: {count} roles, and AWS lets a cluster have {MOST_CLUSTER_ROLES} unless the account's "
            'quota "IAM roles per DB cluster" is raised: ask for that first',
        )
