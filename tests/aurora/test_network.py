from typing import Any

import pytest
from constructs import Construct

from aurora.network import DatabaseNetwork
from aurora.rules import RuleViolation
from tests.terraform_json import TerraformJson, blocks, only, synthesize_alone


def network(scope: Construct, id_: str = "network", **arguments: Any) -> DatabaseNetwork:
    return DatabaseNetwork(
        scope,
        id_,
        **{
            "subnet_group_name": "shop-subnets",
            "security_group_name": "shop-sg",
            "security_group_description": "Security group for shop",
            **arguments,
        },
    )


@pytest.fixture(scope="module")
def document() -> TerraformJson:
    return synthesize_alone(lambda stack: network(stack, tags={"Project": "shop"}, fixed_addresses=True))


def test_the_default_vpc_and_its_subnets_are_read(document: TerraformJson) -> None:
    found = blocks(document)
    assert found["data.aws_vpc.default"] == {"default": True}
    assert found["data.aws_subnets.default"] == {
        "filter": [{"name": "vpc-id", "values": ["${data.aws_vpc.default.id}"]}]
    }


def test_the_subnet_group_spans_the_vpcs_subnets(document: TerraformJson) -> None:
    assert only(document, "aws_db_subnet_group") == {
        "name": "shop-subnets",
        "subnet_ids": "${data.aws_subnets.default.ids}",
        "tags": {"Project": "shop"},
    }


def test_only_the_vpc_gets_in_and_only_on_the_port(document: TerraformJson) -> None:
    (rule,) = only(document, "aws_security_group")["ingress"]
    assert {key: value for key, value in rule.items() if value is not None} == {
        "from_port": 5432,
        "to_port": 5432,
        "protocol": "tcp",
        "cidr_blocks": ["${data.aws_vpc.default.cidr_block}"],
    }


def test_everything_gets_out(document: TerraformJson) -> None:
    (rule,) = only(document, "aws_security_group")["egress"]
    assert {key: value for key, value in rule.items() if value is not None} == {
        "from_port": 0,
        "to_port": 0,
        "protocol": "-1",
        "cidr_blocks": ["0.0.0.0/0"],
    }


def test_the_security_group_has_its_name_description_vpc_and_tags(document: TerraformJson) -> None:
    group = only(document, "aws_security_group")
    assert group["name"] == "shop-sg"
    assert group["description"] == "Security group for shop"
    assert group["vpc_id"] == "${data.aws_vpc.default.id}"
    assert group["tags"] == {"Project": "shop"}


def test_no_tags_by_default() -> None:
    document = synthesize_alone(network)
    assert "tags" not in only(document, "aws_db_subnet_group")
    assert "tags" not in only(document, "aws_security_group")


def test_two_networks_in_a_stack_have_addresses_of_their_own() -> None:
    document = synthesize_alone(lambda stack: (network(stack, "one"), network(stack, "two")))
    groups = document["resource"]["aws_security_group"]
    assert len(groups) == 2
    for address, group in groups.items():
        assert address.startswith(("one_", "two_"))
        assert address.split("_")[0] in group["vpc_id"], "each refers to its own VPC"


@pytest.mark.parametrize("argument", ["subnet_group_name", "security_group_name"])
def test_a_name_that_aws_refuses_is_refused(argument: str) -> None:
    with pytest.raises(RuleViolation, match=f'{argument} = "default"'):
        synthesize_alone(lambda stack: network(stack, **{argument: "default"}))
