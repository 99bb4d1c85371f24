"""A deploy is refused before Terraform would ask for a variable, where nobody can answer."""

from pathlib import Path

import pytest

from stacks.missing_variables import missing
from tests.conftest import ROOT

ASKS = [
    ["deploy", "reference"],
    ["deploy", "reference", "--auto-approve"],
    ["deploy", "--auto-approve", "reference"],
    ["apply", "reference"],
    ["destroy", "reference"],
    ["deploy", "dev", "reference"],
    ["deploy", "ref*"],
    ["deploy", "--parallelism", "5", "reference"],
    ["deploy", "reference", "--var", "min_capacity=1"],
]
ASKS_NOT = [
    [],
    ["diff", "reference"],
    ["synth"],
    ["deploy", "dev"],
    ["deploy"],
    ["deploy", "nothing"],
    ["deploy", "reference", "--var", "aws_region=us-east-1"],
    ["deploy", "reference", "--var=aws_region=us-east-1"],
    ["deploy", "reference", "--var", "min_capacity=1", "aws_region=us-east-1"],
    ["deploy", "reference", "--var-file", "x.tfvars"],
    ["deploy", "reference", "--var-file=x.tfvars"],
]


@pytest.mark.parametrize("arguments", ASKS, ids=" ".join)
def test_what_terraform_would_ask_for_is_told_in_a_line(arguments: list[str]) -> None:
    [line] = missing(arguments, {}, ROOT)
    assert line == (
        "error: reference: the variable aws_region has no value: write region in environments/reference.toml, or add "
        "--var aws_region=REGION behind reference"
    )


@pytest.mark.parametrize("arguments", ASKS_NOT, ids=" ".join)
def test_nothing_is_refused_that_terraform_does_not_ask_for(arguments: list[str]) -> None:
    assert list(missing(arguments, {}, ROOT)) == []


def test_a_variable_of_the_process_or_of_a_file_is_a_value(tmp_path: Path) -> None:
    assert list(missing(ASKS[0], {"TF_VAR_aws_region": "us-east-1"}, ROOT)) == []
    (tmp_path / "environments").symlink_to(ROOT / "environments")
    stack = tmp_path / "cdktf.out/stacks/reference"
    stack.mkdir(parents=True)
    assert len(list(missing(ASKS[0], {}, tmp_path))) == 1
    (stack / "terraform.tfvars").write_text('aws_region = "us-east-1"')
    assert list(missing(ASKS[0], {}, tmp_path)) == []


def test_a_file_that_cannot_be_read_is_left_to_the_synthesis(tmp_path: Path) -> None:
    (tmp_path / "environments").mkdir()
    (tmp_path / "environments/dev.toml").write_text("not TOML")
    assert list(missing(["deploy", "dev"], {}, tmp_path)) == []
