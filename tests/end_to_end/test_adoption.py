"""A running deployment that was written by hand in HCL goes over to the synthesized stack without a change."""

import shutil
from pathlib import Path

import pytest

from local_aws.process import LocalAws
from local_aws.terraform_providers import TerraformProviders
from tests.end_to_end.conftest import VARIABLES, terraform_for
from tests.end_to_end.terraform import Terraform

pytestmark = pytest.mark.xdist_group("adoption")

HAND_WRITTEN = Path(__file__).parent / "adoption"


def test_a_hand_written_deployment_is_adopted_without_a_change(
    aws: LocalAws, providers: TerraformProviders, tmp_path: Path
) -> None:
    by_hand = tmp_path / "by-hand"
    shutil.copytree(HAND_WRITTEN, by_hand, ignore=shutil.ignore_patterns("environments"))
    before = Terraform(by_hand, aws, providers, VARIABLES)
    before.init()
    before.apply()

    after = terraform_for("adopted", aws, providers, tmp_path, environments=HAND_WRITTEN / "environments")
    shutil.copy(by_hand / "terraform.tfstate", tmp_path / "terraform.adopted.tfstate")
    after.init()
    plan = after.plan()
    assert plan.actions == {}, plan.text
    assert set(after.managed()) == set(before.managed())
