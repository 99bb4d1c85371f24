"""A major upgrade as a person makes it: prepared by the command, deployed by Terraform, finished by the command."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from local_aws.process import LocalAws
from operations.upgrade.file_change import ALLOWED
from tests.end_to_end.deployments import Deployments
from tests.end_to_end.terraform import Terraform
from tests.terraform_providers.finding import TerraformProviders

pytestmark = pytest.mark.xdist_group("upgrade")

NAME = "live"
TEXT = """# The shop's database.
name_prefix = "upgraded"
region = "us-east-1"

[engine]
version = "16.8"  # until the shop is tested on 17

[engine.cluster_parameters]
"rds.force_ssl" = "1"

[engine.instance_parameters]
work_mem = "65536"

[capacity]
minimum_acu = 0.5
maximum_acu = 1
"""

CommandLine = Callable[..., Any]


@pytest.fixture
def command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Return a function that runs a command, and returns its JSON; it must end with `status`."""

    def run(*arguments: str, status: int = 0) -> Any:
        project = tmp_path / NAME
        capsys.readouterr()
        words = [*arguments, "--json", "--local", "--outputs", str(project / "outputs.json"), "--project", str(project)]
        ended_with = main(words)
        captured = capsys.readouterr()
        assert ended_with == status, captured.out + captured.err
        return json.loads(captured.out)

    return run


def _make_known(terraform: Terraform, aws: LocalAws, project: Path) -> None:
    """Write what `make local-deploy` leaves for the command."""
    (project / "outputs.json").write_text(terraform.run("output", "-json").stdout)
    (project / ".local-aws").mkdir()
    server = {"endpoint_url": aws.endpoint_url, "region": aws.region, "pid": aws.pid}
    (project / ".local-aws" / "server.json").write_text(json.dumps(server))


def test_from_16_to_17_with_the_data_and_an_empty_plan(
    aws: LocalAws, providers: TerraformProviders, tmp_path: Path, command_line: CommandLine
) -> None:
    deployments, file = Deployments(aws, providers, tmp_path), tmp_path / NAME / "environments" / f"{NAME}.toml"
    terraform = deployments.terraform(NAME, TEXT)
    terraform.apply()
    _make_known(terraform, aws, tmp_path / NAME)
    for statement in (
        "CREATE TABLE orders AS SELECT generate_series(1, 500) AS id",
        "CREATE EXTENSION pg_stat_statements VERSION '1.10'",
        "ANALYZE orders",
    ):
        command_line("sql", NAME, "--write", statement)
    before = deployments.cluster("upgraded-aurora")

    prepared = command_line("upgrade", NAME, "--to", "17.7", "--yes-upgrade", NAME)
    assert prepared["snapshot"] == "upgraded-aurora-before-17-7"
    assert f'version = "17.7"  # until the shop is tested on 17\n{ALLOWED} = "17.7"\n' in file.read_text()

    terraform = deployments.terraform(NAME, file.read_text())
    plan = terraform.plan()
    assert plan.actions["aws_rds_cluster.aurora"] == ["update"]
    assert not [
        address
        for address, actions in plan.actions.items()
        if address.startswith("aws_rds_cluster_instance") and "delete" in actions
    ]
    terraform.apply()

    waiting = command_line("upgrade", NAME, "--to", "17.7", "--yes-upgrade", NAME, status=1)
    details = {check["name"]: check["detail"] for check in waiting["checks"]}
    assert [check["name"] for check in waiting["checks"] if check["outcome"] == "failed"] == ["parameter groups"]
    assert "of upgraded-aurora-0 is pending-reboot" in details["parameter groups"]
    assert details["version"] == "cluster and instances run Aurora PostgreSQL 17.7"
    assert details["extensions"] == "updated: upgraded: pg_stat_statements 1.10 to 1.12"
    assert details["statistics"] == "analyzed 1 table of upgraded"
    assert file.read_text() == TEXT.replace("16.8", "17.7")
    [[count]] = command_line("sql", NAME, "SELECT count(*) FROM orders")["results"][0]["rows"]
    assert count == 500

    aws.client("rds").reboot_db_instance(
        DBInstanceIdentifier="upgraded-aurora-0"
    )  # as ./aurora-serverless restart does
    finished = command_line("upgrade", NAME, "--to", "17.7")
    assert (finished["passed"], finished["file"]["difference"]) == (True, [])
    terraform = deployments.terraform(NAME, file.read_text())
    assert terraform.plan().actions == {"aws_rds_cluster.aurora": ["update"]}  # the permission goes out of the state
    terraform.apply()
    assert terraform.plan().exit_status == 0
    after = deployments.cluster("upgraded-aurora")
    assert (after["DbClusterResourceId"], after["EngineVersion"]) == (before["DbClusterResourceId"], "17.7")
