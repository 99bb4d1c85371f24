"""The examples run as they are shown, and what they write is Terraform."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.terraform_json import TerraformJson, blocks, read_stacks


@pytest.fixture(scope="module")
def own_stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TerraformJson]:
    folder = tmp_path_factory.mktemp("example")
    subprocess.run([sys.executable, str(ROOT / "examples" / "own_stacks.py")], cwd=folder, check=True)
    return read_stacks(Path(folder) / "cdktf.out")


def types(document: TerraformJson) -> list[str]:
    return sorted(address.rpartition(".")[0] for address in blocks(document))


def test_each_construct_stands_alone(own_stacks: dict[str, TerraformJson]) -> None:
    assert {name: types(document) for name, document in own_stacks.items()} == {
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


def test_a_construct_brings_no_variable_output_or_backend_of_its_own(own_stacks: dict[str, TerraformJson]) -> None:
    assert "variable" not in own_stacks["orders-network"]
    assert list(own_stacks["orders-role"]["output"]) == ["role_arn"]
    assert sorted(own_stacks["clusters"]["variable"]) == ["orders_password", "reports_password"]
