"""Roles with which a database uses other services, and Bedrock the database, in somebody else's stack."""

import json
from typing import Any

import pytest
from cdktf import TerraformStack
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket

from aurora_serverless.bedrock_knowledge_base import BedrockKnowledgeBase
from aurora_serverless.cluster_role import ClusterRole
from aurora_serverless.options import Bedrock, ClusterRoles, Comprehend, S3Export, S3Import
from aurora_serverless.rules.service_roles import RDS_SERVICE, Feature
from aurora_serverless.rules.violation import RuleViolation
from aurora_serverless.service_role import ServiceRole
from tests.aurora_serverless.test_aurora_database import database, of_type
from tests.terraform_json import TerraformJson, only, synthesize_alone

CLUSTER_ARN = "arn:aws:rds:us-east-1:123456789012:cluster:shop"
SECRET_ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:bedrock-user-AbCdEf"


def test_buckets_and_roles_may_be_those_of_the_same_program() -> None:
    def build(stack: TerraformStack) -> None:
        bucket = S3Bucket(stack, "bucket", bucket="orders-import")
        role = IamRole(stack, "role", name="given", assume_role_policy="{}")
        roles = ClusterRoles(
            s3_import=S3Import(buckets=(f"{bucket.bucket}/2026/", bucket.id)), s3_export=S3Export(role_arn=role.arn)
        )
        made = database(stack, cluster_roles=roles)
        assert list(made.cluster_roles) == [Feature.S3_IMPORT, Feature.S3_EXPORT]

    document = synthesize_alone(build)
    [policy] = [one for one in of_type(document, "aws_iam_role_policy").values() if "s3-import" in one["name"]]
    assert json.loads(policy["policy"])["Statement"][0]["Resource"] == [
        "arn:aws:s3:::${aws_s3_bucket.bucket.bucket}/2026/*",
        "arn:aws:s3:::${aws_s3_bucket.bucket.id}/*",
    ]
    given = {
        one["feature_name"]: one["role_arn"] for one in of_type(document, "aws_rds_cluster_role_association").values()
    }
    assert given["s3Export"] == "${aws_iam_role.role.arn}"


def test_two_databases_in_one_stack_have_roles_of_their_own() -> None:
    roles = ClusterRoles(comprehend=Comprehend(), bedrock=Bedrock(model_ids=("amazon.titan-embed-text-v2:0",)))
    document = synthesize_alone(
        lambda stack: [database(stack, name, cluster_roles=roles) for name in ("orders", "reports")]
    )
    associations = of_type(document, "aws_rds_cluster_role_association").values()
    assert len({one["role_arn"] for one in associations}) == len(associations) == 4


def service_role(stack: TerraformStack, **arguments: Any) -> ServiceRole:
    defaults: dict[str, Any] = {
        "role_name": "shop-import-role",
        "service": RDS_SERVICE,
        "source_account": "123456789012",
        "source_arn": CLUSTER_ARN,
        "statements": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::orders/*"}],
    }
    return ServiceRole(stack, "import-role", **(defaults | arguments))


def test_a_role_is_associated_with_somebody_elses_cluster() -> None:
    def build(stack: TerraformStack) -> None:
        role = service_role(stack, tags={"Team": "orders"})
        ClusterRole(stack, "import", feature=Feature.S3_IMPORT, cluster_identifier="shop", role=role)

    document = synthesize_alone(build)
    role, policy = only(document, "aws_iam_role"), only(document, "aws_iam_role_policy")
    assert (role["name"], role["tags"], policy["name"]) == (
        "shop-import-role",
        {"Team": "orders"},
        "shop-import-policy",
    )
    assert only(document, "aws_rds_cluster_role_association")["db_cluster_identifier"] == "shop"


def test_addresses_are_fixed_where_that_is_asked_for() -> None:
    document = synthesize_alone(lambda stack: service_role(stack, fixed_addresses=True))
    assert list(of_type(document, "aws_iam_role")) == ["import_role"]


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"role_name": "a role"}, "1 to 64"),
        ({"tags": {"Team": "a", "team": "a"}}, "in capitals only"),
        ({"statements": [{"Effect": "Allow", "Action": ["a:b"], "Resource": ["x" * 11_000]}]}, "makes a policy of"),
    ],
)
def test_what_iam_refuses_of_a_role_is_refused(arguments: dict[str, Any], rule: str) -> None:
    with pytest.raises(RuleViolation, match=rule):
        synthesize_alone(lambda stack: service_role(stack, **arguments))


def test_what_is_no_role_is_not_associated() -> None:
    with pytest.raises(RuleViolation, match="must be the ARN of a role"):
        synthesize_alone(
            lambda stack: ClusterRole(
                stack, "import", feature=Feature.S3_IMPORT, cluster_identifier="shop", role="orders"
            )
        )


def knowledge_base(stack: TerraformStack, **arguments: Any) -> BedrockKnowledgeBase:
    defaults: dict[str, Any] = {
        "role_name": "shop-knowledge-base-role",
        "cluster_arn": CLUSTER_ARN,
        "secret_arn": SECRET_ARN,
        "database_name": "shop",
        "table": "documents.chunks",
        "region": "us-east-1",
        "account_id": "123456789012",
    }
    return BedrockKnowledgeBase(stack, "knowledge-base", **(defaults | arguments))


def test_a_knowledge_base_of_somebody_elses_cluster_gets_its_role() -> None:
    document: TerraformJson = synthesize_alone(knowledge_base)
    statements = json.loads(only(document, "aws_iam_role_policy")["policy"])["Statement"]
    assert [one["Resource"] for one in statements] == [CLUSTER_ARN, CLUSTER_ARN, [SECRET_ARN]]


@pytest.mark.parametrize(
    ("arguments", "rule"),
    [
        ({"secret_arn": "bedrock-user"}, "the whole ARN of a secret"),
        ({"secret_arn": SECRET_ARN.replace("arn:aws:", "arn:aws-cn:").replace("us-east-1", "cn-north-1")}, "partition"),
        ({"table": "chunks"}, "a schema, a dot and a table"),
        ({"buckets": ("orders/*",)}, "without a"),
        ({"key_arns": ("alias/orders",)}, "the ARN of a key"),
        ({"embedding_model_id": "titan"}, "the id of a foundation model"),
    ],
)
def test_what_aws_refuses_of_a_knowledge_base_is_refused(arguments: dict[str, Any], rule: str) -> None:
    with pytest.raises(RuleViolation, match=rule):
        synthesize_alone(lambda stack: knowledge_base(stack, **arguments))
