"""The deployments over which every change is planned, applied once."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from local_aws import process
from local_aws.process import LocalAws
from stacks.environment_files import read_environments
from stacks.synthesis import synthesize
from tests.conftest import TODAY
from tests.end_to_end.replacement.lifecycles import LIFECYCLES
from tests.end_to_end.replacement.side_by_side import State, terraform_for_modules
from tests.terraform_json import TerraformJson, read_stacks
from tests.terraform_providers.finding import TerraformProviders

ENVIRONMENTS = Path(__file__).parent / "environments"


@dataclass(frozen=True)
class Bases:
    """What is deployed: the documents by their names, and the state, in which each is a module."""

    aws: LocalAws
    providers: TerraformProviders
    documents: Mapping[str, TerraformJson]
    state: State


@pytest.fixture(scope="session")
def bases(providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bases]:
    folder = tmp_path_factory.mktemp("bases")
    synthesize(read_environments(ENVIRONMENTS), folder / "cdktf.out", today=TODAY)
    documents = read_stacks(folder / "cdktf.out") | {"lifecycles": LIFECYCLES}
    with process.start() as aws:
        make_another_vpc(aws)
        terraform = terraform_for_modules(folder / "modules", aws, providers, documents)
        terraform.run("apply", "-auto-approve", "-parallelism=30")
        state = json.loads((terraform.folder / "terraform.tfstate").read_text())
        yield Bases(aws, providers, documents, state)


def make_another_vpc(aws: LocalAws) -> None:
    """Make a VPC beside the default one, with subnets in two zones, and tag both."""
    ec2 = aws.client("ec2")
    (default,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    other = ec2.create_vpc(CidrBlock="10.50.0.0/16")["Vpc"]
    for number, zone in enumerate(("us-east-1a", "us-east-1b")):
        ec2.create_subnet(VpcId=other["VpcId"], CidrBlock=f"10.50.{number}.0/24", AvailabilityZone=zone)
    for vpc, name in ((default, "default"), (other, "other")):
        ec2.create_tags(Resources=[vpc["VpcId"]], Tags=[{"Key": "Name", "Value": name}])
