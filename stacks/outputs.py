"""The outputs of a deployment: what an application and its operator need to know."""

from cdktf import Fn, TerraformOutput, Token
from constructs import Construct

from aurora_serverless.aurora_database import AuroraDatabase
from stacks.environment import Environment
from stacks.setup_instructions import setup_instructions


def add_outputs(stack: Construct, environment: Environment, database: AuroraDatabase) -> None:
    """Add the outputs that every deployment has, and those of what the environment asks for."""
    cluster, proxy, secret_arn = database.cluster, database.proxy, database.secret_arn
    lambda_role, region = database.lambda_role, database.region
    instructions = setup_instructions(
        environment_name=environment.name,
        engine_version=environment.engine_version,
        cluster_arn=cluster.arn,
        cluster_endpoint=cluster.endpoint,
        cluster_identifier=cluster.identifier,
        port=database.port,
        database_name=database.database_name,
        master_username=environment.master_username,
        secret_arn=secret_arn,
        lambda_role_arn=lambda_role.arn,
        region=region,
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
    for name, value, description in (
        ("aurora_cluster_arn", cluster.arn, "ARN of the Aurora cluster"),
        ("aurora_cluster_endpoint", cluster.endpoint, "Writer endpoint of the Aurora cluster"),
        ("aurora_reader_endpoint", cluster.reader_endpoint, "Reader endpoint of the Aurora cluster"),
        ("aurora_port", database.port, "TCP port of both endpoints"),
        ("aurora_cluster_resource_id", cluster.resource_id, "Id of the Aurora cluster in policies of rds-db:connect"),
        ("aurora_secret_arn", secret_arn, "ARN of the secret with the database credentials"),
        ("security_group_id", database.network.security_group_id, "Id of the security group of the Aurora cluster"),
        ("subnet_group_name", database.network.subnet_group_name, "Name of the DB subnet group"),
        ("database_name", database.database_name, "Name of the database"),
        ("lambda_role_arn", lambda_role.arn, "ARN of the IAM role for Lambda functions"),
        ("data_api_enabled", cluster.data_api_state, "Whether the Data API is enabled"),
        ("setup_instructions", instructions, "What to do after the deploy"),
    ):
        TerraformOutput(stack, name, value=value, description=description)
    if environment.credentials.replica_regions:
        TerraformOutput(
            stack,
            "aurora_secret_replica_arns",
            value=[_replica_arn(secret_arn, region, other) for other in environment.credentials.replica_regions],
            description="ARN of each replica of the secret, for secondaries of a global database",
        )
    if database.key_arn is not None:
        TerraformOutput(stack, "kms_key_arn", value=database.key_arn, description="ARN of the customer key")
    if database.monitoring_role is not None:
        arn, description = database.monitoring_role.arn, "ARN of the IAM role for enhanced monitoring"
        TerraformOutput(stack, "monitoring_role_arn", value=arn, description=description)
    if proxy is not None:
        TerraformOutput(stack, "proxy_endpoint", value=proxy.endpoint, description="Endpoint of the RDS Proxy")
        group_id, description = proxy.security_group.id, "Id of the security group of the RDS Proxy"
        TerraformOutput(stack, "proxy_security_group_id", value=group_id, description=description)
        arn, description = proxy.role.arn, "ARN of the IAM role with which the RDS Proxy reads its secrets"
        TerraformOutput(stack, "proxy_role_arn", value=arn, description=description)
        if proxy.read_only_endpoint is not None:
            TerraformOutput(
                stack,
                "proxy_read_only_endpoint",
                value=proxy.read_only_endpoint.endpoint,
                description="Endpoint of the RDS Proxy that leads to the readers",
            )
    if database.custom_endpoints:
        endpoints = {short_name: endpoint.endpoint for short_name, endpoint in database.custom_endpoints.items()}
        TerraformOutput(stack, "custom_endpoints", value=endpoints, description="Custom endpoint of each short name")
    if database.roles:
        arns = {short_name: role.arn for short_name, role in database.roles.items()}
        TerraformOutput(stack, "role_arns", value=arns, description="ARN of each role of access.roles")
    if database.cluster_roles:
        arns = {feature.key: role.arn for feature, role in database.cluster_roles.items()}
        TerraformOutput(
            stack,
            "cluster_role_arns",
            value=arns,
            description="ARN of each role with which the database uses a service",
        )
    if database.knowledge_base is not None:
        knowledge_base = database.knowledge_base
        model = knowledge_base.embedding_model_arn
        TerraformOutput(
            stack,
            "bedrock_knowledge_base",
            value={
                "roleArn": knowledge_base.role.arn,
                "storageConfiguration": knowledge_base.storage_configuration,
                **({} if model is None else {"embeddingModelArn": model}),
            },
            description="What a knowledge base of Amazon Bedrock is told of the database",
        )


def _replica_arn(secret_arn: str, region: str, other: str) -> str:
    """Return the ARN of the secret's replica in a Region: that of the secret but for the Region."""
    return Token.as_string(Fn.replace(secret_arn, f":{region}:", f":{other}:"))
