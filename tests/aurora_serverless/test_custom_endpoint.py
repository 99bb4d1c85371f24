from typing import Any

import pytest
from constructs import Construct

from aurora_serverless.custom_endpoint import CustomEndpoint
from aurora_serverless.rules.violation import RuleViolation
from tests.terraform_json import TerraformJson, only, synthesize_alone


def synthesized(**arguments: Any) -> TerraformJson:
    def build(stack: Construct) -> None:
        CustomEndpoint(stack, "reports", identifier="shop-reports", cluster_identifier="shop", **arguments)

    return only(synthesize_alone(build), "aws_rds_cluster_endpoint")


def test_an_endpoint_leads_to_the_readers_unless_it_is_told_otherwise() -> None:
    assert synthesized() == {
        "cluster_endpoint_identifier": "shop-reports",
        "cluster_identifier": "shop",
        "custom_endpoint_type": "READER",
    }
    assert synthesized(type_="ANY")["custom_endpoint_type"] == "ANY"


def test_an_endpoint_has_its_members_or_all_but_some() -> None:
    assert synthesized(static_members=["shop-1"])["static_members"] == ["shop-1"]
    assert synthesized(excluded_members=["shop-0"])["excluded_members"] == ["shop-0"]
    with pytest.raises(RuleViolation, match="all but those that are excluded"):
        synthesized(static_members=["shop-1"], excluded_members=["shop-0"])
    with pytest.raises(RuleViolation, match="named twice"):
        synthesized(static_members=["shop-1", "shop-1"])
