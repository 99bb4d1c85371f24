"""The whole of `make local-deploy` and `make local-destroy`, with the real cdktf CLI, Terraform and AWS provider."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local_aws.background import BackgroundAws
from local_aws.deployment import LocalDeployer
from local_aws.errors import LocalAwsError
from local_aws.process import PROJECT
from local_aws.terraform_providers import find_terraform_providers

ENVIRONMENT = "dev"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a project folder of links to this one, with a `.local-aws` of its own; skip what cannot run here."""
    if shutil.which("terraform") is None:
        pytest.skip("terraform is not on PATH")
    if not (PROJECT / "node_modules/.bin/cdktf").is_file():
        pytest.skip("the cdktf CLI is not installed: run `make cdktf ARGS=--version` once")
    providers = find_terraform_providers(tmp_path / "providers")
    if providers.missing is not None:
        pytest.skip(providers.missing)
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("main.py", "cdktf.json", "node_modules"):
        (folder / name).symlink_to(PROJECT / name)
    return folder


@pytest.mark.xdist_group("local-deploy")
def test_an_environment_is_deployed_and_destroyed_without_an_account(project: Path) -> None:
    background = BackgroundAws(project / ".local-aws")
    with (project / "output").open("w") as output:
        deployer = LocalDeployer(project=project, output=output)
        try:
            deployed = deployer.deploy(ENVIRONMENT)
            aws = background.running()
            assert aws is not None
            [cluster] = aws.client("rds").describe_db_clusters()["DBClusters"]
            assert deployed.outputs["aurora_cluster_arn"] == cluster["DBClusterArn"]
            assert deployed.outputs["data_api_enabled"] == "Enabled"
            assert (deployed.database_version or "").startswith("PostgreSQL ")
            states = [
                path.relative_to(project) for path in project.rglob("*.tfstate") if ".terraform" not in path.parts
            ]
            assert states == [Path(f".local-aws/terraform.{ENVIRONMENT}.tfstate")]

            deployer.destroy(ENVIRONMENT)
        except LocalAwsError as error:
            pytest.fail(f"{error}\n{(project / 'output').read_text()}")
        finally:
            background.stop()

    assert background.running() is None
    assert json.loads((project / states[0]).read_text())["resources"] == []


def test_the_command_line_tells_a_missing_cli_in_one_line(tmp_path: Path) -> None:
    """Run from a copy of the package, whose project has no cdktf CLI."""
    shutil.copytree(PROJECT / "local_aws", tmp_path / "local_aws", ignore=shutil.ignore_patterns("__pycache__"))
    terraform = tmp_path / "terraform"
    terraform.write_text("#!/bin/sh\n")
    terraform.chmod(0o755)

    done = subprocess.run(
        [sys.executable, "-m", "local_aws", "deploy", ENVIRONMENT],
        cwd=tmp_path,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr == (
        "error: the cdktf CLI is not installed at node_modules/.bin/cdktf: run `make local-deploy`\n"
    )
