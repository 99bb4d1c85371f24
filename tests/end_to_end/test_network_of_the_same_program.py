"""A network in a VPC that the same program makes: Terraform plans it, though it knows no id yet."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local_aws.process import LocalAws
from tests.end_to_end.terraform import Terraform
from tests.terraform_json import synthesize_alone
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("network-of-the-same-program")

REGION = "us-east-1"
ZONES = ("us-east-1a", "us-east-1b", "us-east-1b")


def own_vpc(stack: Any, *, zones: tuple[str, ...] = ZONES) -> tuple[str, list[str]]:
    """Put a provider, a VPC and subnets into a stack, and return their ids, which are tokens."""
    from cdktf_cdktf_provider_aws.provider import AwsProvider  # noqa: PLC0415
    from cdktf_cdktf_provider_aws.subnet import Subnet  # noqa: PLC0415
    from cdktf_cdktf_provider_aws.vpc import Vpc  # noqa: PLC0415

    AwsProvider(stack, "aws", region=REGION)
    vpc = Vpc(stack, "vpc", cidr_block="10.7.0.0/16", enable_dns_support=True, enable_dns_hostnames=True)
    subnets = [
        Subnet(stack, f"subnet-{number}", vpc_id=vpc.id, cidr_block=f"10.7.{number}.0/24", availability_zone=zone).id
        for number, zone in enumerate(zones)
    ]
    return vpc.id, subnets


def network_in(stack: Any, vpc_id: str, **arguments: Any) -> Any:
    """Put a network into a stack."""
    from aurora_serverless.network import DatabaseNetwork  # noqa: PLC0415

    return DatabaseNetwork(
        stack,
        "orders",
        subnet_group_name="orders",
        security_group_name="orders",
        security_group_description="Security group of the orders database",
        vpc_id=vpc_id,
        fixed_addresses=True,
        **arguments,
    )


def with_endpoints(stack: Any) -> None:
    """Name each subnet, for a network and for endpoints."""
    from cdktf_cdktf_provider_aws.security_group import SecurityGroup  # noqa: PLC0415

    from aurora_serverless.interface_endpoints import InterfaceEndpoints  # noqa: PLC0415

    vpc_id, subnets = own_vpc(stack)
    functions = SecurityGroup(stack, "functions", name="functions", vpc_id=vpc_id)
    network = network_in(
        stack, vpc_id, subnet_ids=subnets, allowed_security_group_ids={"functions": functions.id}, egress="closed"
    )
    InterfaceEndpoints(
        stack,
        "endpoints",
        services=["rds-data"],
        region=REGION,
        account_id="123456789012",
        vpc=network.vpc,
        subnet_zones=network.subnet_zones,
        security_group_name="orders-endpoints",
        security_group_description="Security group of the endpoints",
        fixed_addresses=True,
    )


def whatever_subnets(stack: Any, *, check_subnets: bool) -> None:
    """Name the VPC only: how many subnets it has, Terraform knows when it has made them."""
    vpc_id, _ = own_vpc(stack)
    network_in(stack, vpc_id, check_subnets=check_subnets)


def in_one_zone(stack: Any) -> None:
    """Name subnets that cannot do, which Terraform learns while it applies."""
    vpc_id, subnets = own_vpc(stack, zones=ZONES[1:])
    network_in(stack, vpc_id, subnet_ids=subnets)


@pytest.fixture(scope="module")
def write(
    aws: LocalAws, providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Callable[[Any], None]], Terraform]:
    """Return a function that gives Terraform what another one builds."""
    folder: Path = tmp_path_factory.mktemp("own-vpc")
    terraform = Terraform(folder, aws, providers)

    def written(build: Callable[[Any], None]) -> Terraform:
        (folder / "cdk.tf.json").write_text(json.dumps(synthesize_alone(build)))
        if not (folder / ".terraform").exists():
            terraform.init()
        return terraform

    return written


def test_named_subnets_are_planned_checked_and_chosen_for_the_endpoints(
    write: Callable[[Callable[[Any], None]], Terraform], aws: LocalAws
) -> None:
    terraform = write(with_endpoints)
    terraform.apply()
    plan = terraform.plan()
    assert plan.exit_status == 0, plan.text
    (group,) = aws.client("rds").describe_db_subnet_groups()["DBSubnetGroups"]
    assert len(group["Subnets"]) == len(ZONES)
    (endpoint,) = aws.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    assert len(endpoint["SubnetIds"]) == len(set(ZONES))
    terraform.destroy()


def test_named_subnets_of_one_zone_are_refused_before_there_is_a_subnet_group(
    write: Callable[[Callable[[Any], None]], Terraform], aws: LocalAws
) -> None:
    terraform = write(in_one_zone)
    refusal = terraform.run("apply", "-auto-approve", allowed=(1,)).stdout
    assert "Aurora needs subnets in at least 2 availability zones" in refusal
    assert aws.client("rds").describe_db_subnet_groups()["DBSubnetGroups"] == []
    terraform.destroy()


def test_an_unknown_number_of_subnets_cannot_be_checked_and_is_planned_without(
    write: Callable[[Callable[[Any], None]], Terraform],
) -> None:
    checked = write(lambda stack: whatever_subnets(stack, check_subnets=True)).plan()
    assert checked.exit_status == 1
    assert "Invalid for_each argument" in checked.text
    unchecked = write(lambda stack: whatever_subnets(stack, check_subnets=False)).plan()
    assert unchecked.exit_status == 2, unchecked.text
    assert unchecked.actions["aws_db_subnet_group.aurora"] == ["create"]
