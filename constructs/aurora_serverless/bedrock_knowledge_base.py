"""What a knowledge base of Amazon Bedrock that lives in a database needs of AWS: a role, and what it is told."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from constructs import Construct

from aurora_serverless.addresses import AddressedConstruct
from aurora_serverless.rules.arns import check_in_partition
from aurora_serverless.rules.encryption import check_key_arn
from aurora_serverless.rules.regions import partition_of
from aurora_serverless.rules.roles import check_secret_arn
from aurora_serverless.rules.service_roles import (
    BEDROCK_SERVICE,
    check_bucket,
    check_model_id,
    check_table,
    invoke_models,
    knowledge_bases_arn,
    model_arn,
    read_objects,
    use_knowledge_base_store,
)
from aurora_serverless.rules.tokens import check_unless_token
from aurora_serverless.service_role import ServiceRole

FIELDS: Final = {
    "primaryKeyField": "id",
    "vectorField": "embedding",
    "textField": "chunks",
    "metadataField": "metadata",
    "customMetadataField": "custom_metadata",
}
"""The columns of the table, as the migration in docs/bedrock.md makes them, by Bedrock's names."""


class BedrockKnowledgeBase(AddressedConstruct):
    """A role that Bedrock assumes for knowledge bases of its account and Region, and the store that they are told.

    It makes neither the knowledge base nor its table. Bedrock reaches the database through the Data API alone, as the
    user of the secret.

    Attributes: `role` (a `ServiceRole`), `storage_configuration` and `embedding_model_arn` (None without a model), as
    Bedrock's CreateKnowledgeBase takes them.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        role_name: str,
        cluster_arn: str,
        secret_arn: str,
        secret_key_arn: str | None = None,
        database_name: str,
        table: str,
        embedding_model_id: str | None = None,
        buckets: Sequence[str] = (),
        key_arns: Sequence[str] = (),
        permissions_boundary_arn: str | None = None,
        region: str,
        account_id: str,
        partition: str | None = None,
        tags: Mapping[str, str] | None = None,
        fixed_addresses: bool | None = None,
    ) -> None:
        """Make the role.

        Args:
            scope: The stack or construct this belongs to.
            id_: Its id, unique in `scope`.
            role_name: Name of the role; a new one means a new role, and a knowledge base keeps the old one's ARN.
            cluster_arn: ARN of the cluster, which has the Data API.
            secret_arn: ARN of the secret of the database user as whom Bedrock works.
            secret_key_arn: ARN of the customer key of the secret; by default the secret is under AWS's key.
            database_name: Name of the database.
            table: Schema and table, as in `bedrock_integration.bedrock_kb`.
            embedding_model_id: Id of the foundation model that makes vectors; by default the role may ask none.
            buckets: Buckets with the documents, each by its name or with a slash and how its keys begin.
            key_arns: ARNs of the customer keys of the buckets.
            permissions_boundary_arn: ARN of the managed policy that bounds what the role may do; none by default.
            region: Region of the cluster, or a token.
            account_id: Account of the cluster, twelve digits or a token.
            partition: Partition of all of these; by default that of `region`, and `aws` where only Terraform knows it.
            tags: Tags of the role; none by default.
            fixed_addresses: See `AddressedConstruct`.

        Raises:
            RuleViolation: AWS would refuse a name, an ARN, a tag or the policy for its size.
        """
        super().__init__(scope, id_, fixed_addresses=fixed_addresses, tags=tags)
        partition = partition or partition_of(region)
        check_unless_token(check_secret_arn, secret_arn, argument="secret_arn")
        check_in_partition(secret_arn, partition, argument="secret_arn")
        check_table(table)
        for bucket in buckets:
            check_unless_token(check_bucket, bucket)
        for key in key_arns:
            check_unless_token(check_key_arn, key, argument="key_arns")
        if embedding_model_id is not None:
            check_unless_token(check_model_id, embedding_model_id, argument="embedding_model_id")
        store = use_knowledge_base_store(
            cluster_arn=cluster_arn,
            secret_arn=secret_arn,
            secret_key_arn=secret_key_arn,
            region=region,
            partition=partition,
        )
        models = [] if embedding_model_id is None else invoke_models([embedding_model_id], region, partition)
        documents = read_objects(buckets, key_arns, region, partition) if buckets else []
        self.role = ServiceRole(
            self,
            "role",
            role_name=role_name,
            service=BEDROCK_SERVICE,
            source_account=account_id,
            source_arn=knowledge_bases_arn(region, account_id, partition),
            statements=[*store, *models, *documents],
            permissions_boundary_arn=permissions_boundary_arn,
            address="bedrock_knowledge_base",
        )
        self.embedding_model_arn = (
            None if embedding_model_id is None else model_arn(embedding_model_id, region, partition)
        )
        self.storage_configuration: dict[str, Any] = {
            "type": "RDS",
            "rdsConfiguration": {
                "resourceArn": cluster_arn,
                "credentialsSecretArn": secret_arn,
                "databaseName": database_name,
                "tableName": table,
                "fieldMapping": FIELDS,
            },
        }
