"""The stacks of the examples are valid for the real providers."""

import subprocess
import sys
from pathlib import Path

import pytest

from local_aws.process import LocalAws
from tests.conftest import ROOT
from tests.end_to_end.terraform import Terraform
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("variables")


def test_each_stack_of_the_example_is_valid(aws: LocalAws, providers: TerraformProviders, tmp_path: Path) -> None:
    subprocess.run([sys.executable, str(ROOT / "examples" / "own_stacks.py")], cwd=tmp_path, check=True)
    stacks = sorted((tmp_path / "cdktf.out" / "stacks").iterdir())
    assert len(stacks) == 4
    for stack in stacks:
        terraform = Terraform(stack, aws, providers)
        terraform.init()
        terraform.run("validate")
