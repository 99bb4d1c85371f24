"""What `setup_instructions` tells to do after a deploy: with command_line, and without a clone of the project."""

import re
from tempfile import gettempdir
from typing import Any

import pytest
from cdktf import App

from stacks.database import DatabaseStack
from stacks.environment import Environment
from tests.conftest import TODAY
from tests.terraform_json import TerraformJson, synthesize_stack

BEFORE_SCHEMA = ["wait shop", "env shop --output .env", "check shop"]


def instructions(**keys: Any) -> str:
    values = {"name": "shop", "name_prefix": "shop", "engine": {"version": "17.7"}, **keys}
    stack = DatabaseStack(App(outdir=gettempdir()), Environment.model_validate(values), today=TODAY)
    text: str = synthesize_stack(stack)["output"]["setup_instructions"]["value"]
    return text


def command_lines(text: str) -> list[str]:
    """Return what is given to command_line, without the comments."""
    return re.findall(r"^\./aurora-serverless (.*?) +# ", text, re.MULTILINE)


def test_the_command_does_what_is_next_in_its_order() -> None:
    assert command_lines(instructions()) == [*BEFORE_SCHEMA, "migrate shop", "seed shop", "status shop"]


@pytest.mark.parametrize("key", ["deletion_protection", "prevent_destroy"])
def test_protected_data_get_no_sample_data(key: str) -> None:
    assert command_lines(instructions(protection={key: True})) == [*BEFORE_SCHEMA, "migrate shop", "status shop"]


def test_without_the_data_api_the_command_makes_no_schema() -> None:
    text = instructions(access={"data_api": False})
    assert command_lines(text) == [*BEFORE_SCHEMA, "status shop"]
    assert "./aurora-serverless wait shop               # until cluster and instances are available\n" in text


@pytest.mark.parametrize("keys", [{}, {"access": {"data_api": False}}])
def test_who_has_no_clone_has_lines_of_the_aws_cli(keys: dict[str, Any]) -> None:
    before, _, after = instructions(**keys).partition("\nWithout a clone:\n")
    assert "./aurora-serverless" in before
    assert "./aurora-serverless" not in after
    assert "aws rds-data execute-statement" in after or "aws secretsmanager get-secret-value" in after


def test_every_shipped_environment_is_named_as_its_file(synthesized: dict[str, TerraformJson]) -> None:
    for name, document in synthesized.items():
        lines = command_lines(document["output"]["setup_instructions"]["value"])
        assert lines[0] == f"wait {name}"
        assert all(line.split()[1] == name for line in lines)
