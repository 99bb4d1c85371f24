"""What a role with which other services are used may be made for."""

from collections.abc import Callable

import pytest

from aurora_serverless.rules import service_roles
from aurora_serverless.rules.service_roles import Feature, cluster_role_statements
from aurora_serverless.rules.violation import RuleViolation

Check = Callable[[str], None]


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (service_roles.check_bucket, "orders"),
        (service_roles.check_bucket, "orders/"),
        (service_roles.check_bucket, "orders/2026/a-b_c.d!'()=+@:"),
        (service_roles.check_bucket, "${aws_s3_bucket.orders.bucket}/2026/"),
        (service_roles.check_function_arn, "arn:aws:lambda:us-east-1:123456789012:function:orders"),
        (service_roles.check_function_arn, "arn:aws-cn:lambda:cn-north-1:123456789012:function:o_1-x:live"),
        (service_roles.check_function_arn, "arn:aws:lambda:us-east-1:123456789012:function:orders:$LATEST"),
        (service_roles.check_endpoint_name, "F"),
        (service_roles.check_endpoint_name, "f" * 63),
        (service_roles.check_model_id, "amazon.titan-embed-text-v2:0"),
        (service_roles.check_model_id, "amazon.nova-2.multimodal-v1:0:8k"),
        (service_roles.check_role_arn, "arn:aws:iam::123456789012:role/service/orders"),
        (service_roles.check_table, "a.b"),
        (service_roles.check_table, f"s.{'t' * 61}"),
    ],
)
def test_what_aws_takes_is_taken(check: Check, value: str) -> None:
    check(value)


@pytest.mark.parametrize(
    ("check", "value"),
    [
        (service_roles.check_bucket, "or"),
        (service_roles.check_bucket, "/2026"),
        (service_roles.check_bucket, "orders/*"),
        (service_roles.check_bucket, "orders/20?6"),
        (service_roles.check_bucket, "orders/$"),
        (service_roles.check_bucket, "arn:aws:s3:::orders"),
        (service_roles.check_function_arn, "orders"),
        (service_roles.check_function_arn, "arn:aws:lambda:us-east-1:123456789012:function:*"),
        (service_roles.check_endpoint_name, "-f"),
        (service_roles.check_endpoint_name, "f" * 64),
        (service_roles.check_model_id, "titan"),
        (service_roles.check_model_id, "arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0"),
        (service_roles.check_model_id, "amazon.*"),
        (service_roles.check_role_arn, "arn:aws:iam::123456789012:user/orders"),
        (service_roles.check_table, "bedrock_kb"),
        (service_roles.check_table, 'a."b c"'),
        (service_roles.check_table, f"s.{'t' * 62}"),
    ],
)
def test_what_aws_refuses_is_refused(check: Check, value: str) -> None:
    with pytest.raises(RuleViolation):
        check(value)


def test_a_feature_has_the_extension_whose_functions_use_it() -> None:
    assert {feature: feature.extension for feature in Feature} == {
        "s3Import": "aws_s3",
        "s3Export": "aws_s3",
        "Lambda": "aws_lambda",
        "SageMaker": "aws_ml",
        "Comprehend": "aws_ml",
        "Bedrock": "aws_ml",
    }


def test_a_key_whose_region_nobody_knows_is_taken_for_one_of_the_region() -> None:
    [_, _, keys] = cluster_role_statements(
        Feature.S3_IMPORT,
        ["orders"],
        ["${aws_kms_key.orders.arn}"],
        region="cn-north-1",
        account_id="123456789012",
        partition="aws-cn",
    )
    assert keys["Condition"] == {
        "StringEquals": {"kms:ViaService": ["s3.cn-north-1.amazonaws.com", "s3.cn-north-1.amazonaws.com.cn"]}
    }
