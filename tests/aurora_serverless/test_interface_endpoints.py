import json
from typing import Any

import pytest
from constructs import Construct

from aurora_serverless.interface_endpoints import InterfaceEndpoints
from aurora_serverless.rules.violation import RuleViolation
from tests.aurora_serverless.test_network import network
from tests.terraform_json import TerraformJson, blocks, synthesize_alone

ACCOUNT_ID = "123456789012"
GROUP = "aws_security_group.interface_endpoints"
RULES = "aws_vpc_security_group_ingress_rule.https_from_"


def endpoints(scope: Construct, id_: str = "endpoints", **arguments: Any) -> InterfaceEndpoints:
    """Put a network and endpoints in its VPC into a stack."""
    of_database = network(scope, f"{id_}-network", fixed_addresses=arguments.get("fixed_addresses", False))
    return InterfaceEndpoints(
        scope,
        id_,
        **{
            "services": ["rds-data", "secretsmanager"],
            "region": "eu-central-1",
            "account_id": ACCOUNT_ID,
            "vpc": of_database.vpc,
            "subnet_zones": of_database.subnet_zones,
            "security_group_name": "shop-endpoints",
            "security_group_description": "Security group of the endpoints",
            **arguments,
        },
    )


@pytest.fixture(scope="module")
def document() -> TerraformJson:
    return synthesize_alone(lambda stack: endpoints(stack, tags={"Project": "shop"}, fixed_addresses=True))


@pytest.mark.parametrize("service", ["rds-data", "secretsmanager"])
def test_an_endpoint_answers_to_the_services_own_name(document: TerraformJson, service: str) -> None:
    name = service.replace("-", "_")
    found = blocks(document)
    assert found[f"data.aws_vpc_endpoint_service.{name}"] == {
        "service_name": f"com.amazonaws.eu-central-1.{service}",
        "service_type": "Interface",
    }
    endpoint = found[f"aws_vpc_endpoint.{name}"]
    assert endpoint["vpc_endpoint_type"] == "Interface"
    assert endpoint["private_dns_enabled"] is True
    assert endpoint["service_name"] == f"${{data.aws_vpc_endpoint_service.{name}.service_name}}"
    assert endpoint["vpc_id"] == "${data.aws_vpc.default.id}"
    assert endpoint["security_group_ids"] == [f"${{{GROUP}.id}}"]
    assert endpoint["tags"] == {"Project": "shop"}


def test_an_endpoint_has_one_subnet_in_each_zone_that_offers_it(document: TerraformJson) -> None:
    assert blocks(document)["aws_vpc_endpoint.rds_data"]["subnet_ids"] == (
        "${[for subnets in {for subnet in data.aws_subnet.aurora : subnet.availability_zone => subnet.id... "
        "if contains(data.aws_vpc_endpoint_service.rds_data.availability_zones, subnet.availability_zone)} : "
        "sort(subnets)[0]]}"
    )


def test_terraform_checks_the_vpcs_dns_and_the_zones(document: TerraformJson) -> None:
    dns, zones = blocks(document)["aws_vpc_endpoint.rds_data"]["lifecycle"]["precondition"]
    assert dns["condition"] == (
        "${data.aws_vpc.default.enable_dns_support && data.aws_vpc.default.enable_dns_hostnames}"
    )
    assert zones["condition"] == (
        "${anytrue([for subnet in data.aws_subnet.aurora : "
        "contains(data.aws_vpc_endpoint_service.rds_data.availability_zones, subnet.availability_zone)])}"
    )


@pytest.mark.parametrize("service", ["rds-data", "secretsmanager"])
def test_the_policy_lets_this_account_through_to_this_account_and_nobody_else(
    document: TerraformJson, service: str
) -> None:
    endpoint = blocks(document)[f"aws_vpc_endpoint.{service.replace('-', '_')}"]
    (statement,) = json.loads(endpoint["policy"])["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Action"] == f"{service}:*"
    assert statement["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": ACCOUNT_ID, "aws:ResourceAccount": ACCOUNT_ID}
    }


def test_systems_manager_has_documents_of_other_accounts() -> None:
    found = blocks(synthesize_alone(lambda stack: endpoints(stack, services=["ssmmessages"], fixed_addresses=True)))
    (statement,) = json.loads(found["aws_vpc_endpoint.ssmmessages"]["policy"])["Statement"]
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT_ID}}


def test_the_vpc_gets_in_by_https_and_nothing_gets_out(document: TerraformJson) -> None:
    found = blocks(document)
    assert found[f"{RULES}vpc"] == {
        "security_group_id": f"${{{GROUP}.id}}",
        "description": "HTTPS from the VPC",
        "ip_protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "cidr_ipv4": "${data.aws_vpc.default.cidr_block}",
        "tags": {"Project": "shop"},
        "lifecycle": {"create_before_destroy": True},
    }
    egress = [block for address, block in found.items() if address.startswith("aws_vpc_security_group_egress_rule")]
    assert [rule["security_group_id"] for rule in egress] == ["${aws_security_group.aurora.id}"]
    assert "egress" not in found[GROUP]


def test_others_get_in_beside_the_vpc_which_the_endpoint_serves_in_any_case() -> None:
    def build(stack: Construct) -> None:
        endpoints(
            stack,
            allowed_cidr_blocks=["10.0.0.0/8"],
            allowed_security_group_ids=["sg-01234567"],
            fixed_addresses=True,
        )

    found = blocks(synthesize_alone(build))
    assert {address.removeprefix(RULES) for address in found if address.startswith(RULES)} == {
        "vpc",
        "10_0_0_0_8",
        "sg_01234567",
    }


def test_only_the_named_service_gets_an_endpoint() -> None:
    found = blocks(synthesize_alone(lambda stack: endpoints(stack, services=["rds-data"], fixed_addresses=True)))
    assert [address for address in found if "vpc_endpoint" in address] == [
        "aws_vpc_endpoint.rds_data",
        "data.aws_vpc_endpoint_service.rds_data",
    ]


def test_two_of_them_in_a_stack_have_addresses_of_their_own() -> None:
    document = synthesize_alone(lambda stack: (endpoints(stack, "one"), endpoints(stack, "two")))
    for address, endpoint in document["resource"]["aws_vpc_endpoint"].items():
        own = address.split("_")[0]
        assert own in endpoint["vpc_id"]
        assert own in endpoint["security_group_ids"][0]
        assert f"data.aws_subnet.{own}" in endpoint["subnet_ids"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"services": []}, "services = .*the list is empty"),
        ({"services": ["rds-data", "rds-data"]}, "services = .*is named twice"),
        ({"allowed_cidr_blocks": ["0.0.0.0/0"]}, "the whole internet"),
        ({"allowed_cidr_blocks": ["2001:db8::/32"]}, "is a range of IPv6 addresses"),
        ({"allowed_security_group_ids": ["shop"]}, "a security group's id"),
        ({"security_group_name": "default"}, 'security_group_name = "default"'),
    ],
)
def test_what_aws_or_sense_refuses_is_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        synthesize_alone(lambda stack: endpoints(stack, **arguments))


def test_the_data_api_has_no_endpoint_where_it_is_not_offered() -> None:
    with pytest.raises(RuleViolation, match='services = "rds-data": AWS does not offer the Data API in cn-north-1'):
        synthesize_alone(lambda stack: endpoints(stack, region="cn-north-1"))


def test_secrets_manager_has_the_same_name_in_china() -> None:
    # Source: AWS CDK, aws-ec2, vpc-endpoint: of the services here none begins with cn. there.
    found = blocks(synthesize_alone(lambda stack: endpoints(stack, region="cn-north-1", services=["secretsmanager"])))
    (service,) = [one for address, one in found.items() if address.startswith("data.aws_vpc_endpoint_service.")]
    assert service["service_name"] == "com.amazonaws.cn-north-1.secretsmanager"
