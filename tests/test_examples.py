"""The examples run as they are shown, and say what they wrote."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cdktf_fast_start.programs import clean_environment
from tests.conftest import ROOT
from tests.examples import EXAMPLES, run_example
from tests.terraform_json import TerraformJson, blocks

Example = Callable[[str], tuple[str, dict[str, TerraformJson]]]


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Example:
    """Return what an example printed and made; each runs once."""
    ran: dict[str, tuple[str, dict[str, TerraformJson]]] = {}

    def result(name: str) -> tuple[str, dict[str, TerraformJson]]:
        if name not in ran:
            ran[name] = run_example(name, tmp_path_factory.mktemp(name) / "out")
        return ran[name]

    return result


def types(document: TerraformJson) -> list[str]:
    return sorted(address.rpartition(".")[0] for address in blocks(document))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_writes_where_it_is_told_to_and_says_so(name: str, example: Example) -> None:
    printed, stacks = example(name)
    wrote = [Path(folder) for folder in re.findall(r"^wrote (.*)$", printed, re.MULTILINE)]
    assert {folder.name for folder in wrote} == set(stacks)
    assert all((folder / "cdk.tf.json").is_file() for folder in wrote)


def test_by_itself_an_example_writes_beside_it_and_not_among_the_stacks_of_the_project(tmp_path: Path) -> None:
    """The project's cdktf.out has the stacks of the environments: an example would be a stale one there."""
    program = tmp_path / "examples/smallest/main.py"
    program.parent.mkdir(parents=True)
    program.write_bytes((ROOT / "examples/smallest/main.py").read_bytes())
    (tmp_path / "constructs").symlink_to(ROOT / "constructs")
    environment = clean_environment(PYTHONPATH="")
    environment.pop("CDKTF_OUTDIR", None)
    done = subprocess.run(
        [sys.executable, str(program)], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout == f"wrote {program.parent}/cdktf.out/stacks/shop\n"
    assert not (tmp_path / "cdktf.out").exists()


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_does(name: str) -> None:
    line = 'os.environ.setdefault("CDKTF_OUTDIR", str(Path(__file__).resolve().with_name("cdktf.out")))\n'
    program = (ROOT / "examples" / name / "main.py").read_text()
    assert program.index(line) < program.index("import cdktf_fast_start.auto")


def test_the_page_of_the_examples_has_each() -> None:
    page = (ROOT / "examples" / "README.md").read_text()
    assert sorted(re.findall(r"^\| \[`(\w+)/`\]\(\1/main.py\)", page, re.MULTILINE)) == EXAMPLES


def test_each_construct_stands_alone(example: Example) -> None:
    assert {name: types(document) for name, document in example("each_construct_alone")[1].items()} == {
        "orders-network": [
            "aws_db_subnet_group",
            "aws_security_group",
            "aws_vpc_security_group_egress_rule",
            "aws_vpc_security_group_ingress_rule",
            "data.aws_subnet",
            "data.aws_subnets",
            "data.aws_vpc",
        ],
        "orders-credentials": [
            "aws_secretsmanager_secret",
            "aws_secretsmanager_secret_version",
            "random_id",
            "random_password",
            "terraform_data",
        ],
        "clusters": ["aws_rds_cluster", "aws_rds_cluster", "aws_rds_cluster_instance", "aws_rds_cluster_instance"],
        "orders-role": ["aws_iam_role", "aws_iam_role_policy", "aws_iam_role_policy_attachment"],
    }


def test_a_construct_brings_no_variable_output_or_backend_of_its_own(example: Example) -> None:
    stacks = example("each_construct_alone")[1]
    assert "variable" not in stacks["orders-network"]
    assert list(stacks["orders-role"]["output"]) == ["role_arn"]
    assert sorted(stacks["clusters"]["variable"]) == ["orders_password", "reports_password"]


def test_the_function_has_its_code_and_the_client_in_its_zip(example: Example) -> None:
    printed, stacks = example("lambda_function")
    (function,) = stacks["orders"]["resource"]["aws_lambda_function"].values()
    with zipfile.ZipFile(Path(printed.split()[-1]) / function["filename"]) as archive:
        assert {"handler.py", "aurora_serverless_data_api/__init__.py"} <= set(archive.namelist())
