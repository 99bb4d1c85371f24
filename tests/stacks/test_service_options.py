"""What `[cluster_roles]` and `[bedrock_knowledge_base]` make of the stack."""

import json
from typing import Any

import pytest

from tests.conftest import TODAY
from tests.stacks.test_access_options import KEY_ARN, OTHER_KEY_ARN, SECRET_ARN, environment, stack_of, statements
from tests.terraform_json import blocks

ACCOUNT = "${data.aws_caller_identity.current.account_id}"
ROLE_ARN = "arn:aws:iam::123456789012:role/orders"
ALL_ROLES: dict[str, Any] = {
    "s3_import": {"buckets": ("orders-import/2026/", "orders-archive"), "key_arns": (KEY_ARN,)},
    "s3_export": {
        "buckets": ("orders-export",),
        "key_arns": (KEY_ARN, OTHER_KEY_ARN.replace("us-east-1", "eu-west-1")),
    },
    "aws_lambda": {"function_arns": ("arn:aws:lambda:us-east-1:123456789012:function:orders",)},
    "sagemaker": {"endpoint_names": ("Fraud",)},
    "comprehend": {},
    "bedrock": {"model_ids": ("amazon.titan-embed-text-v2:0",)},
}


def through(region: str) -> dict[str, Any]:
    return {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}}


ALLOWED: dict[str, list[tuple[Any, ...]]] = {
    "s3_import": [
        (["s3:GetObject"], ["arn:aws:s3:::orders-import/2026/*", "arn:aws:s3:::orders-archive/*"]),
        (["s3:ListBucket"], ["arn:aws:s3:::orders-archive"]),
        (["s3:ListBucket"], "arn:aws:s3:::orders-import", {"StringLike": {"s3:prefix": "2026/*"}}),
        (["kms:Decrypt"], [KEY_ARN], through("us-east-1")),
    ],
    "s3_export": [
        (["s3:PutObject", "s3:AbortMultipartUpload"], ["arn:aws:s3:::orders-export/*"]),
        (["kms:Decrypt", "kms:GenerateDataKey"], [KEY_ARN], through("us-east-1")),
        (
            ["kms:Decrypt", "kms:GenerateDataKey"],
            [OTHER_KEY_ARN.replace("us-east-1", "eu-west-1")],
            through("eu-west-1"),
        ),
    ],
    "aws_lambda": [(["lambda:InvokeFunction"], ["arn:aws:lambda:us-east-1:123456789012:function:orders"])],
    "sagemaker": [(["sagemaker:InvokeEndpoint"], [f"arn:aws:sagemaker:${{var.aws_region}}:{ACCOUNT}:endpoint/fraud"])],
    "comprehend": [(["comprehend:DetectSentiment", "comprehend:BatchDetectSentiment"], "*")],
    "bedrock": [
        (
            ["bedrock:InvokeModel"],
            ["arn:aws:bedrock:${var.aws_region}::foundation-model/amazon.titan-embed-text-v2:0"],
        )
    ],
}


def parts(found: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    assert all(one["Effect"] == "Allow" for one in found)
    return [(one["Action"], one["Resource"], *([one["Condition"]] if "Condition" in one else [])) for one in found]


@pytest.mark.parametrize("key", ALL_ROLES)
def test_a_role_may_use_what_is_named_and_nothing_else(key: str) -> None:
    document = stack_of(cluster_roles={key: ALL_ROLES[key]})
    assert parts(statements(document, f"aws_iam_role_policy.cluster_{key}")) == ALLOWED[key]
    found = blocks(document)
    assert [address for address in found if address.startswith("aws_rds_cluster_role_association.")] == [
        f"aws_rds_cluster_role_association.{key}"
    ]


def test_rds_assumes_a_role_for_this_cluster_only() -> None:
    role = blocks(stack_of(cluster_roles={"comprehend": {}}))["aws_iam_role.cluster_comprehend"]
    assert role["name"] == "shop-aurora-comprehend-role"
    [statement] = json.loads(role["assume_role_policy"])["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Principal": {"Service": "rds.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:rds:${{var.aws_region}}:{ACCOUNT}:cluster:shop-aurora"},
        },
    }


def test_the_association_follows_the_cluster_and_comes_after_the_policy() -> None:
    found = blocks(stack_of(cluster_roles={"s3_import": {"buckets": ("orders",)}}))
    assert found["aws_rds_cluster_role_association.s3_import"] == {
        "db_cluster_identifier": "${aws_rds_cluster.aurora.id}",
        "feature_name": "s3Import",
        "role_arn": "${aws_iam_role.cluster_s3_import.arn}",
        "depends_on": ["aws_iam_role_policy.cluster_s3_import"],
    }


def test_a_role_that_is_given_is_associated_and_nothing_is_made() -> None:
    document = stack_of(cluster_roles={"s3_export": {"role_arn": ROLE_ARN}})
    found = blocks(document)
    assert found["aws_rds_cluster_role_association.s3_export"]["role_arn"] == ROLE_ARN
    assert not [address for address in found if ".cluster_" in address]
    assert document["output"]["cluster_role_arns"]["value"] == {"s3_export": ROLE_ARN}


def test_the_instructions_say_which_extensions_the_roles_are_for() -> None:
    text = stack_of(cluster_roles={"s3_import": {"buckets": ("a-b",)}, "s3_export": {"buckets": ("a-b",)}})["output"][
        "setup_instructions"
    ]["value"]
    assert text.count("CREATE EXTENSION IF NOT EXISTS aws_s3 CASCADE;") == 1
    assert "docs/cluster-roles.md" in text
    assert "CREATE EXTENSION" not in stack_of()["output"]["setup_instructions"]["value"]


def test_the_roles_are_of_the_partition() -> None:
    document = stack_of(
        region="us-gov-west-1", access={"data_api": False}, cluster_roles={"s3_import": {"buckets": ("orders",)}}
    )
    assert statements(document, "aws_iam_role_policy.cluster_s3_import")[0]["Resource"] == [
        "arn:aws-us-gov:s3:::orders/*"
    ]
    trust = blocks(document)["aws_iam_role.cluster_s3_import"]["assume_role_policy"]
    assert "arn:aws-us-gov:rds:" in trust


def test_a_sixth_role_needs_a_higher_quota_and_a_fifth_does_not() -> None:
    def told(*keys: str) -> list[str]:
        found = environment(cluster_roles={key: ALL_ROLES[key] for key in keys})
        return [warning for warning in found.warnings(TODAY) if warning.startswith("cluster_roles")]

    [warning] = told(*ALL_ROLES)
    assert '6 roles, and AWS lets a cluster have 5 unless the account\'s quota "IAM roles per DB cluster"' in warning
    assert told(*list(ALL_ROLES)[1:]) == []


KNOWLEDGE_POLICY = "aws_iam_role_policy.bedrock_knowledge_base"
CLUSTER_ARN = "${aws_rds_cluster.aurora.arn}"


def test_a_knowledge_base_gets_this_database_one_secret_one_model_and_the_documents() -> None:
    document = stack_of(
        bedrock_knowledge_base={
            "embedding_model_id": "amazon.titan-embed-text-v2:0",
            "buckets": ("orders-documents/published/",),
            "key_arns": (OTHER_KEY_ARN,),
            "secret_arn": SECRET_ARN,
            "secret_key_arn": KEY_ARN,
        }
    )
    secrets = {"StringEquals": {"kms:ViaService": "secretsmanager.${var.aws_region}.amazonaws.com"}}
    assert parts(statements(document, KNOWLEDGE_POLICY)) == [
        (["rds:DescribeDBClusters"], CLUSTER_ARN),
        (["rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement"], CLUSTER_ARN),
        (["secretsmanager:GetSecretValue"], [SECRET_ARN]),
        (["kms:Decrypt"], [KEY_ARN], secrets),
        *ALLOWED["bedrock"],
        (["s3:GetObject"], ["arn:aws:s3:::orders-documents/published/*"]),
        (["s3:ListBucket"], "arn:aws:s3:::orders-documents", {"StringLike": {"s3:prefix": "published/*"}}),
        (["kms:Decrypt"], [OTHER_KEY_ARN], through("us-east-1")),
    ]


@pytest.mark.parametrize("mode", ["random", "write_only", "managed"])
def test_without_a_secret_a_knowledge_base_gets_that_of_the_database_and_its_key(mode: str) -> None:
    document = stack_of(credentials={"mode": mode}, encryption={"key": "own"}, bedrock_knowledge_base={})
    found = parts(statements(document, KNOWLEDGE_POLICY))
    [output] = [document["output"]["bedrock_knowledge_base"]["value"]]
    secret = output["storageConfiguration"]["rdsConfiguration"]["credentialsSecretArn"]
    assert secret == document["output"]["aurora_secret_arn"]["value"]
    assert (["secretsmanager:GetSecretValue"], [secret]) in found
    assert [one[1] for one in found if one[0] == ["kms:Decrypt"]] == [["${aws_kms_key.aurora.arn}"]]
    assert len(found) == 4, "neither a model nor a bucket is named"


def test_bedrock_assumes_the_role_for_knowledge_bases_of_the_account_and_region_only() -> None:
    role = blocks(stack_of(bedrock_knowledge_base={}))["aws_iam_role.bedrock_knowledge_base"]
    [statement] = json.loads(role["assume_role_policy"])["Statement"]
    assert statement["Principal"] == {"Service": "bedrock.amazonaws.com"}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:${{var.aws_region}}:{ACCOUNT}:knowledge-base/*"},
    }


def test_a_knowledge_base_is_told_what_its_api_asks_for() -> None:
    model = "amazon.titan-embed-text-v2:0"
    document = stack_of(
        database={"name": "orders"},
        bedrock_knowledge_base={"table": "documents.chunks", "secret_arn": SECRET_ARN, "embedding_model_id": model},
    )
    assert document["output"]["bedrock_knowledge_base"]["value"] == {
        "roleArn": "${aws_iam_role.bedrock_knowledge_base.arn}",
        "embeddingModelArn": f"arn:aws:bedrock:${{var.aws_region}}::foundation-model/{model}",
        "storageConfiguration": {
            "type": "RDS",
            "rdsConfiguration": {
                "resourceArn": CLUSTER_ARN,
                "credentialsSecretArn": SECRET_ARN,
                "databaseName": "${aws_rds_cluster.aurora.database_name}",
                "tableName": "documents.chunks",
                "fieldMapping": {
                    "primaryKeyField": "id",
                    "vectorField": "embedding",
                    "textField": "chunks",
                    "metadataField": "metadata",
                    "customMetadataField": "custom_metadata",
                },
            },
        },
    }
    assert "docs/bedrock.md" in document["output"]["setup_instructions"]["value"]


@pytest.mark.parametrize(("capacity", "is_told"), [({"minimum_acu": 0}, True), ({"minimum_acu": 0.5}, False)])
def test_a_knowledge_base_in_a_database_that_pauses_is_a_warning(capacity: dict[str, float], is_told: bool) -> None:
    warnings = environment(capacity=capacity, bedrock_knowledge_base={}).warnings(TODAY)
    assert any("while a paused cluster resumes" in warning for warning in warnings) == is_told
    assert any("while a paused" in one for one in environment(capacity=capacity).warnings(TODAY)) is False
