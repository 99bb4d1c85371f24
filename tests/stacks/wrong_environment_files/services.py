"""Files that are wrong in what the database uses of AWS: `[cluster_roles]` and `[bedrock_knowledge_base]`."""

from tests.stacks.wrong_environment_files.wrong import Wrong, engine, top, with_

_ROLE = "arn:aws:iam::123456789012:role/orders"
_SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:bedrock-AbCdEf"
_KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd"
_KNOWLEDGE = "[bedrock_knowledge_base]\n"
_MANY = ", ".join(f'"orders-{number}"' for number in range(200))


def _import(lines: str) -> str:
    return with_(f"[cluster_roles.s3_import]\n{lines}")


WRONG: dict[str, Wrong] = {
    "role for nothing": Wrong(
        _import(""),
        "cluster_roles.s3_import.buckets = (not set)",
        "the role may use nothing",
        "write buckets, or role_arn",
    ),
    "role that is given, for buckets": Wrong(
        _import(f'buckets = ["orders"]\nrole_arn = "{_ROLE}"'),
        f'cluster_roles.s3_import.role_arn = "{_ROLE}"',
        "buckets are for one that is made",
        "leave buckets out",
    ),
    "role for two features": Wrong(
        with_(f'[cluster_roles.s3_import]\nrole_arn = "{_ROLE}"\n[cluster_roles.s3_export]\nrole_arn = "{_ROLE}"'),
        "cluster_roles.s3_export.role_arn = ",
        "is the role of s3_import already",
        "a role of its own",
    ),
    "role by its name": Wrong(
        _import('role_arn = "orders"'),
        'cluster_roles.s3_import.role_arn = "orders"',
        "must be the ARN of a role",
        "role/orders-import",
    ),
    "role of another account": Wrong(
        top('allowed_account_ids = ["210987654321"]') + f'[cluster_roles.comprehend]\nrole_arn = "{_ROLE}"\n',
        "cluster_roles.comprehend.role_arn = ",
        "a role of a cluster is one of its account",
        "name one of the same account",
    ),
    "bucket by its ARN": Wrong(
        _import('buckets = ["arn:aws:s3:::orders"]'),
        "cluster_roles.s3_import.buckets[0] = ",
        "a bucket's name is 3 to 63",
        "write",
    ),
    "bucket with a wildcard": Wrong(
        _import('buckets = ["orders/2026/*"]'),
        "cluster_roles.s3_import.buckets[0] = ",
        "what follows is any text, without a *",
        "orders-import/2026/",
    ),
    "bucket twice": Wrong(
        _import('buckets = ["orders", "orders"]'),
        "cluster_roles.s3_import.buckets = ",
        "is named twice",
        "name it once",
    ),
    "more buckets than a policy holds": Wrong(
        _import(f"buckets = [{_MANY}]"),
        "cluster_roles.s3_import.buckets = ",
        "makes a policy of",
        "name fewer",
    ),
    "key without a bucket": Wrong(
        _import(f'role_arn = "{_ROLE}"\nkey_arns = ["{_KEY}"]'),
        "cluster_roles.s3_import.key_arns = ",
        "the keys of buckets, and there are none",
        "leave it out",
    ),
    "function by its name": Wrong(
        with_('[cluster_roles.aws_lambda]\nfunction_arns = ["orders"]'),
        'cluster_roles.aws_lambda.function_arns[0] = "orders"',
        "the ARN of a Lambda function",
        "function:orders",
    ),
    "function of another partition": Wrong(
        with_('[cluster_roles.aws_lambda]\nfunction_arns = ["arn:aws-cn:lambda:cn-north-1:123456789012:function:x"]'),
        "cluster_roles.aws_lambda.function_arns = ",
        "is in the partition aws-cn",
        "region",
    ),
    "endpoint with a dot": Wrong(
        with_('[cluster_roles.sagemaker]\nendpoint_names = ["fraud.v1"]'),
        'cluster_roles.sagemaker.endpoint_names[0] = "fraud.v1"',
        "an endpoint's name is 1 to 63",
        "fraud",
    ),
    "inference profile": Wrong(
        with_('[cluster_roles.bedrock]\nmodel_ids = ["arn:aws:bedrock:us-east-1:123456789012:inference-profile/x"]'),
        "cluster_roles.bedrock.model_ids[0] = ",
        "the id of a foundation model, not the ARN",
        "amazon.titan-embed-text-v2:0",
    ),
    "roles and nothing gets out": Wrong(
        with_(
            '[network]\negress = "closed"\n[cluster_roles.s3_import]\nbuckets = ["orders"]\n[cluster_roles.comprehend]'
        ),
        'network.egress = "closed"',
        "cluster_roles.s3_import and cluster_roles.comprehend would be of no use",
        'write "open", or leave the roles out',
    ),
    "unknown service": Wrong(with_("[cluster_roles.sqs]"), "cluster_roles.sqs", "unknown key", "s3_import"),
    "knowledge base without the Data API": Wrong(
        with_(_KNOWLEDGE + "[access]\ndata_api = false"),
        "access.data_api = false",
        "Bedrock uses the Data API for its knowledge base",
        "write true, or leave [bedrock_knowledge_base] out",
    ),
    "knowledge base in an older version": Wrong(
        engine("15.3", _KNOWLEDGE),
        'engine.version = "15.3"',
        "Bedrock takes no Aurora PostgreSQL 15.3 for a knowledge base (it needs 13.12+, 14.9+, 15.4+",
        "or leave [bedrock_knowledge_base] out",
    ),
    "knowledge base in a secondary": Wrong(
        top('region = "eu-west-1"')
        + '[global_database]\nrole = "secondary"\nidentifier = "shop"\nsource_region = "us-east-1"\n'
        + f'secret_arn = "{_SECRET.replace("us-east-1", "eu-west-1")}"\n{_KNOWLEDGE}',
        'global_database.role = "secondary"',
        "a secondary takes no writes through the Data API",
        "put it into the primary's file",
    ),
    "secret of a knowledge base in another Region": Wrong(
        top('region = "eu-west-1"') + f'{_KNOWLEDGE}secret_arn = "{_SECRET}"\n',
        "bedrock_knowledge_base.secret_arn = ",
        "the Data API reads secrets of the cluster's Region",
        "name a secret of that Region",
    ),
    "secret of a knowledge base by its name": Wrong(
        with_(f'{_KNOWLEDGE}secret_arn = "bedrock"'),
        'bedrock_knowledge_base.secret_arn = "bedrock"',
        "the whole ARN of a secret",
        "secret:mail-AbCdEf",
    ),
    "key of no secret": Wrong(
        with_(f'{_KNOWLEDGE}secret_key_arn = "{_KEY}"'),
        "bedrock_knowledge_base.secret_key_arn = ",
        "is the key of secret_arn, and there is none",
        "name the secret",
    ),
    "table without a schema": Wrong(
        with_(f'{_KNOWLEDGE}table = "chunks"'),
        'bedrock_knowledge_base.table = "chunks"',
        "must be a schema, a dot and a table",
        "bedrock_integration.bedrock_kb",
    ),
}
