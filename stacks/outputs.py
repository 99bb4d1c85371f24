"""The outputs of a deployment: what an application and its operator need to know."""

from collections.abc import Iterator
from typing import Any

from cdktf import Fn, TerraformOutput, Token
from constructs import Construct

from aurora_serverless.aurora_database import AuroraDatabase
from stacks.environment import Environment
from stacks.setup_instructions import setup_instructions

Output = tuple[str, Any, str]
"""Name, value and description; nothing is put out whose value is None or empty."""


def add_outputs(stack: Construct, environment: Environment, database: AuroraDatabase) -> None:
    """Add the outputs that every deployment has, and those of what the environment asks for."""
    for name, value, description in (
        *_of_every_deployment(environment, database),
        *_of_credentials(environment, database),
        *_of_roles(database),
        *_of_endpoints(database),
        *_of_services(database),
    ):
        if value is not None and value not in ([], {}):
            TerraformOutput(stack, name, value=value, description=description)


def _of_every_deployment(environment: Environment, database: AuroraDatabase) -> Iterator[Output]:
    cluster, network = database.cluster, database.network
    yield "aurora_cluster_arn", cluster.arn, "ARN of the Aurora cluster"
    yield "aurora_cluster_endpoint", cluster.endpoint, "Writer endpoint of the Aurora cluster"
    yield "aurora_reader_endpoint", cluster.reader_endpoint, "Reader endpoint of the Aurora cluster"
    yield "aurora_port", database.port, "TCP port of both endpoints"
    yield "aurora_cluster_resource_id", cluster.resource_id, "Id of the Aurora cluster in policies of rds-db:connect"
    yield "security_group_id", network.security_group_id, "Id of the security group of the Aurora cluster"
    yield "subnet_group_name", network.subnet_group_name, "Name of the DB subnet group"
    yield "database_name", database.database_name, "Name of the database"
    yield "data_api_enabled", cluster.data_api_state, "Whether the Data API is enabled"
    yield "setup_instructions", _instructions(environment, database), "What to do after the deploy"


def _of_credentials(environment: Environment, database: AuroraDatabase) -> Iterator[Output]:
    secret_arn, region = database.secret_arn, database.region
    yield "aurora_secret_arn", secret_arn, "ARN of the secret with the database credentials"
    replicas = [_replica_arn(secret_arn, region, other) for other in environment.credentials.replica_regions]
    what = "ARN of each replica of the secret, for secondaries of a global database"
    yield "aurora_secret_replica_arns", replicas, what
    arns = {name: user.secret_arn for name, user in database.users.items()}
    yield "user_secret_arns", arns, "ARN of the secret of each user of [users]"
    yield "application_user", environment.access.lambda_role.user, "User as whom the roles use the database"
    yield "kms_key_arn", database.key_arn, "ARN of the customer key"


def _of_roles(database: AuroraDatabase) -> Iterator[Output]:
    yield "lambda_role_arn", database.lambda_role.arn, "ARN of the IAM role for Lambda functions"
    arns = {short_name: role.arn for short_name, role in database.roles.items()}
    yield "role_arns", arns, "ARN of each role of access.roles"
    if database.monitoring_role is not None:
        yield "monitoring_role_arn", database.monitoring_role.arn, "ARN of the IAM role for enhanced monitoring"


def _of_endpoints(database: AuroraDatabase) -> Iterator[Output]:
    endpoints = {short_name: endpoint.endpoint for short_name, endpoint in database.custom_endpoints.items()}
    yield "custom_endpoints", endpoints, "Custom endpoint of each short name"
    if (bastion := database.bastion) is not None:
        yield "bastion_instance_id", bastion.instance_id, "Id of the instance of aurora-serverless tunnel"
    if (proxy := database.proxy) is None:
        return
    yield "proxy_endpoint", proxy.endpoint, "Endpoint of the RDS Proxy"
    yield "proxy_security_group_id", proxy.security_group.id, "Id of the security group of the RDS Proxy"
    yield "proxy_role_arn", proxy.role.arn, "ARN of the IAM role with which the RDS Proxy reads its secrets"
    if proxy.read_only_endpoint is not None:
        endpoint = proxy.read_only_endpoint.endpoint
        yield "proxy_read_only_endpoint", endpoint, "Endpoint of the RDS Proxy that leads to the readers"


def _of_services(database: AuroraDatabase) -> Iterator[Output]:
    arns = {feature.key: role.arn for feature, role in database.cluster_roles.items()}
    yield "cluster_role_arns", arns, "ARN of each role with which the database uses a service"
    if (knowledge_base := database.knowledge_base) is not None:
        model = knowledge_base.embedding_model_arn
        told = {
            "roleArn": knowledge_base.role.arn,
            "storageConfiguration": knowledge_base.storage_configuration,
            **({} if model is None else {"embeddingModelArn": model}),
        }
        yield "bedrock_knowledge_base", told, "What a knowledge base of Amazon Bedrock is told of the database"


def _instructions(environment: Environment, database: AuroraDatabase) -> str:
    cluster, proxy = database.cluster, database.proxy
    return setup_instructions(
        environment_name=environment.name,
        engine_version=environment.engine_version,
        cluster_arn=cluster.arn,
        cluster_endpoint=cluster.endpoint,
        cluster_identifier=cluster.identifier,
        port=database.port,
        database_name=database.database_name,
        master_username=environment.master_username,
        secret_arn=database.secret_arn,
        application_secret_arn=database.application_secret_arn,
        has_users=bool(environment.users.names),
        lambda_role_arn=database.lambda_role.arn,
        region=database.region,
        # That of a secondary answers only once it is promoted.
        data_api=environment.access.data_api and not environment.is_secondary,
        is_protected=environment.protection.deletion_protection or environment.protection.prevent_destroy,
        proxy_endpoint=proxy.endpoint if proxy else None,
        proxy_takes_tokens=environment.iam_login_to_proxy,
        price_region=environment.region,
        io_optimized=environment.storage.type == "io_optimized",
        instance_count=len(environment.instance_identifiers) - environment.provisioned_instances,
        has_provisioned_instances=environment.provisioned_instances > 0,
        never_pauses=bool(environment.awake_because),
        extensions=[feature.extension for feature in database.cluster_roles],
        is_knowledge_base=database.knowledge_base is not None,
    )


def _replica_arn(secret_arn: str, region: str, other: str) -> str:
    """Return the ARN of the secret's replica in a Region: that of the secret but for the Region."""
    return Token.as_string(Fn.replace(secret_arn, f":{region}:", f":{other}:"))
