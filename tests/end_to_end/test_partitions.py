"""GovCloud and China: the real provider plans what is synthesized for them, and nothing is of another partition."""

import re
from pathlib import Path

import pytest

from local_aws.process import LocalAws
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.terraform import Terraform
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("partitions")

PARTITIONS = Path(__file__).parent / "partitions"
REGIONS = {"china": "aws-cn", "govcloud": "aws-us-gov"}


@pytest.fixture(scope="module")
def planned(
    aws: LocalAws, providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Terraform]:
    folder = tmp_path_factory.mktemp("partitions")
    found = {name: terraform_for(name, aws, providers, folder, environments=PARTITIONS) for name in REGIONS}
    for terraform in found.values():
        terraform.variables.clear()
        terraform.init()
    return found


@pytest.mark.parametrize("name", REGIONS)
def test_another_partition_is_planned_with_its_own_arns(name: str, planned: dict[str, Terraform]) -> None:
    partition = REGIONS[name]
    plan = planned[name].plan()
    assert plan.exit_status == 2, plan.text
    assert set(re.findall(r"arn:(aws[a-z-]*):", plan.text)) == {partition}
    assert plan.changes["aws_rds_cluster.aurora"]["actions"] == ["create"]


@pytest.mark.parametrize(
    ("region", "sentence"),
    [
        (
            "us-east-1",
            'aws_region is "us-east-1": write the name of a Region of the partition aws-cn, such as cn-north-1',
        ),
        ("us-gov-west-1", "for another partition, write region in the environment's file"),
    ],
)
def test_a_region_of_another_partition_is_refused(region: str, sentence: str, planned: dict[str, Terraform]) -> None:
    plan = planned["china"].plan(aws_region=region)
    assert plan.exit_status == 1
    assert sentence in " ".join(plan.text.replace("│", " ").split())
