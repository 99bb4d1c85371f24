"""The wheels in somebody else's program, with nothing of this checkout on its path."""

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from packages.package import PACKAGES, ROOT
from tests.cdktf_fast_start.programs import clean_environment
from tests.deployed.deployment import Deployment
from tests.packages.conftest import Run
from tests.packages.installed import example
from tests.terraform_json import read_stacks

pytestmark = pytest.mark.xdist_group("packages")

LOADED = """
import psutil, sys
prefix = "cdktf_cdktf_provider_random."
modules = {name.split(".")[1] for name in sys.modules if name.startswith(prefix)}
print(*sorted(name for name in modules if not name.startswith("_")))
print(len(psutil.Process().children(recursive=True)))
"""
"""Prints which modules of the provider are imported, and how many processes of Node run."""


def written(folder: Path) -> Mapping[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", PACKAGES)
def test_a_package_is_the_installed_one(name: str, run: Run, python: Path) -> None:
    module = name.replace("-", "_")
    assert Path(run(f"import {module}\nprint({module}.__file__)").stdout).is_relative_to(python.parents[1])


def test_one_line_starts_a_program_fast_and_changes_nothing_of_its_output(run: Run, tmp_path: Path) -> None:
    line, _, program = example("cdktf-fast-start").partition("\n")
    assert line.startswith("import cdktf_fast_start.auto")

    def outcome(program: str, **environment: str) -> tuple[list[str], Mapping[str, bytes]]:
        # In one folder: Terraform's local backend has its path.
        shutil.rmtree(tmp_path / "cdktf.out", ignore_errors=True)
        printed = run(program + LOADED, **environment).stdout.splitlines()
        return printed, written(tmp_path / "cdktf.out")

    stock, output = outcome(program)
    assert stock == ["bytes id integer password pet provider shuffle string_resource uuid", "2"]
    assert "stacks/example/cdk.tf.json" in output
    assert outcome(f"{line}\n{program}") == (["pet provider", "1"], output)
    assert outcome(f"{line}\n{program}", CDKTF_FAST_START="off") == (stock, output)


def test_the_constructs_make_a_stack_of_somebody_elses_program(run: Run, tmp_path: Path) -> None:
    run(example("aurora-serverless"))
    stack = read_stacks(tmp_path / "cdktf.out")["orders"]
    (cluster,) = stack["resource"]["aws_rds_cluster"].values()
    assert cluster["serverlessv2_scaling_configuration"] == {
        "max_capacity": 4,
        "min_capacity": 0,
        "seconds_until_auto_pause": 900,
    }
    assert {"aws_db_subnet_group", "aws_rds_cluster_instance", "aws_iam_role_policy"} <= set(stack["resource"])
    assert (tmp_path / "cdktf.out" / "stacks" / "orders" / "cdk.tf.json").is_file()


@pytest.mark.parametrize("names", ["cdktf", "cdktn"])
def test_the_same_program_runs_on_cdktn_by_either_name(
    names: str, run: Run, python_of_cdktn: Path, tmp_path: Path
) -> None:
    run(example("aurora-serverless"))
    of_cdktf = read_stacks(tmp_path / "cdktf.out")["orders"]
    program = example("aurora-serverless")
    if names == "cdktn":
        program = program.replace("cdktf_cdktf_", "cdktn_").replace("from cdktf import", "from cdktn import")
    run(program, executable=python_of_cdktn)
    of_cdktn = read_stacks(tmp_path / "cdktf.out")["orders"]
    assert of_cdktn["//"]["metadata"]["version"] != of_cdktf["//"]["metadata"]["version"]
    assert of_cdktn["resource"] == of_cdktf["resource"]


def test_without_an_engine_one_line_says_what_to_install(run: Run) -> None:
    program = """
import sys
sys.modules["cdktf"] = sys.modules["constructs"] = None
try:
    from aurora_serverless import AuroraDatabase
except ImportError as error:
    print(error)
"""
    assert run(program).stdout == (
        "AuroraDatabase needs CDKTF or its successor cdktn, and neither is installed: "
        'python -m pip install "aurora-serverless[cdktf]", or "aurora-serverless[cdktn]"\n'
    )


ANSWERED = """
import boto3
from botocore.stub import Stubber

boto3.setup_default_session(aws_access_key_id="test", aws_secret_access_key="test")
make_client = boto3.client

def client(service, **arguments):
    made = make_client(service, **arguments)
    stubber = Stubber(made)
    columns = [{"label": label, "typeName": type_name} for label, type_name in (("id", "int8"), ("total", "numeric"))]
    row = [{"longValue": 7}, {"stringValue": "120.50"}]
    answer = {"columnMetadata": columns, "records": [row], "numberOfRecordsUpdated": 0}
    stubber.add_response("execute_statement", answer)
    stubber.activate()
    return made

boto3.client = client
"""
"""Has boto3 answer a statement with an order, and no AWS."""


def test_the_client_asks_with_boto3_alone(run: Run) -> None:
    assert run(ANSWERED + example("aurora-serverless-data-api")).stdout == "7 120.50\n"


def test_the_tests_of_the_example_run_by_the_installed_plugin(
    python: Path, deployed: Deployment, tmp_path: Path
) -> None:
    example_folder = tmp_path / "lambda_function"
    shutil.copytree(ROOT / "examples/lambda_function", example_folder, ignore=shutil.ignore_patterns("__pycache__"))
    (example_folder / "conftest.py").unlink()  # as it says
    done = subprocess.run(
        [python, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        env=clean_environment(
            PYTHONPATH="",
            **deployed.aws.variables,
            AURORA_CLUSTER_ARN=deployed.outputs["aurora_cluster_arn"],
            AURORA_SECRET_ARN=deployed.outputs["aurora_secret_arn"],
            DATABASE_NAME=deployed.outputs["database_name"],
        ),
        cwd=example_folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "3 passed" in done.stdout) == (0, True), done.stdout + done.stderr
