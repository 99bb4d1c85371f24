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
        instance_count=len(environment.instance_identifiers),
        never_pauses=bool(environment.awake_because),
        extensions=[feature.extension for feature in database.cluster_roles],
        is_knowledge_base=database.knowledge_base is not None,
    )
    for name, value, description in (
        ("aurora_cluster_arn", cluster.arn, "ARN of the Aurora cluster"),
        ("aurora_cluster_endpoint", cluster.endpoint, "Writer endpoint of the Aurora cluster"),
        ("aurora_secret_arn", secret_arn, "ARN of the secret with the database credentials"),
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
    if proxy is not None:
        TerraformOutput(stack, "proxy_endpoint", value=proxy.endpoint, description="Endpoint of the RDS Proxy")
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
