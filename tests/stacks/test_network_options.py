"""What the keys of `[network]` make of the stack."""

from typing import Any

import pytest

from stacks.environment import Environment
from tests.stacks.test_options import stack_of
from tests.terraform_json import TerraformJson, blocks

INGRESS = "aws_vpc_security_group_ingress_rule"
EGRESS = "aws_vpc_security_group_egress_rule"
GROUP = "aws_security_group.aurora"
VPC_ID = "vpc-0123456789abcdef0"
SUBNET_IDS = ("subnet-0123456789abcdef0", "subnet-0fedcba9876543210")


def network(**keys: Any) -> dict[str, dict[str, Any]]:
    return blocks(stack_of(network=keys))


def of_type(found: dict[str, dict[str, Any]], type_: str) -> list[str]:
    return sorted(address.removeprefix(f"{type_}.") for address in found if address.startswith(f"{type_}."))


@pytest.mark.parametrize("name", ["dev", "production", "high-scale"])
def test_new_deployments_have_rules_of_their_own_and_checked_subnets(
    name: str, synthesized: dict[str, TerraformJson]
) -> None:
    found = blocks(synthesized[name])
    assert of_type(found, INGRESS) == ["postgresql_from_vpc"]
    assert of_type(found, EGRESS) == ["everything"]
    assert found[f"{INGRESS}.postgresql_from_vpc"]["tags"]["Project"] == "alex"
    assert "precondition" in found["aws_db_subnet_group.aurora"]["lifecycle"]


def test_the_reference_keeps_its_rules_inside_and_checks_nothing_beside(synthesized: dict[str, TerraformJson]) -> None:
    found = blocks(synthesized["reference"])
    assert of_type(found, INGRESS) == of_type(found, EGRESS) == of_type(found, "data.aws_subnet") == []
    assert len(found["aws_security_group.aurora"]["ingress"]) == 1
    assert "lifecycle" not in found["aws_db_subnet_group.aurora"]


def test_vpc_and_subnets_are_those_of_the_file() -> None:
    found = network(vpc_id=VPC_ID, subnet_ids=SUBNET_IDS)
    assert found["data.aws_vpc.selected"] == {"id": VPC_ID}
    assert found["aws_db_subnet_group.aurora"]["subnet_ids"] == list(SUBNET_IDS)
    by_tags = network(vpc_tags={"Name": "shop"}, subnet_tags={"Tier": "data"})
    assert by_tags["data.aws_vpc.selected"] == {"tags": {"Name": "shop"}}
    assert by_tags["data.aws_subnets.selected"]["tags"] == {"Tier": "data"}


def test_subnets_without_a_vpc_are_those_of_the_default_one() -> None:
    assert network(subnet_ids=SUBNET_IDS)["data.aws_vpc.default"] == {"default": True}
    found = network(subnet_tags={"Tier": "data"})
    assert found["data.aws_subnets.selected"]["filter"][0]["values"] == ["${data.aws_vpc.default.id}"]


def test_who_is_allowed_is_allowed_instead_of_the_vpc() -> None:
    found = network(allowed_cidr_blocks=("10.0.0.0/8",), allowed_security_group_ids=("sg-01234567",))
    assert of_type(found, INGRESS) == ["postgresql_from_10_0_0_0_8", "postgresql_from_sg_01234567"]


@pytest.mark.parametrize("rules", ["separate", "inline"])
def test_another_port_is_the_cluster_s_and_that_of_all_rules(rules: str) -> None:
    found = network(port=5433, security_group_rules=rules)
    assert found["aws_rds_cluster.aurora"]["port"] == 5433
    opened = [found[f"{INGRESS}.postgresql_from_vpc"]] if rules == "separate" else found[GROUP]["ingress"]
    assert [(rule["from_port"], rule["to_port"]) for rule in opened] == [(5433, 5433)]


def test_a_proxy_listens_on_the_usual_port_and_reaches_the_database_on_its_own() -> None:
    found = blocks(stack_of(network={"port": 5433}, proxy={}))
    ports = {address: rule["from_port"] for address, rule in found.items() if "from_port" in rule}
    assert ports == {
        f"{INGRESS}.postgresql_from_vpc": 5433,
        f"{INGRESS}.proxy_from_vpc": 5432,
        f"{EGRESS}.database_proxy": 5433,
        f"{INGRESS}.database_from_proxy": 5433,
    }


def test_the_instructions_connect_to_the_port_of_the_database_and_to_that_of_its_proxy() -> None:
    document = stack_of(network={"port": 5433}, proxy={}, access={"data_api": False})
    text = document["output"]["setup_instructions"]["value"]
    assert "host=${aws_rds_cluster.aurora.endpoint} port=5433 " in text
    assert "host=${aws_db_proxy.aurora.endpoint} port=5432 " in text


def test_closed_egress_lets_nothing_out_in_either_place() -> None:
    assert of_type(network(egress="closed"), EGRESS) == []
    assert network(egress="closed", security_group_rules="inline")["aws_security_group.aurora"]["egress"] == []


def test_endpoints_are_made_only_where_they_are_asked_for() -> None:
    assert of_type(network(), "aws_vpc_endpoint") == []
    found = network(interface_endpoints=("secretsmanager",))
    assert of_type(found, "aws_vpc_endpoint") == ["secretsmanager"]
    assert found["data.aws_vpc_endpoint_service.secretsmanager"]["service_name"] == (
        "com.amazonaws.${var.aws_region}.secretsmanager"
    )
    assert "${data.aws_caller_identity.current.account_id}" in found["aws_vpc_endpoint.secretsmanager"]["policy"]
    assert found["aws_security_group.interface_endpoints"]["name"] == "shop-aurora-sg-endpoints"
    assert of_type(found, INGRESS) == ["https_from_vpc", "postgresql_from_vpc"]


def test_who_is_allowed_reaches_the_endpoints_beside_the_vpc() -> None:
    found = network(interface_endpoints=("rds-data",), allowed_cidr_blocks=("10.0.0.0/8",))
    assert of_type(found, INGRESS) == ["https_from_10_0_0_0_8", "https_from_vpc", "postgresql_from_10_0_0_0_8"]


def test_endpoints_work_beside_inline_rules() -> None:
    found = network(interface_endpoints=("rds-data",), security_group_rules="inline")
    assert "data.aws_subnet.aurora" in found, "the endpoint's subnets are chosen by their zones"
    assert of_type(found, INGRESS) == ["https_from_vpc"]
    assert len(found["aws_security_group.aurora"]["ingress"]) == 1


def test_the_cluster_does_not_wait_for_the_endpoints() -> None:
    cluster = network(interface_endpoints=("rds-data", "secretsmanager"))["aws_rds_cluster.aurora"]
    assert "aws_vpc_endpoint" not in str(cluster)


def test_a_type_of_rule_can_have_tags_of_its_own() -> None:
    found = blocks(stack_of(tags={"A": "b"}, resource_tags={INGRESS: {"C": "d"}}))
    assert found[f"{INGRESS}.postgresql_from_vpc"]["tags"] == {"A": "b", "C": "d"}
    assert found[f"{EGRESS}.everything"]["tags"] == {"A": "b"}


def test_a_long_name_is_too_long_only_where_there_are_endpoints() -> None:
    keys = {"name": "shop", "name_prefix": "shop", "engine": {"version": "17.7"}}
    environment = Environment.model_validate({**keys, "names": {"security_group": "a" * 250}})
    assert len(environment.endpoint_security_group_name) > 255


def test_a_cluster_of_dual_stack_has_subnets_with_ipv6_and_lets_ipv6_ranges_in() -> None:
    found = network(network_type="DUAL", allowed_ipv6_cidr_blocks=("2001:db8:1234::/56",))
    assert found["aws_rds_cluster.aurora"]["network_type"] == "DUAL"
    assert of_type(found, INGRESS) == ["postgresql_from_2001_db8_1234___56", "postgresql_from_vpc"]
    rule = found[f"{INGRESS}.postgresql_from_2001_db8_1234___56"]
    assert (rule["cidr_ipv6"], "cidr_ipv4" in rule) == ("2001:db8:1234::/56", False)
    conditions = found["aws_db_subnet_group.aurora"]["lifecycle"]["precondition"]
    assert any("ipv6_cidr_block" in one["condition"] for one in conditions)


def test_without_dual_stack_nobody_asks_for_ipv6() -> None:
    found = network()
    assert "network_type" not in found["aws_rds_cluster.aurora"]
    assert "ipv6_cidr_block" not in str(found["aws_db_subnet_group.aurora"])
