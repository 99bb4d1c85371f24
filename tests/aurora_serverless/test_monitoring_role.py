import json
from typing import Any

import pytest
from constructs import Construct

from aurora_serverless.monitoring_role import EnhancedMonitoringRole
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone


def role(scope: Construct, **arguments: Any) -> EnhancedMonitoringRole:
    return EnhancedMonitoringRole(
        scope, "role", **{"role_name": "shop-monitoring", "account_id": "123456789012", **arguments}
    )


@pytest.fixture(scope="module")
def document() -> TerraformJson:
    return synthesize_alone(lambda stack: role(stack, tags={"Project": "shop"}, fixed_addresses=True))


def test_the_addresses_are_fixed(document: TerraformJson) -> None:
    assert set(blocks(document)) == {"aws_iam_role.rds_monitoring", "aws_iam_role_policy_attachment.rds_monitoring"}


def test_only_rds_assumes_the_role_for_this_account(document: TerraformJson) -> None:
    assert json.loads(only(document, "aws_iam_role")["assume_role_policy"]) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "monitoring.rds.amazonaws.com"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
            }
        ],
    }


def test_the_role_has_its_name_and_tags(document: TerraformJson) -> None:
    found = only(document, "aws_iam_role")
    assert found["name"] == "shop-monitoring"
    assert found["tags"] == {"Project": "shop"}


def test_it_has_the_policy_that_aws_keeps_for_it(document: TerraformJson) -> None:
    assert only(document, "aws_iam_role_policy_attachment") == {
        "role": "${aws_iam_role.rds_monitoring.id}",
        "policy_arn": "arn:aws:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole",
        "lifecycle": {"create_before_destroy": True},
    }


def test_a_boundary_is_that_of_the_role_and_of_its_partition() -> None:
    boundary = "arn:aws:iam::123456789012:policy/boundary"
    bounded = synthesize_alone(lambda stack: role(stack, permissions_boundary_arn=boundary))
    assert only(bounded, "aws_iam_role")["permissions_boundary"] == boundary
    with pytest.raises(RuleViolation, match="permissions_boundary_arn"):
        synthesize_alone(lambda stack: role(stack, permissions_boundary_arn=boundary, partition="aws-us-gov"))


@pytest.mark.parametrize("name", ["", "shop monitoring", "s" * 65])
def test_a_name_that_iam_refuses_is_refused(name: str) -> None:
    with pytest.raises(RuleViolation, match="role_name"):
        synthesize_alone(lambda stack: role(stack, role_name=name))


def test_tags_that_iam_takes_for_one_are_refused() -> None:
    with pytest.raises(RuleViolation, match="in capitals only"):
        synthesize_alone(lambda stack: role(stack, tags={"Team": "a", "team": "a"}))


def test_aws_has_its_policy_in_each_partition() -> None:
    found = only(synthesize_alone(lambda stack: role(stack, partition="aws-cn")), "aws_iam_role_policy_attachment")
    assert found["policy_arn"] == "arn:aws-cn:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
