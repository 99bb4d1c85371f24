"""Commands of Terraform that people are told begin with what `TERRAFORM_BINARY_NAME` names, such as `tofu`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from cli.commands.check import check_as_json, say_check
from cli.output.terraform_program import as_called
from local_aws.command_line import _ending
from local_aws.deployment import Deployment
from operations.checks.check import failed
from tests.analysis.review.projects import copying_project
from tests.conftest import ROOT
from tests.deployed.deployment import run

LAYERS: Final = ("cli", "operations", "analysis", "stacks", "local_aws", "constructs/aurora_serverless")
NOT_FOR_PEOPLE: Final = ("operations/pipelines/gitlab.py",)
"""What runs in a container that has Terraform."""


@pytest.fixture(autouse=True)
def _with_opentofu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "terraform -chdir=.local-aws/a init && terraform import a b",
            "tofu -chdir=.local-aws/a init && tofu import a b",
        ),
        ("move the state (terraform init -migrate-state)", "move the state (tofu init -migrate-state)"),
        ("Terraform plans terraform.backend", "Terraform plans terraform.backend"),
        ("terraform is not deployed yet: terraform.tfstate", "terraform is not deployed yet: terraform.tfstate"),
    ],
)
def test_the_program_is_another_where_a_command_line_begins_and_nowhere_else(text: str, shown: str) -> None:
    assert as_called(text) == shown


@pytest.mark.parametrize(("named", "shown"), [("", "terraform init"), ("open tofu/tofu", "'open tofu/tofu' init")])
def test_it_is_what_the_variable_says_as_a_shell_reads_it(
    named: str, shown: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", named)
    assert as_called("terraform init") == shown


def commands_in(path: Path) -> Iterator[str]:
    """Yield what looks like a command of Terraform in the texts of a module, but for its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from re.findall(r"\bterraform (?:-[a-z]+=?|[a-z][a-z-]*)", node.value)


def test_every_command_that_a_text_has_is_known_as_one() -> None:
    found = {
        (str(path.relative_to(ROOT)), command)
        for layer in LAYERS
        for path in (ROOT / layer).rglob("*.py")
        if str(path.relative_to(ROOT)) not in NOT_FOR_PEOPLE
        for command in commands_in(path)
    }
    assert len(found) > 5
    assert [(path, command) for path, command in sorted(found) if as_called(command) == command] == []


def test_a_check_names_it_in_words_and_commands(capsys: pytest.CaptureFixture[str]) -> None:
    check = failed("deploy", "see terraform show", "then terraform plan: ", ("terraform init", "terraform apply"))
    say_check(check)
    assert "terraform" not in capsys.readouterr().out
    assert check_as_json(check) == {
        "name": "deploy",
        "outcome": "failed",
        "detail": "see tofu show",
        "remedy": "then tofu plan: tofu init && tofu apply",
    }


@pytest.mark.parametrize("option", [[], ["--json"], ["--markdown"]])
def test_a_review_names_it_where_the_state_moves(
    option: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = copying_project(tmp_path / "project")
    topic = {"aws_sns_topic": {"a": {"name": "a"}}}
    state: dict[str, Any] = {"bucket": "b", "key": "k"}
    project.write("dev.json", {"resource": topic, "terraform": {"backend": {"s3": state}}})
    project.commit()
    project.write("dev.json", {"resource": topic, "terraform": {"backend": {"s3": state | {"key": "x"}}}})
    done = run(capsys, "review", *option, "--project", str(project.folder))
    assert (done.status, "tofu init -migrate-state" in done.output) == (0, True), done.output + done.errors


def test_an_error_and_what_is_said_of_a_key_name_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deploy.tfplan").write_bytes(b"PK\x03\x04")
    assert "tofu show -json" in run(capsys, "review", "--plan", str(tmp_path / "deploy.tfplan")).error
    assert "tofu init -migrate-state" in run(capsys, "explain", "backend.key", "--json").json["change"]


def test_a_local_deploy_names_it_where_outputs_are_left_out() -> None:
    outputs = {f"output_{number}": "a" for number in range(9)}
    lines = [*_ending(Deployment("dev", "http://127.0.0.1:1", outputs, None, "make local-destroy"))]
    assert "  and 4 more: tofu -chdir=.local-aws/cdktf.out/stacks/dev output" in lines
