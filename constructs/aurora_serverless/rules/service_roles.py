"""The roles with which a cluster uses other services of AWS, and Amazon Bedrock the cluster: what each may do."""

import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from aurora_serverless.facts.limits import limit
from aurora_serverless.rules.arns import FUNCTION, ROLE, check_arn, check_in_region, parse_arn
from aurora_serverless.rules.database_policy import DECRYPT_ACTIONS, Statement, allow, read_secrets, through
from aurora_serverless.rules.names import check_bucket_name
from aurora_serverless.rules.tokens import check_unless_token, is_token
from aurora_serverless.rules.violation import check_pattern

RDS_SERVICE: Final = "rds.amazonaws.com"
BEDROCK_SERVICE: Final = "bedrock.amazonaws.com"

DETECT_SENTIMENT_ACTIONS: Final = ("comprehend:DetectSentiment", "comprehend:BatchDetectSentiment")

MOST_CLUSTER_ROLES: Final = limit("rds_cluster_roles")
"""So many roles a cluster may have, unless AWS has raised the quota of the account."""


class Feature(StrEnum):
    """What a role is associated with a cluster for, in AWS's words.

    Source: Amazon Aurora User Guide: "Importing data from Amazon S3 into an Aurora PostgreSQL DB cluster", "Exporting
    data from an Aurora PostgreSQL DB cluster to Amazon S3", "Invoking an AWS Lambda function from an Aurora PostgreSQL
    DB cluster", "Using Amazon Aurora machine learning with Aurora PostgreSQL": the `--feature-name` of
    `add-role-to-db-cluster`. A version has them in `SupportedFeatureNames` of `describe-db-engine-versions`.
    """

    S3_IMPORT = "s3Import"
    S3_EXPORT = "s3Export"
    AWS_LAMBDA = "Lambda"
    SAGEMAKER = "SageMaker"
    COMPREHEND = "Comprehend"
    BEDROCK = "Bedrock"

    @property
    def key(self) -> str:
        """The name of the option, of which the names of the role and its address are made."""
        return self.name.lower()

    @property
    def extension(self) -> str:
        """The extension of PostgreSQL whose functions use the role."""
        return _EXTENSIONS.get(self, "aws_ml")


_EXTENSIONS: Final[Mapping[Feature, str]] = {
    Feature.S3_IMPORT: "aws_s3",
    Feature.S3_EXPORT: "aws_s3",
    Feature.AWS_LAMBDA: "aws_lambda",
}

# Source: Amazon S3 User Guide, "Naming Amazon S3 objects". Of the characters that are safe there, those that a policy
# and Terraform take literally.
_PREFIX: Final = re.compile(r"[A-Za-z0-9!_.'()/=+@:-]*")
# Source: Amazon SageMaker API, EndpointName.
_LONGEST_ENDPOINT: Final = limit("sagemaker_endpoint_name_longest")
_ENDPOINT: Final = re.compile(rf"(?=.{{1,{_LONGEST_ENDPOINT}}}\Z)[A-Za-z0-9](-*[A-Za-z0-9])*")
# Source: Amazon Bedrock API, FoundationModelArn.
_MODEL: Final = re.compile(r"[a-z0-9-]+\.([a-z0-9-]+\.){0,2}[a-z0-9-]+(:[a-z0-9-]+){0,2}")
# Source: Amazon Bedrock API, RdsTableName, of which these are the names that SQL takes without quotes.
_LONGEST_TABLE: Final = limit("bedrock_table_name_longest")
_TABLE: Final = re.compile(rf"(?=.{{1,{_LONGEST_TABLE}}}\Z)[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*")


def role_policy(role_name: str) -> str:
    """Return the name of the inline policy of a role that is made for a service."""
    return f"{role_name.removesuffix('-role')}-policy"


def check_bucket(value: str, *, argument: str = "buckets") -> None:
    """Raise `RuleViolation` unless `value` is a bucket's name, or one with a slash and the beginning of keys."""
    bucket, _, prefix = value.partition("/")
    check_unless_token(check_bucket_name, bucket, argument=argument)
    check_pattern(
        argument,
        prefix if bucket != value else "",
        _PREFIX,
        "after the bucket's name and a slash stands how keys begin: letters, digits and !_.'()/=+@:- (what follows is "
        "any text, without a *)",
        'write, for example, "orders-import/2026/"',
    )


def check_function_arn(value: str, *, argument: str = "function_arns") -> None:
    """Raise `RuleViolation` unless `value` is the ARN of a Lambda function, of one of its versions or aliases."""
    check_arn(value, FUNCTION, argument=argument)


def check_endpoint_name(value: str, *, argument: str = "endpoint_names") -> None:
    """Raise `RuleViolation` unless `value` may name an endpoint of SageMaker."""
    rule = (
        f"an endpoint's name is 1 to {_LONGEST_ENDPOINT} letters, digits and hyphens, and starts and ends with a "
        "letter or digit"
    )
    check_pattern(argument, value, _ENDPOINT, rule, 'write, for example, "fraud"')


def check_model_id(value: str, *, argument: str = "model_ids") -> None:
    """Raise `RuleViolation` unless `value` is the id of a foundation model of Bedrock."""
    check_pattern(
        argument,
        value,
        _MODEL,
        "must be the id of a foundation model, not the ARN of a profile or of provisioned throughput",
        'write, for example, "amazon.titan-embed-text-v2:0"',
    )


def check_role_arn(value: str, *, argument: str = "role_arn") -> None:
    """Raise `RuleViolation` unless `value` is the ARN of a role."""
    check_arn(value, ROLE, argument=argument)


def check_table(value: str, *, argument: str = "table") -> None:
    """Raise `RuleViolation` unless `value` names a schema and a table as a knowledge base takes them."""
    rule = (
        f"must be a schema, a dot and a table: at most {_LONGEST_TABLE} lower-case letters, digits and underscores, "
        "neither starting with a digit"
    )
    check_pattern(argument, value, _TABLE, rule, 'write, for example, "bedrock_integration.bedrock_kb"')


def check_data_api_secret(value: str, region: str | None, *, argument: str = "secret_arn") -> None:
    """Raise `RuleViolation` if a secret is in another Region than the cluster, where both are known.

    Source: Amazon Aurora User Guide, "Using RDS Data API": the secret is that of the cluster's Region.
    """
    check_in_region(
        value,
        region,
        argument=argument,
        why="the Data API reads secrets of the cluster's Region",
        remedy="name a secret of that Region",
    )


def read_objects(buckets: Iterable[str], key_arns: Sequence[str], region: str, partition: str) -> list[Statement]:
    """Return the statements that let a role read objects, and list them.

    Source: Amazon Aurora User Guide, "Setting up access to an Amazon S3 bucket": s3:GetObject and s3:ListBucket.
    """
    buckets = list(buckets)
    whole = [bucket for bucket in buckets if not bucket.partition("/")[2]]
    return [
        allow(("s3:GetObject",), [_objects(bucket, partition) for bucket in buckets]),
        *([allow(("s3:ListBucket",), [_bucket_arn(bucket, partition) for bucket in whole])] if whole else []),
        *(
            {
                **allow(("s3:ListBucket",), _bucket_arn(bucket, partition)),
                "Condition": {"StringLike": {"s3:prefix": f"{bucket.partition('/')[2]}*"}},
            }
            for bucket in buckets
            if bucket not in whole
        ),
        *_use_keys(DECRYPT_ACTIONS, key_arns, region, partition),
    ]


def write_objects(buckets: Iterable[str], key_arns: Sequence[str], region: str, partition: str) -> list[Statement]:
    """Return the statements that let a role write objects, in parts too.

    Source: Amazon Aurora User Guide, "Setting up access to an Amazon S3 bucket" for exports: s3:PutObject and
    s3:AbortMultipartUpload; Amazon S3 User Guide, "Multipart upload API and permissions": each part is decrypted.
    """
    return [
        allow(("s3:PutObject", "s3:AbortMultipartUpload"), [_objects(bucket, partition) for bucket in buckets]),
        *_use_keys((*DECRYPT_ACTIONS, "kms:GenerateDataKey"), key_arns, region, partition),
    ]


def invoke_models(model_ids: Iterable[str], region: str, partition: str) -> list[Statement]:
    """Return the statement that lets a role ask foundation models, which are in the Region of the cluster."""
    return [allow(("bedrock:InvokeModel",), [model_arn(model, region, partition) for model in model_ids])]


def cluster_role_statements(
    feature: Feature,
    resources: Sequence[str],
    key_arns: Sequence[str] = (),
    *,
    region: str,
    account_id: str,
    partition: str,
) -> list[Statement]:
    """Return what the role for a feature is allowed; all but the feature may be tokens.

    Args:
        feature: What the role is for.
        resources: What it may use: buckets with or without how their keys begin, ARNs of functions, names of endpoints,
            ids of models; none for Comprehend, whose actions have no resource that could be named.
        key_arns: ARNs of the customer keys of the buckets.
        region: Region of the cluster, and of endpoints and models.
        account_id: Account of the cluster, and of endpoints.
        partition: Partition of all of these.
    """
    if feature is Feature.S3_IMPORT:
        return read_objects(resources, key_arns, region, partition)
    if feature is Feature.S3_EXPORT:
        return write_objects(resources, key_arns, region, partition)
    if feature is Feature.AWS_LAMBDA:
        return [allow(("lambda:InvokeFunction",), list(resources))]
    if feature is Feature.SAGEMAKER:
        # Source: Amazon SageMaker API, CreateEndpoint: capitals are kept in the name, and its ARN has none.
        names = (name if is_token(name) else name.lower() for name in resources)
        arns = [f"arn:{partition}:sagemaker:{region}:{account_id}:endpoint/{name}" for name in names]
        return [allow(("sagemaker:InvokeEndpoint",), arns)]
    if feature is Feature.COMPREHEND:
        # Source: Service Authorization Reference, "Amazon Comprehend": these actions know no resource.
        return [allow(DETECT_SENTIMENT_ACTIONS, "*")]
    return invoke_models(resources, region, partition)


def use_knowledge_base_store(
    *, cluster_arn: str, secret_arn: str, secret_key_arn: str | None, region: str, partition: str
) -> list[Statement]:
    """Return the statements that let a role keep a knowledge base in the database, as the user of the secret.

    Source: Amazon Bedrock User Guide, "Create a service role for Amazon Bedrock Knowledge Bases", permissions to access
    an Amazon Aurora database cluster, and one configured with a secret.
    """
    return [
        allow(("rds:DescribeDBClusters",), cluster_arn),
        allow(("rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement"), cluster_arn),
        *read_secrets([secret_arn], [] if secret_key_arn is None else [secret_key_arn], region, partition),
    ]


def model_arn(model_id: str, region: str, partition: str) -> str:
    """Return the ARN of a foundation model."""
    return f"arn:{partition}:bedrock:{region}::foundation-model/{model_id}"


def knowledge_bases_arn(region: str, account_id: str, partition: str) -> str:
    """Return the ARN of all knowledge bases of an account in a Region, as a pattern: AWS draws their ids."""
    return f"arn:{partition}:bedrock:{region}:{account_id}:knowledge-base/*"


def _objects(bucket: str, partition: str) -> str:
    name, _, prefix = bucket.partition("/")
    return f"arn:{partition}:s3:::{name}/{prefix}*"


def _bucket_arn(bucket: str, partition: str) -> str:
    return f"arn:{partition}:s3:::{bucket.partition('/')[0]}"


def _use_keys(actions: Sequence[str], key_arns: Sequence[str], region: str, partition: str) -> list[Statement]:
    """Return a statement for each Region: a bucket, and its key with it, may be in another one than the database."""
    by_region: dict[str, list[str]] = {}
    for arn in key_arns:
        known = parse_arn(arn)
        by_region.setdefault(region if known is None else known.region, []).append(arn)
    return [through("s3", allow(actions, arns), where, partition) for where, arns in by_region.items()]
