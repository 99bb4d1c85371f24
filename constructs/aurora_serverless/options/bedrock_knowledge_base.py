"""`[bedrock_knowledge_base]`: what a knowledge base of Amazon Bedrock that lives in the database needs."""

from collections.abc import Sequence, Set
from typing import Annotated, ClassVar

from aurora_serverless.facts.limits import limit
from aurora_serverless.options.cluster_roles import (
    BUCKETS_ALLOWED,
    KEYS_ALLOWED,
    KEYS_EXAMPLE,
    Buckets,
    KeyArns,
    check_bucket_keys,
)
from aurora_serverless.options.section import Rule, Section, checked_by, option
from aurora_serverless.rules.encryption import check_key_arn
from aurora_serverless.rules.roles import check_secret_arn
from aurora_serverless.rules.service_roles import check_model_id, check_table
from aurora_serverless.rules.violation import check_different, refuse

_LONGEST_TABLE = limit("bedrock_table_name_longest")


class BedrockKnowledgeBase(Section):
    """A role for a knowledge base of Amazon Bedrock in the database, and what the knowledge base is told of it.

    The table alone, even empty, makes it. The knowledge base itself and the table in the database are made by others:
    docs/bedrock.md.
    """

    token_keys: ClassVar[Set[str]] = frozenset({"buckets", "key_arns", "secret_arn", "secret_key_arn"})

    embedding_model_id: Annotated[str, checked_by(check_model_id)] | None = option(
        "Id of the foundation model that computes the vectors, in the deployment's Region.",
        default=None,
        unset="the role may ask no model",
        allowed="the id of a foundation model",
        makes="a statement of the role's policy: `bedrock:InvokeModel`",
        costs="Bedrock bills the texts",
        example="amazon.titan-embed-text-v2:0",
    )
    buckets: Buckets = option(
        "Buckets with the documents, each by its name; after a slash, how the keys begin that are read.",
        default=(),
        unset="the role may read no bucket",
        allowed=BUCKETS_ALLOWED,
        makes="statements of the role's policy: `s3:GetObject` and `s3:ListBucket`",
        example=("orders-documents/published/",),
    )
    key_arns: KeyArns = option(
        "ARNs of the customer keys of those buckets. With buckets only.",
        default=(),
        unset="the buckets are under S3's or AWS's key",
        allowed=KEYS_ALLOWED,
        makes="a statement of the role's policy: `kms:Decrypt` through S3",
        example=KEYS_EXAMPLE,
    )
    secret_arn: Annotated[str, checked_by(check_secret_arn)] | None = option(
        "ARN of the secret with name and password of the database user as whom Bedrock works; docs/bedrock.md makes "
        "one that may use the knowledge base's table and nothing else.",
        default=None,
        unset="the database's secret, with which Bedrock is the master user",
        allowed="the whole ARN of a secret in the deployment's Region and account",
        makes="a statement of the role's policy: `secretsmanager:GetSecretValue`",
        example="arn:aws:secretsmanager:us-east-1:123456789012:secret:bedrock-user-AbCdEf",
    )
    secret_key_arn: Annotated[str, checked_by(check_key_arn)] | None = option(
        "ARN of the customer key of that secret. With secret_arn only.",
        default=None,
        unset="the secret is under AWS's key",
        allowed="the ARN of a key in the deployment's Region",
        makes="a statement of the role's policy: `kms:Decrypt` through Secrets Manager",
        example="arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
    )
    table: Annotated[str, checked_by(check_table)] = option(
        "Schema and table of the knowledge base, as the migration makes them.",
        default="bedrock_integration.bedrock_kb",
        allowed=f"schema, dot and table: at most {_LONGEST_TABLE} lower-case letters, digits and underscores",
        makes="`tableName` in the output `bedrock_knowledge_base`",
        example="documents.chunks",
    )

    @property
    def rules(self) -> Sequence[Rule]:
        """The lists name nothing twice, and keys are those of something."""
        return (
            lambda: check_different("buckets", self.buckets),
            lambda: check_bucket_keys(self.buckets, self.key_arns),
            self._key_is_of_a_secret,
        )

    def _key_is_of_a_secret(self) -> None:
        if self.secret_key_arn is not None and self.secret_arn is None:
            refuse(
                "secret_key_arn",
                self.secret_key_arn,
                "is the key of secret_arn, and there is none; the key of the database's own secret is known",
                "leave it out, or name the secret",
            )
