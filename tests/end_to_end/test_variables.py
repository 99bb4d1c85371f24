"""What `-var` may say: refused by Terraform itself with the sentence that a person needs."""

import pytest

from local_aws.process import LocalAws
from tests.end_to_end.conftest import terraform_for
from tests.end_to_end.terraform import Terraform
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("variables")


@pytest.fixture(scope="module")
def planned(
    aws: LocalAws, providers: TerraformProviders, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Terraform]:
    folder = tmp_path_factory.mktemp("variables")
    found = {name: terraform_for(name, aws, providers, folder) for name in ("reference", "dev")}
    for terraform in found.values():
        terraform.init()
    return found


@pytest.mark.parametrize(
    ("name", "variables", "sentence"),
    [
        (
            "reference",
            {"min_capacity": 0},
            "min_capacity is 0: the minimum capacity of Aurora PostgreSQL 15.4 is 0.5 to 128 ACU (0, to pause when "
            "idle, needs 13.15+, 14.12+, 15.7+, 16.3+, 17.0+, 18.0+).",
        ),
        ("reference", {"max_capacity": 256}, "the maximum capacity of Aurora PostgreSQL 15.4 is 1 to 128 ACU"),
        ("reference", {"min_capacity": 0.75}, "min_capacity is 0.75: capacity goes in steps of 0.5 ACU."),
        (
            "reference",
            {"min_capacity": 4, "max_capacity": 2},
            "min_capacity (4 ACU) must not be above max_capacity (2 ACU): lower the first or raise the second.",
        ),
        ("reference", {"aws_region": "Frankfurt"}, 'aws_region is "Frankfurt": write the name of a Region of the'),
        (
            "reference",
            {"aws_region": "cn-north-1"},
            "Region of the partition aws, such as us-east-1; for another partition",
        ),
        (
            "dev",
            {"aws_region": "eu-central-2"},
            'aws_region is "eu-central-2": AWS does not offer the Data API there; write access.data_api = false',
        ),
        ("dev", {"min_capacity": 0.3}, "min_capacity is 0.3: capacity goes in steps of 0.5 ACU."),
        (
            "dev",
            {"max_capacity": 300},
            "max_capacity is 300: the maximum capacity of Aurora PostgreSQL 17.7 is 1 to 256",
        ),
        ("dev", {"min_capacity": -1}, "min_capacity is -1: the minimum capacity of Aurora PostgreSQL 17.7 is 0 to 256"),
    ],
)
def test_a_wrong_variable_is_refused_with_a_sentence(
    name: str, variables: dict[str, object], sentence: str, planned: dict[str, Terraform]
) -> None:
    plan = planned[name].plan(**variables)
    assert plan.exit_status == 1
    # Terraform wraps its messages and draws a bar in front of each line.
    assert sentence in " ".join(plan.text.replace("│", " ").split())


@pytest.mark.parametrize(("minimum", "seconds"), [(0, 300), (0.5, None), (1, None)])
def test_the_pause_is_planned_only_while_the_minimum_is_0(
    minimum: float, seconds: int | None, planned: dict[str, Terraform]
) -> None:
    plan = planned["dev"].plan(min_capacity=minimum, max_capacity=2)
    (scaling,) = plan.changes["aws_rds_cluster.aurora"]["after"]["serverlessv2_scaling_configuration"]
    assert scaling["min_capacity"] == minimum
    assert scaling.get("seconds_until_auto_pause") == seconds


def test_the_reference_asks_for_its_region(planned: dict[str, Terraform]) -> None:
    terraform = planned["reference"]
    without = Terraform.__new__(Terraform)
    without.__dict__.update(terraform.__dict__, variables={})
    plan = without.plan()
    assert plan.exit_status == 1
    assert 'The root module input variable "aws_region" is not set' in " ".join(plan.text.replace("│", " ").split())
